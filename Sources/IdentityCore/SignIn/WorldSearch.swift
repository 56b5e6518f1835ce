/// Goes through the possible worlds of a policy of which no diagram stays small.
struct WorldSearch {
  private let policy: ResidualPolicy
  private let relevant: [Int]
  private(set) var search: EscapeSearch
  /// Looks for sign-ins that meet the same whatever is not known.
  private var certain: EscapeSearch
  private(set) var worlds = PossibleWorlds()
  /// The first partial sign-in found for which one factor is enough.
  private(set) var escape: EscapeSearch.Partial?

  /// Work spent on a short cut; without it the worlds are gone through one by one.
  private static let shortCut = 200_000

  /// - Parameter relevant: the unknowns that may matter.
  init(_ policy: ResidualPolicy, relevant: [Int], _ meter: WorkMeter) {
    self.policy = policy
    self.relevant = relevant
    search = EscapeSearch(policy, meter)
    certain = EscapeSearch(
      policy, WorkMeter(free: Self.shortCut), splittingBelow: policy.firstUnknown)
  }

  /// Visits all worlds, or as many as the verdict needs.
  mutating func run() throws(BudgetExceeded) { try visit(policy.domains) }

  private mutating func visit(_ world: EscapeSearch.Partial) throws(BudgetExceeded) {
    if worlds.example[.notEnforced] != nil && worlds.example.count > 1 { return }
    let single = try search.find(Outcome.single.bit, in: world)
    if escape == nil { escape = single }
    let multi = try search.find(Outcome.multi.bit, in: world)
    guard let single else { return try visitTight(world, hasMulti: multi != nil) }
    guard let open = relevant.first(where: { world[$0] & (world[$0] - 1) != 0 }) else {
      return worlds.note(multi == nil ? .notEnforced : .conditional, world)
    }
    if multi == nil,
      try search.find(Outcome.refused.bit | Outcome.nothing.bit, in: world) == nil
    {
      return worlds.note(.notEnforced, world)
    }
    // Where some sign-in asks for two factors in every world, none is worse than one in which another does not.
    if multi != nil, isCertain(Outcome.multi.bit, world) {
      let simplest = fixed(world, as: world)
      let isOpen = try search.find(Outcome.single.bit, in: simplest) != nil
      return worlds.noteConditional(
        isOpen ? simplest : fixed(world, as: single),
        escapesInAll: isCertain(Outcome.single.bit, world))
    }
    try split(world, at: open)
  }

  /// Visits worlds in which one factor is never enough.
  private mutating func visitTight(
    _ world: EscapeSearch.Partial, hasMulti: Bool
  ) throws(BudgetExceeded) {
    // One that asks for two factors hides what the others, in which nobody gets in, come to.
    if hasMulti { return worlds.note(.enforced, world) }
    if try search.find(Outcome.nothing.bit, in: world) != nil {
      return worlds.note(.nothing, world)
    }
    if try search.find(Outcome.refused.bit, in: world) != nil { worlds.note(.refused, world) }
  }

  private mutating func split(
    _ world: EscapeSearch.Partial, at unknown: Int
  ) throws(BudgetExceeded) {
    var left = world[unknown]
    while left != 0 {
      let value = left & (~left + 1)
      left &= ~value
      var narrower = world
      narrower[unknown] = value
      try visit(narrower)
    }
  }

  private mutating func isCertain(_ wanted: UInt8, _ world: EscapeSearch.Partial) -> Bool {
    (try? certain.find(wanted, in: world)) != nil
  }

  /// The world in which every unknown has the first of the values that it may have in a partial sign-in.
  private func fixed(
    _ world: EscapeSearch.Partial, as partial: EscapeSearch.Partial
  ) -> EscapeSearch.Partial {
    var result = world
    for unknown in relevant { result[unknown] = partial[unknown] & (~partial[unknown] + 1) }
    return result
  }
}
