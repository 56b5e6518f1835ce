internal import Foundation
internal import IdentityCore
internal import Reports

/// Writes a report so that readers never see half of it and nothing but a report is ever replaced.
enum ReportFile {
  static func write(_ report: StatusReport, as format: ReportFormat, to path: String) throws {
    if let problem = problem(with: path) { throw problem }
    do {
      try ReportPlace(path).write { put in
        try ReportWriter.write(report, as: format, to: put)
      }
    } catch {
      throw WorkerError(
        .notPermitted,
        "The report \(path) could not be written. Check that its folder may be written to and has room."
      )
    }
  }

  /// What stands against a report at a place; nil when nothing is seen to.
  static func problem(with path: String) -> WorkerError? {
    let place: ReportPlace
    do {
      place = try ReportPlace(path)
    } catch {
      return WorkerError(
        .badInput, "The report cannot be written to \(path): \(error.reason).")
    }
    guard let folder = place.folder else { return nil }
    var isFolder: ObjCBool = false
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
