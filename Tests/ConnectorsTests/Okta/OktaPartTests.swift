import ConnectorKit
import IdentityCore
import MockIdP
import Testing

/// What each call of Okta's may doubt when it is refused or fails: the others' verdicts stay.
@Suite("Okta, a part that is missing") struct OktaPartTests {
  struct Part: Sendable, CustomTestStringConvertible {
    let endpoint: String
    /// The only request that fails, where several have the same template; nil: all.
    var page: String?
    /// Whose verdict may become `cannot-tell` or weaker at the first application.
    let doubted: Set<String>
    /// The same at the second application.
    let doubtedAtSecond: Set<String>
    var testDescription: String { endpoint + (page.map { " \($0)" } ?? "") }
  }

  private static let everybody = Set(people)
  private static let people = ["ana", "bo", "cy", "dee", "eve", "fay", "jo"].map {
    "\($0)@acme.com"
  }
  private static let second = "0oaSecond"

  static let parts: [Part] = [
    Part(
      endpoint: "GET /api/v1/zones", doubted: ["cy@acme.com"], doubtedAtSecond: []),
    Part(
      endpoint: "GET /api/v1/groups/{group}", doubted: [], doubtedAtSecond: []),
    Part(
      endpoint: "GET /api/v1/groups/{group}/users",
      doubted: ["ana@acme.com", "bo@acme.com", "cy@acme.com", "fay@acme.com", "jo@acme.com"],
      doubtedAtSecond: []),
    // Whoever may come in through another provider, which is everybody whom Okta asks for two factors.
    Part(
      endpoint: "GET /api/v1/idps",
      doubted: ["ana@acme.com", "fay@acme.com", "jo@acme.com"],
      doubtedAtSecond: ["ana@acme.com", "fay@acme.com"]),
    Part(
      endpoint: "GET /api/v1/idps/{idp}/users",
      doubted: ["ana@acme.com", "fay@acme.com", "jo@acme.com"],
      doubtedAtSecond: ["ana@acme.com", "fay@acme.com"]),
    Part(
      endpoint: "GET /api/v1/apps/{app}", page: "/apps/\(Bench.app)?", doubted: everybody,
      doubtedAtSecond: ["jo@acme.com"]),
    Part(
      endpoint: "GET /api/v1/apps/{app}/users", page: "/apps/\(Bench.app)/users",
      doubted: everybody, doubtedAtSecond: ["jo@acme.com"]),
    Part(
      endpoint: "GET /api/v1/policies/{policy}", page: "/policies/rstMain?", doubted: everybody,
      doubtedAtSecond: []),
    Part(
      endpoint: "GET /api/v1/policies/{policy}/mappings", page: "/rstMain/mappings",
      doubted: everybody,
      doubtedAtSecond: []),
    Part(
      endpoint: "GET /api/v1/users", page: "filter=", doubted: ["dee@acme.com"],
      doubtedAtSecond: ["dee@acme.com"]),
    Part(
      endpoint: "GET /api/v1/users/{user}", doubted: ["jo@acme.com"],
      doubtedAtSecond: ["jo@acme.com"]),
  ]

  @Test(
    "doubts only what hangs on it, and marks the source partial", arguments: parts,
    [Fault.Kind.forbidden, .notFound, .status, .malformed])
  func part(_ part: Part, kind: Fault.Kind) async throws {
    try await Bench.run(Self.scenario) { bench in
      let good = await Self.read(bench)
      #expect(good.source.isComplete, "\(good.source.issues)")
      if let page = part.page {
        await bench.mock.update { $0.okta.pageFaults = [page: kind] }
      } else {
        await bench.mock.setFaults([Fault(.okta, part.endpoint, kind, times: nil)])
      }
      let bad = await Self.read(bench)
      #expect(bad.source.carriesVerdicts, "\(bad.source.issues)")
      if part.endpoint != "GET /api/v1/groups/{group}" {
        #expect(!bad.source.isComplete, "\(bad.source.issues)")
      }
      for (app, doubted) in [(Bench.app, part.doubted), (Self.second, part.doubtedAtSecond)] {
        for person in Self.people where !doubted.contains(person) {
          let before = OneDoor(provider: good, app: app).record(person)
          let after = OneDoor(provider: bad, app: app).record(person)
          #expect(after.verdict == before.verdict, "\(person) at \(app): \(after.reason)")
        }
      }
    }
  }

  @Test(
    "doubts all verdicts where it is the list of accounts or the organisation itself",
    arguments: ["GET /api/v1/users", "GET /.well-known/okta-organization"])
  func all(endpoint: String) async throws {
    try await Bench.run(Self.scenario) { bench in
      await bench.mock.setFaults([Fault(.okta, endpoint, .forbidden, times: nil)])
      #expect(await !Self.read(bench).source.carriesVerdicts)
    }
  }

  @Test("of inbound federation never leaves the run complete", arguments: [403, 404, 500])
  func inbound(status: Int) async throws {
    try await Bench.run(Self.scenario) { bench in
      await bench.mock.setFaults([
        Fault(.okta, "GET /api/v1/idps", .status, times: nil, status: status)
      ])
      let reading = await Self.read(bench)
      #expect(reading.source.carriesVerdicts && !reading.source.isComplete)
    }
  }

  private static func read(_ bench: Bench) async -> ProviderReading {
    let keys = people
    return await bench.okta().readProvider(
      ProviderQuery(apps: [Bench.app, second]) { WatchList(keys: keys) }, progress: .none)
  }

  private static var scenario: Scenario {
    var okta = OktaOrganisation(
      groups: [Group("Contractors"), Group("Office")],
      apps: [
        OktaApp(
          "First", id: Bench.app, accessPolicy: "Main",
          users: ["ana", "bo", "cy", "eve", "fay"].map { AppUser("\($0)@acme.com") } + [
            AppUser("joseph@corp.example", userName: "jo@acme.com")
          ]),
        OktaApp(
          "Second", id: second, accessPolicy: "Other",
          users: [AppUser("ana@acme.com"), AppUser("fay@acme.com")]),
      ],
      policies: [
        Policy(
          "Main", id: "rstMain",
          rules: [
            Rule("Named") {
              $0.users = ["eve@acme.com"]
              $0.factors = "1FA"
            },
            Rule("Contractors") {
              $0.groups = ["Contractors"]
              $0.factors = "1FA"
            },
            Rule("Office") {
              $0.groups = ["Office"]
              $0.zones = ["HQ"]
              $0.factors = "1FA"
            }, .catchAll("2FA"),
          ]),
        Policy("Other", id: "rstOther", rules: [.catchAll("2FA")]),
      ],
      zones: [Zone("HQ")],
      identityProviders: [InboundIdentityProvider("Partner", trustsClaims: true)])
    okta.rateLimit = 1_000_000
    return Scenario(
      people: [
        Person("ana@acme.com"), Person("bo@acme.com", groups: ["Contractors"]),
        Person("cy@acme.com", groups: ["Office"]),
        Person("dee@acme.com", status: "DEPROVISIONED"), Person("eve@acme.com"),
        Person("fay@acme.com", identityProviders: ["Partner"]), Person("joseph@corp.example"),
      ], okta: okta)
  }
}
