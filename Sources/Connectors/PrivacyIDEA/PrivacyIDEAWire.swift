/// privacyIDEA's JSON, as far as we read it: tolerant of fields we do not know, strict on the types of those we do.
enum PrivacyIDEAWire {
  /// What an answer holds.
  ///
  /// - Throws: when it says that the call failed, or holds nothing.
  static func value(_ json: JSONValue) throws(WireError) -> JSONValue {
    guard let result = json["result"] else {
      throw WireError.expected(.object, found: .missing, path: "result")
    }
    guard try result.required("status", .bool, \.bool) else {
      throw WireError(.shape, path: "result/status", detail: "the answer says that the call failed")
    }
    guard let value = result["value"] else {
      throw WireError.expected(.object, found: .missing, path: "result/value")
    }
    return value
  }

  /// A policy of the scope `authentication`.
  struct Policy: Sendable, Hashable {
    var name: String
    var isActive: Bool
    /// Actions with their values as texts; `true` for those that have none.
    var actions: [String: String]
    var realms: [String]
    var resolvers: [String]
    var users: [String]
    var clients: [String]
    var userAgents: [String]
    var nodes: [String]
    var time: String
    /// The sections that its further conditions speak of.
    var conditionSections: [String]
    var ignoresCase: Bool

    init(_ json: JSONValue) throws(WireError) {
      name = try json.required("name", .string, \.string)
      isActive = try json.optional("active", .bool, \.bool) ?? true
      let members = try json.required("action", .object, \.object)
      actions = members.mapValues { $0.string ?? $0.text }
      let list = { (key: String) throws(WireError) -> [String] in
        try json.optional(key, .array, \.strings) ?? []
      }
      realms = try list("realm")
      resolvers = try list("resolver")
      users = try list("user")
      clients = try list("client")
      userAgents = try list("user_agents")
      nodes = try list("pinode")
      time = try json.optional("time", .string, \.string) ?? ""
      let conditions = try json.optional("conditions", .array, \.array) ?? []
      conditionSections = conditions.compactMap { condition in
        guard let parts = condition.array else { return "unknown" }
        // Section, key, comparator, value, whether it is switched on; newer versions add what missing data means.
        let isActive = parts.count > 4 ? parts[4].bool : parts.last?.bool
        return isActive == false ? nil : parts.first?.string ?? "unknown"
      }
      ignoresCase = try json.optional("user_case_insensitive", .bool, \.bool) ?? false
    }
  }

  /// A user of a realm.
  struct User: Sendable, Hashable {
    var username: String
    var id: String
    var email: String?
    var resolver: String?

    init(_ json: JSONValue) throws(WireError) {
      username = try json.required("username", .string, \.string)
      let number = json["userid"].flatMap { $0.string ?? $0.integer.map(String.init) }
      resolver = try json.optional("resolver", .string, \.string)
      id = [resolver, number ?? username].compactMap { $0 }.joined(separator: "/")
      email = try json.optional("email", .string, \.string).flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  /// A token.
  struct Token: Sendable, Hashable {
    var serial: String
    var type: String
    var username: String
    var realms: [String]
    /// Where its owner comes from; nil when the server does not say.
    var resolver: String?
    var isUsable: Bool

    /// Whether it may belong to somebody of a realm; names of realms have no case.
    func isOf(realm: String, resolver: String?) -> Bool {
      guard realms.isEmpty || realms.contains(where: { $0.lowercased() == realm.lowercased() })
      else { return false }
      guard let own = self.resolver, let resolver else { return true }
      return own == resolver
    }

    init(_ json: JSONValue) throws(WireError) {
      serial = try json.required("serial", .string, \.string)
      type = try json.required("tokentype", .string, \.string).lowercased()
      username = try json.optional("username", .string, \.string) ?? ""
      realms = try json.optional("realms", .array, \.strings) ?? []
      resolver = try json.optional("resolver", .string, \.string).flatMap { $0.isEmpty ? nil : $0 }
      let isActive = try json.required("active", .bool, \.bool)
      let isRevoked = try json.optional("revoked", .bool, \.bool) ?? false
      let isLocked = try json.optional("locked", .bool, \.bool) ?? false
      let state = try json.optional("rollout_state", .string, \.string) ?? ""
      isUsable = isActive && !isRevoked && !isLocked && ["", "enrolled"].contains(state)
    }
  }
}
