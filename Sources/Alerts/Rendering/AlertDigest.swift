internal import IdentityCore

/// The content of an alert, put together by person and counted, as every rendering of it needs.
struct AlertDigest {
  /// What opened or ended for one person.
  struct Person {
    /// The address, as the roster spells it.
    var email: String
    /// The findings, in the order of the content.
    var findings: [Finding]
    /// What ended for the same person with it, which others took the place of: no news of getting better.
    var replaced: [Finding] = []

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
  /// Those for whom something ended, and nothing worse took its place.
  let resolved: [Person]
  /// How many people have a new finding and stand in the headline as somebody whom one factor gets in.
  let withoutMFA: Int
  /// How many other people have a new finding, the exempt left out.
  let others: Int
  /// How many people have a new finding that a valid exemption covers, and no other.
  let exempt: Int
  /// How many findings ended for ``resolved``.
  let resolvedCount: Int

  init(_ content: AlertContent) {
    self.content = content
    let opened = Self.people(content.opened)
    let ended = Self.people(content.resolved)
    let worst = Dictionary(
      opened.map { ($0.email, $0.severity) }, uniquingKeysWith: { first, _ in first })
    func isReplaced(_ finding: Finding) -> Bool {
      worst[finding.email].map { $0 >= finding.severity } ?? false
    }
    let replaced = Dictionary(
      ended.map { ($0.email, $0.findings.filter(isReplaced)) }, uniquingKeysWith: { $0 + $1 })
    self.opened = opened.map { person in
      var person = person
      person.replaced = replaced[person.email] ?? []
      return person
    }
    resolved = ended.compactMap { person in
      var person = person
      person.findings.removeAll(where: isReplaced)
      return person.findings.isEmpty ? nil : person
    }
    resolvedCount = resolved.reduce(0) { $0 + $1.findings.count }
    let gaps = Self.people(content.opened.filter { !$0.isExempt })
    withoutMFA = gaps.filter { $0.findings.contains(where: Self.lacksMFA) }.count
    others = gaps.count - withoutMFA
    exempt = opened.count - gaps.count
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
          ? count(others, "other member flagged", "other members flagged")
          : count(others, "member flagged", "members flagged"))
    }
    if exempt > 0 {
      parts.append(count(exempt, "exempt member flagged", "exempt members flagged"))
    }
    let ended = resolvedCount
    if ended > 0 {
      parts.append(
        parts.isEmpty ? count(ended, "finding resolved", "findings resolved") : "\(ended) resolved")
    }
    if !parts.isEmpty, content.opened.isEmpty, content.openGaps == 0 {
      parts.append("no gap left open")
    }
    parts += noticeWords
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

  /// What a notice says; a source is named, also where the message does not.
  static func message(_ notice: AlertNotice) -> String {
    let message = InertText.line(notice.message, limit: 1000)
    let subject = InertText.line(notice.subject, limit: 60)
    guard notice.kind != .runHeld, !message.contains(subject) else { return message }
    return "Source \(subject): \(message)"
  }

  /// What is told of sources and of the run, a few words each, equal ones once.
  private var noticeWords: [String] {
    var seen: Set<String> = []
    return content.notices.map { notice in
      let subject = InertText.line(notice.subject, limit: 60)
      return switch notice.kind {
      case .sourceFailed: "source \(subject) could not be read to its end"
      case .sourceRecovered: "source \(subject) can be read again"
      case .runHeld: "the guard holds a part of the run"
      }
    }.filter { seen.insert($0).inserted }
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

  /// `Opened (21 findings of 20 members)`.
  var openedTitle: String { Self.title("Opened", content.opened.count, opened.count) }

  /// `Resolved (2 findings of 1 member)`.
  var resolvedTitle: String { Self.title("Resolved", resolvedCount, resolved.count) }

  private static func title(_ word: String, _ findings: Int, _ members: Int) -> String {
    "\(word) (\(count(findings, "finding", "findings")) of \(count(members, "member", "members")))"
  }

  /// What a finding of a member took the place of: `cannot-tell (open for 3 days)`.
  static func replaced(_ finding: Finding) -> String {
    finding.kind.rawValue + (age(of: finding).map { " (open for \($0))" } ?? "")
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

  /// Whether one factor gets the member of a finding in, as the headline counts it.
  private static func lacksMFA(_ finding: Finding) -> Bool {
    if let standing = finding.standing { return standing.isOneFactor }
    return switch finding.kind {
    case .mfaNotEnforced, .noMFA, .mfaConditional: true
    default: false
    }
  }
}

/// A number with its noun.
func count(_ number: Int, _ one: String, _ many: String) -> String {
  "\(number) \(number == 1 ? one : many)"
}
