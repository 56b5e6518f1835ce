internal import GRDB
public import IdentityCore

/// How a source stands: its last attempt and its last reading to the end.
public struct SourceState: Sendable, Codable, Hashable {
  /// The source.
  public var source: SourceName
  /// The team for a roster, empty for a provider.
  public var scope: String
  /// When it was last tried.
  public var lastAttemptAt: Timestamp
  /// Whether that attempt read it to its end.
  public var isComplete: Bool
  /// When it was last read to its end; nil before the first time.
  public var lastCompleteAt: Timestamp?
  /// What went wrong at the last attempt.
  public var issues: [SourceIssue]
}

/// Looks up source states in one snapshot, as they were after a run.
final class SourceStates {
  private let database: Database
  /// The last run to know of.
  private let run: Int64
  private var known: [String: SourceState?] = [:]

  init(_ database: Database, upTo run: Int64 = .max) {
    self.database = database
    self.run = run
  }

  /// The state of a source, nil when it was never tried.
  func state(_ source: SourceName, _ scope: String) throws -> SourceState? {
    let key = source + "\u{0}" + scope
    if let state = known[key] { return state }
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT at, is_complete, last_complete_at, issues FROM source_attempts
        WHERE source = ? AND scope = ? AND run <= ? ORDER BY run DESC LIMIT 1
        """, arguments: [source, scope, run])
    let state = try row.map { row in
      SourceState(
        source: source, scope: scope, lastAttemptAt: Timestamp(milliseconds: row["at"]),
        isComplete: row["is_complete"],
        lastCompleteAt: (row["last_complete_at"] as Int64?).map(Timestamp.init(milliseconds:)),
        issues: try StoreJSON.value([SourceIssue].self, row["issues"]))
    }
    known[key] = .some(state)
    return state
  }

  /// Every source and scope ever tried, in order.
  static func all(_ database: Database) throws -> [SourceState] {
    let states = SourceStates(database)
    var result: [SourceState] = []
    var last = ("", "")
    var isFirst = true
    // One seek a source, however many attempts are on record.
    while let row = try Row.fetchOne(
      database,
      sql: """
        SELECT source, scope FROM source_attempts WHERE ? OR (source, scope) > (?, ?)
        ORDER BY source, scope LIMIT 1
        """, arguments: [isFirst, last.0, last.1])
    {
      isFirst = false
      last = (row["source"], row["scope"])
      if let state = try states.state(last.0, last.1) { result.append(state) }
    }
    return result
  }
}

extension Store {
  /// How every source stands, by source and scope.
  public func sourceStates() throws(StorageError) -> [SourceState] {
    try translating(path) { try read { try SourceStates.all($0) } }
  }
}
