internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// Okta's JSON, as far as we read it: tolerant of fields we do not know, strict on the types of those we do.
enum OktaWire {
  /// `/.well-known/okta-organization`.
  struct Organisation: Sendable, Hashable {
    var id: String
    var pipeline: String
    /// The organisation's own addresses, as URLs.
    var links: [String]

    init(_ json: JSONValue) throws(WireError) {
      id = try json.optional("id", .string, \.string) ?? ""
      pipeline = try json.required("pipeline", .string, \.string)
      links = ["organization", "alternate"].compactMap { json["_links"]?[$0]?["href"]?.string }
    }
  }

  /// An application.
  struct App: Sendable, Hashable {
    var id: String
    var label: String
    var status: String
    /// Nil when Okta does not show it.
    var signOnMode: String?
    /// The last part of `_links.accessPolicy.href`.
    var accessPolicyID: String?
    /// Whether people may use it without an assignment: everybody (Federation Broker Mode), or whoever assigns himself.
    var isOpen: Tri
    /// The OAuth grants that it may use; nil where Okta shows none.
    var grants: [String]?

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      label = try json.optional("label", .string, \.string) ?? id
      status = try json.required("status", .string, \.string)
      signOnMode = try json.optional("signOnMode", .string, \.string)
      isOpen = Self.openness(json)
      grants = json["settings"]?["oauthClient"]?["grant_types"]?.strings
      accessPolicyID = json["_links"]?["accessPolicy"]?["href"]?.string.flatMap(lastPart)
    }

