/// What sign-ins come to in one possible world, each unknown fixed one way or the other.
enum WorldVerdict: Hashable {
  case notEnforced
  case conditional
  case enforced
  /// Rules that were read refuse every sign-in.
  case refused
  /// Nobody gets in, and not every sign-in is refused by a rule that was read.
  case nothing

  /// What a set of outcomes over all sign-ins of a world comes to; nil for a world without any, which cannot be.
  init?(outcomes: UInt8) {
    if outcomes == 0 { return nil }
    if outcomes & Outcome.single.bit != 0 {
      self = outcomes & Outcome.multi.bit == 0 ? .notEnforced : .conditional
    } else if outcomes & Outcome.multi.bit != 0 {
      self = .enforced
    } else {
      self = outcomes == Outcome.refused.bit ? .refused : .nothing
    }
  }

  /// Whether nobody gets in.
  var isClosed: Bool { self == .refused || self == .nothing }
}

/// The verdicts of all possible worlds.
struct PossibleWorlds {
  /// A world for each verdict found.
  private(set) var example: [WorldVerdict: EscapeSearch.Partial] = [:]

  init() {}

  /// All worlds of a diagram.
  init(_ diagram: SignInDiagram) {
    for (outcomes, world) in diagram.worlds {
      if let verdict = WorldVerdict(outcomes: outcomes) { note(verdict, world) }
    }
  }

  /// The same verdict in all worlds: that one; the worst conditional: that; otherwise nobody can tell.
  ///
  /// A world in which nobody gets in is no better and no worse than one in which two factors are asked for; refused by
  /// rules that were read in all of them is no way in at all.
  var verdict: Verdict {
    if example[.notEnforced] != nil { return example.count == 1 ? .notEnforced : .cannotTell }
    if example[.conditional] != nil { return .enforcedConditionally }
    if example[.enforced] != nil { return .enforced }
    return example[.refused] != nil && example[.nothing] == nil ? .notEvaluated : .cannotTell
  }

  /// Whether the verdict holds whatever the unknowns are.
  var isProven: Bool {
    verdict != .enforcedConditionally || example.count == 1
  }

  /// Whether nobody gets in in any world.
  var isClosed: Bool { example.keys.allSatisfy(\.isClosed) }

  /// A world with the verdict of all.
  var deciding: EscapeSearch.Partial? {
    example[.notEnforced] ?? example[.conditional] ?? example[.enforced]
  }

  mutating func note(_ verdict: WorldVerdict, _ world: EscapeSearch.Partial) {
    if example[verdict] == nil { example[verdict] = world }
  }

  /// Notes a world with an escape, one of several of which the others ask for two factors at least in some sign-in.
  ///
  /// - Parameter escapesInAll: whether an escape was shown in all of them; otherwise one may be without.
  mutating func noteConditional(_ world: EscapeSearch.Partial, escapesInAll: Bool) {
    note(.conditional, world)
    if !escapesInAll { note(.enforced, world) }
  }
}
