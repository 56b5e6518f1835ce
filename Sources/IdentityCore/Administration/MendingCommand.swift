/// The command that would mend a finding, or that leads to whoever can.
///
/// Never carried out by itself: it is named, and a person decides.
public enum MendingCommand {
  /// The commands for a member's open findings, each once, in the order of the kinds.
  public static func all(for record: MemberRecord) -> [String] {
    var commands: [String] = []
    for kind in record.findings.kinds {
      let command = command(for: kind, record)
      if !commands.contains(command) { commands.append(command) }
    }
    return commands
  }

  /// The command for one finding.
  public static func command(for kind: FindingKind, _ record: MemberRecord) -> String {
    let email = word(record.email)
    let team = "--team \(word(record.team))"
    let removal =
      "idsync members remove \(email) \(team)"
      + (record.sso == .unavailable ? " --with-access" : "")
    switch kind {
    // The person has no business on the team any more, or comes in beside the sign-in.
    case .deprovisionedAtIdP, .notInIdP, .notAssigned, .outsideSSO, .noMFA: return removal
    case .lastAdmin: return "idsync members set ADDRESS --role admin \(team)"
    case .stale: return "idsync sync \(team)"
    // What is to be changed stands at the provider or in the configuration, and explain names it.
    case .mfaNotEnforced, .mfaConditional, .cannotTell, .ambiguousIdentity, .notEnrolled,
      .weakFactorsOnly, .exemptionExpiring, .exemptionExpired:
      return "idsync explain \(email) \(team)"
    }
  }

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
    guard !isPlain || text.hasPrefix("-") else { return text }
    var quoted = "'"
    for character in text.unicodeScalars {
      if character == "'" { quoted += "'\\''" } else { quoted.unicodeScalars.append(character) }
    }
    return quoted + "'"
  }
}
