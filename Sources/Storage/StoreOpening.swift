internal import Foundation
internal import GRDB

/// What happens on a connection before the store is used.
struct StoreOpening {
  /// The file, as people know it.
  let path: String
  /// Up to which size it is looked through for damage.
  let checkedBytes: Int64
  /// How long another process that is making the same store is waited for.
  let patience: Duration

  /// Opens the writing connection.
  func open(_ configuration: Configuration) throws(StorageError) -> DatabaseQueue {
    try patiently {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.writeWithoutTransaction { database in
        try prepare(database)
        try check(database)
      }
      try migrate(queue)
      return queue
    }
  }

  /// Opens a connection that changes nothing.
  func openReadOnly(
    _ location: String, _ configuration: Configuration
  ) throws(StorageError) -> DatabaseQueue {
    try patiently {
      let queue = try DatabaseQueue(path: location, configuration: configuration)
      try queue.read { database in
        _ = try StoreHeader.mark(of: database, path)
        try check(database)
      }
      guard try isCurrent(queue, Schema.migrator) else {
        throw StorageError(
          .readOnly,
          "The store \(path) was written by an older version of idsync and can only be read here, so it cannot be"
            + " brought up to date. Let its owner run idsync status once. Nothing was changed.")
      }
      return queue
    }
  }

  /// SQLite does not wait by itself where a new file gets its journal.
  private func patiently(
    _ body: () throws -> DatabaseQueue
  ) throws(StorageError) -> DatabaseQueue {
    let deadline = ContinuousClock.now + patience
    while true {
      do throws(StorageError) {
        return try translating(path, body)
      } catch {
        guard error.isTransient, ContinuousClock.now < deadline else { throw error }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }

  /// Refuses files of other programs, then sets the journal and durability.
  private func prepare(_ database: Database) throws {
    let mark = try StoreHeader.mark(of: database, path)
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

  /// Looks for damage in a store that is not too large, indices included; rows are looked at when they are read.
  private func check(_ database: Database) throws {
    let pages = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
    let size = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0
    guard pages * size <= checkedBytes else { return }
    if let damage = try StoreAudit(database).structure(limit: 1).first {
      throw StorageError.corrupt(path: path, detail: damage)
    }
  }

  /// Brings the schema up to date; writes nothing when it is.
  private func migrate(_ queue: DatabaseQueue) throws {
    let migrator = Schema.migrator
    var attempts = 0
    while true {
      attempts += 1
      do {
        if try isCurrent(queue, migrator) { return }
        try migrator.migrate(queue)
      } catch let error as DatabaseError {
        // Another process may be making the same tables: a later look finds everything done.
        guard attempts < 50 else { throw error }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }

  private func isCurrent(_ queue: DatabaseQueue, _ migrator: DatabaseMigrator) throws -> Bool {
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
