internal import CurlTransport
internal import JSONQuery

/// A text with `{{names}}` that stand for values.
package struct Template: Sendable, Hashable {
  /// Why a text is no template.
  package struct Malformed: Error, Hashable {
    package let reason: String
  }

  private enum Part: Sendable, Hashable {
    case text(String)
    case variable(String)
  }

  private let parts: [Part]

  /// Reads a text.
  ///
  /// - Parameter allowed: the names that may stand in it.
  package init(_ text: String, allowed: Set<String>) throws(Malformed) {
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.firstRange(of: "{{") {
      if open.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<open.lowerBound]))) }
      guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
        throw Malformed(reason: "}} is missing")
      }
      let name = rest[open.upperBound..<close.lowerBound].filter { $0 != " " }
      guard allowed.contains(name) else {
        let known =
          allowed.isEmpty ? "none are known here" : allowed.sorted().joined(separator: ", ")
        throw Malformed(
          reason: "{{\(name.prefix(40))}} is no variable; \(known); others go under variables")
      }
      parts.append(.variable(name))
      rest = rest[close.upperBound...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    self.parts = parts
  }

  /// The names that stand in it.
  package var names: [String] {
    parts.compactMap { if case .variable(let name) = $0 { name } else { nil } }
  }

  /// The text with `{names}`, for counting and messages.
  package var shown: String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .variable(let name): "{\(name)}"
      }
    }.joined()
  }

  /// The text with values put in, each written by a closure; nil when one is missing.
  package func filled(_ values: [String: String], _ write: (String) -> String) -> String? {
    var result = ""
    for part in parts {
      switch part {
      case .text(let text): result += text
      case .variable(let name):
        guard let value = values[name] else { return nil }
        result += write(value)
      }
    }
    return result
  }

  /// As a part of a path or query.
  static let inURL: @Sendable (String) -> String = { URLText.encoded($0) }
  /// Inside a JSON text.
  static let inJSON: @Sendable (String) -> String = {
    String(JSONValue.string($0).text.dropFirst().dropLast())
  }
  /// As it is.
  package static let plain: @Sendable (String) -> String = { $0 }
}