    /// Whether people can assign themselves is always shown; that everybody may use the application only where it can be so.
    ///
    /// Whether somebody has to approve of it stands in no field: who may ask for the application counts as who gets it.
    private static func openness(_ json: JSONValue) -> Tri {
      let implicit = json["settings"]?.object.map { $0["implicitAssignment"] ?? .null }
      let own = json["accessibility"]?["selfService"]
      if implicit?.bool == true || own?.bool == true { return .yes }
      let isClosed = implicit == .some(.null) || implicit?.bool == false
      return isClosed && own?.bool == false ? .no : .unknown
    }
  }

  /// A policy of any type.
  struct Policy: Sendable, Hashable, OktaRanked {
    var id: String
    var name: String
    var type: String
    var status: String
    var priority: Int64?
    /// Nil when Okta does not show it.
    var isSystem: Bool?
    var lastUpdated: String?
    /// An object or null; nil when Okta does not show it.
    var conditions: JSONValue?
    /// What it is for; `END_USER_ACCOUNT_MANAGEMENT` cannot be assigned to applications.
    var resourceType: String?
    /// The rules, when they came with the policy.
    var rules: [Rule]?
    /// What it says beside all that is known of policies.
    var unrecognised: [UnrecognisedKey]

    private static let known: Set<String> = [
      "id", "name", "type", "status", "priority", "system", "conditions", "description", "created",
      "createdBy", "lastUpdated", "lastUpdatedBy", "settings", "_links", "_embedded",
    ]

    /// The policy in a document.
    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      name = try json.optional("name", .string, \.string) ?? id
      type = try json.required("type", .string, \.string)
      status = try json.required("status", .string, \.string)
      priority = try json.optional("priority", .integer, \.integer)
      isSystem = try json.optional("system", .bool, \.bool)
      lastUpdated = try json.optional("lastUpdated", .string, \.string)
      conditions = try json.objectOrNull("conditions")
      unrecognised = json.unrecognised(besides: Self.known)
      let embedded = json["_embedded"]
      resourceType = embedded?["resourceType"]?.string
      guard let list = embedded?["rules"] else { return }
      do throws(WireError) {
        rules = try list.rows { row throws(WireError) in try Rule(row) }
      } catch {
        throw error.under("_embedded/rules")
      }
    }
  }

  /// A rule of a policy.
  struct Rule: Sendable, Hashable, OktaRanked {
    var id: String
    var name: String
    /// Nil when Okta does not show it.
    var type: String?
    var status: String
    var priority: Int64?
    /// Nil when Okta does not show it.
    var isSystem: Bool?
    /// An object or null; nil when Okta does not show it.
    var conditions: JSONValue?
    var actions: JSONValue?
    /// What it says beside all that is known of rules.
    var unrecognised: [UnrecognisedKey]

    private static let known: Set<String> = [
      "id", "name", "type", "status", "priority", "system", "conditions", "actions", "description",
      "created", "createdBy", "lastUpdated", "lastUpdatedBy", "_links", "_embedded",
    ]

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      name = try json.optional("name", .string, \.string) ?? id
      status = try json.required("status", .string, \.string)
      priority = try json.optional("priority", .integer, \.integer)
      isSystem = try json.optional("system", .bool, \.bool)
      type = try json.optional("type", .string, \.string)
      conditions = try json.objectOrNull("conditions")
      unrecognised = json.unrecognised(besides: Self.known)
      actions = try json.optional("actions", .object) { $0.object == nil ? nil : $0 }
    }
  }

  /// A network zone.
  struct Zone: Sendable, Hashable {
    var id: String
    var name: String
    var status: String
    /// Whether it is a list of what is blocked before any policy is asked, and no place for conditions.
    var isBlocklist: Bool
    /// How much of the world it holds; nil when Okta does not show it.
    var extent: Extent?

    /// Whether rules may mean it: what an inactive one, or a blocklist, does in them is not documented.
    var isInForce: Bool { status == "ACTIVE" && !isBlocklist }

    /// How much of the world a zone holds.
    enum Extent: Sendable, Hashable {
      case nothing, part
      /// Every address of IPv4; whether there are sign-ins by IPv6 is not known.
      case everyIPv4
      case everything
    }

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      name = try json.optional("name", .string, \.string) ?? id
      status = try json.required("status", .string, \.string)
      isBlocklist = try json.optional("usage", .string, \.string) == "BLOCKLIST"
      extent = Self.extent(json)
    }

    /// A request is inside where its address matches a gateway; trusted proxies alone are another matter.
    private static func extent(_ json: JSONValue) -> Extent? {
      guard let type = json["type"]?.string else { return nil }
      guard type == "IP" else { return .part }
      guard let gateways = json["gateways"]?.array else { return nil }
      if gateways.isEmpty, json["proxies"]?.array?.isEmpty == true { return .nothing }
      let values = Set(gateways.compactMap { $0["value"]?.string?.filter { !$0.isWhitespace } })
      let holdsIPv4 =
        !values.isDisjoint(with: ["0.0.0.0/0", "0.0.0.0-255.255.255.255"])
        || values.isSuperset(of: ["0.0.0.0/1", "128.0.0.0/1"])
      guard holdsIPv4 else { return .part }
      return values.contains("::/0") ? .everything : .everyIPv4
    }
  }

  /// A group.
  struct Group: Sendable, Hashable {
    var id: String
    var name: String
    var type: String

    /// Whether it is the built-in group that everybody is in.
    var isEveryone: Bool { type == "BUILT_IN" && name == "Everyone" }

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      type = try json.required("type", .string, \.string)
      name = json["profile"]?["name"]?.string ?? id
    }
  }

  /// An identity provider whose sign-ins Okta accepts.
  struct InboundProvider: Sendable, Hashable {
    var id: String
    var name: String
    /// Nil when Okta does not show it.
    var status: String?
    /// Whether its word on the factors used is taken; nil when Okta does not show it.
    var assertsFactors: Bool?
    /// What its policy says beside all that is known.
    var unrecognised: [UnrecognisedKey]
    /// Whose account is linked to it at the first sign-in through it.
    var linking: Linking
    /// What a sign-in through it does to an account that exists.
    var provisioning: OktaProvisioning
    /// By which name of an account it finds it: `USERNAME`, `EMAIL` and others.
    var matchType: String?
    /// The hosts and entity ids it is known by.
    var addresses: [String]

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      name = try json.optional("name", .string, \.string) ?? id
      status = try json.optional("status", .string, \.string)
      assertsFactors = Self.asserts(json["policy"])
      unrecognised = json["policy"]?.unrecognised(besides: Self.known, at: "policy") ?? []
      linking = Linking(json["policy"]?["accountLink"])
      provisioning = OktaProvisioning(json["policy"]?["provisioning"])
      matchType = json["policy"]?["subject"]?["matchType"]?.string
      let link = json["protocol"]
      let urls = [
        link?["endpoints"]?["sso"]?["url"], link?["endpoints"]?["authorization"]?["url"],
        link?["issuer"]?["url"], link?["credentials"]?["trust"]?["issuer"],
      ].compactMap { $0?.string }
      addresses = urls.compactMap(SourceHost.of) + urls
    }

    private static let known: Set<String> = [
      "accountLink", "mapAMRClaims", "maxClockSkew", "provisioning", "subject", "trustClaims",
    ]

    /// Two switches: claims sharing, and the older mapping of AMR claims, which is off where it is not named.
    private static func asserts(_ policy: JSONValue?) -> Bool? {
      guard let policy, let members = policy.object else { return nil }
      let shares = policy["trustClaims"]?.bool
      let maps = members["mapAMRClaims"].map(\.bool) ?? false
      if shares == true || maps == true { return true }
      return shares == false && maps == false ? false : nil
    }
  }

  /// Whether accounts that exist are linked to an identity provider when somebody comes in through it for the first time.
  enum Linking: Sendable, Hashable {
    case nobody, everybody
    case accounts(Filter)
    /// Okta does not show it, or in a form that is not known.
    case unclear

    /// Whose accounts may be linked.
    struct Filter: Sendable, Hashable {
      /// Who is in one of these groups; nil: everybody.
      var groups: [String]?
      /// But these.
      var exceptUsers: [String] = []
    }

    init(_ json: JSONValue?) {
      self = .unclear
      guard let json, json.hasOnly(["action", "filter"]) else { return }
      switch json["action"]?.string {
      case "DISABLED": self = .nobody
      case "AUTO":
        guard let filter = json["filter"] else {
          self = .everybody
          return
        }
        if let filter = Self.filter(filter) { self = .accounts(filter) }
      default: return
      }
    }

    /// That administrators are left out (`excludeAdmins`) closes a way that is better taken for open.
    private static func filter(_ json: JSONValue) -> Filter? {
      guard json.hasOnly(["groups", "users"]), json["groups"] != nil || json["users"] != nil else {
        return nil
      }
      var filter = Filter()
      if let groups = json["groups"] {
        guard groups.hasOnly(["include"]), let ids = groups["include"]?.strings, !ids.isEmpty,
          !ids.contains("")
        else { return nil }
        filter.groups = ids
      }
      if let users = json["users"] {
        guard users.hasOnly(["exclude", "excludeAdmins"]) else { return nil }
        guard let excluded = users["exclude"] else { return filter }
        guard let ids = excluded.strings else { return nil }
        filter.exceptUsers = ids
      }
      return filter
    }
  }

  /// A row of `/policies/{id}/mappings`.
  struct Mapping: Sendable, Hashable {
    var appID: String?

    init(_ json: JSONValue) throws(WireError) {
      guard json.object != nil else { throw WireError.expected(.object, found: json.type) }
      appID = json["_links"]?["application"]?["href"]?.string.flatMap(lastPart)
    }
  }

  /// An enrolled factor.
  struct Factor: Sendable, Hashable {
    var type: String
    var status: String

    init(_ json: JSONValue) throws(WireError) {
      type = try json.required("factorType", .string, \.string)
      status = try json.required("status", .string, \.string)
    }
  }

  /// The last part of a URL's path, without query.
  static func lastPart(_ href: String) -> String? {
    let path = href.prefix { $0 != "?" && $0 != "#" }
    return path.split(separator: "/").last.map(String.init)
  }
}

