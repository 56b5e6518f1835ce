internal import GRDB
public import IdentityCore

/// What a run held by the guard would change.
public struct StoredPlan: Sendable, Codable, Hashable {
  /// Its id, chosen by the caller.
  public var id: String
  /// The state version it was worked out from; it can be carried out only on that one.
  public var baseVersion: Int64
  /// When it was made.
  public var createdAt: Timestamp
  /// The run that was held.
  public var run: RunRecord
  /// Whatever the caller needs beside the changes to carry it out.
  public var note: String
  /// How many members it changes.
  public var changes: Int

  /// Makes a plan.
  public init(
    id: String, baseVersion: Int64, createdAt: Timestamp, run: RunRecord, note: String = "",
    changes: Int = 0
  ) {
    self.id = id
    self.baseVersion = baseVersion
    self.createdAt = createdAt
    self.run = run
    self.note = note
    self.changes = changes
  }
}

/// Takes the changes of a plan, inside the transaction of ``Store/savePlan(_:_:)``.
public struct PlanWriter {
  let session: PlanSession

  /// Adds a change.
  public mutating func append(_ change: MemberChange) throws(StorageError) {
    try translating(session.path) { try session.append(change) }
  }
}

final class PlanSession {
  let path: String
  private(set) var changes = 0
  private let judgements: JudgementWriter
  private let insert: Query
  private let plan: Int64
  private var isOpen = true

  init(_ database: Database, path: String, plan: Int64) throws {
    self.path = path
    self.plan = plan
    judgements = try JudgementWriter(database)
    insert = try Query(
      database,
      "INSERT INTO plan_changes (plan, position, judgement_id, body) VALUES (?, ?, ?, ?)")
  }

  func append(_ change: MemberChange) throws {
    guard isOpen else { throw StorageError(.invalid, "A plan was written to after its end.") }
    var change = change
    insert.bind(3, try judgements.id(of: change.record.judgement))
    change.record.judgement.doors = []
    insert.bind(1, plan)
    insert.bind(2, changes)
    insert.bind(4, try StoreJSON.text(change))
    try insert.run()
    changes += 1
  }

  func close() { isOpen = false }
}

extension Store {
  /// Keeps a plan; the closure streams its changes, in the order in which they are to be carried out.
  ///
  /// - Returns: the plan with its number of changes.
  /// - Throws: ``StorageError`` with `.invalid` when there is a plan of that id.
  @discardableResult
  public func savePlan(
    _ plan: StoredPlan, _ body: (inout PlanWriter) throws -> Void
  ) throws -> StoredPlan {
    try passing(path) {
      try write { database in
        try database.execute(
          sql: """
            INSERT INTO plans (id, base_version, created_at, run, note, changes) VALUES (?, ?, ?, ?, ?, 0)
            """,
          arguments: [
            plan.id, plan.baseVersion, plan.createdAt.milliseconds, try StoreJSON.text(plan.run),
            plan.note,
          ])
        let seq = database.lastInsertedRowID
        let session = try PlanSession(database, path: path, plan: seq)
        var writer = PlanWriter(session: session)
        try body(&writer)
        session.close()
        try database.execute(
          sql: "UPDATE plans SET changes = ? WHERE seq = ?", arguments: [session.changes, seq])
        var saved = plan
        saved.changes = session.changes
        return saved
      }
    }
  }

  /// The plans, newest first.
  public func plans() throws(StorageError) -> [StoredPlan] {
    try translating(path) {
      try read { database in
        try Row.fetchAll(database, sql: "SELECT * FROM plans ORDER BY seq DESC").map(Self.plan)
      }
    }
  }

  /// A plan by its id.
  ///
  /// - Throws: ``StorageError`` with `.notFound` when there is none.
  public func plan(_ id: String) throws(StorageError) -> StoredPlan {
    try translating(path) { try read { try Self.plan(try Self.planRow($0, id)) } }
  }

  /// Hands over the changes of a plan one by one, in their order.
  public func changes(ofPlan id: String, _ body: (MemberChange) throws -> Void) throws {
    try passing(path) {
      try read { database in
        let row = try Self.planRow(database, id)
        let judgements = try JudgementReader(database)
        let rows = try Query(
          database,
          "SELECT judgement_id, body FROM plan_changes WHERE plan = ? ORDER BY position")
        rows.bind(1, row["seq"] as Int64)
        while try rows.step() {
          var change = try StoreJSON.value(MemberChange.self, rows.text(1))
          change.record.judgement = try judgements.judgement(rows.integer(0))
          try body(change)
        }
      }
    }
  }

  /// Forgets a plan; one that is not there is no error.
  public func deletePlan(_ id: String) throws(StorageError) {
    try translating(path) {
      try write { try $0.execute(sql: "DELETE FROM plans WHERE id = ?", arguments: [id]) }
    }
  }

  /// Forgets the plans that `isDead` names.
  public func deletePlans(where isDead: (StoredPlan) throws -> Bool) throws {
    for plan in try plans() where try isDead(plan) { try deletePlan(plan.id) }
  }

  private static func planRow(_ database: Database, _ id: String) throws -> Row {
    guard
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM plans WHERE id = ?", arguments: [id])
    else {
      throw StorageError(
        .notFound,
        "There is no plan \(id): it was carried out, a later run made it obsolete, or there never was one. "
          + "idsync plan shows what is held now, idsync sync looks anew.")
    }
    return row
  }

  private static func plan(_ row: Row) throws -> StoredPlan {
    StoredPlan(
      id: row["id"], baseVersion: row["base_version"],
      createdAt: Timestamp(milliseconds: row["created_at"]),
      run: try StoreJSON.value(RunRecord.self, row["run"]), note: row["note"],
      changes: row["changes"])
  }
}
