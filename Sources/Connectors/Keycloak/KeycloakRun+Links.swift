internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

extension KeycloakRun {
  /// So many linked people are asked for at most; of the others nobody can tell whom a provider knows them as.
  private static let maxLinkReads = 5_000
  private static let linkWidth = 8
  /// Issuers that call a person by another `sub` in each application: the name is what they can be asked for.
  private static let pairwise = [
    "login.microsoftonline.com", "sts.windows.net", "login.windows.net",
  ]

  /// Reads whom linked identity providers know watched people as: one request for each person who is linked.
  ///
  /// A person may be linked to several; all of them are ways in.
  /// - SeeAlso: <https://www.keycloak.org/docs-api/latest/rest-api/index.html#_users>
  func readLinks(_ accounts: KeycloakAccounts, _ compiled: KeycloakCompiled) async {
    let atoms = compiled.atoms
    guard let hidden = atoms.place(.hiddenLinks) else { return }
    let linked = accounts.withLock { table in
      (0..<table.count).filter { position in
        let signature = table.signature(at: position)
        return signature.status == .active && atoms.links.keys.contains { signature.has($0) }
      }.map { (position: $0, id: table.id(at: $0)) }
    }
    if linked.count > Self.maxLinkReads {
      reading.keep(
        ConnectorError(
          .tooLarge, source: configuration.name,
          call: "GET /admin/realms/{realm}/users/{user}/federated-identity",
          message:
            "\(linked.count) people are linked to identity providers, too many to ask for each."),
        .parts)
    }
    for person in linked.dropFirst(Self.maxLinkReads) {
      accounts.withLock { $0.setAtom(hidden, at: person.position) }
    }
    await withTaskGroup(of: Void.self) { group in
      var next = linked.prefix(Self.maxLinkReads).makeIterator()
      for _ in 0..<Self.linkWidth {
        guard let person = next.next() else { break }
        group.addTask { await self.readLinks(person.position, person.id, accounts, compiled) }
      }
      while await group.next() != nil {
        guard let person = next.next() else { continue }
        group.addTask { await self.readLinks(person.position, person.id, accounts, compiled) }
      }
    }
  }

  private func readLinks(
    _ position: Int, _ id: String, _ accounts: KeycloakAccounts, _ compiled: KeycloakCompiled
  ) async {
    let atoms = compiled.atoms
    do throws(ConnectorError) {
      let links = try await rows(
        get("/users/{user}/federated-identity", [id]), by: Self.whole, id: "identityProvider",
        KeycloakWire.Link.init)
      accounts.withLock { table in
        let signature = table.signature(at: position)
        for link in links {
          table.addLink(
            AccountLink(upstream: link.alias, subject: subject(of: link, compiled)), at: position)
        }
        for (atom, alias) in atoms.links {
          let isNamed = links.contains { $0.alias == alias }
          if isNamed { table.setAtom(atom, at: position) }
          // One list says linked, the other does not.
          if !isNamed, signature.has(atom), let hidden = atoms.place(.hiddenLinks) {
            table.setAtom(hidden, at: position)
          }
        }
      }
    } catch {
      reading.keep(error, .partsWhenRefused)
      if let hidden = atoms.place(.hiddenLinks) {
        accounts.withLock { $0.setAtom(hidden, at: position) }
      }
    }
  }

  /// By what the other provider can be asked for the person: the id there, or the name where that id is of no use.
  private func subject(of link: KeycloakWire.Link, _ compiled: KeycloakCompiled) -> String {
    let addresses = compiled.addresses[link.alias] ?? []
    let isPairwise = addresses.compactMap(SourceHost.of).contains { Self.pairwise.contains($0) }
    return isPairwise ? link.name ?? link.id : link.id
  }
}
