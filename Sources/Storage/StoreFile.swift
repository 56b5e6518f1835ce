internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The files of a store, before SQLite sees them: present, ours, and nobody else's to read.
enum StoreFile {
  /// The path as an absolute one, so that no working directory and no URI reading of SQLite can change it.
  static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }

  /// Creates the file with mode 0600, or tightens what is there, with its companions, to that.
  static func prepare(_ path: String) throws(StorageError) {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var status = stat()
    if stat(path, &status) != 0 {
      guard errno == ENOENT else { throw failure(path, errno) }
      try create(path, in: directory)
    } else {
      try check(status, path)
    }
    for file in [path, path + "-wal", path + "-shm"] { try tighten(file) }
    guard access(path, R_OK) == 0 else { throw failure(path, errno) }
    guard access(path, W_OK) == 0, access(directory, W_OK | X_OK) == 0 else {
      throw .readOnly(path: path)
    }
  }

  /// Up to which size the store is worth a look for damage when it is opened: a few milliseconds after an orderly
  /// end, a second where a log was left behind.
  static func checkedBytes(_ path: String) -> Int64 {
    var status = stat()
    let hasLog = stat(path + "-wal", &status) == 0 && status.st_size > 0
    return hasLog ? 256 << 20 : 4 << 20
  }

  private static func check(_ status: stat, _ path: String) throws(StorageError) {
    if status.st_mode & S_IFMT != S_IFREG {
      throw StorageError(.invalid, "The store \(path) is no plain file. Name a file instead.")
    }
  }

  /// A file that exists is never opened and closed here: that would drop SQLite's locks on it in this process.
  private static func create(_ path: String, in directory: String) throws(StorageError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor >= 0 {
      close(descriptor)
      return
    }
    let reason = errno
    switch reason {
    case EEXIST: return
    case ENOENT, ENOTDIR:
      throw StorageError(
        .notFound,
        "There is no directory \(directory) for the store. Create it: mkdir -p \(directory)")
    case EACCES, EPERM, EROFS:
      throw StorageError(
        .readOnly,
        "The store \(path) cannot be created: \(directory) cannot be written to. Give the user idsync runs as"
          + " the right to write there, or name another place as `store`.")
    default: throw failure(path, reason)
    }
  }

  private static func tighten(_ path: String) throws(StorageError) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return }
    guard chmod(path, 0o600) == 0 else {
      if errno == EROFS { throw .readOnly(path: path) }
      throw StorageError(
        .permissions,
        "Others may read \(path), and it belongs to another user. Let its owner run: chmod 600 \(path)"
      )
    }
  }

  private static func failure(_ path: String, _ reason: Int32) -> StorageError {
    switch reason {
    case ENOSPC, EDQUOT: .diskFull(path: path)
    case EROFS: .readOnly(path: path)
    default:
      StorageError(
        .permissions,
        "The store \(path) cannot be opened (\(String(cString: strerror(reason)))). Its file and its directory"
          + " must belong to the user idsync runs as.")
    }
  }
}
