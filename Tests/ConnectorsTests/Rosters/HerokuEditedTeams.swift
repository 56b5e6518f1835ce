import ConnectorKit
import IdentityCore
import MockIdP

extension EditedSource {
  /// Everything that a Heroku team may show: owners of identity providers, hidden ones, outsiders, the invited.
  private static func herokuTeam(_ change: (inout Scenario) -> Void) -> Scenario {
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

  private static let enterprise = "acme-corp"

  private static let herokuTeams: [(String, Bool, Scenario)] = [
    ("an identity provider of the team", true, herokuTeam { _ in }),
    (
      "no identity provider", false,
      herokuTeam { scenario in
        scenario.heroku.teams[0].identityProviders = []
        scenario.heroku.teams[0].members[0].isFederated = false
      }
    ),
    (
      "the account's identity provider", true,
      herokuTeam { scenario in
        let provider = HerokuIdentityProvider.okta("acme-okta", app: Bench.app)
        scenario.heroku.teams[0].enterpriseAccount = enterprise
        scenario.heroku.teams[0].identityProviders = []
        scenario.heroku.enterpriseAccounts = [
          EnterpriseAccount(enterprise, identityProvider: provider)
        ]
      }
    ),
    (
      "the account's identity provider, and rows that say nothing", false,
      herokuTeam { scenario in
        let provider = HerokuIdentityProvider.okta("acme-okta", app: Bench.app)
        scenario.heroku.teams[0].enterpriseAccount = enterprise
        scenario.heroku.teams[0].identityProviders = []
        scenario.heroku.enterpriseAccounts = [
          EnterpriseAccount(enterprise, identityProvider: provider)
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
      herokuTeam { scenario in
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
      herokuTeam { scenario in
        scenario.heroku.teams[0].identityProviders = []
        scenario.heroku.teams[0].enterpriseAccount = enterprise
        scenario.heroku.enterpriseAccounts = [EnterpriseAccount(enterprise)]
        scenario.heroku.teams[0].members[0].raw = [
          "identity_provider": [
            "id": "0c8f4a52-1111-4e0e-8d11-6a4c3e1d2222", "name": "acme-sso", "redacted": true,
            "owner": [
              "id": .string(scenario.heroku.enterpriseAccounts[0].id), "name": .string(enterprise),
              "type": "enterprise-account",
            ],
          ]
        ]
      }
    ),
    (
      "a hidden one, and no sign-in configured", false,
      herokuTeam { scenario in
        scenario.heroku.teams[0].identityProviders = [
          .okta("hidden", app: Bench.app, isRedacted: true)
        ]
      }
    ),
    (
      "guests of another company only", true,
      herokuTeam { scenario in
        scenario.heroku.teams[0].identityProviders = []
        scenario.heroku.teams[0].members[0].raw = [
          "identity_provider": HerokuRows.foreign(isRedacted: false)
        ]
      }
    ),
    (
      "an identity provider that signs in elsewhere", true,
      herokuTeam { scenario in
        scenario.heroku.teams[0].identityProviders = [
          HerokuIdentityProvider(
            "elsewhere", entityID: "{okta}/exk1", ssoTargetURL: "https://login.other.example/saml")
        ]
      }
    ),
  ]

  /// A Heroku team in all its forms, with the provider that its people sign in through.
  static let herokuTeamsEdited: [EditedSource] = herokuTeams.map { title, hasSignIn, scenario in
    EditedSource(
      name: "Heroku: \(title)", vendor: .heroku, worlds: [scenario],
      absences: ["GET /teams/{team} /enterprise_account nulled": "a team of no enterprise account"]
    ) { bench in
      let provider = await bench.okta().readProvider(
        ProviderQuery(apps: [Bench.app]) { WatchList(keys: [Organisations.ana]) }, progress: .none)
      return {
        guard hasSignIn else {
          return try await ConformanceReading(of: bench.heroku(), team: Bench.team)
        }
        return try await ConformanceReading(
          of: bench.heroku(), team: Bench.team,
          signIn: SignInTarget(provider: "okta", app: Bench.app), provider: provider)
      }
    }
  }
}
