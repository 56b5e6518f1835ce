internal import Foundation
internal import IdentityCore
internal import Reports

/// Writes a report beside its place and moves it there, so that readers never see half a report.
enum ReportFile {
  static func write(_ report: StatusReport, as format: ReportFormat, to path: String) throws {
    if let problem = problem(with: path) { throw problem }
    let draft = path + ".new-\(ProcessInfo.processInfo.processIdentifier)"
    guard
      FileManager.default.createFile(
        atPath: draft, contents: nil, attributes: [.posixPermissions: 0o640])
    else {
      throw WorkerError(
        .notPermitted, "The report \(path) cannot be written. Check its directory and its rights.")
    }
    do {
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: draft))
      try ReportWriter.write(report, as: format) { try file.write(contentsOf: Data($0)) }
      try file.close()
      guard rename(draft, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    } catch {
      try? FileManager.default.removeItem(atPath: draft)
      throw WorkerError(
        .notPermitted,
        "The report \(path) could not be written. Check that its folder may be written to and has room."
      )
    }
  }

  /// What stands against a report at a place; nil when nothing is seen to.
  static func problem(with path: String) -> WorkerError? {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      return WorkerError(
        .badInput, "The report cannot be written to \(path), which is a folder. Name a file in it.")
    }
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      return WorkerError(
        .badInput,
        "The report \(path) has nowhere to go: there is no folder \(folder). Make it (mkdir -p), or name another."
      )
    }
    guard FileManager.default.isWritableFile(atPath: folder) else {
      return WorkerError(
        .notPermitted, "The report \(path) cannot be written. Check its directory and its rights.")
    }
    return nil
  }
}
