internal import ConnectorKit
internal import JSONQuery

extension KeycloakWire {
  /// What identity providers give people at sign-ins through them, by their mappers.
  ///
  /// - SeeAlso: <https://www.keycloak.org/docs/latest/server_admin/#_mappers>
  struct MappedFacts: Sendable, Hashable {
    /// Roles, as steps name them.
    var roles: Set<String> = []
    /// The paths of groups.
    var groups: Set<String> = []
    /// The names of attributes.
    var attributes: Set<String> = []
    /// Whether there is a mapper of which nobody knows what it gives.
    var anything = false

    /// Mappers that give nothing that a condition asks for.
    private static let harmless: Set<String> = [
      "oidc-username-idp-mapper", "saml-username-idp-mapper",
      "hardcoded-user-session-attribute-idp-mapper",
    ]

    /// Takes in what a mapper gives; a kind that is not known may give anything.
    mutating func add(_ json: JSONValue) throws(WireError) {
      let kind = try json.required("identityProviderMapper", .string, \.string)
      let config = try json.optional("config", .object) { $0.object == nil ? nil : $0 }
      func named(_ keys: String...) -> String? {
        keys.compactMap { config?[$0]?.string }.first { !$0.isEmpty }
      }
      if Self.harmless.contains(kind) { return }
      if kind.hasSuffix("role-idp-mapper"), let role = named("role") {
        roles.insert(role)
      } else if kind.hasSuffix("group-idp-mapper"), let group = named("group") {
        groups.insert(group)
      } else if kind.hasSuffix("attribute-mapper") || kind.hasSuffix("attribute-idp-mapper"),
        let attribute = named("user.attribute", "userAttribute", "attribute")
      {
        attributes.insert(attribute)
      } else {
        anything = true
      }
    }
  }
}

extension KeycloakRealmPicture {
  /// Whether an identity provider may give people a role, by itself, with another one, or through a group.
  func mayGive(role name: String, _ facts: KeycloakWire.MappedFacts) -> Bool {
    if facts.anything || !facts.groups.isEmpty { return true }
    return facts.roles.contains { text in
      guard let wanted = directory.role(name), let given = directory.role(text) else {
        return text == name || directory.asksPeople || directory.roles.isEmpty
      }
      return directory.holders(of: wanted).contains(given)
    }
  }

  /// Whether one may put people into a group, or one below it.
  func mayGive(group path: String, _ facts: KeycloakWire.MappedFacts) -> Bool {
    facts.anything || facts.groups.contains { $0 == path || $0.hasPrefix(path + "/") }
  }

  /// Whether one may give people an attribute.
  func mayGive(
    attribute test: KeycloakAtoms.AttributeTest, _ facts: KeycloakWire.MappedFacts
  ) -> Bool {
    facts.anything || facts.attributes.contains(test.name)
      || test.includesGroups && !facts.groups.isEmpty
  }
}
