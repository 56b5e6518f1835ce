internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// JumpCloud's JSON, as far as we read it: tolerant of fields we do not know, strict on the types of those we do.
///
/// Version 1 of the API names objects by `_id` and puts lists into an object; version 2 says `id` and has bare arrays.
/// - SeeAlso: <https://docs.jumpcloud.com/api/1.0/index.html>, <https://docs.jumpcloud.com/api/2.0/index.html>
enum JumpCloudWire {
  /// How many users there are in all.
  static let userPage = TablePlan([.init("totalCount", .integer)])

  /// What tells whether somebody watches a user.
  static let userKeys = TablePlan([
    // Nobody is without an address: one that is missing was kept back.
    .init("_id"), .init("email"), .init("username", .string, .optional),
  ])

  /// The parts of a user that are asked for.
  static let userFields = [
    "_id", "email", "username", "activated", "suspended", "state",
    "enable_user_portal_multifactor", "totp_enabled", "mfa", "mfaEnrollment", "restrictedFields",
  ]

  /// Users of an application and of a group: ids only.
  static let ids = TablePlan([.init("id")])

  /// A user.
  struct User: Sendable {
    var id: String
    var email: String?
    var username: String?
    var isActivated: Bool
    var isSuspended: Bool
    var state: String?
    /// Whether MFA is required of the user at the user portal; nil when the row does not tell.
    var isRequired: Bool?
    var hasTOTP: Bool?
    var isConfigured: Bool?
    /// Whether the user is excepted from MFA; nil when the row does not tell.
    var exclusion: Bool?
    /// When the exception ends, as it came.
    var exclusionUntil: String?
    /// The state of every factor, `overallStatus` among them.
    var enrolment: [String: String]
    /// The external identity providers that manage parts of the user: the only trace of routed sign-ins, since routing
    /// policies are in no list.
    var managers: [String]
    /// Whether the row tells of all of them.
    var tellsManagers: Bool

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("_id", .string, \.string)
      email = try json.optional("email", .string, \.string)
      username = try json.optional("username", .string, \.string)
      isActivated = try json.required("activated", .bool, \.bool)
      isSuspended = try json.required("suspended", .bool, \.bool)
      state = try json.optional("state", .string, \.string)
      isRequired = try json.optional("enable_user_portal_multifactor", .bool, \.bool)
      hasTOTP = try json.optional("totp_enabled", .bool, \.bool)
      let mfa = try json.optional("mfa", .object) { $0.object == nil ? nil : $0 }
      isConfigured = try mfa?.optional("configured", .bool, \.bool)
      exclusion = try mfa?.optional("exclusion", .bool, \.bool)
      exclusionUntil = try mfa?.optional("exclusionUntil", .string, \.string)
      enrolment =
        try json.optional("mfaEnrollment", .object, \.object)?.compactMapValues(\.string)
        ?? [:]
      let fields = try json.optional("restrictedFields", .array, \.array)
      managers = Self.managers(fields ?? [])
      tellsManagers = fields?.allSatisfy { $0["type"]?.string != nil } == true
    }

    private static func managers(_ fields: [JSONValue]) -> [String] {
      let ids = fields.compactMap { field in
        field["type"]?.string == "federated_identity_provider"
          ? field["id"]?.string ?? "unnamed" : nil
      }
      return Set(ids).sorted()
    }
  }

  /// An application.
  struct App: Sendable {
    var id: String
    var name: String
    /// Where people sign in to it, at JumpCloud.
    var url: String?

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("_id", .string, \.string)
      let name = try json.optional("name", .string, \.string)
      let label = try json.optional("displayLabel", .string, \.string)
      let title = try json.optional("displayName", .string, \.string)
      self.name = [label, title, name].compactMap(\.self).first { !$0.isEmpty } ?? id
      url = try json.optional("ssoUrl", .string, \.string)
    }
  }

  /// A conditional access policy; what it says is read by ``JumpCloudModel``.
  struct Policy: Sendable, Hashable {
    var id: String
    var name: String
    var isDisabled: Bool?
    /// Whether it only watches; policies from before that choice do not say.
    var onlyMonitors: Bool?
    /// Whether one of its switches is null, which it never is.
    var hidesMonitoring: Bool
    var type: String?
    var targets: JSONValue?
    var conditions: JSONValue?
    var effect: JSONValue?
    /// All of it.
    var document: JSONValue

    /// What it stands before; empty where it names nothing, nil where that cannot be read.
    var resources: [JSONValue]? {
      guard let targets = targets?.object, let list = targets["resources"] else { return [] }
      return list.array
    }

    init(_ json: JSONValue) throws(WireError) {
      document = json
      func object(_ key: String) throws(WireError) -> JSONValue? {
        try json.optional(key, .object) { $0.object == nil ? nil : $0 }
      }
      id = try json.required("id", .string, \.string)
      name = try json.optional("name", .string, \.string) ?? id
      isDisabled = try json.optional("disabled", .bool, \.bool)
      onlyMonitors = try json.optional("monitorOnly", .bool, \.bool)
      hidesMonitoring = json.object?["monitorOnly"] == .null
      type = try json.optional("type", .string, \.string)
      targets = try object("targets")
      conditions = try object("conditions")
      effect = try object("effect")
    }
  }

  /// How many identity providers there are; the list is an object here that counts itself, and holds one at most.
  static func identityProviders(_ json: JSONValue) throws(WireError) -> Int64 {
    let listed = try json.required("identityProviders", .array, \.array)
    return max(try json.required("totalCount", .integer, \.integer), Int64(listed.count))
  }

  /// The id of the only organisation of the API key's administrator.
  static func organisation(_ json: JSONValue) throws(WireError) -> String {
    let all = try json.required("results", .array, \.array)
    guard all.count == 1, try json.required("totalCount", .integer, \.integer) == 1 else {
      throw WireError(
        .shape, path: "results", detail: "expected one organisation; name it as org_id")
    }
    return try all[0].required("_id", .string, \.string)
  }

  /// After how many idle minutes a session of the user portal ends.
  static func sessionMinutes(_ json: JSONValue) throws(WireError) -> Int64 {
    func object(_ json: JSONValue, _ key: String) throws(WireError) -> JSONValue {
      try json.required(key, .object) { $0.object == nil ? nil : $0 }
    }
    return try object(try object(json, "settings"), "userPortal")
      .required("idleSessionDurationMinutes", .integer, \.integer)
  }

  /// Something with a name: an IP list, a group.
  struct Named: Sendable {
    var id: String
    var name: String

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      name = try json.optional("name", .string, \.string) ?? id
    }
  }
}

extension [JumpCloudWire.Policy] {
  /// The same with the id behind names that several share: what is unknown of one is not what is unknown of another.
  func named() -> [JumpCloudWire.Policy] {
    let counts = Dictionary(grouping: self, by: \.name).mapValues(\.count)
    return map { policy in
      guard counts[policy.name] != 1 else { return policy }
      var named = policy
      named.name = "\(policy.name) (\(policy.id))"
      return named
    }
  }
}
