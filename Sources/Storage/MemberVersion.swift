internal import GRDB
internal import IdentityCore

/// One row of `member_versions`, as it is read.
struct MemberVersion {
  var id: Int64
  var run: Int64
  var previous: Int64?
  var kind: String
  var opened: FindingSet
  var resolved: FindingSet
  var trueAt: Timestamp
  var record: MemberRecord
}

/// Reads versions by id or from any query that selects ``columns``.
final class VersionReader {
  /// What to select, of `member_versions v` and `teams t`, in the order that ``version(_:)`` reads.
  static let columns = """
    v.id, v.run, v.previous, v.kind, v.opened, v.resolved, v.findings, v.is_exempt, v.is_pending,
    v.enrolled, v.factors, v.judgement_id, v.true_at, v.since, v.key, v.email, v.name, v.role, v.sso,
    v.platform_mfa, v.platform_user_id, v.provider, v.account_id, v.exemption, t.name,
    v.accounts, v.kept_from, v.is_held, v.team_id, v.fields, v.seal
    """
  /// Behind the last of ``columns``.
  static let end: Int32 = 31
  /// The columns in the order in which ``MemberRows`` seals them.
  private static let sealed: [Int32] = [
    0, 1, 28, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 29,
    25,
    26, 27,
  ]
  private let judgements: JudgementReader
  private let find: Query

  init(_ database: Database) throws {
    judgements = try JudgementReader(database)
    find = try Query(
      database,
      "SELECT \(Self.columns) FROM member_versions v JOIN teams t ON t.id = v.team_id WHERE v.id = ?"
    )
  }

  /// The version with an id.
  func version(id: Int64) throws -> MemberVersion {
    find.bind(1, id)
    defer { find.reset() }
    guard try find.step() else {
      throw StorageError.altered("the member version \(id), which is gone,")
    }
    return try version(find)
  }

  /// The version that held after the last run whose newest version is `last`: this one or one before it.
  func version(id: Int64, notAfter last: Int64) throws -> MemberVersion? {
    var next: Int64? = id
    while let id = next {
      let version = try version(id: id)
      if version.id <= last { return version }
      next = version.previous
    }
    return nil
  }

  /// The version in the current row of a query.
  func version(_ row: Query) throws -> MemberVersion {
    try RowSeal.check(row, Self.sealed, seal: 30, "the member version \(row.integer(0))")
    let record = MemberRecord(
      team: row.text(24), key: row.text(14), email: row.text(15), name: row.optionalText(16),
      role: Role(rawValue: row.text(17)),
      sso: MemberRecord.SSO(rawValue: row.text(18)) ?? .unknown,
      platformMFA: MemberRecord.PlatformMFA(rawValue: row.text(19)) ?? .unknown,
      platformUserID: row.optionalText(20), isPending: row.integer(8) != 0,
      judgement: try judgements.judgement(row.integer(11)), provider: row.optionalText(21),
      accountID: row.optionalText(22),
      enrolled: Tri(rawValue: UInt8(truncatingIfNeeded: row.integer(9))) ?? .unknown,
      factors: FactorSet(rawValue: UInt16(truncatingIfNeeded: row.integer(10))),
      exemption: try row.optionalText(23).map {
        try StoreJSON.value(StoredExemption.self, $0).exemption
      },
      isExempt: row.integer(7) != 0,
      findings: Self.findings(row.integer(6)), since: Timestamp(milliseconds: row.integer(13)),
      accounts: try row.optionalText(25).map {
        try StoreJSON.value([SourceName: String].self, $0)
      } ?? [:],
      keptFrom: row.optionalInteger(26).map(Timestamp.init(milliseconds:)),
      isHeld: row.integer(27) != 0)
    return MemberVersion(
      id: row.integer(0), run: row.integer(1), previous: row.optionalInteger(2), kind: row.text(3),
      opened: Self.findings(row.integer(4)), resolved: Self.findings(row.integer(5)),
      trueAt: Timestamp(milliseconds: row.integer(12)), record: record)
  }

  private static func findings(_ value: Int64) -> FindingSet {
    FindingSet(rawValue: UInt32(truncatingIfNeeded: value))
  }
}

/// An exemption as it is stored: moments in milliseconds, like everywhere in the store.
struct StoredExemption: Codable {
  var member: String
  var reason: String
  var approvedBy: String
  var until: Int64
  var group: ExemptGroup?

  init(_ exemption: Exemption) {
    member = exemption.member
    reason = exemption.reason
    approvedBy = exemption.approvedBy
    until = exemption.until.milliseconds
    group = exemption.group
  }

  var exemption: Exemption {
    let until = Timestamp(milliseconds: until)
    guard let group else {
      return Exemption(member: member, reason: reason, approvedBy: approvedBy, until: until)
    }
    return Exemption(group: group, reason: reason, approvedBy: approvedBy, until: until)
  }
}
