internal import ConnectorKit
internal import JSONQuery

/// Heroku's JSON, as far as we read it: tolerant of fields we do not know, strict on the types of those we do.
enum HerokuWire {
  /// Team members: what the path over a large team needs, in the order of ``MemberField``.
  static let members = TablePlan([
    .init("email"), .init("id", .string, .optional), .init("role", .string, .optional),
    .init("federated", .bool, .optional),
    .init("two_factor_authentication", .bool, .optional),
    .init("identity_provider/id", .string, .optional),
    .init("identity_provider/name", .string, .optional),
    .init("identity_provider/redacted", .bool, .optional),
    .init("identity_provider/owner/type", .string, .optional),
    .init("identity_provider/owner/id", .string, .optional),
    .init("user/id", .string, .optional), .init("user/name", .string, .optional),
  ])

  /// The places of the fields in ``members``.
  enum MemberField {
    static let email = 0
    static let id = 1
    static let role = 2
    static let federated = 3
    static let twoFactor = 4
    static let provider = 5
    static let providerName = 6
    static let providerIsRedacted = 7
    static let providerOwner = 8
    static let providerOwnerID = 9
    static let userID = 10
    static let userName = 11
  }

  /// Members of an enterprise account, in the order user id, address, second factor, then the identity provider.
  static let enterpriseMembers = TablePlan([
    .init("user/email"), .init("user/id", .string, .optional),
    .init("two_factor_authentication", .bool, .optional),
    .init("identity_provider/id", .string, .optional),
    .init("identity_provider/name", .string, .optional),
    .init("identity_provider/redacted", .bool, .optional),
    .init("identity_provider/owner/type", .string, .optional),
    .init("identity_provider/owner/id", .string, .optional),
  ])

  /// Of whom the identity provider of a row in ``members`` or ``enterpriseMembers`` is told, from its first field on.
  static let providerFields = 5

  /// A team.
  struct Team: Sendable, Hashable {
    var id: String?
    var isEnterprise: Bool
    var identityProvider: Provider?
    /// Whether it says which identity provider it has, or that it has none.
    var saysProvider: Bool
    var enterpriseAccount: String?
    var enterpriseAccountID: String?
    /// Whether it says which enterprise account it has, or that it has none.
    var saysAccount: Bool
    /// Whether all ids are known under which identity providers may belong to it.
    var knowsOwners: Bool

    /// Whether it says that it has no identity provider.
    var saysNoProvider: Bool { saysProvider && identityProvider == nil }

    init(_ json: JSONValue) throws(WireError) {
      id = try json.optional("id", .string, \.string)
      isEnterprise = try json.optional("type", .string, \.string) == "enterprise"
      identityProvider = try Provider(optional: json, "identity_provider")
      saysProvider = json.has("identity_provider")
      enterpriseAccountID = json["enterprise_account"]?["id"]?.string
      enterpriseAccount = enterpriseAccountID ?? json["enterprise_account"]?["name"]?.string
      saysAccount = json.has("enterprise_account")
      let hasNoAccount = json.has("enterprise_account") && json["enterprise_account"] == nil
      knowsOwners = id != nil && (hasNoAccount || enterpriseAccountID != nil)
    }
  }

  /// An enterprise account.
  struct EnterpriseAccount: Sendable, Hashable {
    var identityProvider: Provider?
    /// Whether it says which identity provider it has, or that it has none.
    var saysProvider: Bool

    init(_ json: JSONValue) throws(WireError) {
      identityProvider = try Provider(optional: json, "identity_provider")
      saysProvider = json.has("identity_provider")
    }
  }

  /// An identity provider where something belongs to it; few of its facts.
  struct Provider: Sendable, Hashable {
    var id: String
    var name: String?
    var isAccountOwned: Bool
    var isRedacted: Bool

    init?(optional json: JSONValue, _ key: String) throws(WireError) {
      guard let value = try json.optional(key, .object, { $0.object == nil ? nil : $0 }) else {
        return nil
      }
      do throws(WireError) {
        id = try value.required("id", .string, \.string)
      } catch {
        throw error.under(key)
      }
      name = value["name"]?.string ?? value["slug"]?.string
      isAccountOwned = value["owner"]?["type"]?.string == "enterprise-account"
      isRedacted = value["redacted"]?.bool ?? false
    }
  }

  /// An identity provider of a team with its settings.
  struct IdentityProvider: Sendable, Hashable {
    var id: String
    var entityID: String?
    var ssoTargetURL: String?

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      let entity = try json.optional("entity_id", .string, \.string)
      let target = try json.optional("sso_target_url", .string, \.string)
      // Both are always there. One alone could fit a provider that the other one does not.
      entityID = target == nil ? nil : entity
      ssoTargetURL = entity == nil ? nil : target
    }
  }

  /// Somebody with access to an app or invited to a team.
  struct Person: Sendable, Hashable {
    var id: String?
    var email: String
    /// Said only by lists of collaborators.
    var federated: Bool?

    init(_ json: JSONValue) throws(WireError) {
      id = try json.optional("id", .string, \.string)
      email = RosterAddress.trimmed(try json.required("email", .string, \.string))
      federated = try json.optional("federated", .bool, \.bool)
    }
  }

  /// A row of `/teams/{team}/permissions`: the people with permissions on one app or space.
  struct Permissions: Sendable, Hashable {
    var people: [Person]

    init(_ json: JSONValue) throws(WireError) {
      let users = try json.required("users", .array) { $0.array == nil ? nil : $0 }
      do throws(WireError) {
        people = try users.rows { row throws(WireError) in try Person(row) }
      } catch {
        throw error.under("users")
      }
    }
  }

  /// A team's app.
  struct App: Sendable, Hashable {
    var id: String

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
    }
  }

  /// A collaborator of an app, or an invitation: a person in a wrapper.
  struct Wrapped: Sendable, Hashable {
    var person: Person
    var role: String?

    init(_ json: JSONValue) throws(WireError) {
      let user = try json.required("user", .object) { $0.object == nil ? nil : $0 }
      do throws(WireError) {
        person = try Person(user)
      } catch {
        throw error.under("user")
      }
      role = try json.optional("role", .string, \.string)
    }
  }

  /// The suffix of the pseudo-users that own the apps of teams.
  static let managerSuffix = "@herokumanager.com"

  /// Whether an address is that of a team's pseudo-user.
  static func isManager(_ email: UnsafeBufferPointer<UInt8>) -> Bool {
    let suffix = managerSuffix.utf8
    guard email.count > suffix.count else { return false }
    return zip(email.suffix(suffix.count), suffix).allSatisfy { byte, expected in
      (byte &- 0x41 < 26 ? byte | 0x20 : byte) == expected
    }
  }

  /// Whether an address is that of a team's pseudo-user.
  static func isManager(_ email: String) -> Bool {
    var copy = email
    return copy.withUTF8 { isManager($0) }
  }
}
