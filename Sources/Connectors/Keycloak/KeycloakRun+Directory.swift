internal import CurlTransport
internal import IdentityCore

extension KeycloakRun {
  /// Reads the roles and groups that conditions mention, if any does.
  func readMentions(_ picture: inout KeycloakRealmPicture) async {
    let mentions = KeycloakMentions(picture.flows.values.compactMap(\.value))
    let clients = picture.clients
    let rolePart = await roles(clients, isWanted: !mentions.roles.isEmpty)
    let needsGroups = !mentions.groups.isEmpty || mentions.usesGroupAttributes
    // Where people are asked for their roles the server itself goes through their groups.
    let listsRoles = if case .read(.some) = rolePart { !mentions.roles.isEmpty } else { false }
    picture.directory.clients = Dictionary(
      clients.map { ($0.id, $0.clientID) }, uniquingKeysWith: { $1 })
    switch await groups(isWanted: needsGroups || listsRoles, decides: needsGroups) {
    case .read(let groups):
      picture.directory.groups = groups
      for path in mentions.groups {
        picture.groups[path] =
          picture.directory.group(path: path) == nil ? .missing : .exists
      }
    case .unreadable(let reason, let remedy):
      picture.directory.hiddenGroups = Unknown(
        title: "which groups there are: \(reason)", remedy: remedy)
      picture.directory.asksPeople = listsRoles
      for path in mentions.groups {
        picture.groups[path] = .unreadable(reason: reason, remedy: remedy)
      }
    }
    switch rolePart {
    case .read(let roles?):
      picture.directory.roles = roles
      for name in mentions.roles {
        picture.roles[name] = picture.directory.role(name) == nil ? .missing : .exists
      }
    case .read(nil):
      picture.directory.asksPeople = true
      for name in mentions.roles { picture.roles[name] = .unlisted }
    case .unreadable(let reason, let remedy):
      for name in mentions.roles {
        picture.roles[name] = .unreadable(reason: reason, remedy: remedy)
      }
    }
  }

  // MARK: Groups

  /// All groups.
  ///
  /// - Parameter decides: whether conditions ask for groups; else roles do, and people can be asked for those.
  private func groups(
    isWanted: Bool, decides: Bool
  ) async -> KeycloakPart<[KeycloakWire.Group]> {
    guard isWanted else { return .read([]) }
    return await part(whenRefused: decides ? .parts : .details) { () throws(ConnectorError) in
      let tops = try await groups(get("/groups", query: [("briefRepresentation", "false")]))
      return try await completed(tops)
    }
  }

  private func groups(
    _ request: HTTPRequest
  ) async throws(ConnectorError) -> [KeycloakWire.Group] {
    try await rows(request, id: \.id) { row throws(WireError) in try KeycloakWire.Group(row) }
  }

  /// The groups with all below them: newer servers leave them out of the list and say how many there are.
  private func completed(
    _ groups: [KeycloakWire.Group]
  ) async throws(ConnectorError) -> [KeycloakWire.Group] {
    var result: [KeycloakWire.Group] = []
    for var group in groups {
      if group.hasMoreChildren {
        group.children = try await self.groups(
          get("/groups/{group}/children", [group.id], query: [("briefRepresentation", "false")]))
      }
      group.children = try await completed(group.children)
      result.append(group)
    }
    return result
  }

  // MARK: Roles

  /// All roles with what they bring along; nil when the server has no list of them.
  private func roles(
    _ clients: [KeycloakWire.Client], isWanted: Bool
  ) async -> KeycloakPart<[String: KeycloakDirectory.Role]?> {
    guard isWanted else { return .read([:]) }
    do throws(ConnectorError) {
      var all = try await roles(get("/roles"), client: nil)
      for client in clients {
        all += try await roles(get("/clients/{client}/roles", [client.id]), client: client.id)
      }
      var result: [String: KeycloakDirectory.Role] = [:]
      for (role, isComposite) in all {
        var role = role
        if isComposite {
          role.parts = try await rows(
            get("/roles-by-id/{role}/composites", [role.id]), .single, id: \.id
          ) { row throws(WireError) in try KeycloakWire.Role(row) }.map(\.id)
        }
        result[role.id] = role
      }
      return .read(result)
    } catch {
      // The realm is there, so a list that is not is one the server does not have.
      if error.code == .notFound {
        log.add(error.issue(remedy: configuration.remedy(for: error), affects: .details))
        return .read(nil)
      }
      keep(error, affects: error.loss(whenRefused: .parts))
      return .unreadable(
        reason: Sentence.clause(error.message), remedy: configuration.phrase(for: error))
    }
  }

  private func roles(
    _ request: HTTPRequest, client: String?
  ) async throws(ConnectorError) -> [(KeycloakDirectory.Role, isComposite: Bool)] {
    try await rows(request, id: \.id) { row throws(WireError) in try KeycloakWire.Role(row) }
      .map { (KeycloakDirectory.Role(id: $0.id, name: $0.name, client: client), $0.isComposite) }
  }
}
