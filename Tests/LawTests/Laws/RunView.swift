import IdentityCore

/// What a run came to, as whoever reads the listing sees it.
struct RunView: Sendable {
  /// By team and address.
  var members: [String: MemberView]
  /// What `--fail-on gaps` counts.
  var gaps: Int
  var isHeld: Bool
  var isComplete: Bool
}

/// One member in a listing.
struct MemberView: Sendable, Equatable, CustomStringConvertible {
  var team: String
  var email: String
  var verdict: Verdict
  /// The verdict of each door, by provider and application; of two of a name the weaker one.
  var doors: [String: Verdict]
  var findings: Set<FindingKind>
  var observedAt: Timestamp
  var since: Timestamp
  var isPending: Bool
  var isExempt: Bool
  var isStale: Bool
  var reason: String

  init(_ status: MemberStatus) {
    let record = status.record
    team = record.team
    email = record.email
    verdict = record.verdict
    doors = Dictionary(
      record.judgement.doors.map { ("\($0.provider)/\($0.app ?? "-")", $0.verdict) }
    ) { [$0, $1].min { Order.rank($0) < Order.rank($1) } ?? $0 }
    findings = Set(record.findings.kinds)
    observedAt = status.observedAt
    since = record.since
    isPending = record.isPending
    isExempt = record.isExempt
    isStale = status.isStale
    reason = record.reason
  }

  var key: String { "\(team)/\(email)" }

  /// Whether a provider is one of the doors.
  func rests(on source: String) -> Bool { doors.keys.contains { $0.hasPrefix(source + "/") } }

  var description: String {
    let ways = doors.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.rawValue)" }
    let kinds = findings.map(\.rawValue).sorted().joined(separator: " ")
    return
      "\(verdict.rawValue)\(isPending ? " (invited)" : "") [\(ways.joined(separator: ", "))] findings [\(kinds)] observed \(observedAt.text)\(isStale ? " stale" : "") since \(since.text): \(reason)"
  }
}

/// The order of doors, written down once more: the program's own is not asked.
enum Order {
  static func rank(_ verdict: Verdict) -> Int {
    switch verdict {
    case .notEnforced: 0
    case .cannotTell: 1
    case .enforcedConditionally: 2
    case .enforced: 3
    case .notEvaluated: 4
    }
  }

  /// The verdict of several doors; closed ones count only when all are.
  static func weakest(_ doors: [Verdict]) -> Verdict {
    doors.min { rank($0) < rank($1) } ?? .cannotTell
  }

  /// Whether a member is a gap.
  static func isGap(_ member: MemberView) -> Bool {
    !member.isExempt
      && [.notEnforced, .cannotTell, .enforcedConditionally].contains(member.verdict)
  }
}
