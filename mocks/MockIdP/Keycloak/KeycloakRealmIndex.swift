/// A realm with what answering needs: ids, paths, effective roles, flattened flows.
struct KeycloakRealmIndex: Sendable {
  /// A role and where it belongs.
  struct Role: Sendable, Hashable {
    var name: String
    /// The client id; nil for a role of the realm.
    var client: String?
    var composites: [String]

    var id: String { Identifier.uuid("keycloak role \(client ?? "")/\(name)") }
    /// Its name as users and groups write it.
    var key: String { client.map { "\($0).\(name)" } ?? name }
  }

  /// A group with its path and all roles of it and those above.
  struct Group: Sendable, Hashable {
    var node: KeycloakGroupNode
    var path: String
    var parents: [String]

    var id: String { Identifier.uuid("keycloak group \(path)") }
  }

  let tenant: KeycloakTenant
  let roles: [Role]
  let groups: [Group]
  let flows: [KeycloakFlowSpec]

  init(_ tenant: KeycloakTenant) {
    self.tenant = tenant
    roles =
      tenant.roles.map { Role(name: $0.name, client: nil, composites: $0.composites) }
      + tenant.clients.flatMap { client in
        client.roles.map { Role(name: $0.name, client: client.clientID, composites: $0.composites) }
      }
    groups = Self.flattened(tenant.groups, parents: [])
    let own = Set(tenant.flows.map(\.alias))
    flows =
      KeycloakFlowSpec.builtIn.filter { !own.contains($0.alias) } + tenant.flows
  }

  private static func flattened(_ nodes: [KeycloakGroupNode], parents: [String]) -> [Group] {
    nodes.flatMap { node in
      let path = (parents.last ?? "") + "/" + node.name
      return [Group(node: node, path: path, parents: parents)]
        + flattened(node.groups, parents: parents + [path])
    }
  }

  /// The role with a name, `client.role` for that of a client.
  func role(_ key: String) -> Role? { roles.first { $0.key == key } }

  /// A client by its internal id.
  func client(_ id: String) -> KeycloakClientSpec? { tenant.clients.first { $0.id == id } }

  /// A user by id.
  func user(_ id: String) -> KeycloakUser? { tenant.users.first { $0.id == id } }

  /// The users whom lists show.
  var listed: [KeycloakUser] { tenant.users.filter { !$0.isHidden } }

  /// All roles in effect: the user's own, those of groups and groups above, and what these bring along.
  func effectiveRoles(of user: KeycloakUser) -> [Role] {
    var open = user.roles + user.mappedRoles
    let own = user.groups + user.mappedGroups
    for group in groups where own.contains(group.path) {
      open += group.node.roles
      for path in group.parents { open += groups.first { $0.path == path }?.node.roles ?? [] }
    }
    var found: [Role] = []
    while let key = open.popLast() {
      guard let role = role(key), !found.contains(role) else { continue }
      found.append(role)
      open += role.composites
    }
    return found.sorted { $0.key < $1.key }
  }

  /// The steps of a flow, flattened in the order of the console.
  func executions(of flow: KeycloakFlowSpec) -> [JSON] {
    Self.executions(flow.steps, level: 0, path: flow.alias)
  }

  private static func executions(
    _ steps: [KeycloakStepSpec], level: Int, path: String
  ) -> [JSON] {
    steps.enumerated().flatMap { index, step -> [JSON] in
      let place = "\(path)/\(index)"
      var json: [String: JSON] = [
        "id": .string(Identifier.uuid("keycloak execution \(place)")),
        "requirement": .string(step.requirement.rawValue), "level": .integer(level),
        "index": .integer(index), "priority": .integer(index * 10), "configurable": true,
        "requirementChoices": ["REQUIRED", "ALTERNATIVE", "DISABLED"],
      ]
      if let provider = step.provider {
        json["providerId"] = .string(provider)
        json["displayName"] = .string(Self.label(provider))
        if !step.config.isEmpty {
          json["authenticationConfig"] = .string(Self.configID(place))
          json["alias"] = .string("config of \(place)")
        }
        return [.object(json)]
      }
      json["displayName"] = .string(step.flow ?? "")
      json["authenticationFlow"] = true
      json["flowId"] = .string(Identifier.uuid("keycloak flow \(step.flow ?? "")"))
      return [.object(json)] + executions(step.steps, level: level + 1, path: place)
    }
  }

  private static func configID(_ place: String) -> String {
    Identifier.uuid("keycloak config \(place)")
  }

  /// The configuration with an id.
  func config(_ id: String) -> [String: String]? {
    for flow in flows {
      if let found = Self.config(id, flow.steps, path: flow.alias) { return found }
    }
    return nil
  }

  private static func config(
    _ id: String, _ steps: [KeycloakStepSpec], path: String
  ) -> [String: String]? {
    for (index, step) in steps.enumerated() {
      let place = "\(path)/\(index)"
      if !step.config.isEmpty, configID(place) == id { return step.config }
      if let found = config(id, step.steps, path: place) { return found }
    }
    return nil
  }

  private static func label(_ provider: String) -> String {
    let labels = [
      "auth-cookie": "Cookie", "auth-username-password-form": "Username Password Form",
      "auth-otp-form": "OTP Form", "identity-provider-redirector": "Identity Provider Redirector",
      "webauthn-authenticator": "WebAuthn Authenticator",
      "conditional-user-configured": "Condition - user configured",
      "conditional-user-role": "Condition - user role",
      "webauthn-authenticator-passwordless": "WebAuthn Passwordless Authenticator",
    ]
    return labels[provider] ?? provider
  }
}
