internal import ConnectorKit
internal import IdentityCore

extension OktaConfiguration {
  /// What to do about a call that Okta refused.
  func remedy(for error: ConnectorError) -> String {
    switch error.code {
    case .forbidden:
      return
        "Grant \(subject) \(Self.scope(error.call)) and a role that may view it (Read-only Administrator)."
    case .unauthorised:
      switch credentials {
      case .token: return "Put a valid API token into the configuration of \(name)."
      case .privateKey:
        return
          "Check client id, key id, private key and scopes of \(name), and that the app has the scopes granted."
      }
    case .notFound: return "Check the id in the configuration and the URL of \(name)."
    case .configuration: return configurationRemedy(error)
    default: return "Check the URL of \(name), and run again."
    }
  }

  private func configurationRemedy(_ error: ConnectorError) -> String {
    if error.vendorCode?.contains("dpop") == true {
      return "Turn off \"Require Demonstrating Proof of Possession\" in the service app's settings."
    }
    return error.call.hasSuffix("/oauth2/v1/token")
      ? "Give the private key as PEM: RSA of 2048 bits or more, or EC P-256."
      : "Use https, or an address on loopback."
  }

  private var subject: String {
    switch credentials {
    case .token: "the token"
    case .privateKey: "the service app"
    }
  }

  /// The scope that a call needs.
  static func scope(_ call: String) -> String {
    let families = [
      ("/api/v1/apps", "okta.apps.read"), ("/api/v1/users", "okta.users.read"),
      ("/api/v1/groups", "okta.groups.read"), ("/api/v1/policies", "okta.policies.read"),
      ("/api/v1/zones", "okta.networkZones.read"), ("/api/v1/idps", "okta.idps.read"),
    ]
    return families.first { call.contains($0.0) }?.1 ?? "the scopes of the example configuration"
  }
}
