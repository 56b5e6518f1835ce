/// What can be said about multi-factor authentication for one person at one application.
public enum Verdict: String, Sendable, Codable, CaseIterable, Hashable {
  /// At least one way in asks for one factor only.
  case notEnforced = "not-enforced"
  /// The data needed is missing, unreadable, incomplete or not understood.
  case cannotTell = "cannot-tell"
  /// Demanded, except in named circumstances.
  case enforcedConditionally = "enforced-conditionally"
  /// No way in without a second factor.
  case enforced
  /// The person has no live way in: inactive, not assigned, pending.
  case notEvaluated = "not-evaluated"

  /// Strength as a door, weakest first; nil for `not-evaluated`, which is no open door.
  public var strength: Int? {
    switch self {
    case .notEnforced: 0
    case .cannotTell: 1
    case .enforcedConditionally: 2
    case .enforced: 3
    case .notEvaluated: nil
    }
  }

  /// Whether a member with this verdict is a gap: MFA is not known to be enforced at every door.
  public var isGap: Bool {
    switch self {
    case .notEnforced, .cannotTell, .enforcedConditionally: true
    case .enforced, .notEvaluated: false
    }
  }

  /// The verdict of a person with several doors: the weakest open one counts.
  ///
  /// - Returns: `.notEvaluated` when no door is open, `.cannotTell` for no door at all.
  public static func weakest(_ doors: some Sequence<Verdict>) -> Verdict {
    var result: Verdict?
    for door in doors {
      guard let current = result else {
        result = door
        continue
      }
      if (door.strength ?? .max) < (current.strength ?? .max) { result = door }
    }
    return result ?? .cannotTell
  }
}

/// Yes, no, or not known: unknown is a value, never `false`.
public enum Tri: UInt8, Sendable, Codable, Hashable, CaseIterable {
  case no = 0
  case yes = 1
  case unknown = 2

  /// Wraps a Boolean that may be missing.
  public init(_ value: Bool?) {
    self = value.map { $0 ? .yes : .no } ?? .unknown
  }

  /// `yes`, `no` or `unknown`, as the public formats spell it.
  public var text: String {
    switch self {
    case .no: "no"
    case .yes: "yes"
    case .unknown: "unknown"
    }
  }
}
