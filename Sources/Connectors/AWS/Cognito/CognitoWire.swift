internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// Cognito's JSON, as far as we read it: tolerant of fields we do not know, strict on the types of those we do.
enum CognitoWire {
  /// `UserPool` of `DescribeUserPool`.
  struct Pool: Sendable, Hashable {
    var id: String
    var name: String
    var mfa: String?
    /// What may come first at a sign-in by choice; nil where the pool does not say.
    var firstFactors: [String]?
    var threatProtection: String?
    /// Whether Lambda functions define challenges; unknown where the pool does not show its functions.
    var definesChallenges: Tri
    /// Whether a remembered device signs in without a second factor.
    var challengesOnNewDevice: Bool
    /// Whether a function maps federated users.
    var mapsFederatedUsers: Bool
    /// By what a forgotten password is reset; nil where the pool has no setting for it.
    var recovery: [String]?
    /// What is not known of it.
    var unrecognised: [UnrecognisedKey]

    init(_ json: JSONValue) throws(WireError) {
      let pool = try json.required("UserPool", .object, CognitoWire.object)
      id = try pool.required("Id", .string, \.string)
      name = try pool.optional("Name", .string, \.string) ?? id
      mfa = try pool.optional("MfaConfiguration", .string, \.string)
      let policies = try pool.optional("Policies", .object, CognitoWire.object)
      let signIn = try policies?.optional("SignInPolicy", .object, CognitoWire.object)
      firstFactors = try signIn?.optional("AllowedFirstAuthFactors", .array, \.strings)
      let addOns = try pool.optional("UserPoolAddOns", .object, CognitoWire.object)
      threatProtection = try addOns?.required("AdvancedSecurityMode", .string, \.string)
      // A pool without functions shows an empty object.
      let functions = try pool.optional("LambdaConfig", .object, \.object)
      definesChallenges = Tri(
        functions.map { functions in Self.challenges.contains { functions[$0] != nil } })
      mapsFederatedUsers = functions?["InboundFederation"].map { !$0.isBlank } ?? false
      // Without the object no device is remembered; an object that does not say it may.
      let devices = try pool.optional("DeviceConfiguration", .object, CognitoWire.object)
      challengesOnNewDevice =
        try devices.map { devices throws(WireError) in
          try devices.optional("ChallengeRequiredOnNewDevice", .bool, \.bool) ?? true
        } ?? false
      let recovery = try pool.optional("AccountRecoverySetting", .object, CognitoWire.object)
      self.recovery = try recovery?.optional("RecoveryMechanisms", .array) { $0 }?
        .rows { row throws(WireError) in try row.required("Name", .string, \.string) }
      unrecognised =
        pool.unrecognised(besides: CognitoWire.poolKeys, at: "UserPool")
        + Self.parts.flatMap { part, keys in
          (part.reduce(pool as JSONValue?) { $0?[$1] } ?? .null).unrecognised(
            besides: keys, at: (["UserPool"] + part).joined(separator: "/"))
        }
    }

    private static let challenges = [
      "DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse",
    ]

    /// The parts that decide about sign-ins, with their keys.
    private static let parts: [([String], Set<String>)] = [
      (["Policies"], ["PasswordPolicy", "SignInPolicy"]),
      (["Policies", "SignInPolicy"], ["AllowedFirstAuthFactors"]),
      (["UserPoolAddOns"], ["AdvancedSecurityMode", "AdvancedSecurityAdditionalFlows"]),
      (
        ["DeviceConfiguration"],
        ["ChallengeRequiredOnNewDevice", "DeviceOnlyRememberedOnUserPrompt"]
      ),
      (["AccountRecoverySetting"], ["RecoveryMechanisms"]),
      (["LambdaConfig"], CognitoWire.functions),
    ]
  }

  /// `GetUserPoolMfaConfig`.
  struct MFA: Sendable, Hashable {
    var mode: String
    /// Whether a passkey with user verification counts as two factors.
    var passkeysAreMultiFactor: Bool
    /// Whether a code by text message, or by e-mail, may be the second factor.
    var takesSMS: Bool
    var takesEmail: Bool
    /// What is not known of it.
    var unrecognised: [UnrecognisedKey]

