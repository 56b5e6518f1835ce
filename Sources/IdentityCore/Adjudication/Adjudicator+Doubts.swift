extension Adjudicator {
  /// One way in of a person, with how sure it is.
  struct Way {
    var door: Door
    /// The position in `sign_in`; nil for the platform's own login.
    var target: Int?
    /// Why nothing certain can be said; nil when it can.
    var failure: String?
    /// Why something may be missing; nil when nothing is.
    var gap: String?
  }

  /// Which doors of a person rest on something that was not read to its end.
  struct Doubts: Sendable, Hashable {
    private var failures: [SignInTarget: String] = [:]
    private var gaps: [SignInTarget: String] = [:]

    init(_ ways: [Way] = []) {
      for way in ways {
        let target = SignInTarget(provider: way.door.provider, app: way.door.app ?? "")
        failures[target] = way.failure
        gaps[target] = way.gap
      }
    }

    var isEmpty: Bool { failures.isEmpty && gaps.isEmpty }

    /// Why nothing certain can be said of a door; nil when it can.
    func failure(_ door: Door) -> String? { failures[Self.target(door)] }
    /// Why something may be missing behind a door; nil when nothing is.
    func gap(_ door: Door) -> String? { gaps[Self.target(door)] ?? failure(door) }

    private static func target(_ door: Door) -> SignInTarget {
      SignInTarget(provider: door.provider, app: door.app ?? "")
    }
  }
}
