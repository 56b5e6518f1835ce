internal import GRDB
internal import IdentityCore

/// The statements that write members and their versions.
final class MemberRows {
  /// A row of `members`.
  struct Current {
    var version: Int64
    var isPresent: Bool
    var isAdmin: Bool
    var isExempt: Bool
    var findings: FindingSet
    /// Whether it counts as a gap.
    var isGap: Bool
    /// The roster's own id of the person.
    var userID: String?
  }

  /// What a row of `member_versions` has beside the change.
  struct Version {
    var id: Int64
    var team: Int64
    var previous: Int64?
    var judgement: Int64
    var trueAt: Timestamp
  }

  private let run: Int64
  private let find: Query
  private let insertVersion: Query
  private let insert: Query
  private let update: Query

  init(_ database: Database, run: Int64) throws {
    self.run = run
    find = try Query(
      database,
      """
      SELECT version_id, is_present, is_admin, is_exempt, findings, is_gap, user_id FROM members
      WHERE team_id = ? AND key = ?
      """)
    insertVersion = try Query(
      database,
      """
      INSERT INTO member_versions (id, run, team_id, previous, kind, opened, resolved, findings, is_exempt,
        is_pending, enrolled, factors, judgement_id, true_at, since, key, email, name, role, sso, platform_mfa,
        platform_user_id, provider, account_id, exemption, fields, accounts, kept_from, is_held, seal)
      VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
      """, sealing: true)
    insert = try Query(
      database,
      """
      INSERT INTO members (version_id, fingerprint, is_present, is_admin, is_exempt, findings, is_gap, user_id,
        team_id, key, seal)
      VALUES (?,?,?,?,?,?,?,?,?,?,?)
      """, sealing: true)
    update = try Query(
      database,
      """
      UPDATE members SET version_id = ?1, fingerprint = ?2, is_present = ?3, is_admin = ?4, is_exempt = ?5,
        findings = ?6, is_gap = ?7, user_id = ?8, seal = ?11 WHERE team_id = ?9 AND key = ?10
      """, sealing: true)
  }

  func current(_ team: Int64, _ key: String) throws -> Current? {
    find.bind(1, team)
    find.bind(2, key)
    defer { find.reset() }
    guard try find.step() else { return nil }
    return Current(
      version: find.integer(0), isPresent: find.integer(1) != 0, isAdmin: find.integer(2) != 0,
      isExempt: find.integer(3) != 0,
      findings: FindingSet(rawValue: UInt32(truncatingIfNeeded: find.integer(4))),
      isGap: find.integer(5) != 0, userID: find.optionalText(6))
  }

  func setCurrent(
    _ team: Int64, _ key: String, _ row: Current, fingerprint: UInt64, isNew: Bool
  ) throws {
    let query = isNew ? insert : update
    query.bind(1, row.version)
    query.bind(2, Int64(bitPattern: fingerprint))
    query.bind(3, row.isPresent)
    query.bind(4, row.isAdmin)
    query.bind(5, row.isExempt)
    query.bind(6, Int64(row.findings.rawValue))
    query.bind(7, row.isGap)
    query.bind(8, row.userID)
    query.bind(9, team)
    query.bind(10, key)
    query.bindSeal(11)
    try query.run()
  }

