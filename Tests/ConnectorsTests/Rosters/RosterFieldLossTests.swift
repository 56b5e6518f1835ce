import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import GitHub

@Suite("A field that is missing or null never helps anybody") struct RosterFieldLossTests {
  /// Everything that a Heroku team may show: owners of identity providers, hidden ones, outsiders, the invited.
  private static func team(_ change: (inout Scenario) -> Void) -> Scenario {
    var scenario = Organisations.small {
      $0.heroku.teams[0].invitations = [HerokuInvitation("new@acme.com")]
      $0.heroku.teams[0].apps = [
        HerokuApp("app-1", collaborators: [HerokuCollaborator("outside@example.org")])
      ]
      $0.heroku.teams[0].members += [
        HerokuMember("bo@acme.com", isFederated: false, twoFactor: true),
        HerokuMember("cy@acme.com", isFederated: false, twoFactor: nil),
      ]
    }
    change(&scenario)
    return scenario
  }

  private static let account = "acme-corp"

  static let herokuTeams: [(String, Bool, Scenario)] = [
    ("an identity provider of the team", true, team { _ in }),
    (
      "no identity provider", false,
      team { scenario in
        scenario.heroku.teams[0].identityProviders = []
        scenario.heroku.teams[0].members[0].isFederated = false
      }
    ),
    (
      "the account's identity provider", true,
      team { scenario in
        let provider = HerokuIdentityProvider.okta("acme-okta", app: Bench.app)
        scenario.heroku.teams[0].enterpriseAccount = account
        scenario.heroku.teams[0].identityProviders = []
        scenario.heroku.enterpriseAccounts = [
          EnterpriseAccount(account, identityProvider: provider)
        ]
      }
    ),
    (
      "the account's identity provider, and rows that say nothing", false,
      team { scenario in
        let provider = HerokuIdentityProvider.okta("acme-okta", app: Bench.app)
        scenario.heroku.teams[0].enterpriseAccount = account
        scenario.heroku.teams[0].identityProviders = []
        scenario.heroku.enterpriseAccounts = [
          EnterpriseAccount(account, identityProvider: provider)
        ]
        for index in scenario.heroku.teams[0].members.indices {
          scenario.heroku.teams[0].members[index].raw = [
            "federated": nil, "identity_provider": nil,
          ]
        }
      }
    ),
    (
      "an identity provider that is hidden, and one of another company", true,
      team { scenario in
        scenario.heroku.teams[0].identityProviders = [
          .okta("hidden", app: Bench.app, isRedacted: true)
        ]
        scenario.heroku.teams[0].members.append(HerokuMember("guest@other.example"))
        scenario.heroku.teams[0].members[3].raw = [
          "identity_provider": HerokuRows.foreign(isRedacted: true)
        ]
      }
    ),
    (
      "an identity provider of the account that is hidden", true,
      team { scenario in
        scenario.heroku.teams[0].identityProviders = []
        scenario.heroku.teams[0].enterpriseAccount = account
        scenario.heroku.enterpriseAccounts = [EnterpriseAccount(account)]
        scenario.heroku.teams[0].members[0].raw = [
          "identity_provider": [
            "id": "0c8f4a52-1111-4e0e-8d11-6a4c3e1d2222", "name": "acme-sso", "redacted": true,
            "owner": [
              "id": .string(scenario.heroku.enterpriseAccounts[0].id), "name": .string(account),
              "type": "enterprise-account",
            ],
          ]
        ]
      }
    ),
    (
      "a hidden one, and no sign-in configured", false,
      team { scenario in
        scenario.heroku.teams[0].identityProviders = [
          .okta("hidden", app: Bench.app, isRedacted: true)
        ]
      }
    ),
    (
      "guests of another company only", true,
      team { scenario in
        scenario.heroku.teams[0].identityProviders = []
        scenario.heroku.teams[0].members[0].raw = [
          "identity_provider": HerokuRows.foreign(isRedacted: false)
        ]
      }
    ),
    (
      "an identity provider that signs in elsewhere", true,
      team { scenario in
        scenario.heroku.teams[0].identityProviders = [
          HerokuIdentityProvider(
            "elsewhere", entityID: "{okta}/exk1", ssoTargetURL: "https://login.other.example/saml")
        ]
      }
    ),
  ]

