internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// PingOne's JSON, as far as it is read: tolerant of fields we do not know, strict on the types of those we do.
enum PingOneWire {
  /// Users, in the order of ``UserField``.
  ///
  /// Whoever is switched off or belongs to a population has to be told; of MFA a missing word is an unknown.
  static let users = TablePlan([
    .init("id"), .init("email", .string, .optional), .init("username", .string, .optional),
    .init("enabled", .bool), .init("population/id"), .init("mfaEnabled", .bool, .optional),
    .init("account/status", .string, .optional),
    .init("account/canAuthenticate", .bool, .optional),
    .init("identityProvider/id", .string, .optional),
  ])

  /// The places of the fields in ``users``.
  enum UserField {
    static let id = 0
    static let email = 1
    static let login = 2
    static let enabled = 3
    static let population = 4
    static let mfa = 5
    static let accountStatus = 6
    static let canAuthenticate = 7
    static let identityProvider = 8
  }

  /// Users of a group: ids only.
  static let ids = TablePlan([.init("id")])

  /// Who may use an application.
  enum Access: Sendable, Hashable {
    case everybody
    case any([String])
    case all([String])
    /// A kind of access control that we do not know: it may let everybody in.
    case unclear(String)
    /// It is narrowed, and nobody can tell to whom.
    case untold

    /// The groups that it names.
    var groups: [String] {
      switch self {
      case .any(let groups), .all(let groups): groups
      case .everybody, .unclear, .untold: []
      }
    }
  }

  /// An application.
  struct App: Sendable {
    var id: String
    var name: String
    var isEnabled: Bool
    /// Nil when not told.
    var `protocol`: String?
    var type: String?
    var access: Access
    /// The role that access is narrowed to, as far as it is told.
    var role: String?
    /// The OAuth grants that it may use; nil where none are shown.
    var grants: [String]?

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      name = try json.optional("name", .string, \.string) ?? id
      isEnabled = try json.required("enabled", .bool, \.bool)
      self.protocol = try json.optional("protocol", .string, \.string)
      type = try json.optional("type", .string, \.string)
      let control = try json.optional("accessControl", .object) { $0.object == nil ? nil : $0 }
      // Left out where access is not narrowed; never null.
      let isNull =
        json.object?["accessControl"] == .null || control?.object?["group"] == .null
        || control?.object?["role"] == .null
      let isKnown = control?.hasOnly(["group", "role"]) ?? true
      access = isNull || !isKnown ? .untold : try Self.access(control?["group"])
      grants = json["grantTypes"]?.strings
      role = control?["role"].map { $0["type"]?.string ?? $0.text }
    }

