internal import CurlTransport

/// Keycloak's JSON, as far as we read it: tolerant of fields we do not know, strict on the types of those we do.
enum KeycloakWire {
  /// The realm.
  struct Realm: Sendable, Hashable {
    var name: String
    var isEnabled: Bool
    /// The alias of the flow of browser sign-ins.
    var browserFlow: String
    /// The alias of the flow of the password grant.
    var directGrantFlow: String
    /// Levels by ACR value.
    var levels: [String: Int]

    init(_ json: JSONValue) throws(WireError) {
      name = try json.required("realm", .string, \.string)
      isEnabled = try json.optional("enabled", .bool, \.bool) ?? true
      browserFlow = try json.required("browserFlow", .string, \.string)
      directGrantFlow = try json.required("directGrantFlow", .string, \.string)
      let attributes = try json.optional("attributes", .object, \.object)
      levels = KeycloakWire.levels(attributes?["acr.loa.map"]?.string)
    }

    /// Whether a reply leaves all flows out, as to callers without the right to see more than the realm's name.
    static func isNameOnly(_ json: JSONValue) -> Bool {
      json["realm"] != nil && json["browserFlow"] == nil && json["directGrantFlow"] == nil
    }
  }

  /// A client.
  struct Client: Sendable, Hashable {
    var id: String
    var clientID: String
    var name: String?
    var isEnabled: Bool
    var isSAML: Bool
    var isBearerOnly: Bool
    var standardFlow: Bool
    var implicitFlow: Bool
    var directGrants: Bool
    /// Whether devices without a browser may have people sign in, which the browser flow decides as well.
    var deviceFlow: Bool
    /// Ids of flows that stand instead of the realm's.
    var browserOverride: String?
    var directGrantOverride: String?
    var levels: [String: Int]
    var defaultACRs: [String]
    var minimumACR: String?
    /// Names of scopes that every sign-in has; nil when not told.
    var defaultScopes: [String]?
    /// Names of scopes that a sign-in may ask for; nil when not told.
    var optionalScopes: [String]?
    /// Whether its settings came along; who may only ask for clients is told their names alone.
    var isShownInFull: Bool

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      clientID = try json.required("clientId", .string, \.string)
      name = try json.optional("name", .string, \.string).flatMap { $0.isEmpty ? nil : $0 }
      isEnabled = try json.optional("enabled", .bool, \.bool) ?? true
      isSAML = try json.optional("protocol", .string, \.string) == "saml"
      isBearerOnly = try json.optional("bearerOnly", .bool, \.bool) ?? false
      // A door that is not told to be closed may be open.
      let standard = try json.optional("standardFlowEnabled", .bool, \.bool)
      // SAML has a door of its own.
      isShownInFull = standard != nil || isSAML
      standardFlow = standard ?? true
      implicitFlow = try json.optional("implicitFlowEnabled", .bool, \.bool) ?? false
      directGrants = try json.optional("directAccessGrantsEnabled", .bool, \.bool) ?? !isSAML
      let overrides = try json.optional("authenticationFlowBindingOverrides", .object, \.object)
      let override = { (key: String) in
        overrides?[key]?.string.flatMap { $0.isEmpty ? nil : $0 }
      }
      browserOverride = override("browser")
      directGrantOverride = override("direct_grant")
      let attributes = try json.optional("attributes", .object, \.object)
      deviceFlow = attributes?["oauth2.device.authorization.grant.enabled"]?.string == "true"
      levels = KeycloakWire.levels(attributes?["acr.loa.map"]?.string)
      defaultACRs = KeycloakWire.parts(attributes?["default.acr.values"]?.string)
      minimumACR = attributes?["minimum.acr.value"]?.string.flatMap { $0.isEmpty ? nil : $0 }
      defaultScopes = json["defaultClientScopes"]?.strings
      optionalScopes = json["optionalClientScopes"]?.strings
    }

