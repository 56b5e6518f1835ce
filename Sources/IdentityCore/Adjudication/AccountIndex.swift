/// The accounts of one provider, ready to be matched and judged: each distinct signature has a small number.
struct AccountIndex {
  /// How a member stands at the provider; equal standings are judged once.
  enum Standing: Hashable {
    /// No account goes by the member's name.
    case unknown
    /// One account goes by two members' names.
    case ambiguous
    /// One account: the number of its signature.
    case account(signature: Int32)
    /// Several accounts: the numbers of their signatures.
    case candidates([Int32])
  }

  let reading: ProviderReading
  let matcher: AccountMatcher
  private(set) var signatures: [AccountTable.Signature] = []
  private(set) var statusTexts: [String] = []
  private var numbers: [Int32]
  /// The signature of people without an account, where they may come in all the same.
  private var newcomer: Int32?

  init(_ reading: ProviderReading, findsIDs: Bool) {
    self.reading = reading
    matcher = AccountMatcher(reading.accounts, findsIDs: findsIDs)
    numbers = []
    numbers.reserveCapacity(reading.accounts.count)
    var known = HashIndex()
    for position in 0..<reading.accounts.count {
      let hash = reading.accounts.signatureHash(at: position)
      if let number = known.first(hash, where: { hasSignature(Int($0), position) }) {
        numbers.append(number)
      } else {
        known.insert(hash, Int32(signatures.count))
        numbers.append(Int32(signatures.count))
        signatures.append(reading.accounts.signature(at: position))
        statusTexts.append(reading.accounts.statusText(at: position))
      }
    }
    // A list that broke off does not say who has no account, nor one with accounts that no name leads to.
    guard let account = reading.newcomer, reading.source.carriesVerdicts,
      reading.source.namelessReason == nil
    else { return }
    var table = AccountTable(atomCount: reading.accounts.atomCount)
    table.append(account)
    newcomer = Int32(signatures.count)
    signatures.append(table.signature(at: 0))
    statusTexts.append(account.statusText)
  }

  private func hasSignature(_ number: Int, _ position: Int) -> Bool {
    reading.accounts.hasSignature(signatures[number], at: position)
      && reading.accounts.statusText(at: position) == statusTexts[number]
  }

  /// The number of the signature of the account at a position.
  func signatureNumber(at position: Int32) -> Int32 { numbers[Int(position)] }

  /// How a person with this match stands.
  ///
  /// - Parameter isShared: whether another member goes by the account as well.
  func standing(_ match: AccountMatcher.Match, isShared: (Int32) -> Bool) -> Standing {
    switch match {
    case .none: newcomer.map { .account(signature: $0) } ?? .unknown
    // Somebody who has an account that is not listed here is no newcomer.
    case .missing: .unknown
    case .one(let position):
      isShared(position) ? .ambiguous : .account(signature: numbers[Int(position)])
    case .several(let positions):
      positions.contains(where: isShared)
        ? .ambiguous : .candidates(positions.map { numbers[Int($0)] })
    }
  }

  /// Which of several accounts of one name is meant at an application: the only one that may use it, as far as all lists
  /// were read to their end.
  ///
  /// - Returns: its place among the candidates; nil when that cannot be told.
  func meant(_ candidates: [Int32], at app: Int) -> Int? {
    guard reading.source.isComplete else { return nil }
    let users = candidates.indices.filter { signatures[Int(candidates[$0])].mayUse(app) }
    return users.count == 1 ? users.first : nil
  }
}
