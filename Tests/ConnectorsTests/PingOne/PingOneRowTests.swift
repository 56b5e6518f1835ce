import ConnectorKit
import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import JSONQuery
@testable import PingOne

@Suite("PingOne verdicts, row by row") struct PingOneRowTests {
  @Test("every situation of the table gives its verdict", arguments: PingOneRow.all)
  func row(_ row: PingOneRow) async throws {
    try await Bench.run(PingOneBench.scenario(row.tenant)) { bench in
      await bench.mock.setFaults(row.faults)
      let door = await bench.pingOneDoor(behind: row.behind) {
        $0.switchedOff = row.switchedOff
        $0.pingID = row.pingID
        $0.rememberedDeviceLimitMinutes = row.rememberedMinutes
      }
      let record = door.record(PingOneBench.ana)
      #expect(
        record.verdict == row.expected,
        "\(record.reason) \(record.witness ?? "") \(door.provider.source.issues)")
      let told = record.reason + " " + (record.witness ?? "")
      #expect(row.says.isEmpty || told.contains(row.says), "\(told)")
      let evidence = record.judgement.doors.flatMap(\.evidence)
        .map { "\($0.name): \($0.value)" }.joined(separator: "\n")
      #expect(row.shows.isEmpty || evidence.contains(row.shows), "\(evidence)")
      if let code = row.code { #expect(record.judgement.deciding?.code == code) }
      #expect(door.provider.source.isComplete == row.faults.isEmpty)
    }
  }
}

@Suite("How PingOne is read") struct PingOneReadingTests {
  @Test("devices are asked for only of people whose verdict hangs on them")
  func devices() async throws {
    let people = (0..<12).map { "person\($0)@acme.com" }
    let scenario = PingOneBench.scenario { tenant in
      let staff: JSON = ["value": "${user.memberOfGroupIDs}", "contains": "g-staff"]
      tenant.steps = [
        PingOneBench.login, PingOneBench.mfa("BLOCK", when: staff),
        PingOneBench.mfa("BYPASS", when: ["not": staff]),
      ]
      tenant.users = people.enumerated().map { number, email in
        PingOneUser(email) {
          if number < 6 { $0.groups = ["g-staff"] }
          if number == 6 { $0.mfaEnabled = false }
          if number == 7 { $0.enabled = false }
          if number == 8 { $0.devices = [.init("FIDO2")] }
        }
      }
    }
    try await Bench.run(scenario) { bench in
      let door = await bench.pingOneDoor(people)
      let expected: [Verdict] =
        Array(repeating: .enforced, count: 6)
        + [.notEnforced, .notEvaluated, .enforcedConditionally]
        + Array(repeating: .notEnforced, count: 3)
      #expect(people.map { door.record($0).verdict } == expected)
      #expect(door.record(people[8]).enrolled == .yes)
      #expect(door.record(people[8]).factors == .webauthn)
      #expect(door.record(people[9]).enrolled == .no)
      #expect(door.record(people[0]).enrolled == .unknown)
      let counts = await bench.mock.requestCounts(.pingOne)
      #expect(counts[PingOneBench.devices] == 4)
      #expect(counts[PingOneBench.users] == 2)
    }
  }

  @Test("a list that ends before its count is cut off; a row that comes twice is one row")
  func counts() async throws {
    let scenario = PingOneBench.scenario { $0.largestPage = 1 }
    try await Bench.run(scenario) { bench in
      await bench.mock.setFaults([
        Fault(.pingOne, PingOneBench.users, .missingField, times: nil, text: "/_links/next")
      ])
      let cut = await bench.pingOneDoor().provider
      #expect(cut.source.issues.map(\.code) == ["contradiction"])
      await bench.mock.setFaults([Fault(.pingOne, PingOneBench.users, .duplicate, times: nil)])
      let twice = await bench.pingOneDoor()
      #expect(twice.provider.source.isComplete, "\(twice.provider.source.issues)")
      #expect(twice.provider.source.issues.map(\.affects) == [.details])
      #expect(twice.provider.apps.first?.policyLink == "pol-1")
      #expect(twice.record(PingOneBench.ana).verdict == .enforced)
    }
  }

  @Test("a DaVinci flow before the application is another link than its policies")
  func davinci() async throws {
    var links: [String?] = []
    for flows in [[], ["f1"]] as [[String]] {
      try await Bench.run(PingOneBench.scenario { $0.apps[0].flows = flows }) { bench in
        links.append(await bench.pingOneDoor().provider.apps.first?.policyLink)
      }
    }
    #expect(links == ["pol-1", "davinci"])
  }

  @Test("the last page of users and of a group is read")
  func pages() async throws {
    let people = (0..<5).map { "person\($0)@acme.com" }
    let scenario = PingOneBench.scenario { tenant in
      let staff: JSON = ["value": "${user.memberOfGroupIDs}", "contains": "g-staff"]
      tenant.steps = [PingOneBench.login, PingOneBench.mfa(when: staff)]
      tenant.users = people.map { email in PingOneUser(email) { $0.groups = ["g-staff"] } }
      tenant.largestPage = 2
    }
    try await Bench.run(scenario) { bench in
      let door = await bench.pingOneDoor(people)
      #expect(people.allSatisfy { door.record($0).verdict == .enforced })
      #expect(door.provider.source.fetched == 5)
      #expect(await bench.mock.requestCounts(.pingOne)[PingOneBench.users] == 6)
    }
  }

  @Test("a policy that lets in with a password leaves nothing to devices")
  func noDevices() async throws {
    let scenario = PingOneBench.scenario {
      $0.steps = [PingOneBench.login, PingOneBench.bypass]
      $0.apps[0].policies = ["pol-0", "pol-1"]
    }
    try await Bench.run(scenario) { bench in
      let door = await bench.pingOneDoor()
      #expect(door.record(PingOneBench.ana).verdict == .notEnforced)
      #expect(await bench.mock.requestCounts(.pingOne)[PingOneBench.devices] == nil)
    }
  }

