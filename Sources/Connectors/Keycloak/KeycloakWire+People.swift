internal import ConnectorKit
internal import CurlTransport
internal import JSONQuery

extension KeycloakWire {
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
    /// Its own attributes; nil when not told.
    var attributes: [String: [String]]?
    var children: [Group]
    /// How many groups there are below it; nil when not told, as by older servers.
    var childCount: Int?
    /// Whether those below it came along, were there any.
    var showsChildren: Bool

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      name = try json.required("name", .string, \.string)
      path = try json.optional("path", .string, \.string)
      attributes = json["attributes"] == nil ? nil : try KeycloakWire.attributes(of: json)
      let list = json["subGroups"]
      children = try list?.rows { row throws(WireError) in try Group(row) } ?? []
      childCount = try json.optional("subGroupCount", .integer, \.integer).map { Int($0) }
      showsChildren = list != nil
    }
  }

  /// A credential of a user.
  struct UserCredential: Sendable, Hashable {
    var type: String

    init(_ json: JSONValue) throws(WireError) {
      type = try json.required("type", .string, \.string)
    }
  }

  /// What a person is at an identity provider that is linked.
  struct Link: Sendable, Hashable {
    var alias: String
    /// The id there.
    var id: String
    /// The name there when they were linked.
    var name: String?

    init(_ json: JSONValue) throws(WireError) {
      alias = try json.required("identityProvider", .string, \.string)
      id = try json.required("userId", .string, \.string)
      name = try json.optional("userName", .string, \.string).flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  /// Users and members: what the path over a large directory needs, in the order of ``UserField``.
  ///
  /// Everybody has a user name and is on or off; an address, a federation and a client only those who have one.
  /// (`ModelToRepresentation.toBriefRepresentation`)
  static let users = TablePlan([
    .init("id"), .init("username"), .init("email", .string, .optional), .init("enabled", .bool),
    .init("totp", .bool, .optional),
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
}
