internal import GRDB
internal import IdentityCore

/// Builds findings from the versions that opened them, hold them and ended them.
final class FindingReader {
  let versions: VersionReader
  private let times: Query
  /// Where the people of the teams are changed, for the remedies.
  private let rosterPlace: RosterPlace
  private let ending: Query
  private let opening: Query
  private var known: [Int64: Timestamp] = [:]

  init(_ database: Database, _ rosterPlace: RosterPlace = .commands) throws {
    self.rosterPlace = rosterPlace
    versions = try VersionReader(database)
    times = try Query(database, "SELECT finished_at FROM runs WHERE seq = ?")
    let resolved = """
      FROM resolved_findings f JOIN teams t ON t.id = f.team_id
      WHERE t.name = ? AND f.key = ? AND f.kind = ?
      """
    ending = try Query(
      database, "SELECT f.resolved_version \(resolved) AND f.opened_version = ?")
    opening = try Query(
      database, "SELECT f.opened_version \(resolved) AND f.resolved_version = ?")
  }

  /// When a run was committed.
  func time(ofRun run: Int64) throws -> Timestamp {
    if let time = known[run] { return time }
    times.bind(1, run)
    defer { times.reset() }
    let time = Timestamp(milliseconds: try times.step() ? times.integer(0) : 0)
    if known.count >= 4096 { known.removeAll(keepingCapacity: true) }
    known[run] = time
    return time
  }

  /// The finding that `opened` brought, with the weight it has at `state`; an ended one keeps the reason it opened with.
  func finding(
    _ kind: FindingKind, opened: MemberVersion, state: MemberVersion, resolvedRun: Int64?
  ) throws -> Finding {
    let record = state.record
    let cause = resolvedRun == nil ? record : opened.record
    return Finding(
      id: record.findingID(kind), team: record.team,
      email: record.email, kind: kind,
      severity: kind.severity(isAdministrator: record.role.weighsAsAdministrator),
      reason: cause.reason, witness: cause.witness,
      remedy: Remedy(kind, of: cause, in: rosterPlace),
      standing: record.standing, isExempt: record.isExempt,
      openedAt: try time(ofRun: opened.run), resolvedAt: try resolvedRun.map(time(ofRun:)))
  }

  /// A finding that a version opened, with its end if it has one by now.
  func opened(_ kind: FindingKind, by version: MemberVersion) throws -> Finding {
    let end = try other(ending, kind, version)
    return try finding(
      kind, opened: version, state: version,
      resolvedRun: try end.map { try versions.version(id: $0).run })
  }

  /// A finding that a version ended.
  func resolved(_ kind: FindingKind, by version: MemberVersion) throws -> Finding {
    guard let start = try other(opening, kind, version) else {
      throw StorageError(
        .corrupt, "The store lacks a finding of \(version.record.key). Put back the last backup.")
    }
    return try finding(
      kind, opened: try versions.version(id: start), state: version, resolvedRun: version.run)
  }

  private func other(_ query: Query, _ kind: FindingKind, _ version: MemberVersion) throws -> Int64?
  {
    query.bind(1, version.record.team)
    query.bind(2, version.record.key)
    query.bind(3, FindingSet(kind).bits.first)
    query.bind(4, version.id)
    defer { query.reset() }
    return try query.step() ? query.integer(0) : nil
  }
}

extension MemberRecord {
  /// The stable id of a finding of the member: it stays when the address changes.
  func findingID(_ kind: FindingKind) -> String {
    StableID.finding(team: team, person: platformUserID ?? key, kind: kind)
  }
}
