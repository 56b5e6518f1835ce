/// Which accounts the people of a team have at one provider, on one way of coming there.
///
/// At the team's own sign-in a person is looked for by the roster's address, at a provider behind another one by what that
/// one knows the person by there.
struct RouteMatches {
  private static let nobody: Int32 = -1
  private static let listed: Int32 = -2
  private static let several: Int32 = -2
  private static let missing: Int32 = -3

  /// The position of the one account; ``nobody`` for none, ``missing`` for one that is named and not there, ``listed`` for
  /// what stands in ``many``.
  private var single: [Int32] = []
  private var many: [Int: [AccountMatcher.Match]] = [:]
  /// The person that an account was found for first; ``nobody`` for none, ``several`` for two people or more.
  private var claims: [Int32]

  /// Makes an empty table.
  init(accounts: Int, people: Int) {
    claims = [Int32](repeating: Self.nobody, count: accounts)
    single.reserveCapacity(people)
  }

  /// Adds the next person.
  ///
  /// - Parameter matches: what each of the person's names finds, one for each link: several are doors side by side.
  mutating func append(_ matches: [AccountMatcher.Match]) {
    let person = single.count
    for position in Set(matches.flatMap(\.positions)) {
      let claim = claims[Int(position)]
      claims[Int(position)] = claim == Self.nobody ? Int32(person) : Self.several
    }
    switch matches.count > 1 ? nil : matches.first ?? AccountMatcher.Match.none {
    case .some(.none): single.append(Self.nobody)
    case .missing: single.append(Self.missing)
    case .one(let position): single.append(position)
    case .several, nil:
      single.append(Self.listed)
      many[person] = matches
    }
  }

  /// What the person's names find; never empty.
  func matches(of person: Int) -> [AccountMatcher.Match] {
    switch single[person] {
    case Self.nobody: [.none]
    case Self.missing: [.missing]
    case Self.listed: many[person] ?? [.none]
    case let position: [.one(position)]
    }
  }

  /// The position of the one account, without any doubt; nil when there is none or more than one.
  func onlyAccount(of person: Int) -> Int32? { single[person] >= 0 ? single[person] : nil }

  /// Whether the person's names do not find one account that is the person's alone.
  func isAmbiguous(_ person: Int) -> Bool {
    switch single[person] {
    case Self.nobody, Self.missing: false
    case Self.listed: true
    case let position: isShared(position)
    }
  }

  /// Who else goes by an account, as far as one name finds it.
  func people(of position: Int32, besides person: Int, atMost limit: Int) -> [Int] {
    var found: [Int] = []
    for (other, account) in single.enumerated() where account == position && other != person {
      found.append(other)
      if found.count == limit { break }
    }
    return found
  }

  /// Whether another person goes by the account as well.
  func isShared(_ position: Int32) -> Bool { claims[Int(position)] == Self.several }
}