    private static func access(_ group: JSONValue?) throws(WireError) -> Access {
      guard let group else { return .everybody }
      let list = try group.required("groups", .array) { $0.array == nil ? nil : $0 }
      let ids = try list.rows { row throws(WireError) in
        try row.required("id", .string, \.string)
      }
      guard ids.allSatisfy({ !$0.isEmpty }) else {
        throw WireError.expected(.string, found: .string, path: "groups/id")
      }
      // It is narrowed, and names nobody to whom.
      if ids.isEmpty || !group.hasOnly(["groups", "type"]) { return .untold }
      switch group["type"]?.string {
      case "ANY_GROUP": return .any(ids)
      case "ALL_GROUPS": return .all(ids)
      case nil: return .untold
      case let other?: return .unclear(other)
      }
    }
  }

  /// The sign-on policy of an assignment.
  struct Assignment: Sendable {
    var priority: Int64
    var policy: String

    init(_ json: JSONValue) throws(WireError) {
      priority = try json.required("priority", .integer, \.integer)
      policy = try json.required("signOnPolicy", .object) { $0["id"]?.string }
    }
  }

  /// A sign-on policy.
  struct Policy: Sendable {
    var id: String
    var name: String
    var isDefault: Bool

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      name = try json.optional("name", .string, \.string) ?? id
      isDefault = try json.optional("default", .bool, \.bool) ?? false
    }
  }

  /// A rule that sends a name to an identity provider.
  struct Discovery: Sendable {
    var condition: JSONValue?
    var provider: String
  }

  /// A step of a sign-on policy.
  struct Action: Sendable {
    var id: String
    var type: String
    var priority: Int64
    var condition: JSONValue?
    /// What a second factor does without a device; nil when it is not told, and then it blocks.
    var noDevicesMode: String?
    /// Parts that are null, which none of them ever is.
    var nulls: [String]
    /// The policy that says which devices count.
    var devicePolicy: String?
    /// The methods that the step itself allows, in the older form.
    var methods: Set<String>
    /// The identity provider that the step leaves the sign-in to.
    var identityProvider: String?
    /// The identity providers that a person may choose.
    var socialProviders: [String]
    /// The rules by which names are sent to identity providers, in order.
    var discovery: [Discovery]
    /// Whether forgotten passwords are reset in the step; nil when it is not told.
    var recovers: Bool?
    /// What it says beside all that is known of steps.
    var unrecognised: [UnrecognisedKey]

    private static let known = Set([
      "id", "type", "priority", "condition", "noDevicesMode", "deviceAuthenticationPolicy",
      "applications", "identityProvider", "socialProviders", "discoveryRules",
      // Metadata.
      "_links", "environment", "signOnPolicy", "createdAt", "updatedAt",
      // A branch of the password, accounts of other people, locks, and what other providers are sent.
      "recovery", "registration", "enforceLockoutForIdentityProviders",
      "confirmIdentityProviderAttributes", "acrValues", "passUserContext",
      // Consent and data.
      "agreement", "disableDeclineOption", "attributes", "preventMultiplePromptsPerFlow",
      "promptIntervalSeconds", "promptText",
    ]).union(PingOneWire.methodKeys)

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      type = try json.required("type", .string, \.string)
      priority = try json.required("priority", .integer, \.integer)
      // A null is a condition that says nothing, not one that always holds.
      condition = json.object?["condition"]
      unrecognised = json.unrecognised(besides: Self.known)
      recovers = json["recovery"].map { $0["enabled"]?.bool } ?? false
      nulls = ["noDevicesMode", "deviceAuthenticationPolicy", "socialProviders", "discoveryRules"]
        .filter { json.object?[$0] == .null }
      noDevicesMode = try json.optional("noDevicesMode", .string, \.string)
      devicePolicy = try json.optional("deviceAuthenticationPolicy", .object) { $0["id"]?.string }
      methods = PingOneWire.methods(json)
      if json["applications"]?.array?.isEmpty == false { methods.insert("mobile") }
      identityProvider = try json.optional("identityProvider", .object) { $0["id"]?.string }
      socialProviders = try Self.list(json, "socialProviders") { $0["id"]?.string }
      discovery = try Self.list(json, "discoveryRules") { rule in
        rule["identityProvider"]?["id"]?.string.map {
          Discovery(condition: rule["condition"], provider: $0)
        }
      }
    }

    /// A list that may be missing, but of which no element may be left out.
    private static func list<T>(
      _ json: JSONValue, _ key: String, _ read: (JSONValue) -> T?
    ) throws(WireError) -> [T] {
      let found = try json.optional(key, .array) { list -> [T]? in
        guard let values = list.array else { return nil }
        let read = values.compactMap(read)
        return read.count == values.count ? read : nil
      }
      return found ?? []
    }
  }

  /// Which devices count, and for how long one is remembered.
  struct DevicePolicy: Sendable {
    var id: String
    var name: String
    var isDefault: Bool
    var methods: Set<String>
    /// How long a browser is remembered, in minutes; 0 when none is, nil when it is not told how long.
    var remembered: Int64?
    /// What it says beside all that is known of MFA policies and beside methods.
    var unrecognised: [UnrecognisedKey]

    private static let known = Set([
      "id", "name", "default", "rememberMe", "description", "_links", "environment", "createdAt",
      "updatedAt", "authentication", "newDeviceNotification", "promptForNicknameOnPairing",
      "notificationsPolicy", "forSignOnPolicy", "ignoreUserLock", "skipUserLockVerification",
    ]).union(PingOneWire.methodKeys)

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      name = try json.optional("name", .string, \.string) ?? id
      isDefault = try json.optional("default", .bool, \.bool) ?? false
      methods = PingOneWire.methods(json)
      unrecognised = json.unrecognised(besides: Self.known)
      remembered = 0
      // Left out where browsers are not remembered; an empty or null one says nothing.
      guard let told = json.object?["rememberMe"] else { return }
      let remember = try json.optional("rememberMe", .object) { $0.object == nil ? nil : $0 }
      guard told != .null, remember?.hasOnly(["web"]) == true, let web = remember?["web"],
        web.hasOnly(["enabled", "lifeTime"])
      else {
        remembered = nil
        return
      }
      if web["enabled"]?.bool == false { return }
      let units: [String: Int64] = ["MINUTES": 1, "HOURS": 60, "DAYS": 1440]
      remembered = web["lifeTime"].flatMap { time -> Int64? in
        guard let count = time["duration"]?.integer,
          let unit = time["timeUnit"]?.string.flatMap({ units[$0] })
        else { return nil }
        return count.multipliedReportingOverflow(by: unit).overflow ? nil : count * unit
      }
    }
  }

  /// Whether somebody need not pass MFA for a time: neither field is there where nobody said so.
  ///
  /// The name of the flag beside `bypassMFAEnabledUntil` is not documented; what is not known of the answer is unread.
  static func bypass(
    _ json: JSONValue, at now: Timestamp
  ) throws(WireError) -> PingOnePerson.Bypass {
    guard let members = json.object else { throw WireError.expected(.object, found: json.type) }
    let told = members.filter { !["_links", "environment", "user", "id"].contains($0.key) }
    if told.isEmpty { return .none }
    let until = told["bypassMFAEnabledUntil"]?.string.flatMap { Timestamp($0) }
    let flags = told.filter { $0.key != "bypassMFAEnabledUntil" }
    if flags.values.contains(where: { $0.bool == true }) { return .granted }
    if let until, until > now { return .granted }
    return until != nil && flags.values.allSatisfy { $0.bool == false } ? .none : .unread
  }

  /// An MFA device.
  struct Device: Sendable {
    var type: String
    var isActive: Bool

    init(_ json: JSONValue) throws(WireError) {
      type = try json.required("type", .string, \.string)
      isActive = try json.required("status", .string, \.string) == "ACTIVE"
    }
  }

  /// The methods of MFA policies, and those of the older form in steps.
  private static let methodKeys: Set<String> = [
    "sms", "voice", "email", "whatsApp", "mobile", "totp", "fido2", "securityKey", "platform",
    "oathToken", "authenticator", "boundBiometrics",
  ]

  /// The methods that an object switches on, by their keys without marks and in lower case.
  private static func methods(_ json: JSONValue) -> Set<String> {
    Set(methodKeys.filter { json[$0]?["enabled"]?.bool == true }.map(plain))
  }

  /// A method or kind of device without marks and in lower case.
  static func plain(_ text: String) -> String { text.lowercased().filter { $0 != "_" } }
}
