internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

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

  /// A policy, of the scope `authentication` or `user`.
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
    /// Its further conditions that are switched on.
    var conditions: [PolicyCondition]
    /// Nil where the server does not say.
    var ignoresCase: Bool?
    /// Whether any resolver of the person's realm counts; where the server does not say it may be so.
    var checksAllResolvers: Bool
    /// What tells one version of the policy from another.
    var version: String
    /// Keys of the policy that are not known.
    var unrecognised: [UnrecognisedKey]

    /// The keys that policies have, those of administrators and people's words for them included.
    private static let keys: Set<String> = [
      "name", "scope", "active", "action", "realm", "resolver", "user", "client", "adminrealm",
      "adminuser", "time", "priority", "conditions", "check_all_resolvers",
      "user_case_insensitive", "user_agents", "pinode", "description", "id",
    ]

    init(_ json: JSONValue) throws(WireError) {
      version = json.fingerprint
      unrecognised = json.unrecognised(besides: Self.keys)
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
      let rows = try json.optional("conditions", .array, \.array) ?? []
      conditions = rows.compactMap { condition in
        guard let parts = condition.array else {
          return PolicyCondition(section: "unknown", text: condition.text, key: condition.text)
        }
        // Section, key, comparator, value, whether it is switched on; newer versions add what missing data means.
        let isActive = parts.count > 4 ? parts[4].bool : parts.last?.bool
        guard isActive != false else { return nil }
        return PolicyCondition(
          section: parts.first?.string ?? "unknown",
          // Whether it is switched on is no part of what it says.
          text: parts.enumerated().filter { $0.offset != 4 || parts.count < 5 }
            .map { $0.element.string ?? $0.element.text }.joined(separator: " "),
          key: condition.text)
      }
      ignoresCase = try json.optional("user_case_insensitive", .bool, \.bool)
      checksAllResolvers = try json.optional("check_all_resolvers", .bool, \.bool) ?? true
    }
  }

  /// A further condition of a policy.
  struct PolicyCondition: Sendable, Hashable {
    /// What it speaks of: `userinfo`, `HTTP_header` and so on.
    var section: String
    /// The whole of it as people read it.
    var text: String
    /// The whole of it as it stands, by which conditions are told apart.
    var key: String
  }

  /// Something that the server does around a request.
  struct EventHandler: Sendable, Hashable {
    var name: String
    var isActive: Bool
    /// `Token`, `UserNotification`, `RequestMangler` and so on.
    var module: String
    /// What tells one version of it from another.
    var version: String

    init(_ json: JSONValue) throws(WireError) {
      name = try json.required("name", .string, \.string)
      isActive = try json.optional("active", .bool, \.bool) ?? true
      module = try json.required("handlermodule", .string, \.string)
      version = json.fingerprint
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
    /// Whose a token is.
    enum Owner: Sendable, Hashable {
      case nobody
      case user(String)
      /// The server does not say, or could not ask the resolver.
      case unknown
    }

    var serial: String
    var type: String
    var owner: Owner
    var realms: [String]
    /// Where its owner comes from; nil when the server does not say.
    var resolver: String?
    /// Whether it may be used within its period; what is not shown may be one way or the other.
    private var state: Tri
    /// Whether it is rolled out; nil when not told.
    var isRolledOut: Bool?
    private var start: Moment
    private var end: Moment

    /// One end of the period in which a token may be used.
    private enum Moment: Sendable, Hashable {
      case none
      case at(Timestamp)
      case unknown

      init(_ info: JSONValue?, _ key: String) {
        guard let members = info?.object else {
          self = .unknown
          return
        }
        let value = members[key] ?? .null
        if value == .null || value.string == "" {
          self = .none
        } else {
          self = value.string.flatMap(Self.read).map { Moment.at($0) } ?? .unknown
        }
      }

      /// Reads `2026-01-31T22:00+0100`, as the server writes it, or RFC 3339; a local time is not known.
      private static func read(_ text: String) -> Timestamp? {
        if let moment = Timestamp(text) { return text.contains("T") ? moment : nil }
        let parts = Array(text.utf8)
        guard parts.count == 21, [0x2B, 0x2D].contains(parts[16]) else { return nil }
        let (day, zone) = (text.prefix(16), text.suffix(5))
        return Timestamp("\(day):00\(zone.prefix(3)):\(zone.suffix(2))")
      }
    }

    /// Whether it says whose it is and when it may be used.
    var isTold: Bool {
      let saysOwner =
        switch owner {
        case .nobody: true
        case .user: resolver != nil
        case .unknown: false
        }
      return saysOwner && state != .unknown && start != .unknown && end != .unknown
    }

    /// Whether it can be used at a time.
    func isUsable(at now: Timestamp) -> Tri {
      if state == .no { return .no }
      if case .at(let start) = start, now < start { return .no }
      if case .at(let end) = end, end < now { return .no }
      return state == .unknown || start == .unknown || end == .unknown ? .unknown : .yes
    }

    /// Whether it is in a realm; names of realms have no case.
    func isIn(realm: String) -> Bool {
      realms.isEmpty || realms.contains { $0.lowercased() == realm.lowercased() }
    }

    init(_ json: JSONValue) throws(WireError) {
      serial = try json.required("serial", .string, \.string)
      type = try json.required("tokentype", .string, \.string).lowercased()
      switch try json.optional("username", .string, \.string) {
      case "": owner = .nobody
      case nil, "**resolver error**": owner = .unknown
      case let name?: owner = .user(name)
      }
      realms = try json.optional("realms", .array, \.strings) ?? []
      resolver = try json.optional("resolver", .string, \.string).flatMap { $0.isEmpty ? nil : $0 }
      let isActive = try json.required("active", .bool, \.bool)
      let isRevoked = try json.optional("revoked", .bool, \.bool)
      let isLocked = try json.optional("locked", .bool, \.bool)
      let rollout = try json.optional("rollout_state", .string, \.string)
      isRolledOut = rollout.map { ["", "enrolled"].contains($0) }
      if !isActive || isRevoked == true || isLocked == true || isRolledOut == false {
        state = .no
      } else {
        state = isRevoked == nil || isLocked == nil || isRolledOut == nil ? .unknown : .yes
      }
      start = Moment(json["info"], "validity_period_start")
      end = Moment(json["info"], "validity_period_end")
    }
  }
}
