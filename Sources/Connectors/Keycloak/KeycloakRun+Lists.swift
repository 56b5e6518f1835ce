internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

extension KeycloakRun {
  /// Up to so many people are asked for their roles one by one, where the server has no list of roles.
  private static let maxSingleReads = 200

  /// Marks who has the roles, groups and links that conditions ask for.
  ///
  /// - Returns: the facts that could not be read to the end, unknown for everybody.
  func markLists(
    _ compiled: KeycloakCompiled, _ accounts: KeycloakAccounts, _ edits: PolicyEdits
  ) async -> [SubjectAtom.ID: Unknown] {
    let atoms = compiled.atoms
    let directory = compiled.directory
    return await withTaskGroup(of: (SubjectAtom.ID, Unknown?).self) { group in
      for (fact, atom) in atoms.facts {
        switch fact {
        case .group(let path):
          group.addTask {
            let unknown = await self.marking("who is in group \(path)") {
              () throws(ConnectorError) in
              let branch = directory.group(path: path)?.branch ?? []
              try await self.markMembers(of: branch, atom, accounts, edits)
            }
            return (atom, unknown)
          }
        case .groupID(let id):
          group.addTask {
            let unknown = await self.marking("who is in group \(id)") {
              () throws(ConnectorError) in
              let branch = directory.group(id: id)?.branch ?? []
              try await self.markMembers(of: branch, atom, accounts, edits)
            }
            return (atom, unknown)
          }
        case .role(let name):
          group.addTask {
            let unknown = await self.marking("who has role \(name)") {
              () throws(ConnectorError) in
              try await self.markRole(name, atom, directory, accounts, edits)
            }
            return (atom, unknown)
          }
        case .link(let alias):
          group.addTask {
            let request = self.get(
              "/users", query: [("idpAlias", alias), ("briefRepresentation", "true")])
            let unknown = await self.marking("who is linked to identity provider \(alias)") {
              () throws(ConnectorError) in try await self.mark(request, atom, accounts)
            }
            return (atom, unknown)
          }
        case .attribute, .credential, .hiddenAttributes, .hiddenLinks, .hiddenMemberships,
          .hiddenGroupAttributes, .disabled:
          continue
        }
      }
      for (atom, test) in atoms.tests where test.includesGroups {
        group.addTask {
          if let hidden = directory.hiddenGroups ?? directory.hiddenGroupAttributes {
            return (atom, hidden)
          }
          let unknown = await self.marking("who has \(test.name) = \(test.value) through a group") {
            () throws(ConnectorError) in
            let groups = directory.groups(having: test.value, of: test.name)
            try await self.markMembers(of: groups, atom, accounts, edits)
          }
          return (atom, unknown)
        }
      }
      var unreadable: [SubjectAtom.ID: Unknown] = [:]
      for await (atom, unknown) in group { unreadable[atom] = unknown }
      return unreadable
    }
  }

  private func marking(
    _ title: String, _ body: () async throws(ConnectorError) -> Void
  ) async -> Unknown? {
    do throws(ConnectorError) {
      try await body()
      return nil
    } catch {
      reading.keep(error, .partsWhenRefused)
      return Unknown(
        title: "\(title): \(Sentence.clause(error.message))",
        remedy: reading.phrase(for: error))
    }
  }

  /// Marks everybody on a list.
  private func mark(
    _ request: HTTPRequest, _ atom: SubjectAtom.ID, _ accounts: KeycloakAccounts
  ) async throws(ConnectorError) {
    let positions = try await client.readingAgain(request.endpoint) {
      seen throws(ConnectorError) in
      var found: Set<Int> = []
      try await client.table(request, Self.paging(), KeycloakWire.ids) {
        rows, page throws(ConnectorError) in
        accounts.withLock { table in
          for row in 0..<rows.count {
            guard let text = rows[row].string(0), seen.isNew(text, page: page),
              let position = table.position(listed: text)
            else { continue }
            found.insert(position)
          }
        }
        try seen.endPage(page, of: request.endpoint, client)
      }
      return found
    }
    accounts.withLock { table in
      for position in positions { table.setAtom(atom, at: position) }
    }
  }

  private func markMembers(
    of groups: [KeycloakWire.Group], _ atom: SubjectAtom.ID, _ accounts: KeycloakAccounts,
    _ edits: PolicyEdits
  ) async throws(ConnectorError) {
    for group in groups where !edits.removes(group) {
      try await mark(get("/groups/{group}/members", [group.id]), atom, accounts)
    }
  }

  // MARK: Roles

