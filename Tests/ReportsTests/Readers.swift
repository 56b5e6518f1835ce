import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Why a test's own reader refused a report.
struct ReaderError: Error, CustomStringConvertible {
  var description: String
}

/// RFC 4180, strictly: CRLF, quotes only around whole fields, as many fields in each row.
enum CSVReader {
  static func rows(_ text: String) throws -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var scalars = Array(text.unicodeScalars)[...]
    guard scalars.last == "\n" else { throw ReaderError(description: "no line end at the end") }
    while !scalars.isEmpty {
      row.append(try field(&scalars))
      switch scalars.popFirst() {
      case ",":
        continue
      case "\r":
        guard scalars.popFirst() == "\n" else { throw ReaderError(description: "lone CR") }
        if let first = rows.first, first.count != row.count {
          throw ReaderError(description: "\(row.count) fields instead of \(first.count)")
        }
        rows.append(row)
        row = []
      case let other:
        throw ReaderError(description: "\(String(describing: other)) after a field")
      }
    }
    return rows
  }

  private static func field(_ scalars: inout ArraySlice<Unicode.Scalar>) throws -> String {
    var value = String.UnicodeScalarView()
    guard scalars.first == "\"" else {
      while let next = scalars.first, next != ",", next != "\r" {
        guard next != "\"", next != "\n" else { throw ReaderError(description: "bare \(next)") }
        value.append(next)
        scalars.removeFirst()
      }
      return String(value)
    }
    scalars.removeFirst()
    while let next = scalars.popFirst() {
      if next != "\"" {
        value.append(next)
      } else if scalars.first == "\"" {
        scalars.removeFirst()
        value.append("\"")
      } else {
        return String(value)
      }
    }
    throw ReaderError(description: "a quoted field that does not end")
  }

  /// Undoes the guards of a field: the apostrophe before a formula, then the visible escapes.
  static func original(_ field: String) -> String {
    var text = field.unicodeScalars[...]
    let start = text.first { $0 != "'" && !$0.properties.isWhitespace }
    if text.first == "'", let start, "=+-@＝＋－＠".unicodeScalars.contains(start) {
      text = text.dropFirst()
    }
    return unescaped(String(String.UnicodeScalarView(text)))
  }

  /// Undoes visible escapes.
  static func unescaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var rest = Array(text.unicodeScalars)[...]
    while let next = rest.popFirst() {
      if next == "\\", rest.starts(with: "u{".unicodeScalars), let end = rest.firstIndex(of: "}"),
        let value = UInt32(
          String(String.UnicodeScalarView(rest[(rest.startIndex + 2)..<end])), radix: 16),
        let scalar = Unicode.Scalar(value)
      {
        result.append(scalar)
        rest = rest[(end + 1)...]
      } else {
        result.append(next)
      }
    }
    return String(result)
  }
}

/// A page read as XML, which forgives nothing: its elements, attributes, links and ids.
final class PageReader: NSObject, XMLParserDelegate {
  private(set) var elements: Set<String> = []
  private(set) var attributes: Set<String> = []
  private(set) var links: [String] = []
  private(set) var ids: Set<String> = []
  private(set) var rows = 0
  private(set) var names: [String] = []
  private(set) var scripts: [String] = []
  private(set) var styles: [String] = []
  private(set) var policy = ""
  private var text = ""
  private var classes: [String] = []

  init(_ page: String) throws {
    super.init()
    let parser = XMLParser(data: Data(page.utf8))
    parser.delegate = self
    guard parser.parse() else {
      let reason = parser.parserError.map { "\($0)" } ?? "unknown"
      throw ReaderError(description: "line \(parser.lineNumber), \(parser.columnNumber): \(reason)")
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes values: [String: String]
  ) {
    elements.insert(name)
    attributes.formUnion(values.keys)
    if let link = values["href"] ?? values["src"] { links.append(link) }
    if let id = values["id"] { ids.insert(id) }
    if values["http-equiv"] != nil { policy = values["content"] ?? "" }
    classes.append(values["class"] ?? "")
    text = ""
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    let kind = classes.removeLast()
    if kind == "name" { names.append(text) }
    if kind == "why" { rows += 1 }
    if name == "script" { scripts.append(text) }
    if name == "style" { styles.append(text) }
  }
}

/// Markdown with its code spans taken out, and the cells of its tables.
enum MarkdownReader {
  /// Everything outside code spans; fails on a backtick that opens none.
  static func outsideCode(_ line: String) throws -> String {
    var result = String.UnicodeScalarView()
    var rest = Array(line.unicodeScalars)[...]
    while let next = rest.first {
      guard next == "`" else {
        result.append(next)
        rest.removeFirst()
        continue
      }
      let fence = rest.prefix { $0 == "`" }.count
      rest.removeFirst(fence)
      var isClosed = false
      while !rest.isEmpty && !isClosed {
        let run = rest.prefix { $0 == "`" }.count
        rest.removeFirst(max(run, 1))
        isClosed = run == fence
      }
      guard isClosed else { throw ReaderError(description: "an open code span in \(line)") }
    }
    return String(result)
  }

  /// How many cells a table row has; the split comes before anything else in a cell is read.
  static func cells(_ line: String) -> Int {
    var count = -1
    var isEscaped = false
    for scalar in line.unicodeScalars {
      if scalar == "|" && !isEscaped { count += 1 }
      isEscaped = scalar == "\\" && !isEscaped
    }
    return count
  }
}
