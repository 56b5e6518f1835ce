/// The commands that a remedy names; a person decides whether to carry them out.
///
/// An address that begins with a dash stands behind `--`: quoted or not, it would be read as an option.
public enum MendingCommand {
  /// Shows everything behind the verdict.
  public static func explain(_ record: MemberRecord) -> String {
    about(record.email, "idsync explain", record.team)
  }

  /// What every command begins with that takes somebody off a team.
  static let removing = "idsync members remove "

  /// Takes somebody off the team.
  public static func removal(of record: MemberRecord) -> String {
    about(
      record.email,
      "idsync members remove" + (record.sso == .unavailable ? " --with-access" : ""), record.team)
  }

  /// Reads the sources of the team again.
  public static func sync(_ record: MemberRecord) -> String {
    "idsync sync \(option(record.team))"
  }

  /// Makes somebody else an admin too.
  public static func secondAdmin(_ record: MemberRecord) -> String {
    "idsync members set ADDRESS --role admin \(option(record.team))"
  }

  private static func about(_ email: String, _ command: String, _ team: TeamName) -> String {
    isOption(email)
      ? "\(command) \(option(team)) -- \(word(email))"
      : "\(command) \(word(email)) \(option(team))"
  }

  private static func option(_ team: TeamName) -> String {
    isOption(team) ? "--team=\(word(team))" : "--team \(word(team))"
  }

  private static func isOption(_ text: String) -> Bool { text.utf8.first == UInt8(ascii: "-") }

  /// A text as one word of a shell.
  private static func word(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "@%+=:,./-_".utf8.contains(byte)
        }
      }
    guard !isPlain else { return text }
    var quoted = "'"
    for character in text.unicodeScalars {
      if character == "'" { quoted += "'\\''" } else { quoted.unicodeScalars.append(character) }
    }
    return quoted + "'"
  }
}