  /// Marks who has a role: by itself, through a role that brings it along, or through a group or one above.
  private func markRole(
    _ name: String, _ atom: SubjectAtom.ID, _ directory: KeycloakDirectory,
    _ accounts: KeycloakAccounts, _ edits: PolicyEdits
  ) async throws(ConnectorError) {
    if directory.asksPeople { return try await askPeople(name, atom, directory, accounts) }
    guard let role = directory.role(name) else { return }
    var groups: [String: KeycloakWire.Group] = [:]
    for holder in directory.holders(of: role) {
      do throws(ConnectorError) {
        for group in try await markHolders(of: holder, atom, accounts) {
          for member in directory.group(id: group.id)?.branch ?? [group] {
            groups[member.id] = member
          }
        }
      } catch {
        guard error.code == .notFound else { throw error }
        // The role is there, so the server has no list of who has it.
        reading.log.add(error.issue(remedy: reading.remedy(for: error), affects: .details))
        return try await askPeople(name, atom, directory, accounts)
      }
    }
    let sorted = groups.values.sorted { $0.id < $1.id }
    try await markMembers(of: sorted, atom, accounts, edits)
  }

  /// Marks the people who were given a role themselves, and names the groups that were given it.
  private func markHolders(
    of role: KeycloakDirectory.Role, _ atom: SubjectAtom.ID, _ accounts: KeycloakAccounts
  ) async throws(ConnectorError) -> [KeycloakWire.Group] {
    let (base, values) =
      role.client.map { ("/clients/{client}/roles/{role}", [$0, role.name]) }
      ?? ("/roles/{role}", [role.name])
    try await mark(get(base + "/users", values), atom, accounts)
    return try await rows(get(base + "/groups", values), KeycloakWire.Group.init)
  }

  /// Asks every kept person for the roles in effect; only where the server has no list of roles.
  private func askPeople(
    _ name: String, _ atom: SubjectAtom.ID, _ directory: KeycloakDirectory,
    _ accounts: KeycloakAccounts
  ) async throws(ConnectorError) {
    let people = accounts.withLock { table in (0..<table.count).map { table.id(at: $0) } }
    guard people.count <= Self.maxSingleReads else {
      throw ConnectorError(
        .tooLarge, source: configuration.name, call: "GET /admin/realms/{realm}/roles",
        message: "Keycloak lists no roles, and \(people.count) people are too many to ask for.")
    }
    let owner = directory.owner(of: name)
    for (position, id) in people.enumerated() {
      let request =
        owner.map {
          get("/users/{user}/role-mappings/clients/{client}/composite", [id, $0.client])
        } ?? get("/users/{user}/role-mappings/realm/composite", [id])
      let held = try await rows(request, by: Self.whole, KeycloakWire.Role.init)
      if held.contains(where: { $0.name == owner?.name ?? name }) {
        accounts.withLock { $0.setAtom(atom, at: position) }
      }
    }
  }

  // MARK: Factors

  private static let kinds: [String: FactorSet] = [
    "otp": .totp, "webauthn": .webauthn, "webauthn-passwordless": .webauthn,
    "recovery-authn-codes": .other,
  ]
  private static let width = 8

  /// Asks every kept account that can sign in for its credentials: one request each, for details only.
  func collectFactors(_ accounts: KeycloakAccounts) async {
    let federated = accounts.federated
    let all = accounts.withLock { table in
      (0..<table.count).filter { table.signature(at: $0).status == .active }
        .map { (position: $0, id: table.id(at: $0)) }
    }
    await withTaskGroup(of: Bool.self) { group in
      var next = all.makeIterator()
      for _ in 0..<Self.width {
        guard let account = next.next() else { break }
        group.addTask { await self.collect(account.position, account.id, accounts, federated) }
      }
      while let goesOn = await group.next() {
        // After a refusal every further account would be refused as well.
        guard goesOn, let account = next.next() else { continue }
        group.addTask { await self.collect(account.position, account.id, accounts, federated) }
      }
    }
  }

  private func collect(
    _ position: Int, _ id: String, _ accounts: KeycloakAccounts, _ federated: Set<Int>
  ) async -> Bool {
    do throws(ConnectorError) {
      let credentials = try await reading.value(get("/users/{user}/credentials", [id])) {
        json throws(WireError) in
        try json.rows(KeycloakWire.UserCredential.init)
      }
      var kinds: FactorSet = []
      for credential in credentials where credential.type != "password" {
        kinds.formUnion(Self.kinds[credential.type] ?? .other)
      }
      // Credentials of a federated account may be kept elsewhere.
      let isEnrolled: Tri = !kinds.isEmpty ? .yes : federated.contains(position) ? .unknown : .no
      let found = kinds
      accounts.withLock { $0.setEnrolment(isEnrolled, found, at: position) }
      return true
    } catch {
      reading.keep(error, .details)
      return error.code == .notFound || error.isTransient
    }
  }
}