  func insertVersion(_ version: Version, _ change: MemberChange) throws {
    let record = change.record
    let query = insertVersion
    query.bind(1, version.id)
    query.bind(2, run)
    query.bind(3, version.team)
    query.bind(4, version.previous)
    query.bind(5, change.kind.rawValue)
    query.bind(6, Int64(change.opened.rawValue))
    query.bind(7, Int64(change.resolved.rawValue))
    query.bind(8, change.kind == .removed ? 0 : Int64(record.findings.rawValue))
    query.bind(9, record.isExempt)
    query.bind(10, record.isPending)
    query.bind(11, Int64(record.enrolled.rawValue))
    query.bind(12, Int64(record.factors.rawValue))
    query.bind(13, version.judgement)
    query.bind(14, version.trueAt.milliseconds)
    query.bind(15, record.since.milliseconds)
    query.bind(16, record.key)
    query.bind(17, record.email)
    query.bind(18, record.name)
    query.bind(19, record.role.rawValue)
    query.bind(20, record.sso.rawValue)
    query.bind(21, record.platformMFA.rawValue)
    query.bind(22, record.platformUserID)
    query.bind(23, record.provider)
    query.bind(24, record.accountID)
    query.bind(25, try record.exemption.map { try StoreJSON.text(StoredExemption($0)) })
    query.bind(26, change.fields.isEmpty ? nil : try StoreJSON.text(change.fields))
    query.bind(27, record.accounts.isEmpty ? nil : try StoreJSON.text(record.accounts))
    query.bind(28, record.keptFrom?.milliseconds)
    query.bind(29, record.isHeld)
    query.bindSeal(30)
    try query.run()
  }
}

/// The statements that open and end findings.
final class FindingRows {
  private let insert: Query
  private let delete: Query
  private let insertResolved: Query

  init(_ database: Database) throws {
    insert = try Query(
      database,
      "INSERT INTO open_findings (team_id, key, kind, opened_version) VALUES (?, ?, ?, ?)")
    delete = try Query(
      database,
      """
      DELETE FROM open_findings WHERE team_id = ? AND key = ? AND kind = ? RETURNING opened_version
      """)
    insertResolved = try Query(
      database,
      """
      INSERT INTO resolved_findings (team_id, key, kind, opened_version, resolved_version)
      VALUES (?, ?, ?, ?, ?)
      """)
  }

  func open(_ team: Int64, _ key: String, _ kinds: FindingSet, version: Int64) throws {
    for bit in kinds.bits {
      insert.bind(1, team)
      insert.bind(2, key)
      insert.bind(3, bit)
      insert.bind(4, version)
      try insert.run()
    }
  }

  /// Takes the open findings of a member away, with the versions that opened them; nothing is resolved by it.
  func detach(_ team: Int64, _ key: String, _ kinds: FindingSet) throws -> [Int64: Int64] {
    var opened: [Int64: Int64] = [:]
    for bit in kinds.bits {
      delete.bind(1, team)
      delete.bind(2, key)
      delete.bind(3, bit)
      if try delete.step() { opened[bit] = delete.integer(0) }
      delete.reset()
    }
    return opened
  }

  /// Puts findings that were taken from one key under another one of the same person.
  func attach(_ team: Int64, _ key: String, _ opened: [Int64: Int64]) throws {
    for (bit, version) in opened.sorted(by: { $0.key < $1.key }) {
      insert.bind(1, team)
      insert.bind(2, key)
      insert.bind(3, bit)
      insert.bind(4, version)
      try insert.run()
    }
  }

  func resolve(_ team: Int64, _ key: String, _ kinds: FindingSet, version: Int64) throws {
    for bit in kinds.bits {
      delete.bind(1, team)
      delete.bind(2, key)
      delete.bind(3, bit)
      guard try delete.step() else {
        delete.reset()
        throw StorageError(
          .corrupt, "The store lacks an open finding of \(key). Put back a backup.")
      }
      insertResolved.bind(1, team)
      insertResolved.bind(2, key)
      insertResolved.bind(3, bit)
      insertResolved.bind(4, delete.integer(0))
      insertResolved.bind(5, version)
      delete.reset()
      try insertResolved.run()
    }
  }
}

extension FindingSet {
  /// The positions of the kinds in the set, ascending; without the search that ``kinds`` makes.
  var bits: [Int64] {
    var bits: [Int64] = []
    var rest = rawValue
    while rest != 0 {
      bits.append(Int64(rest.trailingZeroBitCount))
      rest &= rest - 1
    }
    return bits
  }

  /// The kind at a position.
  static func kind(bit: Int64) -> FindingKind? {
    let all = FindingKind.allCases
    return bit >= 0 && bit < Int64(all.count) ? all[Int(bit)] : nil
  }
}
