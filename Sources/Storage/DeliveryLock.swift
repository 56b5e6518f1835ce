/// Lets one process at a time deliver what is due, so that nobody gets a message twice.
///
/// It locks `PATH.delivery.lock`. Given back when it goes, or with the process: what a killed one did not mark is due.
public final class DeliveryLock: Sendable {
  private let lock: FileLock

  /// Takes the lock if it is free.
  ///
  /// - Returns: nil while another process holds it.
  /// - Throws: ``StorageError`` when the lock file cannot be made.
  public init?(storePath: String) throws(StorageError) {
    guard let lock = try FileLock(FileLock.Place(storePath, ".delivery.lock")) else { return nil }
    self.lock = lock
  }
}
