extension SignInPolicy {
  package static let refused = SignInPolicy.demand(.refused, by: nil)

  /// The person's choice, without parts that change nothing; where all refuse, those of them that are rules remain.
  package static func choice(_ parts: [SignInPolicy]) -> SignInPolicy {
    var kept: [SignInPolicy] = []
    var refusals: [SignInPolicy] = []
    var hasMulti = false
    for part in parts.flatMap(\.choices) {
      switch part {
      case .demand(.refused, nil): continue
      case .demand(.refused, _): if !refusals.contains(part) { refusals.append(part) }
      case .demand(.singleFactor, _): return part
      case .demand(.multiFactor, _):
        if hasMulti { continue }
        hasMulti = true
        kept.append(part)
      default: if !kept.contains(part) { kept.append(part) }
      }
    }
    if kept.isEmpty { kept = refusals }
    return kept.isEmpty ? .refused : kept.count == 1 ? kept[0] : .any(kept)
  }

  private var choices: [SignInPolicy] {
    if case .any(let parts) = self { parts } else { [self] }
  }

  /// One of two, by a condition.
  package static func branch(
    _ condition: Condition, _ yes: @autoclosure () -> SignInPolicy,
    _ no: @autoclosure () -> SignInPolicy
  ) -> SignInPolicy {
    switch condition {
    case .always: return yes()
    case .never: return no()
    default:
      let (yes, no) = (yes(), no())
      return yes == no ? yes : .firstMatch([Branch(condition, yes)], otherwise: no)
    }
  }

  /// The same, where it refuses always replaced by another one.
  package func orElse(_ other: SignInPolicy) -> SignInPolicy {
    .branch(admission, self, other)
  }

  /// When it lets in at all; where nobody can tell it counts as letting in.
  package var admission: Condition {
    switch self {
    case .demand(.refused, _): return .never
    case .demand, .upstream: return .always
    case .all(let parts): return .and(parts.map(\.admission))
    case .any(let parts): return .or(parts.map(\.admission))
    case .firstMatch(let branches, let otherwise):
      var earlier: [Condition] = []
      var ways: [Condition] = []
      for branch in branches {
        ways.append(.and(earlier + [branch.condition, branch.policy.admission]))
        earlier.append(branch.condition.negated)
      }
      return .or(ways + [.and(earlier + [otherwise.admission])])
    }
  }

  /// The same with one unknown demand replaced.
  package func replacing(unknown id: Unknown.ID, with other: SignInPolicy) -> SignInPolicy {
    switch self {
    case .demand(.unknown(id), _): return other
    case .demand, .upstream: return self
    case .all(let parts): return .all(parts.map { $0.replacing(unknown: id, with: other) })
    case .any(let parts): return .choice(parts.map { $0.replacing(unknown: id, with: other) })
    case .firstMatch(let branches, let otherwise):
      let kept = branches.map {
        Branch($0.condition, $0.policy.replacing(unknown: id, with: other))
      }
      return .firstMatch(kept, otherwise: otherwise.replacing(unknown: id, with: other))
    }
  }

  /// Whether an unknown demand occurs in it.
  package func mentions(unknown id: Unknown.ID) -> Bool {
    switch self {
    case .demand(let demand, _): demand == .unknown(id)
    case .upstream: false
    case .all(let parts), .any(let parts): parts.contains { $0.mentions(unknown: id) }
    case .firstMatch(let branches, let otherwise):
      branches.contains { $0.policy.mentions(unknown: id) } || otherwise.mentions(unknown: id)
    }
  }
}
