internal import ConnectorKit
internal import JSONQuery

/// Auth0's JSON, as far as it is read.
enum Auth0Wire {
  /// A page of `/api/v2/users` with totals.
  struct UserPage: Sendable {
    var users: [User]
    var total: Int

    init(_ json: JSONValue) throws(WireError) {
      total = Int(try json.required("total", .integer, \.integer))
      let list = try json.required("users", .array) { $0.array == nil ? nil : $0 }
      do throws(WireError) {
        users = try list.rows { row throws(WireError) in try User(row) }
      } catch {
        throw error.under("users")
      }
    }
  }

  /// A user.
  struct User: Sendable {
    var id: String
    var email: String?
    var username: String?
    var isBlocked: Bool
    /// The identities that make the account, each a way in; nil for one that is not told in full.
    var identities: [Identity?]
    /// The providers of enrolled factors; nil when Auth0 names none.
    var multifactor: [String]?

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("user_id", .string, \.string)
      // Left out of whoever has none; never null.
      email = json.object?["email"] == nil ? nil : try json.required("email", .string, \.string)
      username = try json.optional("username", .string, \.string)
      // Left out of users who were never blocked; never null.
      isBlocked =
        json.object?["blocked"] == nil ? false : try json.required("blocked", .bool, \.bool)
      multifactor = try json.optional("multifactor", .array, \.strings)
      // Every account has one at least: a list that is missing or empty tells nothing.
      let rows = json["identities"]?.array ?? []
      identities = rows.isEmpty ? [nil] : rows.map { Identity($0) }
    }
  }

  /// One of the identities of an account: where the person signs in, and as whom.
  struct Identity: Sendable, Hashable {
    /// The name of the connection.
    var connection: String
    /// `auth0` for a database, `email` and `sms` for passwordless ones, else who keeps the identity.
    var provider: String
    /// The person's id there.
    var user: String

    /// Reads an identity; nil where it does not say whose it is.
    init?(_ json: JSONValue) {
      guard let connection = json["connection"]?.string, !connection.isEmpty,
        let provider = json["provider"]?.string, !provider.isEmpty,
        let user = json["user_id"]?.string ?? json["user_id"]?.integer.map(String.init),
        !user.isEmpty
      else { return nil }
      self.connection = connection
      self.provider = provider
      // Ids of enterprise connections may begin with the name of the connection.
      let prefix = "\(connection)|"
      self.user = user.hasPrefix(prefix) ? String(user.dropFirst(prefix.count)) : user
    }

    /// Whether Auth0 itself takes the first factor.
    var isOwn: Bool { ["auth0", "email", "sms"].contains(provider.lowercased()) }
  }

  /// A factor of `/api/v2/guardian/factors`.
  struct Factor: Sendable {
    var name: String
    var isEnabled: Bool

    init(_ json: JSONValue) throws(WireError) {
      name = try json.required("name", .string, \.string)
      // A factor whose trial is over asks nobody; only factors that have a trial say so.
      let isOver =
        json.object?["trial_expired"] == nil
        ? false : try json.required("trial_expired", .bool, \.bool)
      isEnabled = try json.required("enabled", .bool, \.bool) && !isOver
    }
  }

  /// An application.
  struct Client: Sendable {
    var id: String
    var name: String
    /// The grants it may use; nil where they are not told.
    var grants: [String]?
    /// What it swaps for a session beside its grants: kinds of token exchange, and native social logins.
    var exchanges: [String]

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("client_id", .string, \.string)
      name = try json.optional("name", .string, \.string) ?? id
      grants = try json.optional("grant_types", .array, \.strings)
      // An application that never had any does not show them.
      let kinds = try json.optional("token_exchange", .object) { $0.object == nil ? nil : $0 }
      let types = try kinds?.optional("allow_any_profile_of_type", .array, \.strings) ?? []
      let social = try json.optional("native_social_login", .object) {
        $0.object == nil ? nil : $0
      }
      let logins = (social?.object ?? [:]).filter { $0.value["enabled"]?.bool != false }
      exchanges =
        types.map { "token_exchange \($0)" }
        + logins.keys.sorted().map { "native_social_login \($0)" }
    }
  }

  /// Settings of the tenant.
  struct Settings: Sendable {
    /// Whether Actions choose the factors; nil where it is not told.
    var actionsChoose: Bool?
    /// How many hours a session lasts; nil where it was never set.
    var sessionHours: Double?

    init(_ json: JSONValue) throws(WireError) {
      // A tenant that never set it does not show it; it never is null.
      let key = "customize_mfa_in_postlogin_action"
      actionsChoose =
        json.object?[key] == .null ? nil : try json.optional(key, .bool, \.bool) ?? false
      sessionHours = try json.optional("session_lifetime", .number) { value in
        value.integer.map(Double.init) ?? value.scalarText.flatMap(Double.init)
      }
    }
  }

  /// A Rule.
  struct Rule: Sendable {
    var id: String
    var name: String
    var isEnabled: Bool
    /// Whether its code may decide about factors.
    var mayDecide: Bool
    var version: String

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      name = try json.optional("name", .string, \.string) ?? id
      isEnabled = try json.required("enabled", .bool, \.bool)
      let script = try json.required("script", .string, \.string)
      mayDecide = Auth0RuleCode.mayDecide(script)
      version = JSONValue.string(script).fingerprint
    }
  }

  /// A connection.
  struct Connection: Sendable {
    var name: String
    /// Whether people sign in with passkeys; nil where a database does not say.
    var takesPasskeys: Bool?
    /// Whether it says that MFA is not active for it.
    var isWithoutMFA: Bool

    init(_ json: JSONValue) throws(WireError) {
      name = try json.required("name", .string, \.string)
      let strategy = try json.required("strategy", .string, \.string)
      let options = try json.optional("options", .object) { $0.object == nil ? nil : $0 }
      let methods = options?.object?["authentication_methods"]
      isWithoutMFA = options?.object?["mfa"]?["active"]?.bool == false
      // Only databases have passkeys, and one that never had any does not show them.
      takesPasskeys =
        strategy != "auth0" || options != nil && methods?["passkey"] == nil
        ? false : methods?["passkey"]?["enabled"]?.bool
    }
  }

  /// A page of the Actions bound to a trigger, in order.
  struct Bindings: Sendable {
    /// The ids of the Actions.
    var actions: [String]
    /// How many bindings there are on all pages; nil when Auth0 does not say.
    var total: Int?

    init(_ json: JSONValue) throws(WireError) {
      let list = try json.required("bindings", .array) { $0.array == nil ? nil : $0 }
      actions = try list.rows { row throws(WireError) in
        let action = try row.required("action", .object) { $0.object == nil ? nil : $0 }
        return try action.required("id", .string, \.string)
      }
      total = try json.optional("total", .integer, \.integer).map { Int($0) }
    }
  }

  /// An Action.
  struct Action: Sendable, Hashable {
    var id: String
    var name: String
    /// The code that runs; nil when it is not shown.
    var code: String?
    /// What the code stands on, each with its version, in order.
    var dependencies: [String] = []

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      name = try json.optional("name", .string, \.string) ?? id
      // What runs is the deployed version; the draft may be ahead of it.
      let deployed = try json.optional("deployed_version", .object) {
        $0.object == nil ? nil : $0
      }
      code = try deployed?.required("code", .string, \.string)
      let list = try deployed?.optional("dependencies", .array, \.array) ?? []
      dependencies = try list.map { row throws(WireError) in
        let name = try row.required("name", .string, \.string)
        return "\(name)@\(try row.optional("version", .string, \.string) ?? "?")"
      }.sorted()
    }
  }
}
