internal import GRDB
internal import GRDBSQLite

/// What went wrong in the store, with what to do about it.
public struct StorageError: Error, Sendable, CustomStringConvertible {
  /// Stable codes: tests, metrics and exit codes rely on them.
  public enum Code: String, Sendable, CaseIterable {
    /// Another process writes to the store, or holds the run lock.
    case locked
    /// The file is damaged or no SQLite database.
    case corrupt
    /// The file, its directory or its file system can only be read.
    case readOnly = "read-only"
    /// The disk, or the quota, is full.
    case diskFull = "disk-full"
    /// The state is no longer the one the caller worked from.
    case stateMoved = "state-moved"
    /// A newer version of the program wrote the store.
    case newerSchema = "newer-schema"
    /// The file belongs to somebody else or may not be opened.
    case permissions
    /// The directory, run, plan or message does not exist.
    case notFound = "not-found"
    /// The request contradicts the state of the store, or breaks one of its invariants.
    case invalid
    /// Reading or writing failed below SQLite.
    case io
  }

  /// The stable code.
  public let code: Code
  /// What failed, where, and what to do.
  public let message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }

  /// Whether the same call may succeed a little later.
  public var isTransient: Bool { code == .locked }
}

extension StorageError {
  /// Translates a result code of SQLite.
  init(sqlite extended: Int32, detail: String, path: String) {
    switch extended & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED:
      self.init(
        .locked, "The store \(path) is in use by another process. Try again when it is done.")
    case SQLITE_CORRUPT, SQLITE_NOTADB:
      self = .corrupt(path: path, detail: detail)
    case SQLITE_READONLY:
      self = .readOnly(path: path)
    case SQLITE_FULL:
      self = .diskFull(path: path)
    case SQLITE_IOERR where extended == Self.ioErrorSharedMemorySize:
      self = .diskFull(path: path)
    case SQLITE_PERM, SQLITE_AUTH, SQLITE_CANTOPEN:
      self.init(
        .permissions,
        "The store \(path) cannot be opened (\(detail)). Its file and its directory must belong to, and be"
          + " writable by, the user idsync runs as.")
    case SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG, SQLITE_RANGE, SQLITE_MISUSE,
      SQLITE_ERROR, SQLITE_ABORT:
      self.init(.invalid, "The store \(path) refused a change (\(detail)). Nothing was written.")
    default:
      self.init(
        .io,
        "The store \(path) could not be read or written (\(detail)). Check the disk and the system log, then"
          + " run again: the state of the last commit is kept.")
    }
  }

  /// Translates an error of GRDB.
  init(_ error: DatabaseError, path: String) {
    self.init(
      sqlite: error.extendedResultCode.rawValue, detail: error.message ?? "no detail", path: path)
  }

  /// `SQLITE_IOERR_SHMSIZE`: the shared-memory file could not grow.
  private static let ioErrorSharedMemorySize: Int32 = SQLITE_IOERR | (19 << 8)

  static func corrupt(path: String, detail: String) -> StorageError {
    StorageError(
      .corrupt,
      "The store \(path) is damaged or no store of idsync (\(detail)). If it is another program's, name another file"
        + " as `store`. Otherwise: Move it away together with"
        + " \(path)-wal and \(path)-shm, then put back the last backup; `sqlite3 DAMAGED .recover` saves what"
        + " is readable. Without a backup the next run builds the members anew, without their history."
    )
  }

  static func readOnly(path: String) -> StorageError {
    StorageError(
      .readOnly,
      "The store \(path) can only be read. Give the user idsync runs as the right to write to the file and its"
        + " directory, or mount the file system for writing. Nothing was changed.")
  }

  static func diskFull(path: String) -> StorageError {
    StorageError(
      .diskFull,
      "There is no room left for the store \(path). Free disk space or raise the quota, then run again:"
        + " the state of the last commit is kept.")
  }
}

/// Runs store code and translates what it throws.
func translating<R>(_ path: String, _ body: () throws -> R) throws(StorageError) -> R {
  do {
    return try body()
  } catch let error as StorageError {
    throw error
  } catch let error as DatabaseError {
    throw StorageError(error, path: path)
  } catch {
    throw StorageError(.io, "The store \(path) could not be used: \(error).")
  }
}

/// Runs store code with a caller's code inside: the caller's own errors pass unchanged.
func passing<R>(_ path: String, _ body: () throws -> R) throws -> R {
  do {
    return try body()
  } catch let error as DatabaseError {
    throw StorageError(error, path: path)
  }
}
