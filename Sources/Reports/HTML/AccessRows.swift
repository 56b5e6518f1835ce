import IdentityCore

/// Writes the rows of the Access page, by hand: a template engine would cost more than all the rest.
struct AccessRows {
  /// Up to here each row carries its own proof; larger pages print each distinct proof once and point to it.
  private static let ownProofLimit = 1000

  private let report: StatusReport
  private let sharesProofs: Bool
  private var names = FindingNames()
  private var opened: [String: Timestamp] = [:]
  private var proofs: [Judgement] = []
  private var proofUses: [Int] = []
  private var proofNumbers: [Judgement: Int] = [:]

  /// Prepares the rows of a report.
  init(_ report: StatusReport) {
    self.report = report
    sharesProofs = report.members.count > Self.ownProofLimit
    opened.reserveCapacity(report.findings.count)
    for finding in report.findings {
      opened[Self.key(finding.team, finding.email, finding.kind)] = finding.openedAt
    }
  }

  /// Writes one member.
  mutating func write(_ index: Int, to output: inout ByteOutput) {
    let status = report.members[index]
    let record = status.record
    output.literal("<tr class=\"")
    output.raw(record.standing.code)
    output.literal("\"><th scope=\"row\">")
    if let name = record.name, !name.isEmpty { output.span("name", name) }
    output.span("mail", record.email)
    output.literal("</th>")
    writeFacts(record, to: &output)
    writeVerdict(status, to: &output)
    output.literal("<td class=\"why\"><details>")
    writeSummary(record, to: &output)
    output.literal("<div class=\"more\"><div class=\"main\">")
    writeWitness(record, to: &output)
    writeRemedies(status, to: &output)
    writeProof(of: record, to: &output)
    output.literal("</div>")
    writeDates(status, to: &output)
    output.literal("</div></details></td></tr>\n")
  }

  // MARK: Cells

  private func writeFacts(_ record: MemberRecord, to output: inout ByteOutput) {
    // Only beside the team's sign-in is "off" a gap.
    let isOutsideSSO = record.sso == .disabled && record.findings.contains(FindingSet(.outsideSSO))
    output.raw(record.role.isAdministrator ? "<td class=\"role admin\">" : "<td class=\"role\">")
    output.html(record.isPending ? "invited" : record.roleText)
    output.raw(isOutsideSSO ? "</td><td class=\"sso off\">" : "</td><td class=\"sso\">")
    output.raw(record.sso.title)
    output.raw(
      record.platformMFA == .disabled ? "</td><td class=\"mfa off\">" : "</td><td class=\"mfa\">")
    output.raw(record.platformMFA.title)
    output.literal("</td><td class=\"enrolled\">")
    output.raw(record.enrolmentText)
    output.literal("</td>")
  }

  private func writeVerdict(_ status: MemberStatus, to output: inout ByteOutput) {
    let record = status.record
    output.literal("<td class=\"verdict\"><span class=\"v ")
    output.raw(record.verdict.code)
    output.literal("\">")
    output.raw(record.verdict.title)
    output.literal("</span>")
    if let provider = record.provider { output.span("via", "via \(provider)") }
    let age = TimestampText.span(from: status.observedAt, to: report.generatedAt)
    if record.isHeld {
      let plan = report.heldPlans[record.team].map { ": idsync apply \($0)" } ?? ""
      output.span("stale", "held, \(age) old\(plan)")
    } else if status.isStale {
      output.span("stale", "stale, \(age) old")
    }
    output.literal("</td>")
  }

  private mutating func writeSummary(_ record: MemberRecord, to output: inout ByteOutput) {
    output.literal("<summary>")
    if record.isExempt, let exemption = record.exemption {
      output.span("grant", "Exempt \(exemption.sentence)")
    }
    output.span("reason", record.reason.isEmpty ? record.verdictMeaning : record.reason)
    let kinds = names.kinds(of: record.findings)
    if !kinds.isEmpty {
      output.literal(" <span class=\"chips\">")
      for (position, kind) in kinds.enumerated() {
        if position > 0 { output.literal(" ") }
        let severity = kind.severity(isAdministrator: record.role.weighsAsAdministrator)
        output.raw("<span class=\"chip \(severity.rawValue)\">\(kind.rawValue)</span>")
      }
      output.literal("</span>")
    }
    output.literal("</summary>")
  }

