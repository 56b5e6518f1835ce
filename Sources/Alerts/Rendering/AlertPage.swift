internal import IdentityCore

/// The HTML of an alert: one table, inline styles, nothing fetched, readable with styles removed.
enum AlertPage {
  /// Renders an alert.
  static func render(_ content: AlertContent) -> String {
    let digest = AlertDigest(content)
    let team = InertText.line(content.team, limit: 100)
    let body: Markup = """
      <p class="quiet" style="\(quiet)">idsync &middot; <bdi>\(team)</bdi></p>
      <h1 style="margin:2px 0 0;font-size:21px;line-height:1.3;font-weight:650;">\(
        sentence(digest.headline))</h1>
      <p class="quiet" style="\(quiet)margin:6px 0 0;">\(digest.standing)\(
        digest.partNotice.map { " " + $0 } ?? "")</p>
      \(warning(digest))\(notices(digest))\(opened(digest))\(resolved(digest))
      <p class="quiet" style="\(quiet)margin:26px 0 0;">Everyone on the team: \(
        command(ShellWord.status(team: content.team)))</p>
      <p class="quiet" style="\(quiet)margin:6px 0 0;">Run \(
        InertText.line(content.runID, limit: 60)), \(AlertDigest.moment(content.at)).</p>
      """
    return page(title: "\(team): \(digest.headline)", body).html
  }

