import IdentityCore

extension Verdict {
  /// Verdicts from the one that needs looking at most to the one that needs it least.
  static let worstFirst: [Verdict] = [
    .notEnforced, .cannotTell, .enforcedConditionally, .enforced, .notEvaluated,
  ]

  /// As people read it.
  var title: String {
    switch self {
    case .notEnforced: "not enforced"
    case .cannotTell: "cannot tell"
    case .enforcedConditionally: "conditional"
    case .enforced: "enforced"
    case .notEvaluated: "not evaluated"
    }
  }

  /// What it means, one sentence.
  var meaning: String {
    switch self {
    case .notEnforced: "A way in asks for one factor only."
    case .cannotTell: "What is needed to judge is missing, incomplete or not understood."
    case .enforcedConditionally: "A second factor is demanded, except in named circumstances."
    case .enforced: "Every way in asks for a second factor."
    case .notEvaluated: "No live way in: inactive, not assigned or only invited."
    }
  }

  /// A mark that tells the verdicts apart without colour.
  var mark: String {
    switch self {
    case .notEnforced: "✗"
    case .cannotTell: "?"
    case .enforcedConditionally: "◐"
    case .enforced: "✓"
    case .notEvaluated: "–"
    }
  }

  /// Whether somebody with this verdict is known to get in without a second factor.
  var isWayIn: Bool { self == .notEnforced || self == .enforcedConditionally }
}

extension MemberRecord.SSO {
  /// As people read it in a narrow column.
  var title: String {
    switch self {
    case .enabled: "on"
    case .disabled: "off"
    case .unavailable: "unavailable"
    case .unknown: "unknown"
    }
  }
}

extension MemberRecord.PlatformMFA {
  /// As people read it in a narrow column.
  var title: String {
    switch self {
    case .enabled: "on"
    case .disabled: "off"
    case .notApplicable: "n/a"
    case .unknown: "unknown"
    }
  }
}

extension MemberRecord {
  /// The factors as people read them: `webauthn, push`, `none`, `unknown`.
  var enrolmentText: String {
    switch enrolled {
    case .yes: factors.isEmpty ? "yes" : factors.names.joined(separator: ", ")
    case .no: "none"
    case .unknown: "unknown"
    }
  }

  /// The role as people read it.
  var roleText: String { role.rawValue.isEmpty ? "none" : role.rawValue }
}

extension EvidenceItem.Kind {
  /// As people read it.
  var title: String {
    switch self {
    case .userFlag: "user flag"
    default: rawValue
    }
  }
}

/// English counting.
enum Count {
  /// `1 member`, `2 members`.
  static func text(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(grouped(count)) \(count == 1 ? singular : plural ?? singular + "s")"
  }

  /// A number in groups of three, as in `12,345`.
  static func grouped(_ count: Int) -> String {
    let digits = String(count)
    guard digits.utf8.count > 3 else { return digits }
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.utf8.count - index) % 3 == 0 && digit != "-" { result += "," }
      result.append(digit)
    }
    return result
  }
}
