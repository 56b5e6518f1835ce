internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

extension PingOneRun {
  /// Whether people are asked for the times for which they need not pass MFA; not where the operator vouches for them.
  func asksBypass(at app: AppID) -> Bool {
    Vouches(configuration.vouches, at: connector.clock())
      .vouch(for: PingOneDoors.bypass.row.id, object: nil, version: nil, at: app) == nil
  }

  /// Asks whom a step for a second factor protects whether they need not pass it for a time: one request each.
  ///
  /// Nobody is protected whom one factor lets in anyway, or who cannot sign in.
  func readBypasses(_ people: inout [PingOnePerson], _ compiled: PingOneCompiled) async {
    let apps = compiled.apps.indices.filter { asksBypass(at: compiled.apps[$0].id) }
    guard compiled.atoms.place(.bypassed) != nil, !apps.isEmpty else { return }
    var known: [AccountTable.Signature: Bool] = [:]
    let asked = people.indices.filter { index in
      people[index].isActive && isProtected(people[index], compiled, apps, &known)
    }
    for index in asked { people[index].bypass = .unread }
    let now = connector.clock()
    let found = await ask("bypasses", asked.map { (index: $0, id: people[$0].id) }) { _, id in
      await bypass(id, at: now)
    }
    for (index, bypass) in found { people[index].bypass = bypass }
  }

  private func isProtected(
    _ person: PingOnePerson, _ compiled: PingOneCompiled, _ apps: [Int],
    _ known: inout [AccountTable.Signature: Bool]
  ) -> Bool {
    let account = compiled.account(of: person)
    var table = AccountTable(atomCount: compiled.atoms.facts.count)
    table.append(account)
    let signature = table.signature(at: 0)
    if let isProtected = known[signature] { return isProtected }
    let isProtected = apps.contains { app in
      guard account.assigned.contains(app), case .readable(let model) = compiled.apps[app].state
      else { return false }
      return ![.notEnforced, .notEvaluated].contains(
        SignInEvaluator(model).evaluate(signature).verdict)
    }
    known[signature] = isProtected
    return isProtected
  }

  @Sendable private func bypass(
    _ id: String, at now: Timestamp
  ) async -> (PingOnePerson.Bypass?, goesOn: Bool) {
    do throws(ConnectorError) {
      let bypass = try await reading.value(get("/users/{user}/bypassMFA", [id])) {
        json throws(WireError) in
        try PingOneWire.bypass(json, at: now)
      }
      return (bypass, true)
    } catch {
      reading.keep(error)
      return (nil, error.code == .notFound || error.isTransient)
    }
  }
}
