import IdentityCore
import Testing

/// What a sign-in meets in one possible world; shares no code with the program.
enum Asked: Int, Sendable, Hashable, Comparable {
  case one = 1
  case two
  /// Nothing lets it in, and no rule that was read refuses it.
  case nothing
  /// A rule that was read refuses it.
  case refused

  /// What a demand may be that nobody can read.
  static let unread: [Asked] = [.one, .two, .nothing]

  static func < (one: Asked, other: Asked) -> Bool { one.rawValue < other.rawValue }

  /// The person chooses: the weakest of what lets in.
  func or(_ other: Asked) -> Asked {
    [self, other].filter { $0 <= .two }.min() ?? max(self, other)
  }

  /// The verdict of all possible worlds, each the outcomes of all its sign-ins.
  ///
  /// The same in all: that one. The worst one has exceptions: that. One factor is enough in the worst one and not in
  /// another: nobody can tell. Nobody gets in: that is a verdict where rules that were read refuse it in every world.
  static func verdict(_ worlds: some Sequence<Set<Asked>>) -> Verdict {
    // How some are refused beside those who get in says nothing.
    let worlds = Set(
      worlds.map { met in
        let open = met.intersection([.one, .two])
        return open.isEmpty ? met : open
      })
    let weak = worlds.filter { $0.contains(.one) && !$0.contains(.two) }
    if !weak.isEmpty { return weak.count == worlds.count ? .notEnforced : .cannotTell }
    if worlds.contains(where: { $0.contains(.one) }) { return .enforcedConditionally }
    if worlds.contains(where: { $0.contains(.two) }) { return .enforced }
    return worlds.allSatisfy { $0 == [.refused] } ? .notEvaluated : .cannotTell
  }
}

/// Plays through all possible worlds and through all sign-ins of each, by what is asked of them.
struct Chooser {
  private struct Choice {
    var key: String
    var value: Int
    var count: Int
  }

  private var secrets: [Choice] = []
  private var facts: [Choice] = []

  /// Whether something holds that nobody knows: the same in all sign-ins of a world.
  mutating func unknown(_ key: String) -> Bool { Self.choose(key, 2, &secrets) == 1 }

  /// A demand that nobody can read: the same in all sign-ins of a world.
  mutating func unread(_ key: String) -> Asked {
    Asked.unread[Self.choose("asks " + key, Asked.unread.count, &secrets)]
  }

  /// Whether a sign-in has a property.
  mutating func isTrue(_ key: String) -> Bool { Self.choose(key, 2, &facts) == 1 }

  /// Which of some properties a sign-in has.
  mutating func one(of count: Int, _ key: String) -> Int { Self.choose(key, count, &facts) }

  private static func choose(_ key: String, _ count: Int, _ choices: inout [Choice]) -> Int {
    if let known = choices.first(where: { $0.key == key }) { return known.value }
    choices.append(Choice(key: key, value: 0, count: count))
    return 0
  }

  /// The next of all combinations of what was asked for; false behind the last one.
  private static func next(_ choices: inout [Choice]) -> Bool {
    while var last = choices.popLast() {
      last.value += 1
      if last.value < last.count {
        choices.append(last)
        return true
      }
    }
    return false
  }

  /// The verdict of all worlds.
  ///
  /// - Parameter asks: what one sign-in meets in one world, with everything that matters asked of the chooser.
  static func verdict(_ asks: (inout Chooser) -> Asked) -> Verdict {
    var chooser = Chooser()
    var worlds: Set<Set<Asked>> = []
    repeat {
      var met: Set<Asked> = []
      chooser.facts = []
      repeat {
        met.insert(asks(&chooser))
        // Further sign-ins say nothing more of this world.
      } while !met.isSuperset(of: [.one, .two]) && next(&chooser.facts)
      worlds.insert(met)
    } while next(&chooser.secrets)
    return Asked.verdict(worlds)
  }
}

/// The verdicts that a brute force expects: worked out once for people who are alike, and counted.
struct ExpectedVerdicts<Traits: Hashable> {
  private var known: [Traits: Verdict] = [:]
  private let work: (Traits) -> Verdict

  /// For the people of one world.
  init(_ work: @escaping (Traits) -> Verdict) { self.work = work }

  /// The verdict of whoever is so.
  mutating func verdict(_ traits: Traits, _ counts: inout VerdictCounts) -> Verdict {
    let verdict = known[traits] ?? work(traits)
    known[traits] = verdict
    counts.all[verdict, default: 0] += 1
    return verdict
  }
}

/// How many of each verdict a brute force expected.
struct VerdictCounts {
  fileprivate(set) var all: [Verdict: Int] = [:]

  /// That there were so many, and enough of every verdict for the test to mean something.
  func expect(atLeast total: Int) {
    #expect(all.values.reduce(0, +) >= total, "\(all)")
    #expect(all.values.allSatisfy { $0 > 50 } && all.count == 5, "\(all)")
  }
}
