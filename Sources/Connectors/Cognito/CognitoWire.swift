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
    var definesChallenges: Bool
    var challengesOnNewDevice: Bool

    init(_ json: JSONValue) throws(WireError) {
      let pool = try json.required("UserPool", .object) { $0.object == nil ? nil : $0 }
      id = try pool.required("Id", .string, \.string)
      name = try pool.optional("Name", .string, \.string) ?? id
      mfa = try pool.optional("MfaConfiguration", .string, \.string)
      firstFactors = try pool["Policies"]?["SignInPolicy"]?.optional(
        "AllowedFirstAuthFactors", .array, \.strings)
      threatProtection = try pool["UserPoolAddOns"]?.optional(
        "AdvancedSecurityMode", .string, \.string)
      definesChallenges = pool["LambdaConfig"]?["DefineAuthChallenge"] != nil
      challengesOnNewDevice =
        try pool["DeviceConfiguration"]?.optional("ChallengeRequiredOnNewDevice", .bool, \.bool)
        ?? false
    }
  }

  /// `GetUserPoolMfaConfig`.
  struct MFA: Sendable, Hashable {
    var mode: String
    /// Whether a passkey with user verification counts as two factors.
    var passkeysAreMultiFactor: Bool

    init(_ json: JSONValue) throws(WireError) {
      mode = try json.required("MfaConfiguration", .string, \.string)
      let passkeys = try json.optional("WebAuthnConfiguration", .object) {
        $0.object == nil ? nil : $0
      }
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

    init(_ json: JSONValue) throws(WireError) {
      let client = try json.required("UserPoolClient", .object) { $0.object == nil ? nil : $0 }
      id = try client.required("ClientId", .string, \.string)
      name = try client.optional("ClientName", .string, \.string) ?? id
      flows = try client.optional("ExplicitAuthFlows", .array, \.strings)
      identityProviders = try client.optional("SupportedIdentityProviders", .array, \.strings)
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
    /// The names of the identity providers that the account is linked to.
    var identities: [String]

    init(_ json: JSONValue) throws(WireError) {
      name = try json.required("Username", .string, \.string)
      isEnabled = try json.required("Enabled", .bool, \.bool)
      status = try json.required("UserStatus", .string, \.string)
      identities = []
      let attributes = try json.optional("Attributes", .array, \.array) ?? []
      for attribute in attributes {
        let key = try attribute.required("Name", .string, \.string)
        let value = try attribute.optional("Value", .string, \.string)
        switch key {
        case "email": email = value
        case "preferred_username": preferredName = value
        case "identities": identities = try value.map(Self.providers) ?? []
        default: break
        }
      }
    }

    /// `[{"providerName":"Corp",…}]`, as text in an attribute.
    private static func providers(_ text: String) throws(WireError) -> [String] {
      do throws(WireError) {
        let json = try JSONReader().value(ResponseText.body(text))
        return try json.rows { row throws(WireError) in
          try row.required("providerName", .string, \.string)
        }
      } catch {
        throw error.under("Attributes/identities")
      }
    }
  }
}
