/// The formats a status report can be written in; raw values are the words of the command line.
public enum ReportFormat: String, Sendable, CaseIterable {
  /// A table for a terminal or a mail.
  case table
  /// GitHub-flavoured Markdown.
  case markdown
  /// RFC 4180, one row a member.
  case csv
  /// The public status format, `idsync.status/1`.
  case json
  /// One self-contained page.
  case html
}
