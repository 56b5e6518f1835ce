internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// How to reach an Auth0 tenant, and what its operator vouches for.
struct Auth0Configuration: Sendable {
  /// What an operator says of an Action after reading its code.
  struct Attestation: Sendable, Hashable {
    /// What the Action makes of a sign-in.
    enum Word: String, Sendable, CaseIterable {
      /// It asks every sign-in for a second factor.
      case enforced
      /// It asks some sign-ins.
      case conditional
      /// It asks none.
      case none
    }

    /// The Action's id.
    var action: String
    /// The SHA-256 of its code, in lower-case hex; another code voids the attestation.
    var codeSHA256: String
    /// What it makes of a sign-in.
    var word: Word

    /// Makes an attestation.
    init(action: String, codeSHA256: String, word: Word) {
      self.action = action
      self.codeSHA256 = codeSHA256.lowercased()
      self.word = word
    }
  }

  /// The name in the configuration.
  var name: SourceName
  /// The tenant's canonical URL, without a trailing slash.
  var url: String
  /// Where tokens come from; the tenant's URL unless it is elsewhere.
  var loginURL: String
  /// What tokens are for: the Management API's identifier, with its trailing slash.
  var audience: String
  /// The machine-to-machine application.
  var clientID: String
  /// Its secret.
  var clientSecret: Secret
  /// What the operator says of Actions.
  var attestations: [Attestation]
  /// What the operator vouches for beside Actions.
  var vouches: [Vouch]
  /// How many requests may be under way at a time.
  var maxConcurrent: Int
  /// The part of the rate limit that is left for other users, 0–1.
  var rateShare: Double

  /// Makes a configuration.
  ///
  /// - Parameter audience: nil: `/api/v2/` at the tenant's URL.
  init(
    name: SourceName, url: String, loginURL: String? = nil, audience: String? = nil,
    clientID: String, clientSecret: Secret, attestations: [Attestation] = [],
    vouches: [Vouch] = [], maxConcurrent: Int = 2, rateShare: Double = 0.5
  ) {
    self.name = name
    self.url = url
    self.loginURL = loginURL ?? url
    self.audience = audience ?? url + "/api/v2/"
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.attestations = attestations
    self.vouches = vouches
    self.maxConcurrent = maxConcurrent
    self.rateShare = rateShare
  }

  /// What to do about a call that Auth0 refused.
  func remedy(for error: ConnectorError) -> String {
    switch error.code {
    case .forbidden:
      "Grant the machine-to-machine application \(Self.scope(error.call)) for the Management API."
    case .unauthorised:
      "Check client_id, client_secret and audience of \(name), and that the application is authorised for the Management API."
    case .notFound: "Check the URL of \(name) and the client id under sign_in."
    default: "Check the URL of \(name), and run again."
    }
  }

  private static func scope(_ call: String) -> String {
    switch call.split(separator: "/").dropFirst(3).first {
    case "guardian": call.hasSuffix("/policies") ? "read:mfa_policies" : "read:guardian_factors"
    case "clients": "read:clients"
    case "actions": "read:actions"
    case "rules": "read:rules"
    case "connections": "read:connections"
    case "tenants": "read:tenant_settings"
    default: "read:users"
    }
  }
}
