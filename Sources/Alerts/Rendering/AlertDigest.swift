internal import IdentityCore

/// The content of an alert, put together by person and counted, as every rendering of it needs.
struct AlertDigest {
  /// What opened or ended for one person.
  struct Person {
    /// The address, as the roster spells it.
    var email: String
    /// The findings, in the order of the content.
    var findings: [Finding]

    /// The weightiest of them.
    var severity: Severity { findings.map(\.severity).max() ?? .low }
    /// Whether an exemption takes all of them out of the gap count.
    var isExempt: Bool { findings.allSatisfy(\.isExempt) }
    /// The reasons, each once.
    var reasons: [String] { unique(findings.map(\.reason)) }
    /// The escapes, each once.
    var witnesses: [String] { unique(findings.compactMap(\.witness)) }
    /// What mends them, each once.
    var remedies: [String] { unique(findings.compactMap(\.remedy?.text)) }
    /// The commands of the remedies beside `explain` and those that remove somebody, each once.
    var commands: [String] {
      unique(findings.flatMap { $0.remedy?.commands ?? [] })
        .filter { !$0.hasPrefix("idsync explain ") && !Self.isRemoval($0) }
    }
    /// The command that takes the person off the team, if that is a remedy; shown after everything else.
    var removal: String? {
      findings.lazy.flatMap { $0.remedy?.commands ?? [] }.first(where: Self.isRemoval)
    }

    private static func isRemoval(_ command: String) -> Bool {
      command.hasPrefix("idsync members remove ")
    }

    private func unique(_ texts: [String]) -> [String] {
      var seen: Set<String> = []
      return texts.filter { !$0.isEmpty && seen.insert($0).inserted }
    }
  }

  /// The people listed at most; the rest is counted and pointed to.
  static let maxListed = 100

  let content: AlertContent
  /// Those for whom something opened, in the order of the content.
  let opened: [Person]
  /// Those for whom something ended.
  let resolved: [Person]
  /// How many people have a new finding that says that one factor gets them in, exempt ones left out.
  let withoutMFA: Int
  /// Findings of other people, exempt ones left out.
  let others: Int
  /// Findings that a valid exemption covers.
  let exempt: Int

  init(_ content: AlertContent) {
    self.content = content
    opened = Self.people(content.opened)
    resolved = Self.people(content.resolved)
    let gaps = Self.people(content.opened.filter { !$0.isExempt })
    let open = gaps.filter { $0.findings.contains { Self.lacksMFA($0.kind) } }
    withoutMFA = open.count
    others = gaps.reduce(0) { $0 + $1.findings.count } - open.reduce(0) { $0 + $1.findings.count }
    exempt = content.opened.filter(\.isExempt).count
  }

  /// What happened, in one line: `2 newly flagged members can get in with one factor, 1 resolved`.
  var headline: String {
    var parts: [String] = []
    if withoutMFA > 0 {
      parts.append(
        "\(count(withoutMFA, "newly flagged member", "newly flagged members")) can get in with one factor"
      )
    }
    if others > 0 {
      parts.append(
        withoutMFA > 0
          ? count(others, "other finding", "other findings")
          : count(others, "finding opened", "findings opened"))
    }
    if exempt > 0 { parts.append(count(exempt, "exempt finding", "exempt findings")) }
    let ended = content.resolved.count
    if ended > 0 {
      parts.append(
        parts.isEmpty ? count(ended, "finding resolved", "findings resolved") : "\(ended) resolved")
    }
    if content.opened.isEmpty, content.openGaps == 0 { parts.append("no gap left open") }
    return parts.isEmpty ? "nothing to report" : parts.joined(separator: ", ")
  }

  /// How the team stands after the run: the headline that every other view shows, and the gaps.
  var standing: String {
    let gaps = content.openGaps == 0 ? "no gap" : count(content.openGaps, "gap", "gaps")
    guard let headcount = content.headcount else {
      return "\(count(content.members, "member", "members")), \(gaps)."
    }
    return
      ([headcount.sentence] + headcount.details
      + ["That is \(gaps) among \(count(content.members, "member", "members"))."])
      .joined(separator: " ")
  }

  /// That the run found more than this message tells; nil when it tells all.
  var partNotice: String? {
    let told = content.opened.count + content.resolved.count
    let all = content.openedInRun + content.resolvedInRun
    return all > told ? "This message tells \(told) of the \(all) changes of the run." : nil
  }

  /// The sources that were not read to their end, and what that means; nil when all were.
  var incompleteNotice: String? {
    guard !content.incompleteSources.isEmpty else { return nil }
    let names = content.incompleteSources.prefix(10).map { InertText.line($0, limit: 60) }
    let more = content.incompleteSources.count - names.count
    let list = names.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    return "Not read to the end in this run: \(list). What is known from before stays, marked with "
      + "its age, and nothing counts as resolved or gone for lack of data."
  }

  /// How long a resolved finding was open: `3 days`.
  static func age(of finding: Finding) -> String? {
    guard let end = finding.resolvedAt, end > finding.openedAt else { return nil }
    let minutes = (end.milliseconds - finding.openedAt.milliseconds) / 60_000
    return switch minutes {
    case ..<1: "less than a minute"
    case ..<120: count(Int(minutes), "minute", "minutes")
    case ..<2880: count(Int(minutes / 60), "hour", "hours")
    default: count(Int(minutes / 1440), "day", "days")
    }
  }

  /// A moment as mails show it: `2026-06-02 08:00 UTC`.
  static func moment(_ time: Timestamp) -> String {
    let text = time.text
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
  }

  private static func people(_ findings: [Finding]) -> [Person] {
    var people: [Person] = []
    var places: [String: Int] = [:]
    for finding in findings {
      if let place = places[finding.email] {
        people[place].findings.append(finding)
      } else {
        places[finding.email] = people.count
        people.append(Person(email: finding.email, findings: [finding]))
      }
    }
    return people
  }

  private static func lacksMFA(_ kind: FindingKind) -> Bool {
    switch kind {
    case .mfaNotEnforced, .noMFA, .mfaConditional: true
    default: false
    }
  }
}

/// A number with its noun.
func count(_ number: Int, _ one: String, _ many: String) -> String {
  "\(number) \(number == 1 ? one : many)"
}
