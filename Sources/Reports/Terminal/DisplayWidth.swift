/// How many columns of a terminal a text takes: wide East Asian characters two, combining marks none.
enum DisplayWidth {
  /// The columns of a text that is already harmless.
  static func of(_ text: String) -> Int {
    if isASCII(text) { return text.utf8.count }
    return text.reduce(0) { $0 + of($1) }
  }

  /// The columns of one character.
  static func of(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if character.unicodeScalars.contains("\u{FE0F}") { return 2 }
    return of(first)
  }

  /// A text cut to so many columns, the cut shown as an ellipsis.
  static func truncated(_ text: String, to width: Int) -> String {
    guard width > 0 else { return "" }
    if isASCII(text) && text.utf8.count <= width { return text }
    var result = ""
    var used = 0
    // The text that fits if a cut turns out to be needed: the ellipsis wants a column.
    var fitting = ""
    for character in text {
      let columns = of(character)
      if used + columns > width { return fitting + "…" }
      used += columns
      result.append(character)
      if used <= width - 1 { fitting = result }
    }
    return result
  }

  /// A text broken into lines of so many columns, at spaces where there are any.
  static func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: true) {
      var rest = String(word)
      var columns = of(rest)
      if used > 0 && used + 1 + columns <= width {
        line += " " + rest
        used += 1 + columns
        continue
      }
      if used > 0 { lines.append(line) }
      while columns > width {
        let (head, tail) = split(rest, at: width)
        lines.append(head)
        rest = tail
        columns = of(rest)
      }
      line = rest
      used = columns
    }
    if used > 0 || lines.isEmpty { lines.append(line) }
    return lines
  }

  private static func split(_ text: String, at width: Int) -> (String, String) {
    var used = 0
    var index = text.startIndex
    while index < text.endIndex {
      let columns = of(text[index])
      if used + columns > width && used > 0 { break }
      used += columns
      index = text.index(after: index)
    }
    return (String(text[..<index]), String(text[index...]))
  }

  private static func isASCII(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 < 0x80 }
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  /// The blocks whose characters are wide or full width (Unicode Standard Annex 11).
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF,
    0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B,
    0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265,
    0x20000...0x3FFFD,
  ]
}
