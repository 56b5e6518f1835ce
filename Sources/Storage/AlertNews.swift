internal import GRDB
internal import IdentityCore

/// Which of a member's findings a channel is told.
struct AlertFilter {
  private let forAdmins: FindingSet
  private let forOthers: FindingSet
  /// What is told of an exempt member: that the exemption ends.
  private static let ofExempt: FindingSet = [
    FindingSet(.exemptionExpiring), FindingSet(.exemptionExpired),
  ]

  init(minimumSeverity: Severity) {
    func kinds(_ isAdministrator: Bool) -> FindingSet {
      FindingSet(
        FindingKind.allCases
          .filter { $0.severity(isAdministrator: isAdministrator) >= minimumSeverity }
          .map { FindingSet($0) })
    }
    forAdmins = kinds(true)
    forOthers = kinds(false)
  }

  /// What is worth telling of the findings that hold after a version.
  func told(_ version: FindingVersion) -> FindingSet {
    let told = version.findings.intersection(version.isAdministrator ? forAdmins : forOthers)
    return version.isExempt ? told.intersection(Self.ofExempt) : told
  }
}

/// A row of `member_versions`, as far as alerts go.
struct FindingVersion {
  var id: Int64
  var previous: Int64?
  var team: Int64
  var findings: FindingSet
  var resolved: FindingSet
  var isAdministrator: Bool
  var isExempt: Bool

  static let columns = "id, previous, team_id, findings, resolved, role, is_exempt"

  init(_ row: Query) {
    id = row.integer(0)
    previous = row.optionalInteger(1)
    team = row.integer(2)
    findings = FindingSet(rawValue: UInt32(truncatingIfNeeded: row.integer(3)))
    resolved = FindingSet(rawValue: UInt32(truncatingIfNeeded: row.integer(4)))
    isAdministrator = Role(rawValue: row.text(5)).weighsAsAdministrator
    isExempt = row.integer(6) != 0
  }
}

/// What a channel has to hear of a member's change: each finding once when it begins to concern the channel, and once when
/// it ends, if the channel heard of it.
///
/// A finding can begin to concern a channel long after it opened: when an exemption ends, or the member becomes an admin.
final class AlertNews {
  private let find: Query

  init(_ database: Database) throws {
    find = try Query(
      database, "SELECT \(FindingVersion.columns) FROM member_versions WHERE id = ?")
  }

  /// What opened and what ended for a channel with a version.
  func news(
    _ version: FindingVersion, _ filter: AlertFilter
  ) throws -> (opened: FindingSet, resolved: FindingSet) {
    let now = filter.told(version)
    guard let previous = version.previous else { return (now, []) }
    guard !now.isEmpty || !version.resolved.isEmpty else { return ([], []) }
    let heard = try heard(at: previous, of: now.union(version.resolved), filter)
    return (now.subtracting(heard), version.resolved.intersection(heard))
  }

  /// Which of some findings the channel heard of, each since it last opened, up to a version.
  private func heard(
    at last: Int64, of kinds: FindingSet, _ filter: AlertFilter
  ) throws -> FindingSet {
    var heard: FindingSet = []
    var asked = kinds
    var next: Int64? = last
    while let id = next, let version = try version(id) {
      // Where a finding does not hold, its present life has not begun.
      asked.formIntersection(version.findings)
      heard.formUnion(filter.told(version).intersection(asked))
      asked.subtract(heard)
      guard !asked.isEmpty else { break }
      next = version.previous
    }
    return heard
  }

  /// The version with which a finding that holds, or ended, at a version last opened.
  func opening(of kind: FindingKind, at version: FindingVersion) throws -> Int64 {
    let kind = FindingSet(kind)
    var opening = version.id
    var next = version.previous
    while let id = next, let earlier = try self.version(id), earlier.findings.contains(kind) {
      opening = id
      next = earlier.previous
    }
    return opening
  }

  private func version(_ id: Int64) throws -> FindingVersion? {
    find.bind(1, id)
    defer { find.reset() }
    return try find.step() ? FindingVersion(find) : nil
  }
}
