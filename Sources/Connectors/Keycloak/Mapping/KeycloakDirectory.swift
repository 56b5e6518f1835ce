internal import IdentityCore

/// The roles and groups of a realm, as far as conditions made it worth reading them.
struct KeycloakDirectory: Sendable {
  /// A role and where it belongs.
  struct Role: Sendable, Hashable {
    var id: String
    var name: String
    /// The id of its client; nil for a role of the realm.
    var client: String?
    /// The ids of the roles that it brings along.
    var parts: [String] = []
  }

  /// All groups, as trees.
  var groups: [KeycloakWire.Group] = []
  /// All roles by their ids.
  var roles: [String: Role] = [:]
  /// The clients' names by their ids, to resolve `client.role`.
  var clients: [String: String] = [:]
  /// Whether roles or groups are not listed, so that people are asked for their roles one by one.
  var asksPeople = false
  /// Why nobody can tell which groups there are; nil when they were read.
  var hiddenGroups: Unknown?
  /// Why nobody can tell which attributes groups have; nil when they were read.
  var hiddenGroupAttributes: Unknown?

  /// The role that a step means: of a client, where what is before a dot names one, else of the realm.
  func role(_ text: String) -> Role? {
    guard let (client, name) = owner(of: text) else {
      return roles.values.first { $0.client == nil && $0.name == text }
    }
    return roles.values.first { $0.client == client && $0.name == name }
  }

  /// The id of the client that a role's text names, and the role's name there; the longest client name counts.
  func owner(of text: String) -> (client: String, name: String)? {
    var rest = Substring(text)
    while let dot = rest.lastIndex(of: ".") {
      let name = String(text[..<dot])
      if let client = clients.first(where: { $0.value == name })?.key {
        return (client, String(text[text.index(after: dot)...]))
      }
      rest = text[..<dot]
    }
    return nil
  }

  /// All roles that bring one along, itself included.
  func holders(of role: Role) -> [Role] {
    var found: Set<String> = [role.id]
    var isGrowing = true
    while isGrowing {
      isGrowing = false
      for other in roles.values
      where !found.contains(other.id) && other.parts.contains(where: found.contains) {
        found.insert(other.id)
        isGrowing = true
      }
    }
    return found.compactMap { roles[$0] }.sorted { $0.id < $1.id }
  }

  /// The group at a path, with all below it; nil when there is none.
  func group(path: String) -> KeycloakWire.Group? {
    let names = path.split(separator: "/").map(String.init)
    guard !names.isEmpty else { return nil }
    return Self.find(groups) { group, parents in
      group.path.map { $0 == path } ?? (parents + [group.name] == names)
    }
  }

  /// The group with an id, with all below it; nil when there is none.
  func group(id: String) -> KeycloakWire.Group? {
    Self.find(groups) { group, _ in group.id == id }
  }

  /// The group that somebody names by its id, its path or its name; nil where there is none, or more than one.
  func group(named name: String) -> KeycloakWire.Group? {
    if let found = group(id: name) ?? group(path: name) { return found }
    let all = groups.flatMap(\.branch).filter { $0.name == name }
    return all.count == 1 ? all[0] : nil
  }

  /// The groups whose people have a value of an attribute through them: theirs, or that of the nearest group above.
  func groups(having value: String, of attribute: String) -> [KeycloakWire.Group] {
    Self.having(groups, value, attribute, inherited: [])
  }

  private static func having(
    _ groups: [KeycloakWire.Group], _ value: String, _ attribute: String, inherited: [String]
  ) -> [KeycloakWire.Group] {
    groups.flatMap { group in
      let values = group.attributes?[attribute].flatMap { $0.isEmpty ? nil : $0 } ?? inherited
      return (values.contains(value) ? [group] : [])
        + having(group.children, value, attribute, inherited: values)
    }
  }

  private static func find(
    _ groups: [KeycloakWire.Group], parents: [String] = [],
    _ isWanted: (KeycloakWire.Group, [String]) -> Bool
  ) -> KeycloakWire.Group? {
    for group in groups {
      if isWanted(group, parents) { return group }
      let below = find(group.children, parents: parents + [group.name], isWanted)
      if let below { return below }
    }
    return nil
  }
}

extension KeycloakWire.Group {
  /// The group and all below it.
  var branch: [KeycloakWire.Group] { [self] + children.flatMap(\.branch) }
}

/// What conditions of some flows ask about people.
struct KeycloakMentions {
  var roles: Set<String> = []
  var groups: Set<String> = []
  var usesGroupAttributes = false
  /// Whether any condition asks for an attribute of the person.
  var usesAttributes = false

  init(_ flows: some Sequence<KeycloakFlow>) {
    for step in flows.flatMap(\.liveSteps) {
      switch step.provider {
      case "conditional-user-role": if let role = step["condUserRole"] { roles.insert(role) }
      case "conditional-user-group": if let path = step["condUserGroup"] { groups.insert(path) }
      case "conditional-user-attribute":
        usesAttributes = true
        if step.says("include_group_attributes") { usesGroupAttributes = true }
      case "auth-conditional-otp-form":
        if step["otpControlAttribute"] != nil { usesAttributes = true }
        roles.formUnion(["skipOtpRole", "forceOtpRole"].compactMap { step[$0] })
      default: continue
      }
    }
  }
}