extension OktaWire {
  /// Users: what the path over a large directory needs, in the order of ``UserField``.
  static let users = TablePlan([
    .init("id"), .init("status", .string, .optional),
    .init("profile/email", .string, .optional), .init("profile/login", .string, .optional),
    .init("type/id", .string, .optional), .init("credentials/provider/type", .string, .optional),
  ])

  /// The places of the fields in ``users``.
  enum UserField {
    static let id = 0
    static let status = 1
    static let email = 2
    static let login = 3
    static let userType = 4
    static let providerType = 5
    static let count = 6
  }

  /// App users, in the order id, status, user name.
  static let appUsers = TablePlan([
    .init("id"), .init("status"), .init("credentials/userName", .string, .optional),
  ])

  /// Group members: ids only.
  static let ids = TablePlan([.init("id")])

  /// Users of an identity provider: id, and the id of the account there.
  static let linked = TablePlan([.init("id"), .init("externalId", .string, .optional)])
}

extension JSONValue {
  /// A member that is an object or null; nil when it is missing.
  fileprivate func objectOrNull(_ key: String) throws(WireError) -> JSONValue? {
    guard let value = object?[key] else { return nil }
    guard value == .null || value.object != nil else {
      throw WireError.expected(.object, found: value.type, path: key)
    }
    return value
  }
}
