internal import GRDB
internal import IdentityCore

/// The state and the statements of one commit.
final class CommitSession {
  /// A team as it stands during the commit.
  final class Team {
    let id: Int64
    let name: TeamName
    var rosterSource: SourceName
    /// Nobody is or was on it before this commit, so an addition needs no look.
    let isNew: Bool
    var members: Int64
    var openGaps: Int64
    /// When its roster was read in this run.
    var rosterReadAt: Timestamp?

    init(
      id: Int64, name: TeamName, rosterSource: SourceName, isNew: Bool, members: Int64,
      openGaps: Int64
    ) {
      self.id = id
      self.name = name
      self.rosterSource = rosterSource
      self.isNew = isNew
      self.members = members
      self.openGaps = openGaps
    }
  }

  let path: String
  let database: Database
  let run: Int64
  let firstVersion: Int64
  private(set) var lastVersion: Int64
  private(set) var counts = ChangeCounts()
  var alertRules: [AlertChannelRule] = []
  var maxPerMessage = 100
  private var isOpen = true
  /// Members whose address another one has by now, until their own new address comes.
  private var detached: [Moved: Detached] = [:]
  private var notices: [Notice] = []
  private lazy var teamReadings = TeamReadings(database)

  private var teams: [TeamName: Team] = [:]
  private var current: Team?
  private var readAt: [SourceName: Timestamp] = [:]
  private let judgements: JudgementWriter
  private let rows: MemberRows
  private let findings: FindingRows

  init(_ database: Database, path: String, in open: OpenRun?) throws {
    self.path = path
    self.database = database
    let newest = try Int64.fetchOne(database, sql: "SELECT max(id) FROM member_versions") ?? 0
    firstVersion = newest + 1
    lastVersion = newest
    if let open {
      run = open.seq
    } else {
      try database.execute(
        sql: """
          INSERT INTO runs (id, started_at, finished_at, outcome, added, changed, removed, opened, resolved,
            first_version, last_version) VALUES ('', 0, 0, 'open', 0, 0, 0, 0, 0, 1, 0)
          """)
      run = database.lastInsertedRowID
    }
    judgements = try JudgementWriter(database)
    rows = try MemberRows(database, run: run)
    findings = try FindingRows(database)
  }

  // MARK: What the run is about

