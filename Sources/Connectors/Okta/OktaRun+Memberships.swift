internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

extension OktaRun {
  /// Marks who is in the groups that live rules mention, and who is linked to a trusted identity provider.
  ///
  /// - Returns: the facts that could not be read to the end, unknown for everybody.
  func markMemberships(
    _ atoms: SubjectFacts, _ accounts: OktaSharedAccounts
  ) async -> [SubjectAtom.ID: Unknown] {
    await withTaskGroup(of: (SubjectAtom.ID, Unknown?).self) { group in
      for (id, atom) in atoms.ids(.group) {
        let name = atoms.all[atom].name
        if edits.removes(group: id, name: name) { continue }
        group.addTask {
          let request = client.get("/api/v1/groups/{group}/users", [id], query: [("limit", "200")])
          let title = "who is in group \(name)"
          return (atom, await mark(request, title, "members of \(name)", atom, nil, accounts))
        }
      }
      for (id, atom) in atoms.ids(.attribute) {
        guard let provider = OktaModelBuilder.linkedProvider(id) else { continue }
        let name = atoms.all[atom].name
        group.addTask {
          let request = client.get("/api/v1/idps/{idp}/users", [provider])
          return (atom, await mark(request, "who is \(name)", name, atom, provider, accounts))
        }
      }
      var unreadable: [SubjectAtom.ID: Unknown] = [:]
      for await (atom, unknown) in group { unreadable[atom] = unknown }
      return unreadable
    }
  }

  /// Marks the accounts of a list.
  ///
  /// - Parameter provider: the identity provider whose own ids of the accounts the list names; nil: a group.
  private func mark(
    _ request: HTTPRequest, _ title: String, _ phase: String, _ atom: SubjectAtom.ID,
    _ provider: String?, _ accounts: OktaSharedAccounts
  ) async -> Unknown? {
    let plan = provider == nil ? OktaWire.ids : OktaWire.linked
    var firsts = FirstRows()
    var marked: Set<Int> = []
    var seen = 0
    do throws(ConnectorError) {
      try await client.table(request, .link, plan) { rows, page throws(ConnectorError) in
        if !firsts.isNew(rows) { throw client.duplicate(request.endpoint, page: page, row: 1) }
        accounts.withLock { accounts in
          for row in 0..<rows.count {
            guard let id = rows[row].text(0), let position = accounts.table.position(listed: id)
            else { continue }
            accounts.table.setAtom(atom, at: position)
            if !marked.insert(position).inserted { tellRepeated(request.endpoint) }
            guard let provider else { continue }
            // An account without a name there is asked for by none: nobody can tell.
            let subject = rows[row].string(1)
            if subject == nil {
              tell(OktaMissing(call: request.endpoint, what: "externalId of a linked account"))
            }
            accounts.table.addLink(
              AccountLink(upstream: provider, subject: subject ?? ""), at: position)
          }
        }
        seen += rows.count
        reading.tell(phase, done: seen)
      }
      return nil
    } catch {
      reading.keep(error, .parts)
      return Unknown(
        title: "\(title): \(Sentence.clause(error.message))",
        remedy: reading.phrase(for: error))
    }
  }
}
