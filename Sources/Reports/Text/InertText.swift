/// Makes foreign text harmless for the place it is shown in.
///
/// Names and addresses come from directories that strangers may write to. In every format a control character, a
/// terminal escape, a bidi override or an invisible mark stands as a visible escape such as `\u{202E}`; a backslash
/// that would read as the start of one is escaped itself, so the original can always be told from what is shown.
public enum InertText {
  /// Where the text is shown.
  public enum Target: Sendable, CaseIterable {
    /// A terminal: nothing but visible characters.
    case terminal
    /// GitHub-flavoured Markdown, also inside a table: no markup, no links, no mentions, no line breaks.
    case markdown
    /// HTML, between tags and inside a quoted attribute.
    case html
    /// A field of a CSV file before quoting: no spreadsheet takes it for a formula.
    case csv
  }

  /// The text, harmless in its target.
  public static func make(_ text: String, for target: Target) -> String {
    let visible = visible(text)
    return switch target {
    case .terminal: visible
    case .markdown: markdown(visible)
    case .html: html(visible)
    case .csv: formulaGuarded(visible)
    }
  }

  // MARK: Visible escapes

  /// The text with everything that is not plainly visible as an escape.
  static func visible(_ text: String) -> String {
    var copy = text
    let isPlain = copy.withUTF8 { bytes in
      bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    }
    return isPlain ? copy : escaped(Array(copy.unicodeScalars))
  }

  private static func escaped(_ scalars: [Unicode.Scalar]) -> String {
    var result = String.UnicodeScalarView()
    var marks = 0
    for (index, scalar) in scalars.enumerated() {
      let previous = index > 0 ? scalars[index - 1] : nil
      let next = index + 1 < scalars.count ? scalars[index + 1] : nil
      marks = scalar.isCombining ? marks + 1 : 0
      let isVisible: Bool =
        if scalar == "\\" {
          !(next == "u" && index + 2 < scalars.count && scalars[index + 2] == "{")
        } else if scalar.isHazard {
          scalar.isJoiner(between: previous, and: next)
        } else {
          // A mark on nothing would sit on our own text, a pile of them on the lines above.
          marks == 0 || (index >= marks && marks <= 4)
        }
      if isVisible {
        result.append(scalar)
      } else {
        result.append(
          contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
      }
    }
    return String(result)
  }

  // MARK: Targets

  /// Plain words as they are, anything else as a code span, in which Markdown knows no markup.
  private static func markdown(_ text: String) -> String {
    guard !text.isEmpty else { return "" }
    if isPlainProse(text) { return text }
    var body: [UInt8] = []
    var ticks = 0
    var longest = 0
    var previous: UInt8 = 0
    for byte in text.utf8 {
      ticks = byte == UInt8(ascii: "`") ? ticks + 1 : 0
      longest = max(longest, ticks)
      if byte == UInt8(ascii: "|") {
        // A table row is split before code spans are read, and `\\|` would split it.
        body.append(contentsOf: Array((previous == UInt8(ascii: "\\") ? "\\u{7C}" : "\\|").utf8))
      } else {
        body.append(byte)
      }
      previous = byte
    }
    let fence = String(repeating: "`", count: longest + 1)
    let needsSpace =
      [body.first, body.last].contains(UInt8(ascii: "`"))
      || (body.first == UInt8(ascii: " ") && body.last == UInt8(ascii: " "))
    let pad = needsSpace ? " " : ""
    return fence + pad + String(decoding: body, as: UTF8.self) + pad + fence
  }

  /// Whether a text holds nothing Markdown or a forge could take for markup, a link or a mention.
  private static func isPlainProse(_ text: String) -> Bool {
    var previous = UInt8(ascii: " ")
    var ws = 0
    // Whether a colon and then a word are open: another colon would make an emoji of it.
    var isAfterColon = false
    for (index, byte) in text.utf8.enumerated() {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
        break
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if index == 0 { return false }
      case UInt8(ascii: " "), UInt8(ascii: "-"):
        if index == 0 { return false }
      case UInt8(ascii: ":"):
        if index == 0 || isAfterColon { return false }
      case UInt8(ascii: "."):
        if ws >= 3 { return false }
      case UInt8(ascii: "/"):
        if previous == UInt8(ascii: ":") { return false }
      case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: ")"),
        UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"):
        break
      default:
        return false
      }
      if byte == UInt8(ascii: ":") { isAfterColon = true }
      if byte == UInt8(ascii: " ") { isAfterColon = false }
      ws = byte | 0x20 == UInt8(ascii: "w") ? ws + 1 : 0
      previous = byte
    }
    return previous != UInt8(ascii: " ")
  }

  private static func html(_ text: String) -> String {
    var bytes: [UInt8] = []
    appendEscapedHTML(of: text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends text with the five characters of HTML as entities; bytes, because `<` and a combining mark are one `Character`.
  static func appendEscapedHTML(of text: String, to bytes: inout [UInt8]) {
    var copy = text
    copy.withUTF8 { all in
      var start = 0
      for index in all.indices {
        let entity: StaticString
        switch all[index] {
        case UInt8(ascii: "&"): entity = "&amp;"
        case UInt8(ascii: "<"): entity = "&lt;"
        case UInt8(ascii: ">"): entity = "&gt;"
        case UInt8(ascii: "\""): entity = "&quot;"
        case UInt8(ascii: "'"): entity = "&#39;"
        default: continue
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: all[start..<index]))
        bytes.append(
          contentsOf: UnsafeBufferPointer(
            start: entity.utf8Start, count: entity.utf8CodeUnitCount))
        start = index + 1
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: all[start...]))
    }
  }

  /// An apostrophe before what a spreadsheet would compute; further apostrophes are doubled up so that it can be undone.
  private static func formulaGuarded(_ text: String) -> String {
    let first = text.unicodeScalars.first { $0 != "'" && !$0.properties.isWhitespace }
    let isFormula = first.map { formulaStarts.contains($0) } ?? false
    return (isFormula ? "'" : "") + separatorsGuarded(text)
  }

  /// Half and full width forms; tab and line ends never get here, they are visible escapes already.
  private static let formulaStarts: Set<Unicode.Scalar> = ["=", "+", "-", "@", "＝", "＋", "－", "＠"]

  /// Where `;` separates fields a formula could hide behind one inside a field.
  private static func separatorsGuarded(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: ";")) else { return text }
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    for (index, scalar) in scalars.enumerated() {
      let rest = scalars[(index + 1)...].first { $0 != " " && $0 != "\"" && $0 != "'" }
      if scalar == ";", let rest, formulaStarts.contains(rest) {
        result.append(contentsOf: "\\u{3B}".unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
