internal import ConnectorKit
internal import CurlTransport
internal import JSONQuery

extension JSONValue {
  /// The members that say something beside those known, by path.
  ///
  /// - Parameter place: the path of the object; empty for the one that decides.
  func strange(besides known: Set<String>, under place: String = "") -> [String: JSONValue] {
    guard case .object(let members) = self else { return [:] }
    var result: [String: JSONValue] = [:]
    for (key, value) in members
    where !known.contains(key) && !key.contains("@odata") && value.saysSomething {
      result[place.isEmpty ? key : "\(place)/\(key)"] = value
    }
    return result
  }

  /// Whether a member is more than a place holder.
  var saysSomething: Bool {
    switch self {
    case .null: false
    case .array(let values): !values.isEmpty
    case .string(let text): !text.isEmpty
    case .object(let members):
      members.contains { !$0.key.contains("@odata") && $0.value.saysSomething }
    case .bool, .integer, .number: true
    }
  }
}

extension EntraWire {
  /// Lists of Microsoft Graph: rows under `value`, the next page by a link in the body.
  static let list = ListShape(APIClient.graphPaging, rows: .under(["value"]))

  /// What tells rows of a list apart.
  @Sendable static func id(_ row: JSONValue) -> String? { row["id"]?.string.map(EntraID.folded) }

  /// Where the methods of a tenant stand in its policy.
  static let methods = "authenticationMethodConfigurations"

  /// A domain of the tenant.
  struct Domain: Sendable, Hashable {
    var name: String
    var isFederated: Bool

    init(_ json: JSONValue) throws(WireError) {
      name = try json.required("id", .string, \.string).lowercased()
      isFederated = try json.required("authenticationType", .string, \.string) != "Managed"
    }
  }

  /// How a federated domain sends people to its own identity provider.
  struct Federation: Sendable, Hashable {
    var name: String?
    var addresses: [String]
    var behaviour: String?
    /// What tells one configuration from another.
    var version: String

    /// Whether the provider's word for a second factor is not taken.
    var rejectsMFA: Bool { behaviour == "rejectMfaByFederatedIdp" }

    init(_ json: JSONValue) throws(WireError) {
      name = try json.optional("displayName", .string, \.string)
      addresses = ["issuerUri", "passiveSignInUri", "activeSignInUri", "metadataExchangeUri"]
        .compactMap { json[$0]?.string }
      behaviour = try json.optional("federatedIdpMfaBehavior", .string, \.string)
      version = JSONValue.array((addresses + [behaviour ?? ""]).map { .string($0) }).fingerprint
    }
  }

  /// A policy of home realm discovery: where people of a federated domain give their password.
  struct HomeRealmPolicy: Sendable, Hashable {
    var id: String
    var name: String
    /// Whether Entra ID itself takes passwords of federated people; nil where that cannot be read.
    var takesPasswords: Bool?
    /// What the policy says beside what is known, by path.
    var strange: [String: JSONValue] = [:]
    var version: String

    /// What a definition may say; none but the first lets anybody in another way.
    /// - SeeAlso: <https://learn.microsoft.com/entra/identity/enterprise-apps/configure-authentication-for-federated-users-portal>
    private static let known: Set<String> = [
      "AllowCloudPasswordValidation", "AccelerateToFederatedDomain", "PreferredDomain",
      "AlternateIdLogin", "DomainHintPolicy",
    ]

    init(_ json: JSONValue) throws(WireError) {
      id = EntraID.folded(try json.required("id", .string, \.string))
      name = try json.optional("displayName", .string, \.string) ?? id
      let texts = try json.required("definition", .array, \.strings)
      version = JSONValue.array(texts.map { .string($0) }).fingerprint
      takesPasswords = false
      for text in texts { read(text) }
    }

