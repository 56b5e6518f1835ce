import ConnectorKit
import IdentityCore
import MockIdP
import Testing

@testable import Google

/// Where people are in the account, and which groups they may join.
@Suite("Google: units and groups") struct GoogleMembershipTests {
  private typealias W = Workspaces

  private static let behind = [Behind(key: W.realm, verdict: .enforced)]

  private static func judge(
    _ account: GoogleWorkspace, vouches: [Vouch] = [], _ faults: [Fault] = []
  ) async throws -> (record: MemberRecord, reading: ProviderReading) {
    try await Bench.run(W.scenario(account, faults: faults)) { bench in
      let judged = await bench.judgeGoogle([W.ana], behind: behind) {
        $0.vouches = Vouch.for("trusted-devices", "session", "network-masks") + vouches
      }
      return (try #require(judged[W.ana]), judged.reading)
    }
  }

  /// The unit of Ana has another provider in front, which asks for two factors.
  private static func inUnit(_ path: String) -> GoogleWorkspace {
    W.account(orgUnit: path) {
      $0.assignments = [
        GoogleAssignment("SAML_SSO", orgUnit: "/Staff", profile: W.corporate.id)
      ]
    }
  }

  @Test("a unit that no list names is judged by no unit around it")
  func strayUnit() async throws {
    #expect(try await Self.judge(Self.inUnit("/Staff/Finance")).record.verdict == .enforced)
    for path in ["/Staff/New", "/staff"] {
      let (record, reading) = try await Self.judge(Self.inUnit(path))
      #expect(record.verdict == .cannotTell, "\(path): \(record.reason)")
      #expect(!reading.source.isComplete)
    }
  }

  @Test("in the next run a unit that the list leaves out ends no finding")
  func twoRuns() async throws {
    // Her own unit has no provider in front, the one above has.
    let account = W.account(orgUnit: "/Staff/Finance") {
      $0.assignments = [
        GoogleAssignment("SAML_SSO", orgUnit: "/Staff", profile: W.corporate.id),
        GoogleAssignment("SSO_OFF", orgUnit: "/Staff/Finance"),
      ]
    }
    let list = "GET /admin/directory/v1/customer/{customer}/orgunits"
    try await Bench.run(W.scenario(account)) { bench in
      func read() async -> ConformanceReading {
        await ConformanceReading(of: bench.google(), app: "google", people: [W.ana])
      }
      let runs = try TwoRuns(await read(), after: [:], of: W.ana)
      #expect(runs.found.verdict == .notEnforced, "\(runs.found.reason)")
      await bench.mock.setFaults([
        Fault(.google, list, .edited, times: nil, text: "/organizationUnits/2")
      ])
      try runs.expect(await read(), of: W.ana, "unit left out")
    }
  }

  @Test("who may join a group that decides is in no API that reading opens")
  func joining() async throws {
    let group = GoogleGroup("sso-off@acme.com")
    let account = W.account {
      $0.groups = [group]
      $0.assignments = [
        GoogleAssignment("SAML_SSO", orgUnit: "/", profile: W.corporate.id),
        GoogleAssignment("SSO_OFF", group: group.id, rank: 1),
      ]
    }
    let (record, reading) = try await Self.judge(account)
    #expect(record.verdict == .enforcedConditionally, "\(record.reason)")
    let entries = reading.apps[0].inventory.filter { $0.row == "joining" }
    #expect(entries.map(\.state) == [.unknown])
    let vouched = try await Self.judge(account, vouches: Vouch.for("joining"))
    #expect(vouched.record.verdict == .enforced, "\(vouched.record.reason)")
    // No group decides, so nobody asks who may join one.
    let plain = try await Self.judge(Self.inUnit("/Staff"))
    #expect(plain.reading.apps[0].inventory.first { $0.row == "joining" }?.state == .absent)
  }
}
