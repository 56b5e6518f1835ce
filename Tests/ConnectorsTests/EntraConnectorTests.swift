import ConnectorKit
import CurlTransport
import Foundation
import IdentityCore
import MockIdP
import Testing

@testable import Entra

@Suite("Entra connector") struct EntraConnectorTests {
  private typealias T = Tenants

  // MARK: Limits

  @Test("requests to Conditional Access lie a second apart, as its limit of one a second wants")
  func paced() async throws {
    let skipped = SkippedTime()
    try await EntraBench.run(T.with(T.policy()), clock: .hurried(skipped)) { bench in
      let judged = await bench.judge()
      #expect(judged.provider.source.isComplete, "\(judged.provider.source.issues)")
      let counts = await bench.mock.requestCounts(.entra)
      #expect(counts["GET /v1.0/identity/conditionalAccess/policies"] == 1)
      #expect(counts["GET /v1.0/identity/conditionalAccess/namedLocations"] == 1)
      // Nothing else makes an untroubled run wait.
      #expect(skipped.total > .milliseconds(500) && skipped.total < .milliseconds(1200))
    }
  }

  @Test("too many requests a second are refused without a word, and tried again later")
  func refusedByRate() async throws {
    let scenario = T.with(T.policy()) { $0.conditionalAccessRate = 1 }
    try await EntraBench.run(scenario) { bench in
      // Time jumps for the connector and not for the mock, so the second request comes too soon.
      let judged = await bench.judge()
      let counts = await bench.mock.requestCounts(.entra)
      #expect((counts["GET /v1.0/identity/conditionalAccess/namedLocations"] ?? 0) > 1)
      #expect(judged[T.ana]?.verdict == .enforced)
    }
  }

  @Test("a part of a batch that is held back is sent again, and no other")
  func heldBackPart() async throws {
    let groups = (0..<25).map { EntraGroup("G\($0)", members: $0 == 7 ? [T.ana] : []) }
    let ids = JSON.array(groups.map { .string($0.id) })
    let fault = Fault(
      .entra, "GET /v1.0/groups/{group}/transitiveMembers", .rateLimited, first: 3, times: 2,
      seconds: 7)
    let scenario = T.with(T.policy(users: ["includeGroups": ids]), faults: [fault]) {
      $0.groups = groups
    }
    try await EntraBench.run(scenario) { bench in
      let judged = await bench.judge()
      #expect(judged[T.ana]?.verdict == .enforced)
      #expect(judged.provider.source.isComplete)
      let counts = await bench.mock.requestCounts(.entra)
      #expect(counts["GET /v1.0/groups/{group}/transitiveMembers"] == 27)
    }
  }

  @Test("a group of many pages is read to its end, and one broken page makes it unknown")
  func pagedGroup() async throws {
    let others = (0..<9).map { EntraUser("other\($0)@acme.com") }
    let scenario = T.with(
      T.policy(users: ["includeUsers": ["All"], "excludeGroups": [.string(T.sealed)]])
    ) {
      $0.users += others
      $0.groups[3].members = others.map(\.name) + [T.ana]
      $0.maxPage = 2
    }
    try await EntraBench.run(scenario) { bench in
      #expect(await bench.judge()[T.ana]?.verdict == .notEnforced)
      await bench.mock.setFaults([
        Fault(
          .entra, "GET /v1.0/groups/{group}/transitiveMembers", .forbidden, first: 3, times: nil)
      ])
      let judged = await bench.judge()
      #expect(judged[T.ana]?.verdict == .cannotTell)
      #expect(judged.provider.source.issues.contains { $0.page == 2 })
    }
  }

  @Test("only people whom no policy asks are asked for their per-user state, twenty at a time")
  func perUserState() async throws {
    let people = (0..<30).map { "p\($0)@acme.com" }
    let scenario = T.with(T.policy(users: ["includeGroups": [.string(T.sealed)]])) {
      $0.users = people.map { EntraUser($0) }
      $0.groups[3].members = ["p0@acme.com", "p1@acme.com"]
    }
    try await EntraBench.run(scenario) { bench in
      let judged = await bench.judge(people)
      #expect(judged["p0@acme.com"]?.verdict == .enforced)
      #expect(judged["p9@acme.com"]?.verdict == .notEnforced)
      let counts = await bench.mock.requestCounts(.entra)
      #expect(counts["GET /beta/users/{user}/authentication/requirements"] == 28)
      #expect(counts["POST /beta/$batch"] == 2)
      #expect(counts.keys.filter { $0.contains("/users/{user}") }.count == 1)
    }
  }

  @Test("of people whom a policy asks anyway nothing is said of their per-user state")
  func perUserEvidence() async throws {
    try await EntraBench.run(T.with(T.policy())) { bench in
      let evidence = await bench.judge()[T.ana]?.judgement.deciding?.evidence ?? []
      #expect(!evidence.isEmpty)
      #expect(!evidence.contains { $0.name.contains("per-user") }, "\(evidence.map(\.name))")
    }
  }