  private func writeWitness(_ record: MemberRecord, to output: inout ByteOutput) {
    guard let witness = record.witness else { return }
    output.literal("<div class=\"witness\"><b>A sign-in that gets through</b>")
    output.html(witness)
    if let context = record.judgement.deciding?.witnessContext, !context.isEmpty {
      output.literal("<dl class=\"context\">")
      for fact in context {
        output.literal("<div><dt>")
        output.html(fact.name)
        output.literal("</dt><dd>")
        output.html(fact.value)
        output.literal("</dd></div>")
      }
      output.literal("</dl>")
    }
    output.literal("</div>")
  }

  private func writeRemedies(_ status: MemberStatus, to output: inout ByteOutput) {
    let remedies = Remedy.summary(for: status)
    guard !remedies.texts.isEmpty else { return }
    output.literal("<div class=\"remedies\"><b>Remedy</b><ul>")
    for text in remedies.texts {
      output.literal("<li>")
      output.html(text)
      output.literal("</li>")
    }
    for command in remedies.commands {
      output.literal(
        Remedy.isRemoval(command) ? "<li>If the person left: <code>" : "<li><code>")
      output.html(command)
      output.literal("</code></li>")
    }
    output.literal("</ul></div>")
  }

  // MARK: Proofs

  private mutating func writeProof(of record: MemberRecord, to output: inout ByteOutput) {
    guard sharesProofs else {
      ProofBlock.write(record.judgement, saidAlready: record.reason, to: &output)
      return
    }
    let number: Int
    if let known = proofNumbers[record.judgement] {
      number = known
    } else {
      number = proofs.count
      proofNumbers[record.judgement] = number
      proofs.append(record.judgement)
      proofUses.append(0)
    }
    proofUses[number] += 1
    output.raw("<p><a href=\"#proof-\(number + 1)\">Doors and proof \(number + 1)</a></p>")
  }

  /// Writes the proofs that rows have pointed to, each once.
  func writeProofs(to output: inout ByteOutput) throws {
    guard !proofs.isEmpty else { return }
    output.literal("<section class=\"proofs\" id=\"proofs\">\n<h2>Doors and proofs</h2>\n")
    for (number, proof) in proofs.enumerated() {
      output.raw(
        "<article class=\"proof\" id=\"proof-\(number + 1)\"><h3>\(number + 1)</h3><p>Holds for ")
      output.raw("\(Count.text(proofUses[number], "member")).</p>")
      ProofBlock.write(proof, to: &output)
      output.literal("</article>\n")
      try output.drain()
    }
    output.literal("</section>\n")
  }

  // MARK: Dates

  private mutating func writeDates(_ status: MemberStatus, to output: inout ByteOutput) {
    let record = status.record
    let now = report.generatedAt
    output.literal("<dl class=\"facts\">")
    output.fact(
      "Verdict since",
      "\(TimestampText.minute(record.since)), \(TimestampText.span(from: record.since, to: now))")
    output.fact(
      "Evidence read",
      "\(TimestampText.minute(status.observedAt)), "
        + "\(TimestampText.span(from: status.observedAt, to: now)) before this report")
    if let id = record.platformUserID { output.fact("Id at the platform", id) }
    if let id = record.accountID { output.fact("Account at the provider", id) }
    for kind in names.kinds(of: record.findings) {
      let since = opened[Self.key(record.team, record.email, kind)]
        .map { " Open since \(TimestampText.minute($0))." }
      output.fact(kind.rawValue, kind.summary + (since ?? ""))
    }
    if let exemption = record.exemption {
      if record.hasExemptionOfAnother(at: now) {
        output.fact("Not exempt", "The exemption is of another person who had this address.")
      } else {
        output.fact(record.isExempt ? "Exempt" : "Was exempt", exemption.sentence)
      }
    }
    output.literal("</dl>")
  }

  private static func key(_ team: TeamName, _ email: String, _ kind: FindingKind) -> String {
    "\(kind.rawValue)\u{0}\(team)\u{0}\(email)"
  }
}

extension ByteOutput {
  /// Adds a span of a class around foreign text.
  fileprivate mutating func span(_ name: StaticString, _ text: String) {
    literal("<span class=\"")
    literal(name)
    literal("\">")
    html(text)
    literal("</span>")
  }

  /// Adds a term and its description.
  fileprivate mutating func fact(_ name: String, _ value: String) {
    literal("<div><dt>")
    html(name)
    literal("</dt><dd>")
    html(value)
    literal("</dd></div>")
  }
}
