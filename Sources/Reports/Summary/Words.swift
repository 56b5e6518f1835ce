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
}

extension Standing {
  /// What a figure of the headline counts, in words; the names are those of ``Headcount/figures``.
  static func meaning(of figure: String) -> String {
    switch figure {
    case "members":
      "everybody: the sum of one-factor, outside-sso, cannot-tell, enforced, not-evaluated and exempt"
    case "one-factor": "one factor gets them in, always or sometimes"
    case "gaps": "one-factor, outside-sso and cannot-tell together"
    default: Standing(rawValue: figure)?.meaning ?? ""
    }
  }

  private var meaning: String {
    switch self {
    case .oneFactorAlways: "of these, in every sign-in through one of their doors"
    case .oneFactorSometimes: "of these, in named circumstances only"
    case .outsideSSO: "outside single sign-on, where the platform asks for a second factor"
    case .cannotTell: "what is needed to judge is missing, incomplete or not understood"
    case .enforced: "every way in asks for a second factor"
    case .notEvaluated: "no live way in"
    case .exempt: "a dated exception that somebody signed off, whatever the verdict"
    }
  }
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
    Headcount.grouped(count)
  }
}
