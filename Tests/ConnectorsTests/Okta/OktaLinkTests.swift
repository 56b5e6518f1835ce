import ConnectorKit
import IdentityCore
import MockIdP
import Testing

/// By what an application, another provider and an exemption know an account.
@Suite("Okta, names and links") struct OktaLinkTests {
  private typealias O = Organisations

  private static func read(
    _ bench: Bench, apps: [AppID] = [Bench.app], groups: [String] = [], watch: [String] = [O.ana]
  ) async -> ProviderReading {
    await bench.okta().readProvider(
      ProviderQuery(apps: apps, groups: groups) { WatchList(keys: watch) }, progress: .none)
  }

  @Test("every linked provider is a door of its own, by the id it knows the account by")
  func links() async throws {
    let scenario = O.small {
      $0.okta.identityProviders = [
        InboundIdentityProvider("One", id: "0oaOne", trustsClaims: true),
        InboundIdentityProvider("Two", id: "0oaTwo", trustsClaims: true),
      ]
      $0[person: O.ana].identityProviders = ["0oaOne", "0oaTwo"]
    }
    try await Bench.run(scenario) { bench in
      let reading = await Self.read(bench)
      #expect(
        Set(reading.accounts[0].links) == [
          AccountLink(upstream: "0oaOne", subject: O.ana),
          AccountLink(upstream: "0oaTwo", subject: O.ana),
        ])
      guard case .readable(let model) = reading.apps[0].state else {
        Issue.record("not readable")
        return
      }
      let keys = Set(model.upstreams.flatMap(\.keys))
      #expect(keys.isSuperset(of: ["0oaOne", "0oaTwo"]))
    }
  }

  @Test("a link without the id behind it names nobody, and the source says so")
  func nameless() async throws {
    let scenario = O.small {
      $0.okta.identityProviders = [InboundIdentityProvider("One", id: "0oaOne", trustsClaims: true)]
      $0[person: O.ana].identityProviders = ["0oaOne"]
      $0.okta.pageEdits = [
        OktaPageEdit(page: "/api/v1/idps/0oaOne/users", field: ["0", "externalId"], value: nil)
      ]
    }
    try await Bench.run(scenario) { bench in
      let reading = await Self.read(bench)
      #expect(reading.accounts[0].links == [AccountLink(upstream: "0oaOne", subject: "")])
      #expect(!reading.source.isComplete && reading.source.carriesVerdicts)
    }
  }

  @Test(
    "a provider is told the login, or the address where all match by it",
    arguments: [("USERNAME", PassedIdentity.login), ("EMAIL", .email)])
  func passes(match: String, expected: PassedIdentity) async throws {
    let scenario = O.small {
      var provider = InboundIdentityProvider("One", trustsClaims: true)
      provider.raw = ["policy": ["subject": ["matchType": .string(match)]]]
      $0.okta.identityProviders = [provider]
    }
    try await Bench.run(scenario) { bench in
      #expect(await Self.read(bench).passesOn == expected)
    }
  }

  @Test("a second address of a profile is none; the name at the application is")
  func secondAddress() async throws {
    let scenario = O.small {
      $0.people = [
        Person(
          "private@home.example", login: "private@home.example",
          raw: ["profile": ["secondEmail": .string(O.ana)]])
      ]
      $0[app: Bench.app].users = ["private@home.example"]
    }
    try await Bench.run(scenario) { bench in
      #expect(await bench.judge()[O.ana]?.judgement.deciding?.code == .notInIdP)
      await bench.mock.update {
        $0[app: Bench.app].users = [AppUser("private@home.example", userName: O.ana)]
      }
      #expect(await bench.judge()[O.ana]?.verdict == .enforced)
    }
  }

  @Test("an account is kept when its id is watched")
  func watchedID() async throws {
    try await Bench.run(O.small { $0[person: O.ana].id = "00uAna" }) { bench in
      #expect(await Self.read(bench, watch: ["00uana"]).accounts.count == 1)
    }
  }

  @Test("the policy that Okta links is told, also when it answers 404")
  func policyLink() async throws {
    let scenario = O.small { $0[policy: "Strict"].id = "rstStrict" }
    try await Bench.run(scenario) { bench in
      #expect(await Self.read(bench).apps[0].policyLink == "rstStrict")
      await bench.mock.setFaults([
        Fault(.okta, "GET /api/v1/policies/{policy}", .notFound, times: nil)
      ])
      let reading = await Self.read(bench)
      #expect(reading.apps[0].policyLink == "rstStrict")
      #expect(!reading.source.isComplete)
    }
  }

  @Test("groups that are asked for are read, by id or name; others are left out")
  func groups() async throws {
    let scenario = O.small {
      $0.okta.groups += [
        Group("Emergency", id: "00g00000000000000001"), Group("Twice", id: "00g00000000000000002"),
        Group("Twice", id: "00g00000000000000003"),
      ]
      $0[person: O.ana].groups = ["Emergency"]
    }
    try await Bench.run(scenario) { bench in
      let asked = [
        "Emergency", "00g00000000000000001", "Staff", "Twice", "Nobody", "00g00000000000000009",
      ]
      let reading = await Self.read(bench, groups: asked)
      #expect(Set(reading.groups.keys) == ["Emergency", "00g00000000000000001", "Staff"])
      #expect(reading.groups["Emergency"] == reading.groups["00g00000000000000001"])
      let signature = reading.accounts.signature(at: 0)
      #expect(reading.groups["Emergency"].map(signature.has) == true)
      #expect(reading.groups["Staff"].map(signature.has) == false)
      await bench.mock.setFaults([
        Fault(.okta, "GET /api/v1/groups/{group}/users", .forbidden, times: nil)
      ])
      let refused = await Self.read(bench, groups: ["Emergency"])
      #expect(refused.groups.isEmpty && !refused.source.isComplete)
    }
  }

  @Test("an app that everybody may use without an assignment lets everybody in")
  func implicit() async throws {
    let scenario = O.app([.catchAll("1FA")]) {
      $0[app: Bench.app].users = []
      $0[app: Bench.app].raw = ["settings": ["implicitAssignment": true]]
    }
    try await Bench.run(scenario) { bench in
      #expect(await bench.judge()[O.ana]?.verdict == .notEnforced)
    }
  }

  @Test("a row that comes again over a border of pages is one row, and noted")
  func repeated() async throws {
    for endpoint in [
      "GET /api/v1/users", "GET /api/v1/apps/{app}/users", "GET /api/v1/groups/{group}/users",
    ] {
      let scenario = O.app([Rule("Staff") { $0.groups = ["Staff"] }, .catchAll("1FA")]) {
        $0.people += (0..<700).map { Person("p\($0)@acme.com", groups: ["Staff"]) }
        $0[app: Bench.app].users += (0..<700).map { AppUser("p\($0)@acme.com") }
      }
      try await Bench.run(scenario) { bench in
        await bench.mock.setFaults([
          // The third request for accounts is no first page of either list.
          Fault(
            .okta, endpoint, .duplicate, first: endpoint == "GET /api/v1/users" ? 3 : 2, times: 1)
        ])
        let judged = await bench.judge()
        #expect(judged[O.ana]?.verdict == .enforced)
        let issues = judged.provider.source.issues
        #expect(judged.provider.source.isComplete, "\(issues)")
        #expect(
          issues.contains { $0.call == endpoint && $0.affects == .details }, "\(endpoint) \(issues)"
        )
      }
    }
  }

  @Test("a row that comes again with other facts leaves the list unread")
  func contradicted() async throws {
    let scenario = O.small {
      $0.people += [Person("twin@acme.com", login: "twin"), Person("other@acme.com")]
      $0[person: "twin"].id = "00uTwin"
      $0[app: Bench.app].users += [AppUser("other@acme.com"), AppUser("twin")]
    }
    for (page, edits) in [
      ("/api/v1/users?limit=200", ["id": "00uTwin"]),
      ("/api/v1/apps/\(Bench.app)/users?limit=500", ["id": "00uTwin", "status": "SUSPENDED"]),
    ] {
      try await Bench.run(scenario) { bench in
        let keys = [O.ana, "twin@acme.com", "other@acme.com"]
        await bench.mock.update {
          $0.okta.pageEdits = edits.map {
            OktaPageEdit(page: page, field: ["2", $0.key], value: .string($0.value))
          }
        }
        let reading = await Self.read(bench, watch: keys)
        #expect(!reading.source.isComplete, "\(page)")
      }
    }
  }
}