  @Test("one person's refused state stops nobody else's, and a refusal of whole batches does")
  func perUserRefusals() async throws {
    let people = (0..<140).map { "p\($0)@acme.com" }
    let scenario = T.small { $0.users = people.map { EntraUser($0) } }
    let endpoint = "GET /beta/users/{user}/authentication/requirements"
    try await EntraBench.run(scenario) { bench in
      await bench.mock.setFaults([Fault(.entra, endpoint, .forbidden, first: 3, times: 1)])
      let judged = await bench.judge(people)
      let verdicts = people.compactMap { judged[$0]?.verdict }
      #expect(verdicts.filter { $0 == .notEnforced }.count == 139)
      #expect(verdicts.filter { $0 == .cannotTell }.count == 1)
      #expect(judged.provider.source.issues.map(\.affects) == [.parts])
    }
    try await EntraBench.run(scenario) { bench in
      await bench.mock.setFaults([Fault(.entra, endpoint, .forbidden, times: nil)])
      let judged = await bench.judge(people)
      #expect(people.allSatisfy { judged[$0]?.verdict == .cannotTell })
      #expect((await bench.mock.requestCounts(.entra)[endpoint] ?? 0) <= 80)
    }
  }

  @Test("a part that is refused for good leaves proven verdicts standing, one that fails does not")
  func refusedParts() async throws {
    let parts = [
      "GET /v1.0/domains", "GET /v1.0/policies/identitySecurityDefaultsEnforcementPolicy",
      "GET /v1.0/groups/{group}/transitiveMembers",
      "GET /v1.0/roleManagement/directory/roleAssignments",
      "GET /v1.0/identity/conditionalAccess/namedLocations",
    ]
    let scenario = T.with(
      T.policy(),
      T.policy(
        "More", users: ["includeGroups": [.string(T.sealed)], "includeRoles": [.string(T.admin)]]))
    for part in parts {
      try await EntraBench.run(scenario) { bench in
        await bench.mock.setFaults([Fault(.entra, part, .forbidden, times: nil)])
        let refused = await bench.judge()
        // Where nobody can tell whether her domain is federated, its provider's word for a second factor may be taken.
        let isProven = part != "GET /v1.0/domains"
        #expect(refused[T.ana]?.verdict == (isProven ? .enforced : .cannotTell), "\(part)")
        #expect(!refused.provider.source.isComplete)
        #expect(refused.provider.source.issues.allSatisfy { $0.affects == .parts }, "\(part)")
        await bench.mock.setFaults([Fault(.entra, part, .malformed, times: nil)])
        let failed = await bench.judge()
        #expect(failed.provider.source.issues.contains { $0.affects == .verdicts }, "\(part)")
      }
    }
  }

  @Test("a policy's group that is gone has nobody in it, and makes nothing uncertain")
  func goneGroup() async throws {
    let scenario = T.with(
      T.policy(users: [
        "includeUsers": ["All"], "excludeGroups": ["d9999999-0000-4000-8000-000000000009"],
      ]))
    try await EntraBench.run(scenario) { bench in
      let judged = await bench.judge()
      #expect(judged[T.ana]?.verdict == .enforced)
      #expect(judged.provider.source.isComplete)
      #expect(judged.provider.source.issues.contains { $0.affects == .details })
    }
  }

  @Test("more people without a policy than may be asked are cannot-tell, and the source says so")
  func perUserLimit() async throws {
    let people = ["a@acme.com", "b@acme.com", "c@acme.com"]
    let scenario = T.small { $0.users = people.map { EntraUser($0) } }
    try await EntraBench.run(scenario) { bench in
      let judged = await bench.judge(people) { $0.perUserLimit = 2 }
      let verdicts = people.map { judged[$0]?.verdict }
      #expect(verdicts == [.notEnforced, .notEnforced, .cannotTell])
      #expect(judged.provider.source.issues.map(\.code) == ["too-many-people"])
    }
  }

  // MARK: Credentials

  @Test(
    "a certificate proves who asks, signed either way",
    arguments: EntraConfiguration.Algorithm.allCases)
  func certificate(algorithm: EntraConfiguration.Algorithm) async throws {
    let scenario = T.with(T.policy()) {
      $0.clients[0].secret = ""
      $0.clients[0].certificates = [EntraCertificate.certificate]
    }
    try await EntraBench.run(scenario) { bench in
      let judged = await bench.judge {
        $0.credentials = .certificate(
          certificatePEM: Secret(EntraCertificate.certificate),
          keyPEM: Secret(EntraCertificate.key), algorithm: algorithm)
      }
      #expect(judged.provider.source.isComplete, "\(judged.provider.source.issues)")
      #expect(judged[T.ana]?.verdict == .enforced)
    }
  }

  /// Credentials that do not do.
  enum Flaw: String, CaseIterable, Sendable {
    case secret, unregistered, noCertificate, noKey, tenant
  }

