internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// GitHub's JSON, as far as we read it: tolerant of fields we do not know, strict on the types of those we do.
enum GitHubWire {
  /// Members and outside collaborators, in the order id, login.
  static let people = TablePlan([.init("id", .integer), .init("login")])

  /// An organisation.
  struct Organisation: Sendable, Hashable {
    var login: String
    /// Nil when only owners are to know.
    var requiresTwoFactor: Bool?

    init(_ json: JSONValue) throws(WireError) {
      login = try json.required("login", .string, \.string)
      requiresTwoFactor = try json.optional("two_factor_requirement_enabled", .bool, \.bool)
    }
  }

  /// One person of a list.
  struct Person: Sendable, Hashable {
    var id: Int64
    var login: String
  }

  /// The identity provider of an organisation or enterprise, with a page of those linked to it.
  struct IdentityProvider: Sendable {
    var issuer: String?
    var ssoURL: String?
    var identities: [Identity] = []
    /// How many identities came again on a later page.
    var repeats = 0

    init(_ json: JSONValue) throws(WireError) {
      try json.demand(["issuer", "ssoUrl"])
      issuer = try json.optional("issuer", .string, \.string)
      ssoURL = try json.optional("ssoUrl", .string, \.string)
      let page = try json.required("externalIdentities", .object) { $0.object == nil ? nil : $0 }
      do throws(WireError) {
        let nodes = try page.required("nodes", .array) { $0.array == nil ? nil : $0 }
        identities = try nodes.rows { row throws(WireError) in try Identity(row) }
      } catch {
        throw error.under("externalIdentities")
      }
    }

    /// What stands for the provider where a login names it.
    var id: String { issuer ?? ssoURL ?? "saml" }
  }

  /// A person at the identity provider, linked to an account at GitHub or not.
  struct Identity: Sendable, Hashable {
    var guid: String
    /// The names the provider gave, addresses first.
    var names: [String]
    /// The account's id; nil when nobody is linked.
    var userID: Int64?
    var login: String?

    init(_ json: JSONValue) throws(WireError) {
      guid = try json.required("guid", .string, \.string)
      try json.demand(["samlIdentity", "scimIdentity", "user"])
      let saml = try json.optional("samlIdentity", .object) { $0.object == nil ? nil : $0 }
      let scim = try json.optional("scimIdentity", .object) { $0.object == nil ? nil : $0 }
      let found = [saml?["nameId"]?.string, saml?["username"]?.string, scim?["username"]?.string]
        .compactMap(\.self).map(RosterAddress.trimmed).filter { !$0.isEmpty }
      names = found.filter { $0.contains("@") } + found.filter { !$0.contains("@") }
      let user = try json.optional("user", .object) { $0.object == nil ? nil : $0 }
      userID = user?["databaseId"]?.integer
      login = user?["login"]?.string
    }
  }

  /// The document of a GraphQL reply.
  struct Reply: Sendable {
    var data: JSONValue?
    /// The type of the first error; nil when there is none.
    var error: String?

    init(_ json: JSONValue) throws(WireError) {
      let errors = try json.optional("errors", .array, \.array) ?? []
      error = errors.first.map { $0["type"]?.string ?? "error" }
      data = try json.optional("data", .object) { $0.object == nil ? nil : $0 }
    }
  }
}

extension JSONValue {
  /// GraphQL sends whatever was asked for, be it null: what is not there was lost on the way.
  func demand(_ keys: [String]) throws(WireError) {
    guard let lost = keys.first(where: { !has($0) }) else { return }
    throw WireError.expected(.object, found: .missing, path: lost)
  }
}