    private mutating func read(_ text: String) {
      let json = try? JSONReader().value(ResponseBody(copying: Array(text.utf8)))
      guard let members = json?["HomeRealmDiscoveryPolicy"], members.object != nil else {
        takesPasswords = nil
        return
      }
      strange.merge(members.strange(besides: Self.known)) { $1 }
      switch members["AllowCloudPasswordValidation"] {
      case nil, .null?, .bool(false)?: return
      case .bool(true)?: if takesPasswords == false { takesPasswords = true }
      default: takesPasswords = nil
      }
    }
  }

  /// Whose second factors are accepted of guests: those of every tenant, or of one.
  struct Trust: Sendable, Hashable {
    /// The tenant's id; nil for every one that has no entry of its own.
    var tenant: String?
    /// Whether they are accepted; nil where it is not told.
    var isAccepted: Bool?
    var version: String

    /// Reads the default, or a partner; nil for a partner who is treated like everybody.
    init?(_ json: JSONValue, isDefault: Bool) throws(WireError) {
      tenant = isDefault ? nil : EntraID.folded(try json.required("tenantId", .string, \.string))
      let inbound = try json.optional("inboundTrust", .object) { $0.object == nil ? nil : $0 }
      if inbound == nil, !isDefault { return nil }
      isAccepted = try inbound?.optional("isMfaAccepted", .bool, \.bool)
      version = (inbound ?? .null).fingerprint
    }
  }

  /// A method of the tenant that is on, as far as it may be a second factor by itself.
  struct Method: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
      /// Of another vendor.
      case external
      /// Certificates, where some count as two factors.
      case certificates
      /// Of a kind that we do not know.
      case other(String)
    }

    var kind: Kind
    var id: String
    var name: String
    /// The groups whose people may use it; nil for everybody.
    var groups: [String]?
    /// The groups whose people may not.
    var excluded: [String]
    var version: String

    /// The kinds that are one factor beside the password, or two by documented design.
    private static let plain: Set<String> = [
      "fido2", "microsoftauthenticator", "sms", "voice", "email", "softwareoath", "hardwareoath",
      "temporaryaccesspass", "qrcodepin",
    ]
    private static let everybody = "all_users"

    /// Reads a method; nil for one that is off, or that is no second factor by itself.
    init?(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      if try json.required("state", .string, \.string) == "disabled" { return nil }
      switch Self.word(try json.optional("@odata.type", .string, \.string), id) {
      case let word where Self.plain.contains(word): return nil
      case "external": kind = .external
      case "x509certificate":
        guard Self.takesTwo(json["authenticationModeConfiguration"]) else { return nil }
        kind = .certificates
      case let word: kind = .other(word)
      }
      name = try json.optional("displayName", .string, \.string) ?? id
      groups = try Self.targets(json["includeTargets"], elseEverybody: true)
      excluded = try Self.targets(json["excludeTargets"], elseEverybody: false) ?? []
      version = json.fingerprint
    }

    private static func word(_ type: String?, _ id: String) -> String {
      let suffix = "AuthenticationMethodConfiguration"
      guard let last = type?.split(separator: ".").last, last.hasSuffix(suffix) else {
        return id.lowercased()
      }
      return last.dropLast(suffix.count).lowercased()
    }

    /// Whether some certificates count as two factors.
    private static func takesTwo(_ json: JSONValue?) -> Bool {
      let single = "x509CertificateSingleFactor"
      guard let json, json["x509CertificateAuthenticationDefaultMode"]?.string == single else {
        return true
      }
      guard let rules = json["rules"] else { return false }
      return rules.array?.contains { $0["x509CertificateAuthenticationMode"]?.string != single }
        ?? true
    }

    /// The groups of a list; nil for everybody.
    private static func targets(
      _ json: JSONValue?, elseEverybody: Bool
    ) throws(WireError) -> [String]? {
      guard let json, let rows = json.array else { return elseEverybody ? nil : [] }
      let ids = try JSONValue.array(rows).rows { row throws(WireError) in
        try row.required("id", .string, \.string)
      }
      if ids.contains(everybody) { return elseEverybody ? nil : [] }
      return ids.map(EntraID.folded)
    }
  }
}
