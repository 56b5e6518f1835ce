/// HTML in which every interpolated text is escaped, so that nothing foreign can become markup.
struct Markup: ExpressibleByStringInterpolation {
  /// The HTML.
  let html: String

  init(stringLiteral value: String) { html = value }

  init(stringInterpolation: Interpolation) { html = stringInterpolation.html }

  /// Joins pieces.
  init(_ parts: [Markup]) { html = parts.map(\.html).joined() }

  /// Takes literals as markup and strings as text.
  struct Interpolation: StringInterpolationProtocol {
    fileprivate var html = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      html.reserveCapacity(literalCapacity * 2)
    }

    mutating func appendLiteral(_ literal: String) { html += literal }

    mutating func appendInterpolation(_ markup: Markup) { html += markup.html }

    mutating func appendInterpolation(_ parts: [Markup]) {
      for part in parts { html += part.html }
    }

    mutating func appendInterpolation(_ text: String) { html += Markup.escape(text) }
  }

  /// Replaces the five characters that have a meaning in HTML.
  static func escape(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
