internal import CurlTransport
internal import IdentityCore
internal import Synchronization

extension EntraRun {
  private static let states = ["enforced", "enabled", "disabled"]

  /// Marks the legacy per-user state of those whom nothing else asks for a second factor; it could only add to the others.
  func markPerUserState(_ policies: EntraPolicies, _ accounts: EntraAccounts) async {
    guard configuration.perUserMFA == .read,
      let unreadable = policies.atoms.place(.attribute, EntraAccountFact.perUser("unreadable"))
    else { return }
    let open = unasked(policies, accounts.table)
    guard !open.isEmpty else { return }
    let places = Dictionary(
      Self.states.compactMap { state in
        policies.atoms.place(.attribute, EntraAccountFact.perUser(state)).map { (state, $0) }
      }
    ) { first, _ in first }
    let asked = Array(open.prefix(configuration.perUserLimit))
    let parts = asked.map {
      GraphBatch.Part(
        path: "/users/\(URLText.encoded($0.id))/authentication/requirements",
        endpoint: "GET /beta/users/{user}/authentication/requirements")
    }
    let told = Mutex<Set<Int>>([])
    let failures = await GraphBatch(client: client, version: "beta").run(
      parts,
      // After a refusal every further account would be refused as well.
      goesOn: { failures in !failures.values.contains { $0.code == .forbidden } },
      { index, body throws(WireError) in
        guard let state = try body.member("perUserMfaState")?.string,
          Self.states.contains(state)
        else {
          throw WireError(.shape, path: "perUserMfaState", detail: "a state that is not documented")
        }
        told.withLock { _ = $0.insert(index) }
        guard let place = places[state] else { return }
        accounts.withLock { $0.setAtom(place, at: asked[index].position) }
      })
    for error in failures.values { keep(error) }
    let known = told.withLock { $0 }
    accounts.withLock { table in
      for (index, account) in open.enumerated() where !known.contains(index) {
        table.setAtom(unreadable, at: account.position)
      }
    }
    if open.count > asked.count { keepLimit(open.count) }
  }

  /// The accounts that may get into some application with one factor if their per-user state does not ask.
  private func unasked(
    _ policies: EntraPolicies, _ table: AccountTable
  ) -> [(position: Int, id: String)] {
    let evaluators = policies.models.map { ($0.app, SignInEvaluator($0.model)) }
    var known: [AccountTable.Signature: Bool] = [:]
    var result: [(position: Int, id: String)] = []
    for position in 0..<table.count {
      let signature = table.signature(at: position)
      guard signature.status == .active, signature.assigned != 0 else { continue }
      let isOpen: Bool
      if let found = known[signature] {
        isOpen = found
      } else {
        isOpen = evaluators.contains { app, evaluator in
          signature.mayUse(app) && evaluator.verdict(signature) == .notEnforced
        }
        known[signature] = isOpen
      }
      if isOpen { result.append((position, table.id(at: position))) }
    }
    return result
  }

  private func keepLimit(_ count: Int) {
    log.add(
      SourceIssue(
        code: "too-many-people", call: "GET /beta/users/{user}/authentication/requirements",
        message:
          "No policy asks \(count) people for a second factor; only \(configuration.perUserLimit) were asked for their per-user state.",
        remedy: "Set per_user_mfa: none if per-user MFA is not used.", affects: .verdicts))
  }
}
