internal import Foundation
internal import IdentityCore
internal import Reports

/// Writes a report beside its place and moves it there, so that readers never see half a report.
enum ReportFile {
  static func write(_ report: StatusReport, as format: ReportFormat, to path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw WorkerError(
        .badInput,
        "The report \(path) has nowhere to go: there is no folder \(folder). Make it (mkdir -p), or name another."
      )
    }
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
      throw WorkerError(.notPermitted, "The report \(path) could not be written: \(error).")
    }
  }
}
