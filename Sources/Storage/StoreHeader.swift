internal import Foundation
internal import GRDB

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The first bytes of what is to be a store, read before anything is done to the file.
///
/// - SeeAlso: <https://www.sqlite.org/fileformat.html#the_database_header>
struct StoreHeader {
  private static let magic = Array("SQLite format 3\0".utf8)
  private static let length = 100
  private static let markOffset = 68
  private let path: String
  private let bytes: [UInt8]

  init(_ descriptor: Int32, _ path: String) throws(StorageError) {
    self.path = path
    var bytes = [UInt8](repeating: 0, count: Self.length)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count >= 0 else { throw StoreFile.failure(path, errno) }
    self.bytes = Array(bytes.prefix(count))
  }

  /// Refuses whatever is neither a store of idsync nor a file that may become one.
  func refuseForeign() throws(StorageError) {
    guard !bytes.isEmpty else { return }
    guard bytes.count == Self.length, bytes.starts(with: Self.magic) else {
      throw .corrupt(
        path: path, detail: "it does not begin as an SQLite file; it was left as it is")
    }
    let mark = bytes[Self.markOffset..<Self.markOffset + 4].reduce(Int32(0)) {
      $0 << 8 | Int32($1)
    }
    if mark == Schema.applicationID { return }
    guard mark == 0 else { throw Self.foreign(path) }
    try refuseTables()
  }

  /// Refuses a database without a mark that has tables; idsync was making one without, and the mark may stand in its log.
  private func refuseTables() throws(StorageError) {
    var attempts = 0
    while true {
      do {
        return try translating(path) {
          var configuration = Configuration()
          configuration.readonly = true
          _ = try DatabaseQueue(path: Self.frozen(path), configuration: configuration).read {
            try Self.mark(of: $0, path)
          }
        }
      } catch {
        // While another process makes it, its first page may be seen in the middle of being written.
        attempts += 1
        guard error.code == .corrupt, attempts < 5 else { throw error }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }

  /// The mark of an open database.
  ///
  /// - Throws: ``StorageError`` with `.invalid` for a database of another program.
  static func mark(of database: Database, _ path: String) throws -> Int32 {
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
      guard mark == 0, row?["objects"] == 0 else { throw foreign(path) }
    }
    return mark
  }

  /// A name by which SQLite reads a file as it lies there: without its log, without locks, without a trace.
  static func frozen(_ path: String) -> String {
    var allowed = CharacterSet.urlPathAllowed
    allowed.remove(charactersIn: ";")
    let name = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
    return "file:\(name)?immutable=1"
  }

  /// What is said of another program's database.
  private static func foreign(_ path: String) -> StorageError {
    StorageError(
      .invalid,
      "\(path) is a database of another program, and was left as it is. Name another file as `store`."
    )
  }
}

/// What a file looked like at a moment, so that whoever reads it without locks sees that it changed meanwhile.
struct FileStamp: Sendable, Hashable {
  private let path: String
  private let inode: UInt64
  private let size: Int64
  private let seconds: Int
  private let nanoseconds: Int
  /// Whether there is something in a log beside it.
  let hasLog: Bool

  init(_ path: String) throws(StorageError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw StoreFile.failure(path, errno) }
    self.path = path
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    #if canImport(Darwin)
      let changed = status.st_mtimespec
    #else
      let changed = status.st_mtim
    #endif
    (seconds, nanoseconds) = (changed.tv_sec, changed.tv_nsec)
    var log = stat()
    hasLog = stat(path + "-wal", &log) == 0 && log.st_size > 0
  }

  /// Refuses what was read when the file has changed since, or is being changed.
  func refuseChange() throws(StorageError) {
    guard try FileStamp(path) == self else {
      throw StorageError(
        .locked, "The store \(path) was written to while it was read. Read it again.")
    }
  }
}
