internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

extension KeycloakRun {
  /// So many people of user federations are asked for at most; of the others nobody can tell what they have.
  private static let maxFederatedReads = 5_000
  private static let federatedWidth = 8

  /// The roles and groups that conditions ask for, as a person can be asked for them.
  private struct Memberships: Sendable {
    /// By the id of the client whose they are, nil for the realm: names with their facts.
    var roles: [String?: [(name: String, atom: SubjectAtom.ID)]] = [:]
    /// Paths or ids of groups with their facts.
    var groups: [(path: String?, id: String?, atom: SubjectAtom.ID)] = []

    init(_ compiled: KeycloakCompiled) {
      for (fact, atom) in compiled.atoms.facts {
        switch fact {
        case .role(let text):
          let owner = compiled.directory.owner(of: text)
          roles[owner?.client, default: []].append((owner?.name ?? text, atom))
        case .group(let path): groups.append((path, nil, atom))
        case .groupID(let id):
          groups.append((compiled.directory.group(id: id)?.path, id, atom))
        default: continue
        }
      }
    }
  }

  /// Asks people of user federations for their roles and groups: mappers give some at sign-ins that no list of members
  /// shows.
  /// - SeeAlso: <https://www.keycloak.org/docs/latest/server_admin/#_ldap_mappers>
  func askFederated(
    _ accounts: KeycloakAccounts, _ compiled: KeycloakCompiled, _ edits: PolicyEdits
  ) async {
    let people = accounts.federated.sorted()
    let wanted = Memberships(compiled)
    if let atom = compiled.atoms.place(.hiddenGroupAttributes) {
      accounts.withLock { table in for person in people { table.setAtom(atom, at: person) } }
    }
    guard let hidden = compiled.atoms.place(.hiddenMemberships), !people.isEmpty else { return }
    if people.count > Self.maxFederatedReads {
      reading.keep(
        ConnectorError(
          .tooLarge, source: configuration.name,
          call: "GET /admin/realms/{realm}/users/{user}/role-mappings/realm/composite",
          message:
            "\(people.count) people come from user federations, too many to ask for each."),
        .parts)
    }
    for person in people.dropFirst(Self.maxFederatedReads) {
      accounts.withLock { $0.setAtom(hidden, at: person) }
    }
    await withTaskGroup(of: Void.self) { group in
      var next = people.prefix(Self.maxFederatedReads).makeIterator()
      for _ in 0..<Self.federatedWidth {
        guard let person = next.next() else { break }
        group.addTask { await self.ask(person, wanted, hidden, accounts, edits) }
      }
      while await group.next() != nil {
        guard let person = next.next() else { continue }
        group.addTask { await self.ask(person, wanted, hidden, accounts, edits) }
      }
    }
  }

  private func ask(
    _ position: Int, _ wanted: Memberships, _ hidden: SubjectAtom.ID,
    _ accounts: KeycloakAccounts, _ edits: PolicyEdits
  ) async {
    let id = accounts.withLock { $0.id(at: position) }
    do throws(ConnectorError) {
      var held: [SubjectAtom.ID] = []
      for (client, roles) in wanted.roles {
        let request =
          client.map { get("/users/{user}/role-mappings/clients/{client}/composite", [id, $0]) }
          ?? get("/users/{user}/role-mappings/realm/composite", [id])
        let names = try await rows(request, by: Self.whole, KeycloakWire.Role.init).map(\.name)
        held += roles.filter { names.contains($0.name) }.map(\.atom)
      }
      if !wanted.groups.isEmpty {
        let groups = try await rows(get("/users/{user}/groups", [id]), KeycloakWire.Group.init)
          .filter { !edits.removes($0) }
        held += wanted.groups.filter { entry in groups.contains { $0.counts(for: entry) } }
          .map(\.atom)
        // Without its path a group may be below any other.
        if groups.contains(where: { $0.path == nil }) { held.append(hidden) }
      }
      let found = held
      accounts.withLock { table in for atom in found { table.setAtom(atom, at: position) } }
    } catch {
      reading.keep(error, .partsWhenRefused)
      accounts.withLock { $0.setAtom(hidden, at: position) }
    }
  }
}

extension KeycloakWire.Group {
  /// Whether who is in it counts as being in a group, which may be one above it.
  fileprivate func counts(
    for group: (path: String?, id: String?, atom: SubjectAtom.ID)
  ) -> Bool {
    if id == group.id { return true }
    guard let path, let wanted = group.path else { return false }
    return path == wanted || path.hasPrefix(wanted + "/")
  }
}

extension PolicyEdits {
  /// Whether `whatif` takes everybody out of a group, by its id, its name or its path.
  func removes(_ group: KeycloakWire.Group) -> Bool {
    if removes(group: group.id, name: group.name) { return true }
    guard let path = group.path else { return false }
    return removes(group: group.id, name: path)
  }
}
