import Foundation
import MockIdP

extension LawWorld {
  /// The name of the platform's host of single sign-on, which every provider is said to have.
  static let ssoHost = "sso.acme.example"
  /// The provider's name of the application, for all of them.
  static let app = "0oaheroku000000000001"
  /// What Google calls the provider behind it.
  static let realm = "https://idp.acme.example/realms/staff"

  /// The organisation as the vendors show it at one step.
  func scenario(at step: Int) -> Scenario {
    var scenario = Scenario()
    scenario.heroku.rateLimit = 1_000_000
    scenario.okta.rateLimit = 1_000_000
    let state = steps[step].organisation
    switch platform {
    case .heroku: HerokuSide.install(state, &scenario)
    case .json: JSONSide.installRoster(state, &scenario)
    }
    for provider in providers {
      guard let door = state.doors[provider] else { continue }
      switch provider {
      case .okta: OktaSide.install(state, door, &scenario)
      case .entra: EntraSide.install(state, door, &scenario)
      case .google: GoogleSide.install(state, door, isLeaving: upstream != nil, &scenario)
      case .keycloak: KeycloakSide.install(state, door, &scenario)
      case .json: JSONSide.installProvider(state, door, &scenario)
      }
    }
    return scenario
  }

  /// The configuration, for servers that are reached at these addresses.
  func configuration(_ mock: MockIdP, policy: String = "guard: { max_changed: 100% }") -> String {
    var text = "store: sqlite:idsync.db\nsources:\n"
    switch platform {
    case .heroku:
      text += "  roster: { kind: heroku, url: \"\(mock.heroku.baseURL)\", token: env:HEROKU }\n"
    case .json: text += JSONSide.roster(mock[.json]?.baseURL ?? "")
    }
    for provider in providers { text += entry(provider, mock) }
    text += "teams:\n"
    let targets = doors.map { "{ provider: \($0.source), app: \"\($0.app)\" }" }
    text += "  team-a: { roster: roster, sign_in: [ \(targets.joined(separator: ", ")) ] }\n"
    text += "  team-b: { roster: roster, sign_in: [ \(targets.first ?? "") ] }\n"
    text += "policy: { \(policy) }\n"
    return text
  }

  private func entry(_ provider: Provider, _ mock: MockIdP) -> String {
    let url = mock[provider.vendor]?.baseURL ?? ""
    let hosts = "sso_hosts: [ \(Self.ssoHost) ]"
    switch provider {
    case .okta:
      return "  idp-okta: { kind: okta, url: \"\(url)\", token: env:OKTA, \(hosts) }\n"
    case .entra:
      return """
          idp-entra: { kind: entra, url: "\(url)", login_url: "\(url)", tenant: \(EntraTenant().tenantID), client_id: \(EntraClient().id), client_secret: env:ENTRA, vouch: [ \(Self.vouch("remembered-mfa")) ], \(hosts) }

        """
    case .google:
      let behind =
        upstream.map {
          ", upstream: [ { idp: \"\(Self.realm)\", provider: \($0.source), app: \"\($0.app)\" } ]"
        } ?? ""
      return """
          idp-google: { kind: google, url: "\(url)", cloud_identity_url: "\(url)", login_url: "\(url)/token", service_account: env:GOOGLE, subject: helpdesk@acme.com, policy_subject: admin@acme.com, legacy_sso: false, vouch: [ \(Self.vouch("trusted-devices")), \(Self.vouch("session")), \(Self.vouch("network-masks")), \(Self.vouch("joining")) ], \(hosts)\(behind) }

        """
    case .keycloak:
      return """
          idp-keycloak: { kind: keycloak, url: "\(url)", realm: acme, client_id: idsync, client_secret: env:KEYCLOAK, \(hosts) }

        """
    case .json: return JSONSide.provider(url, hosts)
    }
  }

  /// What these worlds do not show, vouched for until long after they end.
  private static func vouch(_ row: String) -> String {
    "{ row: \(row), reason: looked at, by: ciso@acme.com, until: 2099-01-01 }"
  }
}

extension Provider {
  /// What the configuration calls it.
  var source: String { "idp-\(rawValue)" }

  /// The vendor that the mock speaks for.
  var vendor: Vendor { Vendor(rawValue: rawValue) }

  /// The application's id there.
  var app: String {
    switch self {
    case .okta: LawWorld.app
    case .entra: "e4444444-0000-4000-8000-000000000004"
    case .google: "google"
    case .keycloak, .json: "heroku"
    }
  }
}