  @Test("Heroku", arguments: herokuTeams.indices)
  func heroku(index: Int) async throws {
    let (title, hasSignIn, scenario) = Self.herokuTeams[index]
    try await Bench.run(scenario) { bench in
      let provider = await bench.okta().readProvider(
        ProviderQuery(apps: [Bench.app]) { WatchList(keys: [Organisations.ana]) }, progress: .none)
      let loss = RosterFieldLoss(
        mock: bench.mock, vendor: .heroku,
        documentedNulls: [
          // "Or null": the team has none.
          "GET /teams/{team} enterprise_account"
        ]
      ) {
        if hasSignIn {
          try await ConformanceReading(
            of: bench.heroku(), team: Bench.team,
            signIn: SignInTarget(provider: "okta", app: Bench.app), provider: provider)
        } else {
          try await ConformanceReading(of: bench.heroku(), team: Bench.team)
        }
      }
      let tried = try await loss.check()
      #expect(tried > 50, "\(title): \(tried)")
    }
  }

  @Test("GitHub", arguments: [GitHubConfiguration.SAML.enforced, .optional, nil])
  func github(saml: GitHubConfiguration.SAML?) async throws {
    for requires in [false, true] {
      let platform = GitHubOrgs.platform(
        requires: requires, hasTwoFactor: true, provider: GitHubOrgs.provider())
      try await Bench.run(GitHubOrgs.scenario(platform)) { bench in
        let loss = RosterFieldLoss(mock: bench.mock, vendor: .github) {
          try await ConformanceReading(
            of: bench.github { $0.saml = saml }, team: GitHubOrgs.org,
            signIn: SignInTarget(provider: "behind", app: "enforced"),
            provider: Behind.reading(
              [GitHubOrgs.ana, "ana-acme", "root-acme", "guest"], hosts: ["idp.acme.com"]))
        }
        let tried = try await loss.check()
        #expect(tried > 30, "\(tried)")
      }
    }
  }

  @Test("SCIM as a roster", arguments: [true, false])
  func scimRoster(hasCursors: Bool) async throws {
    let scenario = SCIMServers.scenario([
      SCIMServer.user("u-1", "ana@acme.com", groups: ["g-1"]),
      SCIMServer.user("u-2", "bo@acme.com", groups: ["g-1"]),
      SCIMServer.user("u-3", "cy@acme.com"), SCIMServer.user("u-4", "dee@acme.com"),
    ]) {
      $0.groups = [
        SCIMServer.group("g-1", EndpointBench.team, users: ["u-1", "u-2"], groups: ["g-2"]),
        SCIMServer.group("g-2", "inner", users: ["u-3"]),
      ]
      $0.hasCursors = hasCursors
      $0.hasTotalWithCursor = true
      $0.maxPageSize = 2
    }
    try await EndpointBench.run(scenario) { bench in
      let loss = RosterFieldLoss(mock: bench.mock, vendor: .scim) {
        try await ConformanceReading(
          of: try bench.scim(SCIMServers.plain), team: EndpointBench.team)
      }
      let tried = try await loss.check()
      #expect(tried > 50, "\(tried)")
    }
  }

  @Test("SCIM as a provider")
  func scimProvider() async throws {
    let people = ["ana@acme.com", "bo@acme.com", "cy@acme.com", "dee@acme.com"]
    let scenario = SCIMServers.scenario([
      SCIMServer.user("u-1", people[0], with: [SCIMServers.urn: ["mfaPolicy": "required"]]),
      SCIMServer.user("u-2", people[1], with: [SCIMServers.urn: ["mfaPolicy": "risk"]]),
      SCIMServer.user("u-3", people[2], with: [SCIMServers.urn: ["mfaPolicy": "optional"]]),
      SCIMServer.user(
        "u-4", people[3], active: false, with: [SCIMServers.urn: ["mfaPolicy": "required"]]),
    ]) { $0.maxPageSize = 3 }
    try await EndpointBench.run(scenario) { bench in
      let loss = RosterFieldLoss(mock: bench.mock, vendor: .scim) {
        await ConformanceReading(
          of: try bench.scim(SCIMServers.mapped), app: EndpointBench.app, people: people)
      }
      let tried = try await loss.check()
      #expect(tried > 40, "\(tried)")
    }
  }

  private static let people: [JSON] = [
    ["uid": "1", "mail": "ana@acme.com", "role": "admin", "sso": true, "two_factor": true],
    ["uid": "2", "mail": "bo@acme.com", "role": "member", "sso": false, "two_factor": true],
    ["uid": "3", "mail": "cy@acme.com", "role": "member", "sso": false, "two_factor": false],
  ]

