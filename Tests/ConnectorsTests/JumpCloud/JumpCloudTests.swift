import ConnectorKit
import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import JumpCloud

@Suite("JumpCloud verdicts, row by row") struct JumpCloudRowTests {
  @Test("every situation of the table gives its verdict", arguments: JumpCloudRows.all)
  func row(_ row: JumpCloudRow) async throws {
    try await ProviderBench.run(JumpCloudOrganisations.small(row.change)) { bench in
      let (record, reading) = await bench.judgeJumpCloud(behind: row.behind)
      #expect(record.verdict == row.expected, "\(record.reason)")
      #expect(reading.source.isComplete == row.isComplete, "\(reading.source.issues)")
      for part in row.witness {
        #expect(record.witness?.contains(part) == true, "\(record.witness ?? "no witness")")
      }
      for part in row.reason { #expect(record.reason.contains(part), "\(record.reason)") }
      if let enrolled = row.enrolled { #expect(record.enrolled == enrolled) }
    }
  }
}

@Suite("JumpCloud") struct JumpCloudTests {
  private typealias J = JumpCloudOrganisations

  @Test("both forms of factors are told in the proof")
  func factors() async throws {
    for factors: JSON in [["TOTP", "PUSH"], [["type": "TOTP"], ["type": "PUSH"]]] {
      let policy = J.policy(
        "p1", "SSO MFA", ["effect": ["obligations": ["mfaFactors": factors]]])
      try await ProviderBench.run(J.small { $0.policies = [policy] }) { bench in
        let evidence = await bench.judgeJumpCloud().record.judgement.doors.flatMap(\.evidence)
        #expect(
          evidence.contains { $0.value.contains("two factors (PUSH, TOTP)") }, "\(evidence)")
      }
    }
  }

  @Test("many people cost pages, and no request for one of them")
  func requests() async throws {
    let scenario = J.small {
      $0.policies = [J.ssoMFA]
      $0.generated = 348
      $0.groups[2].members = $0.users.map(\.email) + (0..<348).map { "person\($0)@acme.com" }
    }
    try await ProviderBench.run(scenario) { bench in
      let people = (0..<348).map { "person\($0)@acme.com" }
      let reading = await bench.read(bench.jumpCloud(), app: J.app, people: people)
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      let records = ProviderBench.judge(reading, app: J.app, people: people)
      #expect(records.values.allSatisfy { $0.verdict == .enforced })
      #expect(
        await bench.mock.requestCounts(.jumpCloud) == [
          "GET /api/systemusers": 4, "GET /api/applications/{app}": 1,
          "GET /api/v2/applications/{app}/users": 5, "GET /api/v2/authn/policies": 2,
          "GET /api/v2/usergroups/{group}": 1, "GET /api/v2/usergroups/{group}/membership": 1,
          "GET /api/v2/identity-providers": 1, "GET /api/organizations": 1,
          "GET /api/organizations/{organisation}": 1,
        ])
    }
  }

  @Test("a directory that shrinks while it is read is not read to its end")
  func shrinking() async throws {
    let scenario = J.small {
      $0.generated = 5
      $0.largestPage = 3
      $0.shrinks = true
    }
    try await ProviderBench.run(scenario) { bench in
      let source = await bench.judgeJumpCloud().reading.source
      #expect(source.issues.map(\.code) == ["contradiction"])
      #expect(!source.isComplete)
    }
  }

  @Test("a list that names a row twice is read again, once")
  func twice() async throws {
    try await ProviderBench.run(J.small { $0.policies = [J.ssoMFA] }) { bench in
      await bench.mock.setFaults([
        Fault(.jumpCloud, "GET /api/v2/applications/{app}/users", .duplicate, times: 1)
      ])
      let (record, reading) = await bench.judgeJumpCloud()
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      #expect(record.verdict == .enforced)
    }
  }

  @Test("an administrator of several organisations names the one that is meant")
  func organisation() async throws {
    let scenario = J.small {
      $0.policies = [J.ssoMFA]
      $0.organisation = "org-1"
    }
    try await ProviderBench.run(scenario) { bench in
      let without = await bench.read(bench.jumpCloud(), app: J.app)
      #expect(without.source.issues.first?.remedy.contains("org_id") == true)
      let with = await bench.read(bench.jumpCloud { $0.organisation = "org-1" }, app: J.app)
      #expect(ProviderBench.judge(with, app: J.app)[ProviderBench.ana]?.verdict == .enforced)
    }
  }

  @Test("doctor tells which right is missing, and stops at a key that is refused")
  func diagnosis() async throws {
    try await ProviderBench.run(J.small { $0.rights.removeAll { $0 == "policies" } }) { bench in
      let lines = await bench.jumpCloud().diagnose()
      #expect(
        lines.filter { $0.outcome == .failure }.map(\.check) == ["conditional access policies"])
      #expect(lines.contains { $0.outcome == .failure && $0.remedy.contains("Read Only") })
      let refused = await bench.jumpCloud { $0.apiKey = Secret("wrong") }.diagnose()
      #expect(refused.map(\.check) == ["credentials"])
      #expect(refused.first?.outcome == .failure)
    }
  }

  @Test("the application tells under which host platforms know it")
  func hosts() async throws {
    try await ProviderBench.run(J.small()) { bench in
      #expect(await bench.judgeJumpCloud().reading.hosts.contains("sso.jumpcloud.com"))
    }
  }

  // MARK: What if

  @Test("whatif switches policies on and off")
  func switches() async throws {
    let policies = [
      J.ssoMFA, J.policy("p2", "Off", ["disabled": true]),
      J.policy("p3", "Watching", ["monitorOnly": true]),
    ]
    try await ProviderBench.run(J.small { $0.policies = policies }) { bench in
      func verdict(_ edits: PolicyEdits) async -> Verdict {
        await bench.judgeJumpCloud(edits: edits).record.verdict
      }
      #expect(await verdict(PolicyEdits()) == .enforced)
      #expect(await verdict(PolicyEdits(disabled: ["p1"])) == .notEnforced)
      #expect(await verdict(PolicyEdits(enabled: ["p2"], disabled: ["p1"])) == .enforced)
      #expect(await verdict(PolicyEdits(enabled: ["p3"], disabled: ["p1"])) == .enforced)
    }
  }

  @Test("whatif empties groups, by id and by name")
  func groups() async throws {
    let scenario = J.small {
      $0.policies = [J.ssoMFA]
      $0.groups[0].members = [ProviderBench.ana]
    }
    try await ProviderBench.run(scenario) { bench in
      #expect(await bench.judgeJumpCloud().record.verdict == .notEnforced)
      for group in ["g-svc", "Service accounts"] {
        let edits = PolicyEdits(removedGroups: [group])
        #expect(await bench.judgeJumpCloud(edits: edits).record.verdict == .enforced)
      }
    }
  }
}
