internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Says, as long as it lives, that this process has a store open.
///
/// The system drops every lock that a process has on a file when that process closes any descriptor of it, SQLite's
/// locks too. So a file is opened to be looked at only while it is open nowhere else here; once open, it has been
/// looked at.
final class OpenStore: Sendable {
  private struct Identity: Hashable {
    var device: dev_t
    var inode: ino_t

    init(_ status: stat) {
      device = status.st_dev
      inode = status.st_ino
    }
  }

  private let identity: Identity
  private static let counts = Mutex<[Identity: Int]>([:])

  /// Lets a file be looked at by a descriptor that follows no link, unless it is open here already.
  init(
    _ path: String, look: (Int32) throws(StorageError) -> Void
  ) throws(StorageError) {
    identity = try Self.counts.withLock { (counts) throws(StorageError) -> Identity in
      var status = stat()
      guard lstat(path, &status) == 0 else { throw StoreFile.failure(path, errno) }
      try Self.check(status, path)
      if counts[Identity(status)] == nil {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreFile.failure(path, errno) }
        defer { close(descriptor) }
        guard fstat(descriptor, &status) == 0 else { throw StoreFile.failure(path, errno) }
        try Self.check(status, path)
        try look(descriptor)
      }
      counts[Identity(status), default: 0] += 1
      return Identity(status)
    }
  }

  deinit {
    Self.counts.withLock { [identity] counts in
      let left = counts[identity, default: 1] - 1
      counts[identity] = left > 0 ? left : nil
    }
  }

  private static func check(_ status: stat, _ path: String) throws(StorageError) {
    if status.st_mode & S_IFMT != S_IFREG {
      throw StorageError(.invalid, "The store \(path) is no plain file. Name a file instead.")
    }
  }
}