  @Test("devices are collected of everybody when that is asked for, and cost no verdict")
  func collect() async throws {
    let scenario = PingOneBench.scenario { $0.ana.devices = [.init("SMS")] }
    try await Bench.run(scenario) { bench in
      let door = await bench.pingOneDoor(collectFactors: true)
      #expect(door.record(PingOneBench.ana).factors == .sms)
      await bench.mock.setFaults([Fault(.pingOne, PingOneBench.devices, .forbidden, times: nil)])
      let refused = await bench.pingOneDoor(collectFactors: true)
      #expect(refused.provider.source.isComplete)
      #expect(refused.record(PingOneBench.ana).verdict == .enforced)
      #expect(refused.provider.source.issues.count == 1)
    }
  }

  @Test("a worker application of another environment, with its secret among the parameters")
  func worker() async throws {
    let scenario = PingOneBench.scenario {
      $0.workerEnvironment = "99999999-ffff-4fff-8fff-000000000009"
      $0.usesPost = true
    }
    try await Bench.run(scenario) { bench in
      let door = await bench.pingOneDoor {
        $0.workerEnvironment = "99999999-ffff-4fff-8fff-000000000009"
        $0.clientAuthentication = .post
      }
      #expect(door.record(PingOneBench.ana).verdict == .enforced)
      let basic = await bench.pingOneDoor {
        $0.workerEnvironment = "99999999-ffff-4fff-8fff-000000000009"
      }
      #expect(basic.provider.source.issues.first?.code == "unauthorised")
      #expect(basic.record(PingOneBench.ana).verdict == .cannotTell)
    }
  }

  @Test("a worker application without a role is told which one it lacks")
  func roles() async throws {
    let scenario = PingOneBench.scenario { $0.roles = ["Identity Data Read Only"] }
    try await Bench.run(scenario) { bench in
      let lines = await bench.pingOne().diagnose()
      let bad = lines.filter { $0.outcome == .failure }
      #expect(bad.count == 3, "\(lines)")
      #expect(bad.allSatisfy { $0.remedy.contains("Configuration Read Only") })
      #expect(lines.contains { $0.check == PingOneBench.users && $0.outcome == .good })
      let door = await bench.pingOneDoor()
      #expect(door.record(PingOneBench.ana).verdict == .cannotTell)
    }
  }

  @Test(
    "the region's addresses", arguments: ["https://api.pingone.eu", "https://api.pingone.eu/v1/"])
  func addresses(url: String) {
    let configuration = PingOneConfiguration(
      name: "pingone", url: url, environment: "e", clientID: "c", clientSecret: Secret("s"))
    #expect(configuration.url == "https://api.pingone.eu")
    #expect(configuration.loginURL == "https://auth.pingone.eu")
    #expect(configuration.workerEnvironment == "e")
  }
}

@Suite("What would be at PingOne") struct PingOneWhatIfTests {
  /// A change and the verdict that Ana would have.
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var edits: PolicyEdits
    var expected: Verdict
    var tenant: @Sendable (inout PingOneTenant) -> Void = { _ in }
  }

  /// A step that asks for a device, as PingOne would show it.
  private static func step(_ id: String, of policy: String? = nil) -> JSONValue {
    var members: [String: JSONValue] = [
      "id": .string(id), "priority": .integer(2), "type": .string("MULTI_FACTOR_AUTHENTICATION"),
      "noDevicesMode": .string("BLOCK"),
      "deviceAuthenticationPolicy": .object(["id": .string("d1")]),
    ]
    members["signOnPolicy"] = policy.map { .object(["id": .string($0)]) }
    return .object(members)
  }

  static let changes: [Change] = [
    Change(
      testDescription: "without its second step", edits: PolicyEdits(disabled: ["pol-1-action-2"]),
      expected: .notEnforced),
    Change(
      testDescription: "without its policy", edits: PolicyEdits(disabled: ["pol-1"]),
      expected: .notEnforced),
    Change(
      testDescription: "without its second policy", edits: PolicyEdits(disabled: ["pol-0"]),
      expected: .enforced
    ) { $0.apps[0].policies = ["pol-1", "pol-0"] },
    Change(
      testDescription: "with another second step",
      edits: PolicyEdits(documents: [step("pol-1-action-2")]), expected: .enforced
    ) { $0.steps = [PingOneBench.login, PingOneBench.bypass] },
    Change(
      testDescription: "with a further step",
      edits: PolicyEdits(documents: [step("new", of: "pol-0")]),
      expected: .enforced
    ) { $0.apps[0].policies = [] },
    Change(
      testDescription: "with nobody in a group", edits: PolicyEdits(removedGroups: ["g-staff"]),
      expected: .notEnforced
    ) {
      $0.steps[1]["condition"] = ["value": "${user.memberOfGroupIDs}", "contains": "g-staff"]
      $0.ana.groups = ["g-staff"]
    },
  ]

  @Test("a change of steps, policies or groups gives its verdict", arguments: changes)
  func whatIf(change: Change) async throws {
    try await Bench.run(PingOneBench.scenario(change.tenant)) { bench in
      let before = await bench.pingOneDoor()
      #expect(before.record(PingOneBench.ana).verdict != change.expected)
      let after = await bench.pingOneDoor(edits: change.edits)
      #expect(after.record(PingOneBench.ana).verdict == change.expected)
      let methods = await bench.mock.requests(.pingOne).map(\.method)
      #expect(methods.filter { $0 != "GET" } == ["POST", "POST"], "only tokens are posted for")
    }
  }
}
