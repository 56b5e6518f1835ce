import ConnectorKit
import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import Keycloak

@Suite("Reading a Keycloak realm") struct KeycloakReadingTests {
  typealias K = KeycloakRealms

  private func judge(
    _ bench: ProviderBench, people: [String] = [ProviderBench.ana],
    edits: PolicyEdits = PolicyEdits(),
    _ change: (inout KeycloakConfiguration) -> Void = { _ in }
  ) async -> (reading: ProviderReading, records: [String: MemberRecord]) {
    let reading = await bench.read(
      bench.keycloak(change), app: K.app, people: people, edits: edits)
    return (reading, ProviderBench.judge(reading, app: K.app, people: people))
  }

  @Test("a caller who may not see all users is told so, and nobody is taken for gone")
  func hiddenUsers() async throws {
    let scenario = K.small { $0.users.append(KeycloakUser("bo@acme.com") { $0.isHidden = true }) }
    try await ProviderBench.run(scenario) { bench in
      let (reading, records) = await judge(bench, people: [K.ana, "bo@acme.com"])
      #expect(!reading.source.isComplete)
      #expect(reading.source.issues.contains { $0.code == "contradiction" })
      #expect(records["bo@acme.com"]?.judgement.deciding?.code == .sourceIncomplete)
    }
  }

  @Test("a caller who may only ask for users sees none, and nobody is taken for gone")
  func onlyQuery() async throws {
    let scenario = K.small {
      $0.services[0].roles = [
        "view-realm", "query-users", "view-clients", "view-identity-providers",
      ]
    }
    try await ProviderBench.run(scenario) { bench in
      let (reading, records) = await judge(bench)
      #expect(!reading.source.isComplete)
      #expect(records[K.ana]?.verdict == .cannotTell)
    }
  }

  @Test(
    "a missing role is named with what it is needed for",
    arguments: ["view-realm", "view-users", "view-clients", "view-identity-providers"])
  func missingRole(role: String) async throws {
    let scenario = K.small {
      $0.flows = [K.browser(K.strict)]
      $0.services[0].roles.removeAll { $0 == role }
    }
    try await ProviderBench.run(scenario) { bench in
      let (reading, records) = await judge(bench)
      #expect(!reading.source.isComplete)
      #expect(reading.source.issues.contains { $0.remedy.contains(role) })
      #expect(records[K.ana]?.verdict == .cannotTell)
    }
  }

  @Test("a row that comes twice in both readings hides another: the list is not read to its end")
  func movedRows() async throws {
    let scenario = K.small {
      $0.users = (0..<1_000).map { KeycloakUser("user\($0)@acme.com") }
      $0.movesRows = true
    }
    try await ProviderBench.run(scenario) { bench in
      let (reading, records) = await judge(bench, people: ["user500@acme.com"])
      #expect(reading.source.issues.contains { $0.code == "duplicate-ids" })
      #expect(records["user500@acme.com"]?.judgement.deciding?.code == .sourceIncomplete)
    }
  }

  private static let config = "GET /admin/realms/{realm}/authentication/config/{config}"

  @Test("the configuration of a step that is switched off is not asked for")
  func disabledStep() async throws {
    var scenario = K.small {
      $0.flows = [
        K.browser(K.strict + [.step("auth-conditional-otp-form", .disabled, ["skipOtpRole": "x"])])
      ]
    }
    scenario.faults = [Fault(.keycloak, Self.config, .notFound, times: nil)]
    try await ProviderBench.run(scenario) { bench in
      let (reading, records) = await judge(bench)
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      #expect(records[K.ana]?.verdict == .enforced)
    }
  }

  @Test("a configuration that is not there leaves the verdicts that do not hang on it")
  func lostConfiguration() async throws {
    var scenario = K.small {
      $0.flows = [
        K.browser(
          K.strict + [K.conditional("conditional-user-attribute", ["attribute_name": "x"])])
      ]
    }
    scenario.faults = [Fault(.keycloak, Self.config, .notFound, times: nil)]
    try await ProviderBench.run(scenario) { bench in
      let (reading, records) = await judge(bench)
      #expect(!reading.source.isComplete)
      #expect(reading.source.carriesVerdicts, "\(reading.source.issues)")
      #expect(records[K.ana]?.verdict == .enforced)
    }
  }

