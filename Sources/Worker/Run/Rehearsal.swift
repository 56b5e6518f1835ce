internal import Foundation

/// A place for the store of a dry run where there is none yet; gone with the value.
final class Rehearsal: Sendable {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: "idsync-\(UUID().uuidString)")

  /// The path of the store.
  let path: String

  init() {
    path = folder.appending(path: "idsync.db").path
    try? FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}
