package import IdentityCore

/// Addresses as rosters write them: without the blanks around them, and with what cannot be seen in them found.
package enum RosterAddress {
  /// The text without the white space of any script around it.
  package static func trimmed(_ text: String) -> String {
    if isPlain(text) { return text }
    let scalars = text.unicodeScalars
    let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
    guard let first = scalars.firstIndex(where: { !isBlank($0) }),
      let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(scalars[first...last])
  }

  /// The characters of a trimmed text that nobody sees, or that no address has; each once.
  static func invisible(in text: String) -> [Unicode.Scalar] {
    if isPlain(text) { return [] }
    var found: [Unicode.Scalar] = []
    for scalar in text.unicodeScalars where isInvisible(scalar) && !found.contains(scalar) {
      found.append(scalar)
    }
    return found
  }

  /// What is told about a row whose address has characters that nobody sees; nil where it has none.
  ///
  /// - Parameter place: where the row is: `line 4`, `row 17`.
  package static func issue(_ address: String, place: String, call: String) -> SourceIssue? {
    let found = invisible(in: address)
    guard !found.isEmpty else { return nil }
    let shown = address.unicodeScalars.map { isInvisible($0) ? "‹\(code($0))›" : String($0) }
    return SourceIssue(
      code: "invisible-characters", call: call,
      message:
        "The address \(shown.joined()) (\(place)) has characters that nobody sees: \(found.map(code).joined(separator: ", ")).",
      remedy: "Write the address anew where the roster is kept; as it is, it fits no account.",
      affects: .details)
  }

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isWhitespace {
      return true
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate:
      return true
    default: return false
    }
  }

  private static func code(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

/// The odd addresses of one list, some told one by one, the others counted.
package struct OddAddresses: Sendable {
  private static let shown = 20
  package private(set) var issues: [SourceIssue] = []
  private var hidden = 0
  private var call = ""

  package init() {}

  /// Looks at the address of a row.
  package mutating func look(at address: String, place: @autoclosure () -> String, call: String) {
    guard let issue = RosterAddress.issue(address, place: place(), call: call) else { return }
    self.call = call
    if issues.count < Self.shown { issues.append(issue) } else { hidden += 1 }
  }

  /// What is to be told.
  package var all: [SourceIssue] {
    guard hidden > 0 else { return issues }
    return issues + [
      SourceIssue(
        code: "invisible-characters", call: call,
        message: "\(hidden) more addresses have characters that nobody sees.",
        remedy: "Write the addresses anew where the roster is kept.", affects: .details)
    ]
  }
}
