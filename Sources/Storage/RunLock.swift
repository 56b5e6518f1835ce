#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Keeps other processes from running on the same store; given back when it goes, or with the process.
///
/// It locks `PATH.lock`, a file that stays where it is. The kernel ends the lock of a killed process.
public final class RunLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock, or fails at once.
  ///
  /// - Throws: ``StorageError``: `.locked` when another run holds it, `.notFound` without the directory, `.readOnly` or
  ///   `.permissions` when the lock file cannot be made.
  public init(storePath: String) throws(StorageError) {
    descriptor = try Self.locked(StoreFile.absolute(storePath) + ".lock")
  }

  /// Opens and locks a file; what fails is closed here, for an initialiser that throws would close it once more.
  private static func locked(_ path: String) throws(StorageError) -> Int32 {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure(path, errno) }
    guard take(descriptor) else {
      let reason = errno
      let holder = holder(descriptor)
      close(descriptor)
      guard reason == EWOULDBLOCK else { throw failure(path, reason) }
      throw StorageError(
        .locked,
        "Another run works on this store\(holder). Wait for its end; the lock is \(path).")
    }
    let text = Array("\(getpid())\n".utf8)
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count
    else {
      let reason = errno
      close(descriptor)
      throw failure(path, reason)
    }
    return descriptor
  }

  /// Tries for a moment: whoever only looks whether there is a run holds the lock for as long as that takes.
  private static func take(_ descriptor: Int32) -> Bool {
    for attempt in 0..<5 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK else { return false }
      if attempt < 4 { usleep(10_000) }
    }
    errno = EWOULDBLOCK
    return false
  }

  /// Whether a run is under way on a store.
  public static func isHeld(storePath: String) -> Bool {
    let path = StoreFile.absolute(storePath) + ".lock"
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  deinit { close(descriptor) }

  /// The process that holds the lock, as it wrote it down.
  private static func holder(_ descriptor: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor, &buffer, buffer.count, 0)
    let digits = buffer.prefix(max(0, count)).prefix { $0 >= 0x30 && $0 <= 0x39 }
    return digits.isEmpty ? "" : " (process \(String(decoding: digits, as: UTF8.self)))"
  }

  private static func failure(_ path: String, _ reason: Int32) -> StorageError {
    let text = String(cString: strerror(reason))
    switch reason {
    case ENOENT, ENOTDIR:
      return StorageError(.notFound, "There is no directory for the lock \(path). Create it.")
    case EROFS:
      return StorageError(
        .readOnly,
        "The lock \(path) lies on a file system mounted for reading. Mount it for writing.")
    case ENOSPC, EDQUOT:
      return StorageError(.diskFull, "There is no room for the lock \(path). Free disk space.")
    case EACCES, EPERM, ELOOP:
      return StorageError(
        .permissions,
        "The lock \(path) cannot be opened (\(text)). It and its directory must belong to the user idsync runs"
          + " as.")
    default:
      return StorageError(.io, "The lock \(path) cannot be taken (\(text)).")
    }
  }
}
