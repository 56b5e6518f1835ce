public import IdentityCore

extension FieldChange {
  /// What changed, as people read it: `role: member → admin`; foreign text is as it came.
  public var sentence: String {
    switch name {
    case "held":
      return after == "yes"
        ? "the guard holds what was read of this member" : "no longer held by the guard"
    case "kept_from":
      return after.isEmpty
        ? "read anew" : "shown as it was read at \(after): a later reading failed or is held"
    case "pending": return after == "yes" ? "invited" : "the invitation was taken"
    case "evidence":
      guard !before.isEmpty || !after.isEmpty else {
        return "what the verdict rests on was put in other words"
      }
      let parts = [
        before.isEmpty ? nil : "no longer \(before)", after.isEmpty ? nil : "now \(after)",
      ]
      return "evidence: \(parts.compactMap { $0 }.joined(separator: "; "))"
    default: return "\(label): \(Self.word(before)) → \(Self.word(after))"
    }
  }

  private var label: String {
    switch name {
    case "sso": "single sign-on"
    case "platform_mfa": "platform MFA"
    default: name
    }
  }

  private static func word(_ value: String) -> String { value.isEmpty ? "none" : value }
}