  private static let rosters = [
    #""fields": {"id": "/uid", "email": "/mail", "role": "/role", "federated": "/sso", "platform_mfa": "/two_factor"}"#,
    #""fields": {"id": "/uid", "email": "/mail", "federated": {"path": "/sso", "from": "detail", "take": "exists"}, "platform_mfa": {"path": "/keys/0", "from": "detail", "take": "exists"}}, "detail": {"path": "/people/{{id}}/mfa"}"#,
  ]

  @Test("a JSON endpoint as a roster", arguments: rosters.indices)
  func endpointRoster(index: Int) async throws {
    let scenario = Endpoints.scenario(Self.people) {
      $0.details = [
        "1": ["sso": true, "keys": ["a"]], "2": ["sso": true, "keys": []], "3": ["keys": ["b"]],
      ]
    }
    try await EndpointBench.run(scenario) { bench in
      let text =
        #"{"path": "/people", "items": "/data", "total": "/meta/total", "auth": {"kind": "bearer", "token": "env:T"}, \#(Self.rosters[index])}"#
      let loss = RosterFieldLoss(
        mock: bench.mock, vendor: .json,
        // What the operator takes by its being there is said by its not being there, in a document that was read.
        documentedAbsences: index == 1
          ? ["GET /people/{id}/mfa sso", "GET /people/{id}/mfa keys"] : []
      ) {
        try await ConformanceReading(of: bench.endpoint(text), team: "acme")
      }
      let tried = try await loss.check()
      #expect(tried > 20, "\(tried)")
    }
  }

  private static let providers = [
    #""mfa": {"meaning": "enforcement", "app": "*", "value_path": "/security/mfa/policy", "values": {"REQUIRED": "enforced", "RISK": "enforced-conditionally", "OPTIONAL": "not-enforced", "NONE": "not-evaluated"}}"#,
    #""mfa": {"meaning": "enforcement-rules", "app": "*", "rules": [{"when": {"field": "active", "equals": false}, "verdict": "cannot-tell"}, {"when": {"group": "contractors"}, "verdict": "not-enforced"}, {"when": {"path": "/security/mfa/policy", "in": ["OPTIONAL", "NONE"]}, "verdict": "not-enforced"}, {"when": {"path": "/security/mfa/policy", "equals": "RISK"}, "verdict": "enforced-conditionally"}, {"when": {"path": "/security/mfa/policy", "equals": "REQUIRED"}, "verdict": "enforced"}]}"#,
    #""detail": {"path": "/people/{{id}}/mfa"}, "mfa": {"meaning": "enforcement", "app": "*", "value_path": {"path": "/policy", "from": "detail"}, "values": {"REQUIRED": "enforced", "OPTIONAL": "not-enforced"}}"#,
    #""join": {"path": "/policies", "items": "/policies", "key": "/id", "on": "/policy_ref"}, "mfa": {"meaning": "enforcement", "app": "*", "value_path": {"path": "/mode", "from": "join"}, "values": {"REQUIRED": "enforced", "OPTIONAL": "not-enforced"}}"#,
  ]

  @Test("a JSON endpoint as a provider", arguments: providers.indices)
  func endpointProvider(index: Int) async throws {
    let policies: [JSON] = ["REQUIRED", "OPTIONAL", "RISK", "NONE", "REQUIRED"]
    let people = policies.enumerated().map { number, policy in
      Endpoints.person(
        policy,
        [
          "uid": .string("u-\(number)"), "mail": .string("p\(number)@acme.com"),
          "state": number == 4 ? "PAUSED" : "ACTIVE", "teams": number == 2 ? ["contractors"] : [],
          "policy_ref": number == 1 ? "weak" : "strong",
        ])
    }
    let scenario = Endpoints.scenario(people) {
      $0.policies = [["id": "strong", "mode": "REQUIRED"], ["id": "weak", "mode": "OPTIONAL"]]
      for number in 0..<5 {
        $0.details["u-\(number)"] = ["policy": number == 1 ? "OPTIONAL" : "REQUIRED"]
      }
    }
    try await EndpointBench.run(scenario) { bench in
      let text =
        #"{"path": "/people", "items": "/data", "total": "/meta/total", "auth": {"kind": "bearer", "token": "env:T"}, \#(Endpoints.fields), \#(Self.providers[index])}"#
      let loss = RosterFieldLoss(mock: bench.mock, vendor: .json) {
        await ConformanceReading(
          of: try bench.endpoint(text), app: EndpointBench.app,
          people: (0..<5).map { "p\($0)@acme.com" })
      }
      let tried = try await loss.check()
      #expect(tried > 50, "\(tried)")
    }
  }
}
