internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// Google's JSON, as far as we read it: tolerant of fields we do not know, strict on the types of those we do.
enum GoogleWire {
  /// The parts of a user that are asked for.
  static let userFields =
    "nextPageToken,users(id,primaryEmail,aliases,nonEditableAliases,suspended,archived,isAdmin,"
    + "isDelegatedAdmin,isEnrolledIn2Sv,isEnforcedIn2Sv,orgUnitPath,creationTime)"

  /// Users: what the path over a large directory needs, in the order of ``UserField``.
  static let users = TablePlan([
    .init("id"), .init("primaryEmail"), .init("suspended", .bool, .optional),
    .init("archived", .bool, .optional), .init("isAdmin", .bool, .optional),
    .init("isDelegatedAdmin", .bool, .optional), .init("isEnrolledIn2Sv", .bool, .optional),
    .init("isEnforcedIn2Sv", .bool, .optional), .init("orgUnitPath", .string, .optional),
    .init("creationTime", .string, .optional),
  ])

  /// The places of the fields in ``users``.
  enum UserField {
    static let id = 0
    static let email = 1
    static let suspended = 2
    static let archived = 3
    static let isAdmin = 4
    static let isDelegatedAdmin = 5
    static let isEnrolled = 6
    static let isEnforced = 7
    static let orgUnit = 8
    static let created = 9
  }

  /// The suffix of the alias that every account has in Google's test domain.
  static let testDomain = ".test-google-a.com"

  /// Further addresses of a user: those that an administrator gave, and those of alias domains.
  static func aliases(_ user: JSONElement) throws(WireError) -> [String] {
    var found: [String] = []
    try user.forEach { key, value throws(WireError) in
      guard key == "aliases" || key == "nonEditableAliases" else { return }
      switch value.type {
      case .missing, .null: return
      case .array:
        try value.forEach { _, entry throws(WireError) in
          guard let alias = entry.string else {
            throw WireError.expected(.string, found: entry.type, path: key)
          }
          if !alias.hasSuffix(testDomain) { found.append(alias) }
        }
      default: throw WireError.expected(.array, found: value.type, path: key)
      }
    }
    return found
  }

  /// An org unit.
  struct OrgUnit: Sendable, Hashable {
    /// Without `id:` or `orgUnits/` before it.
    var id: String
    var path: String

    init(_ json: JSONValue) throws(WireError) {
      id = GoogleWire.bareID(try json.required("orgUnitId", .string, \.string))
      path = try json.required("orgUnitPath", .string, \.string)
    }
  }

  /// An SSO assignment.
  struct Assignment: Sendable, Hashable {
    var name: String
    /// The group's id, bare.
    var group: String?
    /// The org unit's id, bare.
    var orgUnit: String?
    /// The rank of a group's assignment, from 1; nil where it is not told.
    var rank: Int64?
    /// `SSO_OFF`, `SAML_SSO`, `OIDC_SSO`, `DOMAIN_WIDE_SAML_IF_ENABLED`, or one that we do not know.
    var mode: String
    /// The SAML or OIDC profile's name.
    var profile: String?
    /// When Google sends people to the profile; absent is always.
    var redirectCondition: String?
    /// What it holds that is not known.
    var strangers: [UnrecognisedKey]

    init(_ json: JSONValue) throws(WireError) {
      name = try json.required("name", .string, \.string)
      group = try json.optional("targetGroup", .string, \.string).flatMap(Self.target)
      orgUnit = try json.optional("targetOrgUnit", .string, \.string).flatMap(Self.target)
      rank = try json.optional("rank", .integer, \.integer).flatMap { $0 > 0 ? $0 : nil }
      mode = try json.required("ssoMode", .string, \.string)
      let saml = json["samlSsoInfo"]?["inboundSamlSsoProfile"]?.string
      profile = saml ?? json["oidcSsoInfo"]?["inboundOidcSsoProfile"]?.string
      redirectCondition = json["signInBehavior"]?["redirectCondition"]?.string
      strangers = Self.keys.sorted { $0.key < $1.key }.flatMap { path, known in
        (path.isEmpty ? json : json[path])?.unrecognised(besides: known, at: path) ?? []
      }
    }

