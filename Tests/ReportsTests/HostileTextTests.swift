import Foundation
import IdentityCore
import Testing

@testable import Reports

/// A report whose every foreign text is the same hostile one.
private func report(of text: String) -> StatusReport {
  let door = Door(
    provider: text, app: text, verdict: .enforcedConditionally, code: .policyEscapes, reason: text,
    witness: text, witnessContext: [ContextFact(name: text, value: text)],
    evidence: [EvidenceItem(.policy, id: text, name: text, value: text, path: text)])
  let exemption = Exemption(
    member: text, reason: text, approvedBy: text, until: SampleReport.generatedAt.adding(seconds: 9)
  )
  let members = [false, true].map { isExempt in
    SampleReport.member(
      text, text, [door], [.mfaConditional], role: Role(rawValue: text), team: text,
      exemption: exemption, isExempt: isExempt)
  }
  let run = RunRecord(
    id: text, startedAt: SampleReport.generatedAt, finishedAt: SampleReport.generatedAt,
    outcome: .held,
    sources: [
      SourceReading(
        name: text, kind: text, requestsByEndpoint: [text: 1], startedAt: SampleReport.generatedAt,
        observedAt: SampleReport.generatedAt,
        issues: [
          SourceIssue(code: text, call: text, page: 1, status: 500, message: text, remedy: text)
        ])
    ], changes: ChangeCounts())
  var report = SampleReport.make(members, run: run)
  report.filters = [text]
  report.toolVersion = text
  return report
}

/// Characters a report may hold although they are invisible: its own line ends, and honest joiners.
private func hazards(_ text: String) -> [Unicode.Scalar] {
  text.unicodeScalars.filter {
    $0.isHazard && !["\n", "\r", "\u{200C}", "\u{200D}", "\u{FE0E}", "\u{FE0F}"].contains($0)
  }
}

@Suite("Hostile names are inert")
struct HostileTextTests {
  @Test("no format lets a control, bidi or invisible character through", arguments: Hostile.samples)
  func noHazards(_ sample: Hostile.Sample) throws {
    let name = sample.text
    let report = report(of: name)
    for format in ReportFormat.allCases {
      #expect(hazards(try text(report, format)) == [], "\(format.rawValue)")
    }
  }

  @Test(
    "the page stays well-formed, with our elements, attributes and links only",
    arguments: Hostile.samples)
  func html(_ sample: Hostile.Sample) throws {
    let name = sample.text
    let page = try PageReader(try text(report(of: name), .html))
    let ours = try PageReader(try text(SampleReport.standard, .html))
    // What a page of this shape may hold beyond the sample: nothing.
    #expect(page.elements.subtracting(ours.elements) == [])
    #expect(page.attributes.subtracting(ours.attributes) == [])
    #expect(page.links.allSatisfy { $0.hasPrefix("#") })
    #expect(page.rows == 2)
    #expect(page.names == (name.isEmpty ? [] : [name, name].map(InertText.visible)))
    #expect(page.scripts == ours.scripts)
  }

  @Test("Markdown holds no markup, link or mention of theirs", arguments: Hostile.samples)
  func markdown(_ sample: Hostile.Sample) throws {
    let name = sample.text
    let lines = try text(report(of: name), .markdown).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    var columns = 0
    for line in lines {
      let prose = try MarkdownReader.outsideCode(line)
      let foreign = prose.filter { "<[]_~&@!\\{}".contains($0) }
      #expect(foreign == "", "\(line.prefix(200))")
      #expect(!prose.contains("://") && !prose.lowercased().contains("www."))
      if line.hasPrefix("|") {
        let cells = MarkdownReader.cells(line)
        #expect(columns == 0 || cells == columns, "\(line.prefix(200))")
        columns = cells
      } else {
        columns = 0
      }
      if line.hasPrefix("|---") || !line.hasPrefix("|") { continue }
      #expect(!prose.contains("`"))
    }
  }

  @Test(
    "CSV reads back as RFC 4180, no field is a formula, and nothing is lost",
    arguments: Hostile.samples)
  func csv(_ sample: Hostile.Sample) throws {
    let name = sample.text
    let rows = try CSVReader.rows(try text(report(of: name), .csv))
    #expect(rows.count == 3)
    for row in rows.dropFirst() {
      #expect(
        row.allSatisfy {
          !($0.unicodeScalars.first.map { "=+-@＝＋－＠\t\r".unicodeScalars.contains($0) } ?? false)
        })
      #expect(Array(CSVReader.original(row[1]).unicodeScalars) == Array(name.unicodeScalars))
    }
  }

  @Test("JSON reads back exactly", arguments: Hostile.samples)
  func json(_ sample: Hostile.Sample) throws {
    let name = sample.text
    let parsed = try JSONSerialization.jsonObject(
      with: Data(try text(report(of: name), .json).utf8))
    let members = try #require((parsed as? [String: Any])?["members"] as? [[String: Any]])
    let email = try #require(members.first?["email"] as? String)
    #expect(Array(email.unicodeScalars) == Array(name.unicodeScalars))
  }

  @Test("a terminal shows lines no wider than itself", arguments: Hostile.samples)
  func terminal(_ sample: Hostile.Sample) throws {
    let name = sample.text
    for width in [80, 120] {
      let shown = try text(report(of: name), .table, TerminalStyle(width: width, palette: .none))
      for line in shown.split(separator: "\n", omittingEmptySubsequences: false) {
        #expect(DisplayWidth.of(String(line)) <= width)
      }
    }
  }

  @Test("JSON and CSV give back two thousand random texts")
  func roundTrip() throws {
    var generator = SeededGenerator(seed: 2026)
    let names = (0..<2000).map { _ in Hostile.random(&generator) }
    let members = names.map { SampleReport.member($0, $0, [SampleReport.enforced]) }
    let report = SampleReport.make(members)
    let parsed = try JSONSerialization.jsonObject(with: Data(try text(report, .json).utf8))
    let objects = try #require((parsed as? [String: Any])?["members"] as? [[String: Any]])
    let rows = try CSVReader.rows(try text(report, .csv)).dropFirst()
    #expect(objects.count == names.count && rows.count == names.count)
    for ((name, object), row) in zip(zip(names, objects), rows) {
      let scalars = Array(name.unicodeScalars)
      #expect((object["name"] as? String).map { Array($0.unicodeScalars) } == scalars)
      #expect(Array(CSVReader.original(row[2]).unicodeScalars) == scalars)
    }
    let page = try PageReader(try text(report, .html))
    #expect(page.rows == names.count)
  }

  @Test("what is shown can be told from what was, for random texts")
  func reversible() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<5000 {
      let name = Hostile.random(&generator)
      let shown = InertText.make(name, for: .terminal)
      #expect(Array(CSVReader.unescaped(shown).unicodeScalars) == Array(name.unicodeScalars))
    }
  }
}
