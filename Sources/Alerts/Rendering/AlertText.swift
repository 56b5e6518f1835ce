internal import IdentityCore

/// The plain text of an alert.
enum AlertText {
  private static let width = 76

  /// Renders an alert; lines end with a line feed and are at most 76 wide, commands and names excepted.
  static func render(_ content: AlertContent) -> String {
    let digest = AlertDigest(content)
    let team = InertText.line(content.team, limit: 100)
    var lines = wrap("\(team): \(digest.headline)")
    if let notice = digest.partNotice { lines += [""] + wrap(notice) }
    if let notice = digest.incompleteNotice { lines += [""] + wrap("! " + notice, hanging: 2) }
    for notice in content.notices {
      lines += [""] + wrap("* " + AlertDigest.message(notice), hanging: 2)
      if !notice.remedy.isEmpty {
        lines += wrap("  To do: \(InertText.line(notice.remedy, limit: 1000))", hanging: 9)
      }
    }
    if !digest.opened.isEmpty {
      lines += ["", digest.openedTitle.uppercased()]
      for person in digest.opened.prefix(AlertDigest.maxListed) {
        lines += [""] + opened(person, team: content.team)
      }
      lines += rest(digest.opened.count, team: content.team)
    }
    if !digest.resolved.isEmpty {
      lines += ["", digest.resolvedTitle.uppercased(), ""]
      lines += digest.resolved.prefix(AlertDigest.maxListed).flatMap(resolved)
      lines += rest(digest.resolved.count, team: content.team)
    }
    lines += ["", "THE TEAM NOW", ""]
    lines += wrap("  \(digest.standing)", hanging: 2)
    lines += ["  Everyone: \(ShellWord.status(team: content.team))"]
    lines += ["", "-- ", "idsync, run \(InertText.line(content.runID, limit: 60))"]
    lines += [AlertDigest.moment(content.at)]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func opened(_ person: AlertDigest.Person, team: TeamName) -> [String] {
    let exempt = person.isExempt ? "  (exempt)" : ""
    var lines = [
      "\(person.severity.rawValue.uppercased())  \(InertText.line(person.email, limit: 120))\(exempt)"
    ]
    for finding in person.findings {
      let mark = finding.isExempt && !person.isExempt ? " (exempt)" : ""
      lines += wrap("  * \(finding.kind.rawValue)\(mark): \(finding.kind.summary)", hanging: 4)
    }
    if !person.replaced.isEmpty {
      lines += wrap(
        "  Instead of: \(person.replaced.map(AlertDigest.replaced).joined(separator: ", "))",
        hanging: 14)
    }
    for reason in person.reasons {
      lines += wrap("  Why: \(InertText.line(reason, limit: 1000))", hanging: 7)
    }
    for witness in person.witnesses {
      lines += wrap("  Way in: \(InertText.line(witness, limit: 1000))", hanging: 10)
    }
    for remedy in person.remedies {
      lines += wrap("  Remedy: \(InertText.line(remedy, limit: 1000))", hanging: 10)
    }
    lines += person.commands.map { "  Then: \(InertText.line($0, limit: 400))" }
    lines.append("  More: \(ShellWord.explain(person.email, team: team))")
    if let removal = person.removal {
      lines.append("  If the person left: \(InertText.line(removal, limit: 400))")
    }
    return lines
  }

  private static func resolved(_ person: AlertDigest.Person) -> [String] {
    let email = InertText.line(person.email, limit: 120)
    return ["  \(email)"]
      + person.findings.map { finding in
        let age = AlertDigest.age(of: finding).map { ", open for \($0)" } ?? ""
        return "    \(finding.kind.rawValue)\(age)"
      }
  }

  private static func rest(_ number: Int, team: TeamName) -> [String] {
    guard number > AlertDigest.maxListed else { return [] }
    let people = count(number - AlertDigest.maxListed, "more person", "more people")
    return ["", "  and \(people): \(ShellWord.status(team: team))"]
  }

  /// Breaks a paragraph at spaces; the indentation of the first line is kept.
  static func wrap(_ text: String, hanging: Int = 0) -> [String] {
    var lines: [String] = []
    var line = String(text.prefix { $0 == " " })
    var length = line.count
    var isFresh = true
    for word in text.split(separator: " ") {
      let size = word.count
      if !isFresh, length + 1 + size > width {
        lines.append(line)
        line = String(repeating: " ", count: hanging)
        length = hanging
        isFresh = true
      }
      line += isFresh ? "\(word)" : " \(word)"
      length += isFresh ? size : size + 1
      isFresh = false
    }
    return lines + [line]
  }
}
