/// Words of a command that a person may paste into a shell.
enum ShellWord {
  /// The word itself when it is harmless, otherwise in single quotes; inert and cut in any case.
  static func quote(_ text: String) -> String {
    let text = InertText.line(text)
    let harmless = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "@._+-".utf8.contains(byte)
      }
    }
    if harmless, !text.isEmpty, !isOption(text) { return text }
    // Scalar by scalar: to Swift, a quote and an accent after it are one character, to a shell they are not.
    var result = String.UnicodeScalarView("'".unicodeScalars)
    for scalar in text.unicodeScalars {
      result.append(
        contentsOf: scalar == "'" ? #"'\''"#.unicodeScalars : String(scalar).unicodeScalars)
    }
    result.append("'")
    return String(result)
  }

  /// The command that shows everything behind a person's verdict.
  static func explain(_ email: String, team: String) -> String {
    let person = quote(email)
    // A word that begins with a dash would be read as an option, quoted or not.
    return isOption(email)
      ? "idsync explain --team=\(quote(team)) -- \(person)"
      : "idsync explain \(person) \(option(team))"
  }

  /// The command that lists a team.
  static func status(team: String) -> String { "idsync status \(option(team))" }

  private static func option(_ team: String) -> String {
    isOption(team) ? "--team=\(quote(team))" : "--team \(quote(team))"
  }

  private static func isOption(_ text: String) -> Bool { text.utf8.first == UInt8(ascii: "-") }
}