  @Test("wrong credentials give no verdict and show no secret", arguments: Flaw.allCases)
  func wrongCredentials(flaw: Flaw) async throws {
    try await EntraBench.run(T.with(T.policy())) { bench in
      let judged = await bench.judge { configuration in
        let certificate = Secret(flaw == .noCertificate ? "nonsense" : EntraCertificate.certificate)
        let key = Secret(flaw == .noKey ? "nonsense" : EntraCertificate.key)
        switch flaw {
        case .secret: configuration.credentials = .secret(Secret("wrong-word"))
        case .tenant: configuration.tenant = "another"
        default:
          configuration.credentials = .certificate(
            certificatePEM: certificate, keyPEM: key, algorithm: .ps256)
        }
      }
      let record = try #require(judged[T.ana])
      #expect(record.verdict == .cannotTell)
      #expect(!judged.provider.source.isComplete)
      #expect(judged.provider.source.issues.count == 1)
      let counts = await bench.mock.requestCounts(.entra)
      #expect(counts.keys.allSatisfy { $0 == "POST /{tenant}/oauth2/v2.0/token" })
      var shown = bench.log.text + record.reason
      dump(judged.provider.source, to: &shown)
      for secret in ["wrong-word", bench.mock[.entra]?.token ?? "-", "MII"] {
        #expect(!shown.contains(secret))
      }
    }
  }

  // MARK: Permissions

  @Test("a missing permission is named, and nobody passes for want of it")
  func missingPermission() async throws {
    let cases = [
      ("Policy.Read.All", Verdict.cannotTell), ("User.Read.All", .cannotTell),
      ("GroupMember.Read.All", .cannotTell), ("Application.Read.All", .cannotTell),
    ]
    for (permission, expected) in cases {
      let scenario = T.with(
        T.policy(users: ["includeUsers": ["All"], "excludeGroups": [.string(T.sealed)]])
      ) {
        $0.clients[0].permissions = [
          "Policy.Read.All", "User.Read.All", "GroupMember.Read.All", "Application.Read.All",
          "Domain.Read.All",
        ].filter { $0 != permission }
      }
      try await EntraBench.run(scenario) { bench in
        let judged = await bench.judge()
        #expect(judged[T.ana]?.verdict == expected, "\(permission)")
        let remedies = judged.provider.source.issues.map(\.remedy).joined()
        #expect(remedies.contains(permission), "\(remedies)")
        let lines = await bench.connector().diagnose()
        #expect(
          lines.contains { $0.outcome == .failure && $0.remedy.contains(permission) }, "\(lines)")
      }
    }
  }

  @Test("doctor finds a good tenant good")
  func doctor() async throws {
    try await EntraBench.run(T.with(T.policy())) { bench in
      let lines = await bench.connector { $0.collectFactors = true }.diagnose()
      #expect(lines.count == 13)
      #expect(lines.allSatisfy { $0.outcome == .good }, "\(lines)")
    }
  }

  // MARK: Details

  @Test("registered methods are told and change no verdict")
  func methods() async throws {
    let scenario = T.small {
      $0.users[0].methods = ["microsoftAuthenticatorPush", "mobilePhone"]
      $0.users.append(EntraUser("bo@acme.com"))
      $0.users.append(EntraUser("cy@acme.com") { $0.methods = ["passKeyDeviceBound"] })
    }
    try await EntraBench.run(scenario) { bench in
      let judged = await bench.judge([T.ana, "bo@acme.com", "cy@acme.com"], collectFactors: true)
      #expect(judged["cy@acme.com"]?.factors == [.webauthn])
      #expect(judged[T.ana]?.enrolled == .yes)
      #expect(judged[T.ana]?.factors == [.push, .sms])
      #expect(judged["bo@acme.com"]?.enrolled == .no)
      #expect(judged[T.ana]?.verdict == .notEnforced)
    }
  }

  // MARK: What if

  @Test("an edited policy set is judged as it would be, and nothing is written")
  func whatIf() async throws {
    let trial: JSON = "enabledForReportingButNotEnforced"
    let scenario = T.with(
      T.policy(
        "Live", users: ["includeUsers": ["All"], "excludeGroups": [.string(T.sealed)]],
        ["id": "c1"]), T.policy("Trial", ["id": "c2", "state": trial])
    ) { $0.groups[3].members = [T.ana] }
    try await EntraBench.run(scenario) { bench in
      #expect(await bench.judge()[T.ana]?.verdict == .notEnforced)
      let enabled = await bench.judge(edits: PolicyEdits(enabled: ["c2"]))
      #expect(enabled[T.ana]?.verdict == .enforced)
      let removed = await bench.judge(edits: PolicyEdits(removedGroups: ["Sealed"]))
      #expect(removed[T.ana]?.verdict == .enforced)
      let both = await bench.judge(
        edits: PolicyEdits(disabled: ["c1"], removedGroups: [T.sealed]))
      #expect(both[T.ana]?.verdict == .notEnforced)
      let methods = Set(await bench.mock.requests(.entra).map(\.endpoint)).filter {
        !$0.hasPrefix("GET ")
      }
      #expect(
        methods == [
          "POST /{tenant}/oauth2/v2.0/token", "POST /v1.0/$batch", "POST /beta/$batch",
        ])
    }
  }
}