    /// Whether people can sign in to it in a browser.
    var hasBrowserDoor: Bool {
      isEnabled && !isBearerOnly && (standardFlow || implicitFlow || deviceFlow || isSAML)
    }
  }

  /// A scope of a client, of which only the name is read.
  static func scopeName(_ json: JSONValue) throws(WireError) -> String {
    try json.required("name", .string, \.string)
  }

  /// A flow, of which only the names are read here.
  struct Flow: Sendable, Hashable {
    var id: String
    var alias: String

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      alias = try json.required("alias", .string, \.string)
    }
  }

  /// A line of the flattened list of a flow's steps.
  struct Execution: Sendable, Hashable {
    var id: String
    var requirement: String
    var level: Int64
    var isSubflow: Bool
    var name: String
    var provider: String?
    var configID: String?

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      requirement = try json.required("requirement", .string, \.string)
      level = try json.required("level", .integer, \.integer)
      isSubflow = try json.optional("authenticationFlow", .bool, \.bool) ?? false
      provider = try json.optional("providerId", .string, \.string)
      name = try json.optional("displayName", .string, \.string) ?? provider ?? id
      configID = try json.optional("authenticationConfig", .string, \.string)
    }
  }

  /// An identity provider that Keycloak brokers.
  struct IdentityProvider: Sendable, Hashable {
    var alias: String
    var name: String?
    var provider: String
    var isEnabled: Bool
    /// Whether it only links accounts and never signs in.
    var isLinkOnly: Bool
    var postBrokerFlow: String?
    /// Addresses and entity ids by which it may be known.
    var addresses: [String]

    init(_ json: JSONValue) throws(WireError) {
      alias = try json.required("alias", .string, \.string)
      name = try json.optional("displayName", .string, \.string).flatMap { $0.isEmpty ? nil : $0 }
      provider = try json.optional("providerId", .string, \.string) ?? ""
      isEnabled = try json.optional("enabled", .bool, \.bool) ?? true
      isLinkOnly = try json.optional("linkOnly", .bool, \.bool) ?? false
      postBrokerFlow = try json.optional("postBrokerLoginFlowAlias", .string, \.string)
        .flatMap { $0.isEmpty ? nil : $0 }
      let config = json["config"]
      addresses = [
        "authorizationUrl", "singleSignOnServiceUrl", "issuer", "entityId", "idpEntityId",
      ]
      .compactMap { config?[$0]?.string }.filter { !$0.isEmpty }
    }
  }

  /// A required action: whether it can be asked for at all.
  struct RequiredAction: Sendable, Hashable {
    var alias: String
    var isEnabled: Bool

    init(_ json: JSONValue) throws(WireError) {
      alias = try json.required("alias", .string, \.string)
      isEnabled = try json.optional("enabled", .bool, \.bool) ?? true
    }
  }

  /// A role, of the realm or of a client.
  struct Role: Sendable, Hashable {
    var id: String
    var name: String
    /// Whether it brings others along; where nothing is said it may.
    var isComposite: Bool

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      name = try json.required("name", .string, \.string)
      isComposite = try json.optional("composite", .bool, \.bool) ?? true
    }
  }

  /// A group with the groups below it, as far as they came along.
  struct Group: Sendable, Hashable {
    var id: String
    var name: String
    var path: String?
    var attributes: [String: [String]]
    var children: [Group]
    /// Whether there are groups below it that did not come along.
    var hasMoreChildren: Bool

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      name = try json.required("name", .string, \.string)
      path = try json.optional("path", .string, \.string)
      attributes = try KeycloakWire.attributes(of: json)
      let list = json["subGroups"]
      let known = try list?.rows { row throws(WireError) in try Group(row) } ?? []
      children = known
      // Older servers have all of them come along and count none.
      let count = try json.optional("subGroupCount", .integer, \.integer)
      hasMoreChildren = count.map { $0 > known.count } ?? (list == nil)
    }
  }

  /// A credential of a user.
  struct UserCredential: Sendable, Hashable {
    var type: String

    init(_ json: JSONValue) throws(WireError) {
      type = try json.required("type", .string, \.string)
    }
  }

  /// The texts of a configuration, missing ones left out.
  static func config(_ json: JSONValue) throws(WireError) -> [String: String] {
    let members = try json.required("config", .object, \.object)
    return members.compactMapValues(\.string)
  }

  /// Users and members: what the path over a large directory needs, in the order of ``UserField``.
  static let users = TablePlan([
    .init("id"), .init("username", .string, .optional), .init("email", .string, .optional),
    .init("enabled", .bool, .optional), .init("totp", .bool, .optional),
    .init("federationLink", .string, .optional),
    .init("serviceAccountClientId", .string, .optional),
  ])

  /// The places of the fields in ``users``.
  enum UserField {
    static let id = 0
    static let username = 1
    static let email = 2
    static let enabled = 3
    static let totp = 4
    static let federation = 5
    static let serviceAccount = 6
  }

  /// Ids only.
  static let ids = TablePlan([.init("id")])

  /// The attributes of a user or group: several texts a name.
  static func attributes(of json: JSONValue) throws(WireError) -> [String: [String]] {
    var result: [String: [String]] = [:]
    for (name, value) in try json.optional("attributes", .object, \.object) ?? [:] {
      guard let texts = value.strings else {
        throw WireError.expected(.array, found: value.type, path: "attributes")
      }
      result[name] = texts
    }
    return result
  }

  /// Values put together with `##`.
  static func parts(_ text: String?) -> [String] {
    (text ?? "").split(separator: "##").map(String.init).filter { !$0.isEmpty }
  }

  /// A map of ACR values to levels, which is JSON within a text; one that cannot be read maps nothing.
  private static func levels(_ text: String?) -> [String: Int] {
    guard let text, !text.isEmpty,
      let members = (try? JSONReader().value(ResponseBody(copying: text.utf8)))?.object
    else { return [:] }
    return members.compactMapValues { value in
      value.integer.map(Int.init) ?? value.string.flatMap { Int($0) }
    }
  }
}
