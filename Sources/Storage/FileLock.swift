#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A lock for one process at a time, beside the store; given back when it goes, or with the process.
///
/// It locks a file that stays where it is and names the process that took it last. The kernel ends the lock of a killed
/// process.
final class FileLock: Sendable {
  private let descriptor: Int32
  /// More than a process ever writes down.
  private static let longest = 32

  /// Takes the lock if it is free.
  ///
  /// The store is looked at first: beside what is no store nothing is made.
  /// - Returns: nil while another process holds it.
  /// - Throws: ``StorageError``: `.notFound` without the directory, `.readOnly` or `.permissions` when the file cannot be
  ///   made, `.invalid` where it is another program's.
  init?(_ place: Place) throws(StorageError) {
    try StoreFile.look(at: place.store)
    guard let descriptor = try Self.locked(place.path) else { return nil }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Where a lock lies.
  struct Place {
    /// The store, links followed.
    let store: String
    /// The file that is locked.
    let path: String

    init(_ storePath: String, _ suffix: String) throws(StorageError) {
      store = try StoreFile.resolved(storePath)
      path = store + suffix
    }
  }

  /// Whether another process, or another lock of this one, holds it.
  static func isHeld(_ place: Place) -> Bool {
    let descriptor = open(place.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// The process that took it last, as it wrote it down.
  static func holder(_ place: Place) -> String? {
    let descriptor = open(place.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let digits = content(descriptor).prefix { $0 >= 0x30 && $0 <= 0x39 }
    return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
  }

  /// Opens and locks a file; what fails is closed here.
  private static func locked(_ path: String) throws(StorageError) -> Int32? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { throw failure(path, errno) }
    var isTaken = false
    defer { if !isTaken { close(descriptor) } }
    guard isOurs(descriptor) else {
      throw StorageError(
        .invalid,
        "\(path), where the store has its lock, is another program's, and was left as it is. Name another file as"
          + " `store`.")
    }
    guard take(descriptor) else {
      guard errno == EWOULDBLOCK else { throw failure(path, errno) }
      return nil
    }
    let text = Array("\(getpid())\n".utf8)
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count
    else { throw failure(path, errno) }
    isTaken = true
    return descriptor
  }

  /// Whether a file is empty or names a process, as a lock does.
  private static func isOurs(_ descriptor: Int32) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return content(descriptor).allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == 0x0A }
      && status.st_size <= longest
  }

  private static func content(_ descriptor: Int32) -> ArraySlice<UInt8> {
    var buffer = [UInt8](repeating: 0, count: longest)
    let count = pread(descriptor, &buffer, longest, 0)
    return buffer.prefix(max(0, count))
  }

  /// Tries for a moment: whoever only looks whether it is held holds the lock for as long as that takes.
  private static func take(_ descriptor: Int32) -> Bool {
    for attempt in 0..<5 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK else { return false }
      if attempt < 4 { usleep(10_000) }
    }
    errno = EWOULDBLOCK
    return false
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
    case EACCES, EPERM, ELOOP, EISDIR:
      return StorageError(
        .permissions,
        "The lock \(path) cannot be opened (\(text)). It and its directory must belong to the user idsync runs"
          + " as.")
    default:
      return StorageError(.io, "The lock \(path) cannot be taken (\(text)).")
    }
  }
}
