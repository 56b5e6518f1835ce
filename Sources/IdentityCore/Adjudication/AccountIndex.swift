/// The accounts of one provider, ready to be matched and judged: each distinct signature has a small number.
struct AccountIndex {
  /// How a member stands at the provider; equal standings are judged once.
  enum Standing: Hashable {
    /// No account goes by the member's key.
    case unknown
    /// Two accounts do, or the account goes by two members' keys.
    case ambiguous
    /// One account: the number of its signature.
    case account(signature: Int32)

    /// A small number for memory of cases: equal numbers, equal standings.
    var code: UInt64 {
      switch self {
      case .unknown: 0
      case .ambiguous: 1
      case .account(let signature): 2 + UInt64(signature)
      }
    }
  }

  let reading: ProviderReading
  private let matcher: AccountMatcher
  private(set) var signatures: [AccountTable.Signature] = []
  private(set) var statusTexts: [String] = []
  private var numbers: [Int32]
  /// The signature of people without an account, where they may come in all the same.
  private var newcomer: Int32?
  /// The member that claimed each account first; -1 none, -2 several.
  private var claims: [Int32]

  init(_ reading: ProviderReading) {
    self.reading = reading
    matcher = AccountMatcher(reading.accounts)
    numbers = []
    numbers.reserveCapacity(reading.accounts.count)
    claims = [Int32](repeating: -1, count: reading.accounts.count)
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
    // A list that broke off does not say who has no account.
    guard let account = reading.newcomer, reading.source.carriesVerdicts else { return }
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

  /// Claims the account that goes by a member's key; to be called once for each person before ``standing(_:)``.
  ///
  /// - Returns: the account's position, or the standing of a person who has none.
  mutating func claim(_ key: UnsafeBufferPointer<UInt8>, by person: Int32) -> AccountMatcher.Match {
    let match = matcher.match(key)
    if case .one(let position) = match {
      claims[Int(position)] = claims[Int(position)] == -1 ? person : -2
    }
    return match
  }

  /// How the person with this match stands, once everybody has claimed.
  func standing(_ match: AccountMatcher.Match) -> Standing {
    switch match {
    case .none: newcomer.map { .account(signature: $0) } ?? .unknown
    case .ambiguous: .ambiguous
    case .one(let position):
      claims[Int(position)] == -2 ? .ambiguous : .account(signature: numbers[Int(position)])
    }
  }
}