  @Test("a client whose scopes are not shown is said to be so")
  func hiddenScopes() async throws {
    var scenario = K.small {
      $0.flows = [
        K.browser([
          K.password, K.conditional("conditional-client-scope", ["client_scope": "admin"]),
        ])
      ]
      $0.clients[0].omitted = ["optionalClientScopes"]
    }
    scenario.faults = [
      Fault(
        .keycloak, "GET /admin/realms/{realm}/clients/{client}/optional-client-scopes", .forbidden,
        times: nil)
    ]
    try await ProviderBench.run(scenario) { bench in
      let (reading, records) = await judge(bench)
      #expect(reading.source.carriesVerdicts, "\(reading.source.issues)")
      #expect(records[K.ana]?.verdict == .cannotTell)
      let reason = records[K.ana]?.reason ?? ""
      #expect(reason.contains("the scopes of the client were not shown"), "\(reason)")
    }
  }

  @Test("who has a role is asked of the people where the server lists no holders")
  func unlistedHolders() async throws {
    var scenario = K.small {
      $0.roles = [KeycloakRoleSpec("staff")]
      $0.users[0].roles = ["staff"]
      $0.flows = [
        K.browser([
          K.password, K.conditional("conditional-user-role", ["condUserRole": "staff"]),
        ])
      ]
    }
    scenario.faults = [
      Fault(.keycloak, "GET /admin/realms/{realm}/roles/{role}/users", .notFound, times: nil)
    ]
    try await ProviderBench.run(scenario) { bench in
      let (reading, records) = await judge(bench)
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      #expect(records[K.ana]?.verdict == .enforced)
    }
  }

  @Test("a realm that shows its name alone is a missing role, in runs and to doctor")
  func nameOnly() async throws {
    let scenario = K.small { $0.services[0].roles.removeAll { $0 == "view-realm" } }
    try await ProviderBench.run(scenario) { bench in
      let (reading, _) = await judge(bench)
      let issue = reading.source.issues.first { $0.call == "GET /admin/realms/{realm}" }
      #expect(issue?.code == "forbidden")
      #expect(issue?.remedy.contains("view-realm") == true)
      let line = await bench.keycloak().diagnose().first { $0.check == "realm" }
      #expect(line?.outcome == .failure)
      #expect(line?.remedy.contains("view-realm") == true)
    }
  }

  @Test("a list that begins at its first row for ever is not read to its end")
  func repeatedPage() async throws {
    let scenario = K.small {
      $0.users += (0..<600).map { KeycloakUser("other\($0)@acme.com") }
      $0.ignoresFirst = true
    }
    try await ProviderBench.run(scenario) { bench in
      let (reading, _) = await judge(bench)
      #expect(reading.source.issues.contains { $0.code == "duplicate-ids" && $0.page == 2 })
    }
  }

  @Test("the number of requests does not depend on how many people are on the team")
  func requests() async throws {
    var counts: [Int] = []
    for size in [1, 90] {
      let people = (0..<size).map { "person\($0)@acme.com" }
      let scenario = K.small {
        $0.users = people.map { KeycloakUser($0) }
        $0.roles = [KeycloakRoleSpec("staff")]
        $0.flows = [
          K.browser([
            K.password, K.conditional("conditional-user-role", ["condUserRole": "staff"]),
          ])
        ]
      }
      try await ProviderBench.run(scenario) { bench in
        counts.append(await judge(bench, people: people).reading.source.requests)
      }
    }
    #expect(counts[0] == counts[1])
  }

  @Test("id and secret of any letters come through")
  func credentials() async throws {
    let scenario = K.small {
      $0.services[0].id = "idsync: süd"
      $0.services[0].secret = "p%ä+:/ &="
    }
    try await ProviderBench.run(scenario) { bench in
      let (reading, _) = await judge(bench) {
        $0.clientID = "idsync: süd"
        $0.clientSecret = Secret("p%ä+:/ &=")
      }
      #expect(reading.source.isComplete, "\(reading.source.issues)")
    }
  }