  func team(_ name: TeamName, rosterSource: SourceName) throws {
    try checkOpen()
    if let team = teams[name] {
      team.rosterSource = rosterSource
      return
    }
    try database.execute(
      sql: """
        INSERT INTO teams (name, roster_source) VALUES (?1, ?2)
        ON CONFLICT (name) DO UPDATE SET roster_source = ?2 WHERE roster_source <> ?2
        """, arguments: [name, rosterSource])
    guard
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT id, members, open_gaps, EXISTS (SELECT 1 FROM members WHERE team_id = id) AS known
          FROM teams WHERE name = ?
          """, arguments: [name])
    else { throw StorageError(.notFound, "The store has no team \(name).") }
    let team = Team(
      id: row["id"], name: name, rosterSource: rosterSource, isNew: !(row["known"] as Bool),
      members: row["members"], openGaps: row["open_gaps"])
    team.rosterReadAt = readAt[Self.scoped(rosterSource, name)]
    teams[name] = team
  }

  func reading(
    _ source: SourceName, _ scope: String, isComplete: Bool, at: Timestamp, issues: [SourceIssue]
  ) throws {
    try checkOpen()
    let last = try SourceStates(database).state(source, scope)?.lastCompleteAt
    try database.execute(
      sql: """
        INSERT INTO source_attempts (source, scope, run, at, is_complete, last_complete_at, issues)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        source, scope, run, at.milliseconds, isComplete,
        isComplete ? at.milliseconds : last?.milliseconds, try StoreJSON.text(issues),
      ])
    readAt[Self.scoped(source, scope)] = at
    if let team = teams[scope], team.rosterSource == source { team.rosterReadAt = at }
  }

  private static func scoped(_ source: SourceName, _ scope: String) -> String {
    scope.isEmpty ? source : source + "\u{0}" + scope
  }

  // MARK: Readings of teams, and what is told of them

  private struct Notice {
    var team: TeamName
    var notice: AlertNotice
  }

  func teamReading(
    _ team: TeamName, _ source: SourceName, _ role: ReadingRole, _ quality: ReadingQuality,
    at: Timestamp, issue: SourceIssue?
  ) throws {
    try checkOpen()
    let before = try teamReadings.state(of: source, for: team, as: role)
    let soundAt = quality.isSound ? at.milliseconds : before?.lastSoundAt?.milliseconds
    var seal = RowSeal()
    for text in [team, source, role.rawValue] { seal.add(text) }
    seal.add(run)
    seal.add(at.milliseconds)
    seal.add(quality.rawValue)
    if let soundAt { seal.add(soundAt) } else { seal.addNull() }
    try database.execute(
      sql: """
        INSERT INTO team_readings (team, source, role, run, at, quality, last_sound_at, seal)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        team, source, role.rawValue, run, at.milliseconds, quality.rawValue, soundAt, seal.stored,
      ])
    if let notice = AlertNotice(
      source: source, before: before?.quality, now: quality, issue: issue)
    {
      notices.append(Notice(team: team, notice: notice))
    }
  }

  func notice(_ notice: AlertNotice, of team: TeamName) throws {
    try checkOpen()
    notices.append(Notice(team: team, notice: notice))
  }

  /// Writes what is told beside findings; gives the ids of the teams it is about.
  private func writeNotices() throws -> Set<Int64> {
    var ids: Set<Int64> = []
    for (position, notice) in notices.enumerated() {
      guard let team = teams[notice.team] else { continue }
      ids.insert(team.id)
      try database.execute(
        sql: """
          INSERT INTO notices (run, team_id, position, kind, subject, message, remedy)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          run, team.id, position, notice.notice.kind.rawValue, notice.notice.subject,
          notice.notice.message, notice.notice.remedy,
        ])
    }
    return ids
  }

  func setCursor(_ name: String, _ value: String?) throws {
    try checkOpen()
    try Store.setCursor(database, name, value)
  }

  // MARK: Changes

  func apply(_ change: MemberChange, fingerprint: UInt64?, trueAt: Timestamp?) throws {
    try checkOpen()
    let record = change.record
    let team = try team(of: record)
    var prior = team.isNew ? nil : try rows.current(team.id, record.key)
    var moved: Detached?
    if let former = change.formerKey {
      // Whoever goes by the new address until now has another one himself, which comes later.
      if let occupant = prior, occupant.isPresent {
        detached[Moved(team: team.id, key: record.key)] = try detach(team.id, record.key, occupant)
        prior = try rows.current(team.id, record.key)
      }
      moved = try takeDetached(team.id, former)
    }
    let previous = moved?.state ?? prior
    try check(change, previous)
    lastVersion += 1
    let isRemoval = change.kind == .removed
    try rows.insertVersion(
      MemberRows.Version(
        id: lastVersion, team: team.id, previous: previous?.version,
        judgement: try judgements.id(of: record.judgement),
        trueAt: trueAt ?? moment(of: change, team)),
      change)
    let state = MemberRows.Current(
      version: lastVersion, isPresent: !isRemoval,
      isAdmin: !isRemoval && record.role.isAdministrator, isExempt: record.isExempt,
      findings: isRemoval ? [] : record.findings, isGap: !isRemoval && record.isGap,
      userID: record.platformUserID)
    try rows.setCurrent(
      team.id, record.key, state,
      fingerprint: isRemoval ? 0 : fingerprint ?? change.fingerprint ?? record.fingerprint,
      isNew: prior == nil)
    if let moved { try findings.attach(team.id, record.key, moved.opened) }
    if !change.opened.isEmpty {
      try findings.open(team.id, record.key, change.opened, version: lastVersion)
    }
    if !change.resolved.isEmpty {
      try findings.resolve(team.id, record.key, change.resolved, version: lastVersion)
    }
    count(change)
    team.members += (state.isPresent ? 1 : 0) - (previous?.isPresent == true ? 1 : 0)
    team.openGaps += (state.isGap ? 1 : 0) - (previous?.isGap == true ? 1 : 0)
  }

  // MARK: People with another address

  private struct Moved: Hashable {
    var team: Int64
    var key: String
  }

  /// A member taken from its key, until it is put under another one.
  private struct Detached {
    var state: MemberRows.Current
    /// The versions that opened its findings, by kind.
    var opened: [Int64: Int64]
  }

  private func takeDetached(_ team: Int64, _ key: String) throws -> Detached? {
    if let known = detached.removeValue(forKey: Moved(team: team, key: key)) { return known }
    guard let state = try rows.current(team, key) else { return nil }
    return try detach(team, key, state)
  }

  private func detach(
    _ team: Int64, _ key: String, _ state: MemberRows.Current
  ) throws -> Detached {
    let opened = try findings.detach(team, key, state.findings)
    var gone = state
    gone.isPresent = false
    gone.isAdmin = false
    gone.isGap = false
    gone.findings = []
    try rows.setCurrent(team, key, gone, fingerprint: 0, isNew: false)
    return Detached(state: state, opened: opened)
  }

  private func team(of record: MemberRecord) throws -> Team {
    if let current, current.name == record.team { return current }
    guard let team = teams[record.team] else {
      throw StorageError(
        .invalid, "A change names the team \(record.team), which the run does not.")
    }
    current = team
    return team
  }

  /// A change is to follow from the stored state: otherwise a rule is wrong, and nothing may be written.
  private func check(_ change: MemberChange, _ prior: MemberRows.Current?) throws {
    let isPresent = prior?.isPresent ?? false
    let held = prior?.findings ?? []
    let after = change.kind == .removed ? [] : change.record.findings
    guard
      isPresent == (change.kind != .added), change.opened.isDisjoint(with: held),
      change.resolved.isSubset(of: held),
      after == held.union(change.opened).subtracting(change.resolved)
    else {
      throw StorageError(
        .invalid,
        "The change `\(change.kind.rawValue)` of \(change.record.key) on \(change.record.team) does not follow"
          + " from the stored state. Nothing was written; please report this.")
    }
  }

  /// When the source that shows the change was read.
  private func moment(of change: MemberChange, _ team: Team) -> Timestamp {
    let provider = change.record.provider.flatMap { readAt[$0] }
    let first =
      change.kind == .changed ? provider ?? team.rosterReadAt : team.rosterReadAt ?? provider
    return first ?? change.record.since
  }

  private func count(_ change: MemberChange) {
    switch change.kind {
    case .added: counts.added += 1
    case .changed: counts.changed += 1
    case .removed: counts.removed += 1
    }
    counts.opened += change.opened.rawValue.nonzeroBitCount
    counts.resolved += change.resolved.rawValue.nonzeroBitCount
  }

  private func checkOpen() throws {
    guard isOpen else { throw StorageError(.invalid, "A commit was written to after its end.") }
  }

  // MARK: The end

  /// Writes what is known only now: the run, the teams' counts, the messages, the state version.
  func finish(_ record: RunRecord) throws -> RunRecord {
    var record = record
    isOpen = false
    guard detached.isEmpty else {
      throw StorageError(
        .invalid, "A member lost its address to another one and got none. Nothing was written.")
    }
    let isChanged = lastVersion >= firstVersion
    if isChanged { record.changes = counts }
    try RunRows.close(database, run, record, firstVersion...lastVersion + 1)
    for team in teams.values { try write(team) }
    if isChanged {
      try database.execute(
        sql: "UPDATE meta SET value = value + 1 WHERE name = 'state_version'")
    }
    let noticed = try writeNotices()
    if isChanged || !noticed.isEmpty {
      try Outbox.enqueue(
        database, run: record, seq: run, from: firstVersion, noticed: noticed, rules: alertRules,
        maxPerMessage: maxPerMessage)
    }
    return record
  }

  /// Writes the counts of a team, and the seal of its row.
  private func write(_ team: Team) throws {
    try database.execute(
      sql: "UPDATE teams SET members = ?2, open_gaps = ?3 WHERE id = ?1",
      arguments: [team.id, team.members, team.openGaps])
    guard
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM teams WHERE id = ?", arguments: [team.id])
    else { throw StorageError(.notFound, "The store has no team \(team.name).") }
    try database.execute(
      sql: "UPDATE teams SET seal = ? WHERE id = ?",
      arguments: [RowSeal.whole(row).stored, team.id])
  }
}
