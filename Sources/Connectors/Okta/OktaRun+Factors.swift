internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

extension OktaRun {
  private static let kinds: [String: FactorSet] = [
    "webauthn": .webauthn, "u2f": .webauthn, "push": .push, "token:software:totp": .totp,
    "token:hotp": .hardwareToken, "token:hardware": .hardwareToken, "token": .hardwareToken,
    "signed_nonce": .deviceKey, "sms": .sms, "call": .voice, "email": .email,
    "question": .question,
  ]
  /// How many accounts are asked for at a time; the transport holds back further.
  private static let width = 8

  /// Asks every kept account that can sign in for its factors: one request each, for details only.
  ///
  /// Okta shows only the factors that its enrolment policy allows where the worker is, so a missing row proves nothing:
  /// an account is enrolled or unknown, never not enrolled.
  func collectFactors(_ accounts: OktaSharedAccounts) async {
    let all = accounts.withLock { accounts in
      (0..<accounts.table.count)
        .filter { accounts.table.signature(at: $0).status == .active }
        .map { (position: $0, id: accounts.table.id(at: $0)) }
    }
    await withTaskGroup(of: Bool.self) { group in
      var next = all.makeIterator()
      var done = 0
      for _ in 0..<Self.width {
        guard let account = next.next() else { break }
        group.addTask { await self.collect(account.position, account.id, accounts) }
      }
      while let goesOn = await group.next() {
        done += 1
        reading.tell("factors", done: done, of: all.count)
        // After a refusal every further account would be refused as well.
        guard goesOn, let account = next.next() else { continue }
        group.addTask { await self.collect(account.position, account.id, accounts) }
      }
    }
  }

  /// Asks for one account; false when it makes no sense to go on.
  private func collect(
    _ position: Int, _ id: String, _ accounts: OktaSharedAccounts
  ) async -> Bool {
    let request = client.get("/api/v1/users/{user}/factors", [id])
    do throws(ConnectorError) {
      let factors = try await rows(request) { row throws(WireError) in
        try OktaWire.Factor(row)
      }
      let live = factors.filter { $0.status == "ACTIVE" }
      var kinds: FactorSet = []
      for factor in live { kinds.formUnion(Self.kinds[factor.type] ?? .other) }
      let isEnrolled: Tri = live.isEmpty ? .unknown : .yes
      let found = kinds
      accounts.withLock { $0.table.setEnrolment(isEnrolled, found, at: position) }
      return true
    } catch {
      reading.keep(error, .details)
      return error.code == .notFound || error.isTransient
    }
  }
}
