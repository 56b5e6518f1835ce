/// Keeps other processes from running on the same store; given back when it goes, or with the process.
///
/// It locks `PATH.lock`.
public final class RunLock: Sendable {
  private let lock: FileLock
  private static let suffix = ".lock"

  /// Takes the lock, or fails at once.
  ///
  /// - Throws: ``StorageError``: `.locked` when another run holds it, `.notFound` without the directory, `.readOnly` or
  ///   `.permissions` when the lock file cannot be made, `.invalid` or `.corrupt` for what is no store.
  public init(storePath: String) throws(StorageError) {
    let place = try FileLock.Place(storePath, Self.suffix)
    guard let lock = try FileLock(place) else {
      let holder = FileLock.holder(place).map { " (process \($0))" } ?? ""
      throw StorageError(
        .locked,
        "Another run works on this store\(holder). Wait for its end; the lock is \(place.path).")
    }
    self.lock = lock
  }

  /// Whether a run is under way on a store.
  public static func isHeld(storePath: String) -> Bool {
    (try? FileLock.Place(storePath, suffix)).map(FileLock.isHeld) ?? false
  }
}