  /// Puts a body into a page that mail programs of all kinds show alike.
  static func page(title: String, _ body: Markup) -> Markup {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width,initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="supported-color-schemes" content="light dark">
    <title>\(title)</title>
    <style>\(darkStyle)</style></head>
    <body class="page" style="margin:0;padding:0;background:#f2f4f7;color:#1d2939;">
    <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr>
    <td align="center" style="padding:20px 10px;">
    <table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" \
    style="max-width:640px;background:#ffffff;border:1px solid #dde2ea;border-radius:8px;">
    <tr><td style="padding:24px 26px;text-align:left;font-family:\(fonts);font-size:15px;\
    line-height:1.5;overflow-wrap:anywhere;word-break:break-word;">
    \(body)
    </td></tr></table>
    </td></tr></table>
    </body></html>

    """
  }

  /// A command in the type of a terminal.
  static func command(_ text: String) -> Markup {
    """
    <code class="code" style="font-family:Menlo,Consolas,'Liberation Mono',monospace;\
    font-size:13px;background:#f2f4f7;padding:2px 5px;border-radius:4px;">\(text)</code>
    """
  }

  private static let fonts: Markup =
    "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
  private static let quiet: Markup = "margin:0;color:#5b6675;font-size:13px;line-height:1.5;"
  private static let darkStyle: Markup = """
    @media (prefers-color-scheme: dark) {
    .page { background:#0f1318 !important; color:#e4e8ee !important; }
    .card { background:#181d24 !important; border-color:#2c3440 !important; }
    .quiet { color:#9aa6b5 !important; } .line { border-color:#2c3440 !important; }
    .code, .witness { background:#232a34 !important; }
    .warning { background:#33290f !important; color:#f0d48a !important; }
    .critical { color:#ff8f85 !important; } .high { color:#ffab70 !important; }
    .medium { color:#e7c25c !important; } .low { color:#a3b0c2 !important; }
    .good { color:#6fcf97 !important; } }
    """

  private static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }

  private static func title(_ text: String) -> Markup {
    """
    <h2 class="line" style="margin:26px 0 0;padding:0 0 6px;border-bottom:1px solid #dde2ea;\
    font-size:15px;font-weight:650;">\(text)</h2>
    """
  }

  private static func warning(_ digest: AlertDigest) -> Markup {
    guard let notice = digest.incompleteNotice else { return "" }
    return """
      <p class="warning" style="margin:18px 0 0;padding:10px 13px;background:#fff6dd;\
      color:#6b4d00;border-radius:6px;font-size:14px;">\(notice)</p>
      """
  }

  /// What is told of sources and of the run itself, each with what to do.
  private static func notices(_ digest: AlertDigest) -> Markup {
    let items: [Markup] = digest.content.notices.map { notice in
      let remedy: Markup =
        notice.remedy.isEmpty
        ? ""
        : """
        <br><b>To do:</b> <bdi>\(InertText.line(notice.remedy, limit: 1000))</bdi>
        """
      return """
        <p class="line" style="margin:12px 0 0;padding:0 0 10px;border-bottom:1px solid #eceff3;">\
        <bdi>\(AlertDigest.message(notice))</bdi>\(remedy)</p>
        """
    }
    return "\(items)"
  }

  private static func opened(_ digest: AlertDigest) -> Markup {
    guard !digest.opened.isEmpty else { return "" }
    let people = digest.opened.prefix(AlertDigest.maxListed)
      .map { person($0, team: digest.content.team) }
    return "\(title(digest.openedTitle))\(people)\(rest(digest.opened.count, digest))"
  }

  private static func resolved(_ digest: AlertDigest) -> Markup {
    guard !digest.resolved.isEmpty else { return "" }
    let people: [Markup] = digest.resolved.prefix(AlertDigest.maxListed).map { person in
      let findings = person.findings.map { finding in
        finding.kind.rawValue
          + (AlertDigest.age(of: finding).map { " (open for \($0))" } ?? "")
      }
      return """
        <p style="margin:9px 0 0;"><span class="good" style="color:#18794e;">&#10003;</span> \
        <bdi>\(InertText.line(person.email, limit: 120))</bdi>
        <span class="quiet" style="\(quiet)">\(findings.joined(separator: ", "))</span></p>
        """
    }
    return "\(title(digest.resolvedTitle))\(people)\(rest(digest.resolved.count, digest))"
  }

  private static func rest(_ number: Int, _ digest: AlertDigest) -> Markup {
    guard number > AlertDigest.maxListed else { return "" }
    let people = count(number - AlertDigest.maxListed, "more person", "more people")
    let list = command(ShellWord.status(team: digest.content.team))
    return "<p style=\"margin:12px 0 0;\">and \(people): \(list)</p>"
  }

  private static func person(_ person: AlertDigest.Person, team: TeamName) -> Markup {
    let findings: [Markup] = person.findings.map { finding in
      """
      <p style="margin:4px 0 0;">\(finding.kind.summary) \
      <span class="quiet" style="\(quiet)">\(finding.kind.rawValue)\(
        finding.isExempt ? ", exempt" : "")</span></p>
      """
    }
    let before = person.replaced.map(AlertDigest.replaced).joined(separator: ", ")
    let replaced: Markup =
      before.isEmpty
      ? ""
      : """
      <p class="quiet" style="\(quiet)margin:4px 0 0;font-size:14px;"><b>Instead of:</b> \(before)</p>
      """
    let reasons: [Markup] = person.reasons.map {
      """
      <p class="quiet" style="\(quiet)margin:4px 0 0;font-size:14px;">\
      <b>Why:</b> <bdi>\(InertText.line($0, limit: 1000))</bdi></p>
      """
    }
    let witnesses: [Markup] = person.witnesses.map {
      """
      <p class="witness" style="margin:7px 0 0;padding:7px 11px;background:#f7f8fa;\
      border-left:3px solid \(colour(person.severity));font-size:14px;">\
      <b>Way in:</b> <bdi>\(InertText.line($0, limit: 1000))</bdi></p>
      """
    }
    let remedies: [Markup] = person.remedies.map {
      """
      <p style="margin:7px 0 0;font-size:14px;"><b>Remedy:</b> <bdi>\(
        InertText.line($0, limit: 1000))</bdi></p>
      """
    }
    let commands: [Markup] = person.commands.map {
      "<p style=\"margin:7px 0 0;\">\(command(InertText.line($0, limit: 400)))</p>"
    }
    let removal: [Markup] = [person.removal].compactMap { $0 }.map {
      """
      <p class="quiet" style="\(quiet)margin:8px 0 0;">If the person left: \(
        command(InertText.line($0, limit: 400)))</p>
      """
    }
    return """
      <div class="line" style="padding:14px 0;border-bottom:1px solid #eceff3;">
      <p style="margin:0;"><b class="\(person.severity.rawValue)" style="color:\(
        colour(person.severity));font-size:11px;letter-spacing:.05em;">\(
        person.severity.rawValue.uppercased())</b>&ensp;<b><bdi>\(
        InertText.line(person.email, limit: 120))</bdi></b></p>
      \(findings)\(replaced)\(reasons)\(witnesses)\(remedies)\(commands)
      <p style="margin:8px 0 0;">\(command(ShellWord.explain(person.email, team: team)))</p>
      \(removal)
      </div>
      """
  }

  private static func colour(_ severity: Severity) -> String {
    switch severity {
    case .critical: "#b42318"
    case .high: "#b54708"
    case .medium: "#7a5b00"
    case .low: "#475467"
    }
  }
}
