/// Words of a command that a person may paste into a shell.
enum ShellWord {
  /// The word itself when it is harmless, otherwise in single quotes.
  static func quote(_ text: String) -> String {
    let harmless = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "@._+-".utf8.contains(byte)
      }
    }
    if harmless, !text.isEmpty, !text.hasPrefix("-") { return text }
    return "'"
      + InertText.line(text).split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: #"'\''"#) + "'"
  }

  /// The command that shows everything behind a person's verdict.
  static func explain(_ email: String, team: String) -> String {
    let person = quote(email)
    // A word that begins with a dash would be read as an option, quoted or not.
    return email.hasPrefix("-")
      ? "idsync explain --team=\(quote(team)) -- \(person)"
      : "idsync explain \(person) \(option(team))"
  }

  /// The command that lists a team.
  static func status(team: String) -> String { "idsync status \(option(team))" }

  private static func option(_ team: String) -> String {
    team.hasPrefix("-") ? "--team=\(quote(team))" : "--team \(quote(team))"
  }
}
