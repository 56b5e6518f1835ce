extension Condition {
  /// All of them, without parts that say nothing.
  package static func and(_ parts: [Condition]) -> Condition {
    var kept: [Condition] = []
    for part in parts {
      switch part {
      case .always: continue
      case .never: return .never
      case .all(let inner): kept += inner
      default: kept.append(part)
      }
    }
    return kept.isEmpty ? .always : kept.count == 1 ? kept[0] : .all(kept)
  }

  /// One of them, without parts that say nothing.
  package static func or(_ parts: [Condition]) -> Condition {
    var kept: [Condition] = []
    for part in parts {
      switch part {
      case .never: continue
      case .always: return .always
      case .any(let inner): kept += inner
      default: kept.append(part)
      }
    }
    return kept.isEmpty ? .never : kept.count == 1 ? kept[0] : .any(kept)
  }

  /// The opposite.
  package var negated: Condition {
    switch self {
    case .always: .never
    case .never: .always
    case .not(let inner): inner
    default: .not(self)
    }
  }
}
