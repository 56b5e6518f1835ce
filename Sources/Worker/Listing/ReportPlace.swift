internal import Foundation
internal import Reports

#if canImport(Glibc)
  internal import Glibc
#endif

/// Where a report goes: beside a regular file and then into its place, or straight into a device or a FIFO.
struct ReportPlace {
  /// What stands against a place.
  struct Objection: Error {
    let reason: String
  }

  private enum Kind {
    /// A regular file, or nothing: replaced as a whole.
    case file
    /// A character device or a FIFO: written through, never replaced.
    case stream
  }

  /// The file that is replaced or the device that is written to; links are followed to it.
  let path: String
  private let kind: Kind

  /// Looks at a place before anything is touched.
  init(_ path: String) throws(Objection) {
    var state = stat()
    guard lstat(path, &state) == 0 else {
      guard errno == ENOENT else { throw Objection(reason: "it cannot be looked at") }
      (self.path, kind) = (path, .file)
      return
    }
    var target = path
    if state.st_mode & S_IFMT == S_IFLNK {
      guard let resolved = realpath(path, nil) else {
        throw Objection(reason: "it is a link that leads nowhere; remove it, or name its target")
      }
      defer { free(resolved) }
      target = String(cString: resolved)
      guard lstat(target, &state) == 0 else { throw Objection(reason: "it cannot be looked at") }
    }
    self.path = target
    switch state.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFCHR, S_IFIFO: kind = .stream
    case S_IFDIR: throw Objection(reason: "it is a folder. Name a file in it")
    default:
      throw Objection(reason: "it is neither a file nor a device that can be written through")
    }
  }

  /// The folder in which a new file is made; nil where none is made.
  var folder: String? {
    kind == .stream ? nil : URL(fileURLWithPath: path).deletingLastPathComponent().path
  }

  /// Writes what the closure gives, and puts it into its place when all of it is on the disk.
  func write(_ body: (@escaping ByteSink) throws -> Void) throws {
    switch kind {
    case .stream:
      // Without a reader a FIFO is refused: nobody waits for one.
      let descriptor = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
      guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
      defer { close(descriptor) }
      _ = fcntl(descriptor, F_SETFL, 0)
      try body { try Self.put($0, descriptor) }
    case .file:
      removeAbandonedDrafts()
      try replace(body)
    }
  }

  private func replace(_ body: (@escaping ByteSink) throws -> Void) throws {
    let draft = path + Self.mark + String(getpid())
    unlink(draft)
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    do {
      defer { close(descriptor) }
      try body { try Self.put($0, descriptor) }
      guard fsync(descriptor) == 0, rename(draft, path) == 0 else {
        throw POSIXError(.init(rawValue: errno) ?? .EIO)
      }
    } catch {
      unlink(draft)
      throw error
    }
  }

  /// What comes between the name of a file and the id of the process that writes it anew.
  private static let mark = ".new-"

  /// Removes what processes left that ended while they wrote.
  private func removeAbandonedDrafts() {
    let place = URL(fileURLWithPath: path)
    let start = place.lastPathComponent + Self.mark
    let folder = place.deletingLastPathComponent()
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    where name.hasPrefix(start) {
      guard let id = Int32(name.dropFirst(start.count)), id > 0, kill(id, 0) != 0, errno == ESRCH
      else { continue }
      unlink(folder.appendingPathComponent(name).path)
    }
  }

  private static func put(_ bytes: UnsafeRawBufferPointer, _ descriptor: Int32) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest)
      let written = Glibc.write(descriptor, piece.baseAddress, piece.count)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
      rest = rest.dropFirst(written)
    }
  }
}
