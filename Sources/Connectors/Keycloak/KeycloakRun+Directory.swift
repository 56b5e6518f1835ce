internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

extension KeycloakRun {
  /// Reads the roles and groups that conditions mention, if any does.
  ///
  /// - Parameter wantsGroups: whether somebody asks for groups beside them.
  func readMentions(_ picture: inout KeycloakRealmPicture, wantsGroups: Bool) async {
    let mentions = KeycloakMentions(picture.flows.values.compactMap(\.value))
    let clients = picture.clients
    let rolePart = await roles(clients, isWanted: !mentions.roles.isEmpty)
    let needsGroups = !mentions.groups.isEmpty || mentions.usesGroupAttributes
    // Where people are asked for their roles the server itself goes through their groups.
    let listsRoles = if case .read(.some) = rolePart { !mentions.roles.isEmpty } else { false }
    picture.directory.clients = Dictionary(
      clients.map { ($0.id, $0.clientID) }, uniquingKeysWith: { $1 })
    let isWanted = needsGroups || listsRoles || wantsGroups
    switch await groups(isWanted: isWanted, decides: needsGroups || wantsGroups) {
    case .read(let groups):
      picture.directory.groups = groups
      if mentions.usesGroupAttributes,
        let hidden = groups.flatMap(\.branch).first(where: { $0.attributes == nil })
      {
        picture.directory.hiddenGroupAttributes = Unknown(
          title: "which attributes group \(hidden.path ?? hidden.name) has: the list does not say",
          remedy: "give the service account of \(configuration.clientID) the role view-users")
      }
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

  private static let peopleCanBeAsked: Doubts = {
    var doubts = Doubts.verdicts
    doubts.refused = .details
    return doubts
  }()

  /// All groups.
  ///
  /// - Parameter decides: whether conditions ask for groups; else roles do, and people can be asked for those.
  private func groups(
    isWanted: Bool, decides: Bool
  ) async -> Part<[KeycloakWire.Group]> {
    guard isWanted else { return .read([]) }
    return await reading.part(
      decides ? .partsWhenRefused : Self.peopleCanBeAsked
    ) { () throws(ConnectorError) in
      let tops = try await groups(get("/groups", query: [("briefRepresentation", "false")]))
      var listsChildren = true
      return try await completed(tops, &listsChildren)
    }
  }

  private func groups(
    _ request: HTTPRequest
  ) async throws(ConnectorError) -> [KeycloakWire.Group] {
    try await rows(request, KeycloakWire.Group.init)
  }

  /// The groups with all below them: newer servers leave them out of the list and say how many there are; older ones say
  /// nothing, have all of them come along, and know no call for them.
  ///
  /// - Parameter listsChildren: whether the server may know the call.
  private func completed(
    _ groups: [KeycloakWire.Group], _ listsChildren: inout Bool
  ) async throws(ConnectorError) -> [KeycloakWire.Group] {
    var result: [KeycloakWire.Group] = []
    for var group in groups {
      group.children = try await completed(
        try await children(of: group, &listsChildren), &listsChildren)
      result.append(group)
    }
    return result
  }

  private func children(
    of group: KeycloakWire.Group, _ listsChildren: inout Bool
  ) async throws(ConnectorError) -> [KeycloakWire.Group] {
    if let count = group.childCount, group.children.count >= count { return group.children }
    if group.childCount == nil, group.showsChildren, !listsChildren { return group.children }
    let request = get(
      "/groups/{group}/children", [group.id], query: [("briefRepresentation", "false")])
    let children: [KeycloakWire.Group]
    do throws(ConnectorError) {
      children = try await self.groups(request)
    } catch {
      // A server before 23 knows the path for making groups only.
      guard error.code == .notFound || error.status == 405, group.childCount == nil,
        group.showsChildren
      else {
        throw error
      }
      listsChildren = false
      return group.children
    }
    if let count = group.childCount, children.count < count {
      throw ConnectorError(
        .contradiction, source: configuration.name, call: request.endpoint, status: 200,
        message:
          "Keycloak listed \(children.count) of the \(count) groups that it says are below \(group.name)."
      )
    }
    return children
  }

  // MARK: Roles

  /// All roles with what they bring along; nil when the server has no list of them.
  private func roles(
    _ clients: [KeycloakWire.Client], isWanted: Bool
  ) async -> Part<[String: KeycloakDirectory.Role]?> {
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
            get("/roles-by-id/{role}/composites", [role.id]), by: Self.whole, KeycloakWire.Role.init
          ).map(\.id)
        }
        result[role.id] = role
      }
      return .read(result)
    } catch {
      // The realm is there, so a list that is not is one the server does not have.
      if error.code == .notFound {
        reading.log.add(error.issue(remedy: reading.remedy(for: error), affects: .details))
        return .read(nil)
      }
      reading.keep(error, .partsWhenRefused)
      return .unreadable(
        reason: Sentence.clause(error.message), remedy: reading.phrase(for: error))
    }
  }

  private func roles(
    _ request: HTTPRequest, client: String?
  ) async throws(ConnectorError) -> [(KeycloakDirectory.Role, isComposite: Bool)] {
    try await rows(request, KeycloakWire.Role.init)
      .map { (KeycloakDirectory.Role(id: $0.id, name: $0.name, client: client), $0.isComposite) }
  }
}
