internal import GRDB
public import IdentityCore

/// The members of one team as they stood at the last commit, in the byte order of their keys.
///
/// Valid inside the closure of ``Store/withPriorMembers(of:_:)`` only.
public struct StoredPriorMembers: PriorMembers {
  private let rows: Query
  private let versions: VersionReader
  private let readings: TeamReadings
  private let rosterSource: SourceName
  private let newest: Query
  private var roll: RollCall?

  init(_ database: Database, team: TeamName) throws {
    let row = try TeamRow.all(database, named: team).first
    rows = try Query(
      database,
      """
      SELECT \(RowSeal.memberColumns) FROM members m WHERE team_id = ? AND is_present = 1
      ORDER BY key
      """)
    rows.bind(1, row?.id ?? -1)
    rosterSource = row?.rosterSource ?? ""
    roll = row.map { RollCall($0, at: 0) }
    versions = try VersionReader(database)
    newest = try Query(
      database, "SELECT max(id) FROM member_versions WHERE team_id = ? AND key = ?")
    newest.bind(1, row?.id ?? -1)
    readings = TeamReadings(database)
  }

  /// The next member, or nil at the end.
  public mutating func next() throws -> PriorRow? {
    guard try rows.step() else {
      try roll?.end()
      return nil
    }
    try roll?.take(rows)
    return PriorRow(
      id: rows.integer(0), key: rows.text(9),
      fingerprint: UInt64(bitPattern: rows.integer(1)), userID: rows.optionalText(7))
  }

  /// The whole record of a member, with the moment when the oldest thing that it rests on was read.
  public func record(of row: PriorRow) throws -> (record: MemberRecord, observedAt: Timestamp) {
    let record = try versions.version(id: row.id).record
    return (record, try readings.age(of: record, roster: rosterSource).at)
  }

  /// The newest record under a key, out of the whole history: it is walked, so ask for few keys.
  public func lastRecord(ofKey key: String) throws -> MemberRecord? {
    newest.bind(2, key)
    defer { newest.reset() }
    guard try newest.step(), let id = newest.optionalInteger(0) else { return nil }
    return try versions.version(id: id).record
  }
}