    /// The keys that it and its parts may have.
    private static let keys: [String: Set<String>] = [
      "": [
        "name", "customer", "targetGroup", "targetOrgUnit", "rank", "ssoMode", "samlSsoInfo",
        "oidcSsoInfo", "signInBehavior",
      ], "samlSsoInfo": ["inboundSamlSsoProfile"], "oidcSsoInfo": ["inboundOidcSsoProfile"],
      "signInBehavior": ["redirectCondition"],
    ]

    private static func target(_ name: String) -> String? {
      name.isEmpty ? nil : GoogleWire.bareID(name)
    }
  }

  /// A profile of a third-party identity provider, SAML or OIDC.
  struct Profile: Sendable, Hashable {
    var name: String
    var displayName: String?
    /// The SAML entity id or the OIDC issuer.
    var issuer: String?
    /// Where SAML sign-ins are sent.
    var signInURL: String?

    init(_ json: JSONValue) throws(WireError) {
      name = try json.required("name", .string, \.string)
      displayName = try json.optional("displayName", .string, \.string)
      let provider = json["idpConfig"]
      issuer = provider?["entityId"]?.string ?? provider?["issuerUri"]?.string
      signInURL = provider?["singleSignOnServiceUri"]?.string
    }
  }

  /// A policy: one setting for whom a query picks.
  struct Policy: Sendable, Hashable {
    var name: String
    /// `SYSTEM` or `ADMIN`.
    var type: String
    /// Empty where it is not told.
    var query: String
    /// The only org unit of the query, bare; nil when there are several or none.
    var orgUnit: String?
    /// The only group of the query, bare.
    var group: String?
    /// Nil where it is not told.
    var sortOrder: Double?
    /// Without `settings/` before it.
    var setting: String
    var value: JSONValue

    init(_ json: JSONValue) throws(WireError) {
      setting = try Self.setting(of: json)
      let json = json.camelCased
      name = try json.required("name", .string, \.string)
      type = try json.optional("type", .string, \.string) ?? ""
      let selector = try json.required("policyQuery", .object) { $0.object == nil ? nil : $0 }
      query = selector["query"]?.string ?? ""
      orgUnit = Self.target(selector["orgUnit"]?.string)
      group = Self.target(selector["group"]?.string)
      sortOrder = Self.number(selector["sortOrder"])
      value = json["setting"]?["value"] ?? .object([:])
    }

    /// A policy of which nothing but its setting can be relied on: it may be for anybody, and come before all others.
    init(unreadable json: JSONValue, setting: String) {
      name = json["name"]?.string ?? "policies/(without a name)"
      type = ""
      query = ""
      sortOrder = nil
      self.setting = setting
      value = .object([:])
    }

    /// The setting of a policy.
    static func setting(of json: JSONValue) throws(WireError) -> String {
      let setting = try json.required("setting", .object) { $0.object == nil ? nil : $0 }
      let name: String
      do throws(WireError) {
        name = try setting.required("type", .string, \.string)
      } catch {
        throw error.under("setting")
      }
      return name.hasPrefix("settings/") ? String(name.dropFirst(9)) : name
    }

    /// A field of the value.
    func field(_ name: String) -> JSONValue? { value[name] }

    private static func target(_ name: String?) -> String? {
      guard let name, !name.isEmpty else { return nil }
      return GoogleWire.bareID(name)
    }

    private static func number(_ value: JSONValue?) -> Double? {
      switch value {
      case .integer(let number)?: Double(number)
      case .number(let text)?: Double(text)
      default: nil
      }
    }
  }

  /// An id without its kind: Directory writes `id:03…`, Cloud Identity `orgUnits/03…` and `groups/01…`.
  static func bareID(_ name: String) -> String {
    for prefix in ["id:", "orgUnits/", "groups/"] where name.hasPrefix(prefix) {
      return String(name.dropFirst(prefix.count))
    }
    return name
  }
}

extension JSONValue {
  /// The same with all names in camel case: the Policy API spells them that way and in snake case.
  fileprivate var camelCased: JSONValue {
    switch self {
    case .array(let elements): return .array(elements.map(\.camelCased))
    case .object(let members):
      // Of two spellings of one name the first counts, which is the one in camel case.
      let renamed = members.sorted { $0.key < $1.key }.map {
        (Self.camelCased($0.key), $0.value.camelCased)
      }
      return .object(Dictionary(renamed, uniquingKeysWith: { first, _ in first }))
    default: return self
    }
  }

  private static func camelCased(_ name: String) -> String {
    let words = name.split(separator: "_")
    return (words.first.map(String.init) ?? "")
      + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
