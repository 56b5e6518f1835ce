public import IdentityCore

/// Writes a status report in any of its formats.
///
/// The same report gives the same bytes. Rows are handed to the sink as they are made; nothing grows with the report
/// but the order of its rows.
public enum ReportWriter {
  /// Writes a report.
  ///
  /// - Parameter terminal: width and colours of ``ReportFormat/table``; the other formats do not look at it.
  /// - Throws: what the sink throws.
  public static func write(
    _ report: StatusReport, as format: ReportFormat, terminal: TerminalStyle = .plain,
    to sink: @escaping ByteSink
  ) throws {
    switch format {
    case .table: try StatusTable(report, style: terminal).write(to: sink)
    case .markdown: try StatusMarkdown(report).write(to: sink)
    case .csv: try StatusCSV(report).write(to: sink)
    case .json: try StatusJSON(report).write(to: sink)
    case .html: try AccessPage(report).write(to: sink)
    }
  }
}
