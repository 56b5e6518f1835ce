internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Synchronization

extension EntraRun {
  private static let states = ["enforced", "enabled", "disabled"]

  /// Marks the legacy per-user state of those whom nothing else certainly asks for a second factor; it could only add to the
  /// others.
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
      // One account may be out of reach; where a whole batch is, every further one would be refused as well.
      goesOn: { batch, failures in !batch.allSatisfy { failures[$0]?.code == .forbidden } },
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
    for error in failures.values { keepPart(error) }
    let known = told.withLock { $0 }
    accounts.withLock { table in
      for (index, account) in open.enumerated() where !known.contains(index) {
        table.setAtom(unreadable, at: account.position)
      }
    }
    if open.count > asked.count { keepLimit(open.count) }
  }

  /// The accounts that may get into some application with one factor if their per-user state does not ask, those of which
  /// that is certain first.
  private func unasked(
    _ policies: EntraPolicies, _ table: AccountTable
  ) -> [(position: Int, id: String)] {
    let evaluators = policies.models.map { ($0.app, SignInEvaluator($0.model)) }
    var known: [AccountTable.Signature: Verdict?] = [:]
    var certain: [(position: Int, id: String)] = []
    var possible: [(position: Int, id: String)] = []
    for position in 0..<table.count {
      let signature = table.signature(at: position)
      guard signature.status == .active, signature.mayUseAny else { continue }
      let worst: Verdict?
      if let found = known[signature] {
        worst = found
      } else {
        let verdicts = evaluators.filter { signature.mayUse($0.0) }.map { $0.1.verdict(signature) }
        worst = [.notEnforced, .cannotTell].first { verdicts.contains($0) }
        known[signature] = .some(worst)
      }
      switch worst {
      case .notEnforced: certain.append((position, table.id(at: position)))
      case .cannotTell: possible.append((position, table.id(at: position)))
      default: continue
      }
    }
    return certain + possible
  }

  private func keepLimit(_ count: Int) {
    log.add(
      SourceIssue(
        code: "too-many-people", call: "GET /beta/users/{user}/authentication/requirements",
        message:
          "No policy certainly asks \(count) people for a second factor; only \(configuration.perUserLimit) were asked for their per-user state.",
        remedy: "Set per_user_mfa: none if per-user MFA is not used.", affects: .parts))
  }
}
