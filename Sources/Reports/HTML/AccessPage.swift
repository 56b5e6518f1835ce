import IdentityCore

/// The Access page of one or more teams: one self-contained HTML file, complete without its script.
struct AccessPage {
  private let report: StatusReport
  private let tally: Tally
  private let sections: [TeamSection]

  /// Prepares a report.
  init(_ report: StatusReport) {
    self.report = report
    tally = Tally(report)
    sections = TeamSection.all(of: report)
  }

  /// Writes the page; rows are handed on as they are made.
  func write(to sink: @escaping ByteSink) throws {
    let assets = try PageAssets()
    let frame = AccessFrame(report, tally, sections, assets)
    var output = ByteOutput(to: sink)
    output.raw(frame.head)
    var rows = AccessRows(report)
    for (number, section) in sections.enumerated() {
      try write(section, number, &rows, to: &output)
    }
    try rows.writeProofs(to: &output)
    output.raw(frame.foot)
    try output.finish()
  }

  private func write(
    _ section: TeamSection, _ number: Int, _ rows: inout AccessRows, to output: inout ByteOutput
  ) throws {
    if !section.open.isEmpty || section.exempt.isEmpty {
      let codes = Set(section.open.map { report.members[$0].record.standing.code })
      openBlock(codes, id: "team-\(number + 1)", to: &output)
      output.html(section.team)
      output.literal("</h2>\n")
      try writeTable(
        section.open, caption: caption(of: section), &rows, to: &output)
    }
    if !section.exempt.isEmpty {
      let id = section.open.isEmpty ? "team-\(number + 1)" : "exempt-\(number + 1)"
      openBlock(["ex"], id: id, to: &output)
      output.html("Exempt on \(section.team)")
      output.literal("</h2>\n")
      let people = Count.text(section.exempt.count, "member")
      try writeTable(
        section.exempt,
        caption: "\(people) with a dated exception, counted apart; the verdict stays what it is.",
        &rows, to: &output)
    }
  }

  private func openBlock(_ codes: Set<String>, id: String, to output: inout ByteOutput) {
    let classes = codes.sorted().map { " has-\($0)" }.joined()
    output.raw("<section class=\"block\(classes)\" id=\"\(id)\">\n<h2>")
  }

  private func caption(of section: TeamSection) -> String {
    let exempt = section.exempt.isEmpty ? "" : " and \(Count.grouped(section.exempt.count)) exempt"
    return
      "\(Count.text(section.open.count, "member"))\(exempt), worst first. Open a row for the doors, the proof and the dates."
  }

  private func writeTable(
    _ indices: [Int], caption: String, _ rows: inout AccessRows, to output: inout ByteOutput
  ) throws {
    output.literal("<table class=\"members\">\n<caption>")
    output.html(caption)
    output.literal(
      """
      </caption>
      <colgroup><col class="c-member"/><col class="c-role"/><col class="c-sso"/><col class="c-mfa"/>\
      <col class="c-enrolled"/><col class="c-verdict"/><col/></colgroup>
      <thead><tr><th scope="col">Member</th><th scope="col">Role</th><th scope="col">SSO</th>\
      <th scope="col">Platform MFA</th><th scope="col">Enrolled</th><th scope="col">MFA at the IdP</th>\
      <th scope="col">Why</th></tr></thead>
      <tbody>

      """)
    for index in indices {
      rows.write(index, to: &output)
      try output.drain()
    }
    output.literal("</tbody>\n</table>\n</section>\n")
  }
}

extension Verdict {
  /// The short word for a verdict in class names and filters.
  var code: String {
    switch self {
    case .notEnforced: "ne"
    case .cannotTell: "ct"
    case .enforcedConditionally: "co"
    case .enforced: "en"
    case .notEvaluated: "nv"
    }
  }
}

extension ByteOutput {
  /// Adds foreign text, harmless between tags and inside a quoted attribute.
  mutating func html(_ text: String) {
    let visible = InertText.visible(text)
    appendEscapedHTML(visible)
  }
}
