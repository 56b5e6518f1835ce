import IdentityCore

/// The people of a report counted, the exempt apart.
struct Tally {
  /// Members by where they stand in the headline.
  private(set) var headcount = Headcount()
  /// Members without a valid exemption, by verdict.
  private(set) var open: [Verdict: Int] = [:]
  /// Exempt members, by verdict.
  private(set) var exempt: [Verdict: Int] = [:]
  /// Open findings of members that are not exempt.
  private(set) var findings: [FindingKind: Int] = [:]
  /// Members whose evidence is stale, those that the guard holds aside.
  private(set) var stale = 0
  /// Of these, those whose source failed since.
  private(set) var staleBySource = 0
  /// Members that the guard holds as they were.
  private(set) var held = 0
  /// Members known from an invitation only.
  private(set) var pending = 0
  /// When the oldest stale evidence was read.
  private(set) var oldestStale: Timestamp?
  /// When the oldest and the newest evidence were read.
  private(set) var oldest: Timestamp?
  private(set) var newest: Timestamp?

  /// Members altogether.
  var members: Int { headcount.members }
  /// Members with a valid exemption.
  var exemptCount: Int { headcount[.exempt] }

  /// Counts some of a report's members.
  init(_ members: some Sequence<MemberStatus>) {
    var names = FindingNames()
    for status in members { add(status, &names) }
  }

  /// Counts all of a report, and names the teams that are missing in it.
  init(_ report: StatusReport) {
    self.init(report.members)
    headcount.unread = report.teams.filter { !$0.isRead }.map(\.team)
  }

  private mutating func add(_ status: MemberStatus, _ names: inout FindingNames) {
    let record = status.record
    headcount.add(record)
    if record.isPending { pending += 1 }
    oldest = min(oldest ?? status.observedAt, status.observedAt)
    newest = max(newest ?? status.observedAt, status.observedAt)
    if record.isHeld {
      held += 1
    } else if status.isStale {
      stale += 1
      if status.didSourceFail { staleBySource += 1 }
      oldestStale = min(oldestStale ?? status.observedAt, status.observedAt)
    }
    if record.isExempt {
      exempt[record.verdict, default: 0] += 1
    } else {
      open[record.verdict, default: 0] += 1
      for kind in names.kinds(of: record.findings) { findings[kind, default: 0] += 1 }
    }
  }
}
