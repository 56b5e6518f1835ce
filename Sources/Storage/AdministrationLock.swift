#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Lets one process at a time change teams at platforms: between its look and its write no other of ours gets in.
///
/// It locks `PATH.administration.lock`. Given back when it goes, or with the process.
public final class AdministrationLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock if it is free.
  ///
  /// - Returns: nil while another process holds it.
  /// - Throws: ``StorageError`` when the lock file cannot be made.
  public init?(storePath: String) throws(StorageError) {
    let path = StoreFile.absolute(storePath) + ".administration.lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw StorageError(
        .permissions,
        "The lock \(path) cannot be opened (\(String(cString: strerror(errno)))). It and its directory must"
          + " belong to the user idsync runs as.")
    }
    // `deinit` closes it, also when nothing comes of this.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
  }

  deinit { close(descriptor) }
}
