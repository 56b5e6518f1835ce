internal import Foundation
internal import GRDB

/// What happens on a connection before the store is used.
enum StoreOpening {
  /// Opens the writing connection; waits for another process that is making the same store.
  ///
  /// SQLite does not wait by itself where a new file gets its journal.
  static func open(
    _ path: String, _ configuration: Configuration, checkedBytes: Int64, patience: Duration
  ) throws(StorageError) -> DatabaseQueue {
    let deadline = ContinuousClock.now + patience
    while true {
      do throws(StorageError) {
        return try translating(path) {
          let queue = try DatabaseQueue(path: path, configuration: configuration)
          try queue.writeWithoutTransaction { database in
            try prepare(database, path: path)
            try check(database, path: path, upTo: checkedBytes)
          }
          try migrate(queue, path: path)
          return queue
        }
      } catch {
        guard error.isTransient, ContinuousClock.now < deadline else { throw error }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }

  /// Refuses files of other programs, then sets the journal and durability.
  static func prepare(_ database: Database, path: String) throws {
    // One statement, one snapshot: another process may be making the store at this moment.
    // It begins with the list of steps, before the step that marks the file.
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT application_id AS mark,
          (SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'grdb_migrations') AS objects
        FROM pragma_application_id
        """)
    let mark: Int32 = row?["mark"] ?? 0
    if mark != Schema.applicationID {
      guard mark == 0, row?["objects"] == 0 else {
        throw StorageError(
          .invalid, "\(path) is a database of another program. Name another file as `store`.")
      }
    }
    // Only a file that is still empty takes it: large pages, as a run writes many rows in one go.
    if mark != Schema.applicationID { try database.execute(sql: "PRAGMA page_size = 16384") }
    let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
    guard journal == "wal" else {
      throw StorageError(
        .io,
        "The store \(path) lies on a file system without shared memory (\(journal ?? "no journal")). Put it on a"
          + " local disk.")
    }
    try database.execute(sql: "PRAGMA synchronous = FULL")
  }

  /// Looks for damage in the structure of a store that is not too large.
  static func check(_ database: Database, path: String, upTo bytes: Int64) throws {
    let pages = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
    let size = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0
    guard pages * size <= bytes else { return }
    let report = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
    guard report == "ok" else { throw StorageError.corrupt(path: path, detail: report) }
  }

  /// Brings the schema up to date; writes nothing when it is.
  static func migrate(_ queue: DatabaseQueue, path: String) throws {
    let migrator = Schema.migrator
    var attempts = 0
    while true {
      attempts += 1
      do {
        if try isCurrent(queue, migrator, path) { return }
        try migrator.migrate(queue)
      } catch let error as DatabaseError {
        // Another process may be making the same tables: a later look finds everything done.
        guard attempts < 50 else { throw error }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }

  private static func isCurrent(
    _ queue: DatabaseQueue, _ migrator: DatabaseMigrator, _ path: String
  ) throws -> Bool {
    try queue.read { database in
      let unknown = try migrator.appliedIdentifiers(database).subtracting(migrator.migrations)
      guard unknown.isEmpty else {
        throw StorageError(
          .newerSchema,
          "The store \(path) was written by a newer version of idsync (step"
            + " \(unknown.sorted().joined(separator: ", "))). Use that version or a newer one; nothing was changed."
        )
      }
      return try migrator.hasCompletedMigrations(database)
    }
  }
}
