/// How many columns of a terminal a text takes: wide East Asian characters two, combining marks none.
enum DisplayWidth {
  /// The columns of a text that is already harmless; counting may stop at a number beyond which nobody asks.
  static func of(_ text: String, upTo most: Int = .max) -> Int {
    if isASCII(text) { return min(text.utf8.count, most) }
    var width = 0
    for character in text {
      width += of(character)
      if width >= most { return most }
    }
    return width
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

  /// A text broken into lines of so many columns, at spaces where there are any; no more lines than asked for.
  static func wrapped(_ text: String, to width: Int, atMost limit: Int = .max) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: true) {
      let columns = of(String(word), upTo: width + 1)
      if used > 0 && used + 1 + columns <= width {
        line += " "
        used += 1
      } else if used > 0 {
        lines.append(line)
        line = ""
        used = 0
      }
      if lines.count >= limit { return lines }
      guard columns > width else {
        line += word
        used += columns
        continue
      }
      for character in word {
        let columns = of(character)
        if used + columns > width && used > 0 {
          lines.append(line)
          line = ""
          used = 0
          if lines.count >= limit { return lines }
        }
        line.append(character)
        used += columns
      }
    }
    if used > 0 || lines.isEmpty { lines.append(line) }
    return lines
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
