/// Lets one process at a time change teams at platforms: between its look and its write no other of ours gets in.
///
/// It locks `PATH.administration.lock`. Given back when it goes, or with the process.
public final class AdministrationLock: Sendable {
  private let lock: FileLock

  /// Takes the lock if it is free.
  ///
  /// - Returns: nil while another process holds it.
  /// - Throws: ``StorageError`` when the lock file cannot be made.
  public init?(storePath: String) throws(StorageError) {
    guard let lock = try FileLock(FileLock.Place(storePath, ".administration.lock")) else {
      return nil
    }
    self.lock = lock
  }
}
