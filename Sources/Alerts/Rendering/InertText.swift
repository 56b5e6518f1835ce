/// Foreign text made harmless to look at: it stays on its line, in its direction and within its length.
enum InertText {
  /// Shows control, format and direction characters as `\u{202E}`, and cuts what is too long.
  ///
  /// The joiners that Persian names and emoji need are kept. Applying this again with the same limit
  /// changes nothing. The limit counts Unicode scalars, so that piled-up accents count too.
  static func line(_ text: String, limit: Int = 200) -> String {
    if text.utf8.count <= limit, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var result: [Unicode.Scalar] = []
    var cut = 0
    for scalar in text.unicodeScalars {
      if isVisible(scalar) { result.append(scalar) } else { result += escape(scalar) }
      if result.count > limit { return string(result[..<cut] + ["…"]) }
      if result.count < limit { cut = result.count }
    }
    return string(result)
  }

  /// Whether a character shows itself and nothing else.
  static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value >= 0x20, scalar.value < 0x7F { return true }
    if scalar.value == 0x200C || scalar.value == 0x200D { return true }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate:
      return false
    default: return true
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let padding = String(repeating: "0", count: max(0, 4 - digits.count))
    return Array("\\u{\(padding)\(digits)}".unicodeScalars)
  }

  private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
