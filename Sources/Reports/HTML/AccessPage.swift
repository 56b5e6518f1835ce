import IdentityCore

/// The Access page: one self-contained HTML file.
struct AccessPage {
  private let report: StatusReport

  /// Prepares a report.
  init(_ report: StatusReport) {
    self.report = report
  }

  /// Writes the page.
  func write(to sink: @escaping ByteSink) throws {
    var output = ByteOutput(to: sink)
    output.literal("<!doctype html>")
    try output.finish()
  }
}
