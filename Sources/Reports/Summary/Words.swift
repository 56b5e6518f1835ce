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
    case .notEnforced: "A way in where no second factor is enforced at the identity provider."
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
      "everybody: the sum of one factor, platform MFA only, cannot tell, enforced, not evaluated and exempt"
    case "one-factor": "one factor gets them in, always or sometimes"
    case "gaps": "one factor, platform MFA only and cannot tell together"
    default: Standing(rawValue: figure)?.meaning ?? ""
    }
  }

  /// A figure of the headline as people read it; the names are those of ``Headcount/figures``.
  static func title(of figure: String) -> String {
    switch figure {
    case "one-factor": "one factor"
    default: Standing(rawValue: figure)?.title ?? figure
    }
  }

  /// As people read it; not the name of any finding.
  var title: String {
    switch self {
    case .oneFactorAlways: "one factor, always"
    case .oneFactorSometimes: "one factor, sometimes"
    case .outsideSSO: "platform MFA only"
    case .cannotTell: "cannot tell"
    case .enforced: "enforced"
    case .notEvaluated: "not evaluated"
    case .exempt: "exempt"
    }
  }

  private var meaning: String {
    switch self {
    case .oneFactorAlways: "of these, in every sign-in through one of their doors"
    case .oneFactorSometimes: "of these, in named circumstances only"
    case .outsideSSO: "outside single sign-on, where the platform asks for a second factor"
    case .cannotTell:
      "what is needed to judge is missing, incomplete or not understood, or the platform does not show its second factor"
    case .enforced: "every way in asks for a second factor"
    case .notEvaluated: "no live way in"
    case .exempt: "a dated exception that somebody signed off, whatever the verdict"
    }
  }

  /// The short word for it in class names and filters of the page.
  var code: String {
    switch self {
    case .oneFactorAlways, .oneFactorSometimes: "of"
    case .outsideSSO: "pf"
    case .cannotTell: "ct"
    case .enforced: "en"
    case .notEvaluated: "nv"
    case .exempt: "ex"
    }
  }
}

extension Headcount {
  /// A place in the headline, as tiles and lines of figures show it.
  struct Place {
    /// The short word in class names and filters of the page.
    let code: String
    /// As people read it.
    let title: String
    /// A mark that tells the places apart without colour.
    let mark: String
    /// How many stand there.
    let count: Int
    /// What the place is made of; nil where that says nothing.
    let note: String?
  }

  /// Where everybody stands, each member once, the figure of the headline first.
  var places: [Place] {
    let sometimes = self[.oneFactorSometimes]
    let note =
      oneFactor > 0 && sometimes > 0
      ? "\(Count.grouped(self[.oneFactorAlways])) always, \(Count.grouped(sometimes)) sometimes"
      : nil
    let marks: [(Standing, String)] = [
      (.outsideSSO, "◒"), (.cannotTell, "?"), (.enforced, "✓"), (.notEvaluated, "–"),
      (.exempt, "○"),
    ]
    return [Place(code: "of", title: "one factor", mark: "✗", count: oneFactor, note: note)]
      + marks.map { standing, mark in
        Place(
          code: standing.code, title: standing.title, mark: mark, count: self[standing], note: nil)
      }
  }
}

extension MemberRecord {
  /// What the verdict means for this member, one sentence.
  var verdictMeaning: String {
    guard verdict == .notEnforced else { return verdict.meaning }
    var open = self
    open.isExempt = false
    return switch open.standing {
    case .outsideSSO:
      "Signs in outside single sign-on, where only the platform's own second factor stands."
    case .cannotTell:
      "No second factor is enforced at the identity provider, and the platform does not show whether its own stands."
    default: "A way in asks for one factor only."
    }
  }
}

extension Remedy {
  /// A command as it is shown beneath a remedy; one that removes somebody says for whom it is.
  static func commandLine(_ command: String) -> String {
    isRemoval(command) ? "If the person left: \(command)" : "→ \(command)"
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
