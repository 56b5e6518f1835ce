internal import GRDB
internal import Synchronization

/// The store of member records, findings, runs, history, outbox, held plans and cached pages: one SQLite file.
///
/// Reads run on connections of their own and see the last commit, also while a commit of the same process is
/// under way. Writes are one at a time; each is durable when its call returns. Every error is a ``StorageError``,
/// apart from those that a caller's closure throws. Calls block; none may be made from inside a closure passed to
/// ``commit(expecting:_:)`` that writes, but reads may.
public final class Store: Sendable {
  /// The absolute path of the file.
  public let path: String
  let writer: DatabaseQueue
  /// The file by the name that SQLite reads it by.
  private let location: String
  /// What the file looked like when it was opened, where it is read without locks.
  private let stamp: FileStamp?
  private let file: OpenStore
  /// Connections for reading that nobody uses at the moment.
  private let idleReaders = Mutex<[DatabaseQueue]>([])
  private let readerConfiguration: Configuration
  private static let keptReaders = 4

  /// What a store is opened for.
  public enum Purpose: Sendable {
    /// To be written to: it is created, and its schema brought up to date.
    case writing
    /// To be looked at, also by a user who may not write to it: then nothing about it changes.
    case reading
  }

  /// Opens the store.
  ///
  /// The file is looked at before anything is done to it: what is no store is left as it is. A store and its companions
  /// get mode 0600, whatever they had. A small file is looked through for damage, a larger one when the process that
  /// wrote it last did not end as it should.
  /// - Throws: ``StorageError``: `.notFound` without the directory, `.readOnly`, `.permissions`, `.corrupt`, `.locked`,
  ///   `.newerSchema`, `.diskFull`, or `.invalid` for a file of another program and for a link to one.
  public convenience init(path: String, for purpose: Purpose = .writing) throws(StorageError) {
    try self.init(path: path, for: purpose, busyTimeout: .seconds(5))
  }

  /// Opens the store; waits so long at most for another process to finish a write.
  init(
    path: String, for purpose: Purpose = .writing, busyTimeout: Duration
  ) throws(StorageError) {
    let path = try StoreFile.resolved(path)
    let access: StoreFile.Access
    switch purpose {
    case .writing: (file, access) = (try StoreFile.prepareForWriting(path), .writing)
    case .reading: (file, access) = try StoreFile.prepareForReading(path)
    }
    let checkedBytes = StoreFile.checkedBytes(path)
    var configuration = Configuration()
    configuration.label = "idsync.store"
    configuration.busyMode = .timeout(
      Double(busyTimeout.components.seconds)
        + Double(busyTimeout.components.attoseconds) / 1e18)
    configuration.prepareDatabase { database in
      try database.execute(
        sql: """
          PRAGMA trusted_schema = OFF;
          PRAGMA cell_size_check = ON;
          PRAGMA cache_size = -8000;
          """)
    }
    var reading = configuration
    reading.readonly = true
    self.path = path
    readerConfiguration = reading
    let opening = StoreOpening(path: path, checkedBytes: checkedBytes, patience: busyTimeout)
    switch access {
    case .writing:
      (location, stamp) = (path, nil)
      writer = try opening.open(configuration)
    case .reading:
      (location, stamp) = (path, nil)
      writer = try opening.openReadOnly(location, reading)
    case .frozen(let found):
      (location, stamp) = (StoreHeader.frozen(path), found)
      writer = try opening.openReadOnly(location, reading)
    }
  }

  /// Whether nothing can be written here.
  public var isReadOnly: Bool { writer.configuration.readonly }

  /// Closes the readers first: whoever closes a store last empties its log into the file, and readers may not.
  deinit {
    idleReaders.withLock { $0.removeAll() }
  }

  /// The state version: grows by one with each commit that changes a member.
  public func version() throws(StorageError) -> Int64 {
    try translating(path) { try read { try Self.version($0) } }
  }

  static func version(_ database: Database) throws -> Int64 {
    try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'state_version'") ?? 0
  }

  /// Looks for damage in the whole file: structure, indices, references, every row, and what rows say of each other.
  ///
  /// - Parameter limit: how many damages are named at most.
  /// - Returns: the damages, one sentence each; nothing for a store that is whole.
  public func damages(limit: Int = 20) throws(StorageError) -> [String] {
    try translating(path) { try read { try StoreAudit($0).all(limit: limit) } }
  }

  /// Looks for damage in the whole file.
  ///
  /// - Throws: ``StorageError`` with code `.corrupt`, naming the first damage found.
  public func checkIntegrity() throws(StorageError) {
    if let damage = try damages(limit: 1).first {
      throw StorageError.corrupt(path: path, detail: damage)
    }
  }

  // MARK: Connections

  /// Lends a reading connection: one snapshot for the whole call.
  ///
  /// Calls may nest.
  func read<R>(_ body: (Database) throws -> R) throws -> R {
    let connection =
      try idleReaders.withLock { $0.popLast() }
      ?? DatabaseQueue(path: location, configuration: readerConfiguration)
    defer {
      idleReaders.withLock { if $0.count < Self.keptReaders { $0.append(connection) } }
    }
    let result = try connection.read(body)
    try stamp?.refuseChange()
    return result
  }

  /// How sure a transaction is once its call has returned.
  enum Durability: String {
    /// It survives a power failure.
    case full = "FULL"
    /// A power failure may undo it, but not tear it; it costs no wait for the disk.
    case light = "NORMAL"
  }

  /// Runs a transaction on the one writing connection; an error rolls it back.
  func write<R>(_ durability: Durability = .full, _ body: (Database) throws -> R) throws -> R {
    try writer.unsafeReentrantWrite { database in
      guard !database.isInsideTransaction else {
        throw StorageError(.invalid, "A write to the store was tried inside a commit.")
      }
      try database.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
      var result: R?
      try database.inTransaction(.immediate) {
        result = try body(database)
        return .commit
      }
      guard let result else { throw StorageError(.io, "A transaction ended without a result.") }
      return result
    }
  }
}