    init(_ json: JSONValue) throws(WireError) {
      mode = try json.required("MfaConfiguration", .string, \.string)
      takesSMS = try json.optional("SmsMfaConfiguration", .object, CognitoWire.object) != nil
      takesEmail = try json.optional("EmailMfaConfiguration", .object, CognitoWire.object) != nil
      let passkeys = try json.optional("WebAuthnConfiguration", .object, CognitoWire.object)
      unrecognised =
        json.unrecognised(besides: CognitoWire.mfaKeys)
        + (passkeys ?? .null).unrecognised(
          besides: ["RelyingPartyId", "UserVerification", "FactorConfiguration"],
          at: "WebAuthnConfiguration")
      passkeysAreMultiFactor =
        passkeys?["FactorConfiguration"]?.string == "MULTI_FACTOR_WITH_USER_VERIFICATION"
    }
  }

  /// `UserPoolClient` of `DescribeUserPoolClient`; holds a secret, which is not read.
  struct Client: Sendable, Hashable {
    var id: String
    var name: String
    /// Nil where none are named, which allows the defaults.
    var flows: [String]?
    var identityProviders: [String]?
    /// Whether people may sign in on a page, where other providers are; nil where it does not say.
    var isOAuthAllowed: Bool?
    /// What is not known of it.
    var unrecognised: [UnrecognisedKey]

    init(_ json: JSONValue) throws(WireError) {
      let client = try json.required("UserPoolClient", .object, CognitoWire.object)
      id = try client.required("ClientId", .string, \.string)
      name = try client.optional("ClientName", .string, \.string) ?? id
      flows = try client.optional("ExplicitAuthFlows", .array, \.strings)
      identityProviders = try client.optional("SupportedIdentityProviders", .array, \.strings)
      isOAuthAllowed = try client.optional("AllowedOAuthFlowsUserPoolClient", .bool, \.bool)
      unrecognised = client.unrecognised(besides: CognitoWire.clientKeys, at: "UserPoolClient")
    }
  }

  /// A row of `ListIdentityProviders`.
  struct IdentityProvider: Sendable, Hashable {
    var name: String
    var type: String

    init(_ json: JSONValue) throws(WireError) {
      name = try json.required("ProviderName", .string, \.string)
      type = try json.optional("ProviderType", .string, \.string) ?? ""
    }
  }

  /// A row of `ListUsers`.
  struct User: Sendable, Hashable {
    var name: String
    var isEnabled: Bool
    var status: String
    var email: String?
    var preferredName: String?
    /// What other identity providers know the person by.
    var identities: [AccountLink]
    /// Whether the row may leave out some of them.
    var mayHaveMore: Bool

    /// Whether the person has no address that a member could be found by.
    var isNameless: Bool {
      email == nil && ![name, preferredName ?? ""].contains { $0.contains("@") }
    }

    init(_ json: JSONValue) throws(WireError) {
      name = try json.required("Username", .string, \.string)
      isEnabled = try json.required("Enabled", .bool, \.bool)
      status = try json.required("UserStatus", .string, \.string)
      identities = []
      let attributes = try json.optional("Attributes", .array, \.array)
      // An account that is linked to nobody has no attribute of that name; a row without attributes says nothing.
      mayHaveMore = attributes == nil
      for attribute in attributes ?? [] {
        let key = try attribute.required("Name", .string, \.string)
        let value = try attribute.optional("Value", .string, \.string)
        switch key {
        case "email": email = value
        case "preferred_username": preferredName = value
        case "identities":
          if let value {
            let found = try Self.links(value)
            identities += found.links
            mayHaveMore = mayHaveMore || found.mayHaveMore
          } else {
            mayHaveMore = true
          }
        default: break
        }
      }
    }

    /// `[{"providerName":"Corp","userId":"ana",…}]`, as text in an attribute.
    private static func links(
      _ text: String
    ) throws(WireError) -> (links: [AccountLink], mayHaveMore: Bool) {
      do throws(WireError) {
        var mayHaveMore = false
        let json = try JSONReader().value(ResponseText.body(text))
        let links = try json.rows { row throws(WireError) in
          let provider = try row.required("providerName", .string, \.string)
          let user = try row.optional("userId", .string, \.string) ?? ""
          // Whoever is known there by a name that is not told may be anybody: no link leads on.
          if user.isEmpty { mayHaveMore = true }
          return AccountLink(upstream: provider, subject: user)
        }
        return (links, mayHaveMore)
      } catch {
        throw error.under("Attributes/identities")
      }
    }
  }
}
