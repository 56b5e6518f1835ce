/// The rows of a CSV file with a header (RFC 4180), read strictly.
struct CSVTable {
  /// What is wrong with a file, with its line from 1.
  struct Fault: Error, Sendable, Hashable {
    let line: Int
    let message: String
  }

  /// The names of the columns, lower case.
  let columns: [String]
  /// The rows with the line each begins at.
  let rows: [(line: Int, fields: [String])]

  init(_ text: String) throws(Fault) {
    var records = try Self.records(text)
    guard !records.isEmpty else { throw Fault(line: 1, message: "the file is empty") }
    columns = records.removeFirst().fields.map { $0.lowercased() }
    for record in records where record.fields.count != columns.count {
      throw Fault(
        line: record.line,
        message: "there are \(record.fields.count) fields where the header has \(columns.count)")
    }
    rows = records
  }

  private static func records(
    _ text: String
  ) throws(Fault) -> [(line: Int, fields: [String])] {
    var records: [(line: Int, fields: [String])] = []
    var fields: [String] = []
    var field = String.UnicodeScalarView()
    var isQuoted = false
    var wasQuoted = false
    var line = 1
    var start = 1
    func end(_ field: String.UnicodeScalarView, _ wasQuoted: Bool) -> String {
      wasQuoted ? String(field) : trimmed(field)
    }
    let scalars = Array(text.unicodeScalars.drop { $0 == "\u{FEFF}" })
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      if isQuoted {
        if scalar == "\"" {
          if index < scalars.count, scalars[index] == "\"" {
            field.append("\"")
            index += 1
          } else {
            isQuoted = false
          }
        } else {
          if scalar == "\n" { line += 1 }
          field.append(scalar)
        }
        continue
      }
      switch scalar {
      case "\"":
        guard trimmed(field).isEmpty, !wasQuoted else {
          throw Fault(line: line, message: "a quote stands inside a field")
        }
        field = String.UnicodeScalarView()
        isQuoted = true
        wasQuoted = true
      case ",":
        fields.append(end(field, wasQuoted))
        field = String.UnicodeScalarView()
        wasQuoted = false
      case "\r" where index < scalars.count && scalars[index] == "\n": break
      case "\n", "\r":
        fields.append(end(field, wasQuoted))
        if fields != [""] { records.append((start, fields)) }
        fields = []
        field = String.UnicodeScalarView()
        wasQuoted = false
        line += 1
        start = line
      default:
        guard !wasQuoted || scalar == " " else {
          throw Fault(line: line, message: "something stands behind a quoted field")
        }
        if !wasQuoted { field.append(scalar) }
      }
    }
    guard !isQuoted else { throw Fault(line: start, message: "a quote is not closed") }
    fields.append(end(field, wasQuoted))
    if fields != [""] { records.append((start, fields)) }
    return records
  }

  private static func trimmed(_ field: String.UnicodeScalarView) -> String {
    let rest = field.drop { $0.properties.isWhitespace }
    let end = rest.lastIndex { !$0.properties.isWhitespace }
    return end.map { String(rest[...$0]) } ?? ""
  }
}