  @Test("a wrong secret is told once, with what to check, and never shown")
  func wrongSecret() async throws {
    try await ProviderBench.run(K.small()) { bench in
      let (reading, records) = await judge(bench) { $0.clientSecret = Secret("hunter2-hunter2") }
      #expect(reading.source.issues.contains { $0.code == "unauthorised" })
      #expect(records[K.ana]?.verdict == .cannotTell)
      #expect(!"\(reading)\(bench.log.text)".contains("hunter2"))
    }
  }

  @Test("the client may live in another realm")
  func masterRealm() async throws {
    try await ProviderBench.run(K.small { $0.authRealm = "master" }) { bench in
      let (reading, _) = await judge(bench) { $0.authRealm = "master" }
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      let (elsewhere, _) = await judge(bench)
      #expect(!elsewhere.source.isComplete)
    }
  }

  @Test("enrolled is what the credentials say, and never raises the verdict")
  func factors() async throws {
    let scenario = K.small {
      $0.users = [
        KeycloakUser(K.ana) { $0.credentials += ["webauthn", "otp"] },
        KeycloakUser("bo@acme.com"),
        KeycloakUser("cy@acme.com") { $0.federationLink = "ldap" },
      ]
    }
    try await ProviderBench.run(scenario) { bench in
      let people = [K.ana, "bo@acme.com", "cy@acme.com"]
      let (_, records) = await judge(bench, people: people) { $0.collectFactors = true }
      #expect(records[K.ana]?.enrolled == .yes)
      #expect(records[K.ana]?.factors == [.webauthn, .totp])
      #expect(records[K.ana]?.verdict == .notEnforced)
      #expect(records["bo@acme.com"]?.enrolled == .no)
      #expect(records["cy@acme.com"]?.enrolled == .unknown)
    }
  }

  @Test("what if: a step switched off, a group without members")
  func whatIf() async throws {
    let scenario = K.small {
      $0.groups = [KeycloakGroupNode("staff")]
      $0.users[0].groups = ["/staff"]
      $0.flows = [
        K.browser([
          K.password, K.conditional("conditional-user-group", ["condUserGroup": "/staff"]),
        ])
      ]
    }
    try await ProviderBench.run(scenario) { bench in
      #expect(await judge(bench).records[K.ana]?.verdict == .enforced)
      let emptied = PolicyEdits(removedGroups: ["/staff"])
      #expect(await judge(bench, edits: emptied).records[K.ana]?.verdict == .notEnforced)
      let flow = try #require(
        await judge(bench).reading.apps.first?.evidence.first { $0.kind == .flow })
      #expect(flow.value.contains("2FA by conditional-user-group CONDITIONAL"))
    }
  }

  @Test("the evidence names flow, steps and the session's client")
  func evidence() async throws {
    let scenario = K.small {
      $0.flows = [K.flow("strict", K.strict)]
      $0.clients[0].browserFlow = "strict"
      $0.clients.append(KeycloakClientSpec("portal"))
    }
    try await ProviderBench.run(scenario) { bench in
      let door = try #require(await judge(bench).records[K.ana]?.judgement.deciding)
      #expect(door.evidence.contains { $0.kind == .flow && $0.name == "strict" })
      #expect(door.evidence.contains { $0.id == "sso-cookie-from portal" })
    }
  }

  @Test("doctor names every role, and says which is missing")
  func doctor() async throws {
    let scenario = K.small { $0.services[0].roles.removeAll { $0 == "view-clients" } }
    try await ProviderBench.run(scenario) { bench in
      let lines = await bench.keycloak().diagnose()
      #expect(lines.first { $0.check == "credentials" }?.outcome == .good)
      #expect(lines.first { $0.check == "role view-users" }?.outcome == .good)
      let missing = lines.first { $0.check == "role view-clients" }
      #expect(missing?.outcome == .failure)
      #expect(missing?.remedy.contains("view-clients") == true)
    }
  }
}
