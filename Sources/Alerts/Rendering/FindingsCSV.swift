internal import IdentityCore

/// The findings of an alert as RFC 4180 text for a spreadsheet.
enum FindingsCSV {
  private static let columns = [
    "state", "team", "email", "kind", "severity", "reason", "witness", "exempt", "opened_at",
    "resolved_at",
  ]

  /// Renders all findings, the opened ones first; lines end with CR LF.
  static func render(_ content: AlertContent) -> String {
    var rows = [columns.joined(separator: ",")]
    rows += content.opened.map { row("opened", $0) }
    rows += content.resolved.map { row("resolved", $0) }
    return rows.joined(separator: "\r\n") + "\r\n"
  }

  private static func row(_ state: String, _ finding: Finding) -> String {
    [
      state, finding.team, finding.email, finding.kind.rawValue, finding.severity.rawValue,
      finding.reason, finding.witness ?? "", finding.isExempt ? "yes" : "no",
      finding.openedAt.text, finding.resolvedAt?.text ?? "",
    ].map(cell).joined(separator: ",")
  }

  /// Quotes a cell, and puts an apostrophe before what a spreadsheet would take for a formula.
  static func cell(_ text: String) -> String {
    var value = InertText.line(text, limit: 2000)
    // Some spreadsheets fold a full-width sign to the ASCII one.
    let formula = "=+-@＝＋－＠".unicodeScalars
    if let first = value.unicodeScalars.first(where: { $0 != " " }), formula.contains(first) {
      value = "'" + value
    }
    guard value.utf8.contains(where: { ",\"' ".utf8.contains($0) }) else { return value }
    // Scalar by scalar: a quote with an accent after it is a quote all the same.
    var result = String.UnicodeScalarView("\"".unicodeScalars)
    for scalar in value.unicodeScalars {
      result.append(scalar)
      if scalar == "\"" { result.append(scalar) }
    }
    result.append("\"")
    return String(result)
  }
}
