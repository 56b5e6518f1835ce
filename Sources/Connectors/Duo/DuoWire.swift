internal import ConnectorKit
internal import JSONQuery

/// Duo's JSON, as far as we read it: tolerant of fields we do not know, strict on the types of those we do.
enum DuoWire {
  /// A group as a user's row shows it.
  struct Group: Sendable, Hashable {
    var id: String
    /// Nil where the row does not show it; policies know groups by their names.
    var name: String?
    /// `active`, `bypass`, `disabled`, in lower case.
    var status: String

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("group_id", .string, \.string)
      name = try json.optional("name", .string, \.string)
      status = (try json.optional("status", .string, \.string) ?? "").lowercased()
    }

    /// What it is called.
    var title: String { name ?? id }
  }

  /// A user.
  struct User: Sendable, Hashable {
    var id: String
    var name: String?
    var aliases: [String]
    var email: String?
    var status: String
    var isEnrolled: Bool?
    /// Nil where the row does not show them.
    var groups: [Group]?
    var phoneCapabilities: Set<String>
    /// The kinds of other factors that are there.
    var devices: Set<String>
    /// Addresses that may be the user's if Duo takes its name for another spelling.
    var spellings: [String] = []

    /// Whether Duo skips the second factor of this user, or may do so: a status that nobody knows may mean it.
    var mayBeInBypass: Bool {
      !["active", "disabled", "locked out", "pending deletion"].contains(status)
        || groups?.allSatisfy { ["active", "disabled"].contains($0.status) } != true
    }

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("user_id", .string, \.string)
      name = try json.optional("username", .string, \.string)
      status = (try json.optional("status", .string, \.string) ?? "").lowercased()
      let email = try json.optional("email", .string, \.string) ?? ""
      self.email = email.isEmpty ? nil : email
      isEnrolled = try json.optional("is_enrolled", .bool, \.bool)
      var aliases: [String] = []
      for number in 1...4 {
        if let alias = try json.optional("alias\(number)", .string, \.string) {
          aliases.append(alias)
        }
      }
      for (_, value) in (json["aliases"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
        if let alias = value.string, !aliases.contains(alias) { aliases.append(alias) }
      }
      self.aliases = aliases.filter { !$0.isEmpty }
      groups = []
      for row in try json.optional("groups", .array, \.array) ?? [.null] {
        // A group that is not shown may be one in bypass.
        guard (row["group_id"] ?? .null) != .null else {
          groups = nil
          break
        }
        do throws(WireError) {
          groups?.append(try Group(row))
        } catch {
          throw error.under("groups")
        }
      }
      phoneCapabilities = Set(
        (json["phones"]?.array ?? []).flatMap { $0["capabilities"]?.strings ?? [] })
      devices = Set(
        ["tokens", "u2ftokens", "webauthncredentials", "desktoptokens"].filter {
          json[$0]?.array?.isEmpty == false
        })
    }
  }

  /// What is asked of every row before a user is read in full.
  static let userKeys = TablePlan([
    .init("username", .string, .optional), .init("email", .string, .optional),
    .init("alias1", .string, .optional),
    .init("alias2", .string, .optional), .init("alias3", .string, .optional),
    .init("alias4", .string, .optional), .init("user_id"),
  ])

  /// An integration: a protected application.
  ///
  /// Replies may hold secrets, which are not read.
  struct Integration: Sendable, Hashable {
    var key: String
    var name: String
    var type: String
    var policyKey: String?
    /// `ALL_USERS`, `PERMITTED_GROUPS`, `NO_USERS`.
    var access: String?
    /// The ids of the permitted groups; nil where they are not all shown.
    var groups: Set<String>?
    /// Whether a name is the same user as `DOMAIN\name` and `name@domain`; nil where that is not shown.
    var isNormalising: Bool?

    init(_ json: JSONValue) throws(WireError) {
      key = try json.required("integration_key", .string, \.string)
      name = try json.optional("name", .string, \.string) ?? key
      type = try json.optional("type", .string, \.string) ?? ""
      policyKey = try json.optional("policy_key", .string, \.string)
      access = try json.optional("user_access", .string, \.string)
      switch try json.optional("username_normalization_policy", .string, \.string)?.lowercased() {
      case "simple"?: isNormalising = true
      case "none"?: isNormalising = false
      default: break
      }
      let permitted = try json.optional("groups_allowed", .array, \.array)
      let ids = permitted?.map { $0.string ?? $0["group_id"]?.string }
      groups = ids.flatMap { $0.contains(nil) ? nil : Set($0.compactMap { $0 }) }
    }
  }

  /// A policy: only the sections that it decides.
  struct Policy: Sendable, Hashable {
    var key: String
    var name: String
    var isGlobal: Bool
    var sections: [String: JSONValue]

    init(_ json: JSONValue) throws(WireError) {
      key = try json.required("policy_key", .string, \.string)
      name = try json.optional("policy_name", .string, \.string) ?? key
      isGlobal = try json.optional("is_global_policy", .bool, \.bool) ?? false
      sections = try json.required("sections", .object, \.object)
    }
  }

  /// Where policies apply; only when it names all of them.
  struct Summary: Sendable, Hashable {
    struct Use: Sendable, Hashable {
      var policyKey: String
      var integrationKey: String
      /// Nil where the policy applies to everybody at the application.
      var group: String?
    }

    var uses: [Use]
    /// How many policies there are; nil when the reply does not show all of them and all that they apply to.
    var count: Int64?

    init(_ json: JSONValue) throws(WireError) {
      let policies = try json.required("policies", .array, \.array)
      let isTruncated = try json.optional("response_is_truncated", .bool, \.bool) ?? true
      // Duo shows every property that it documents; one that is missing is a part that is missing.
      let hasWarnings = json["warnings"] != .array([])
      count = try json.optional("policy_count", .integer, \.integer)
      if isTruncated || hasWarnings || count != Int64(policies.count) { count = nil }
      uses = []
      for policy in policies {
        let key = try policy.required("policy_key", .string, \.string)
        let all = try policy.optional("policy_applies_to", .array, \.array)
        if all == nil { count = nil }
        for use in all ?? [] {
          guard let app = try use.optional("app_integration_key", .string, \.string) else {
            count = nil
            continue
          }
          uses.append(
            Use(
              policyKey: key, integrationKey: app,
              group: use["apply_type"]?.string == "app"
                ? nil : try use.optional("group_name", .string, \.string) ?? ""))
        }
      }
    }
  }
}
