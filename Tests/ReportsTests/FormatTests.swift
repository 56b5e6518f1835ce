import Crypto
import Foundation
import IdentityCore
import Testing

@testable import Reports

@Suite("Golden reports")
struct GoldenTests {
  /// Set `IDSYNC_UPDATE_GOLDEN=1` to write the files anew, then read the difference.
  private func check(_ produced: String, against name: String) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/\(name)")
    if ProcessInfo.processInfo.environment["IDSYNC_UPDATE_GOLDEN"] == "1" {
      try Data(produced.utf8).write(to: file)
    }
    let expected = try String(decoding: Data(contentsOf: file), as: UTF8.self)
    #expect(produced == expected, "\(name) differs")
  }

  @Test("every format stays as it was, byte for byte", arguments: ReportFormat.allCases)
  func formats(_ format: ReportFormat) throws {
    try check(try text(SampleReport.standard, format), against: "status.\(format.rawValue)")
  }

  @Test("the table in a narrow terminal with colour")
  func narrow() throws {
    let style = TerminalStyle(width: 80, palette: .ansi)
    try check(try text(SampleReport.standard, .table, style), against: "status-80.ansi")
  }

  @Test("the listings, as text and as JSON", arguments: Listings.all)
  func listings(_ listing: Listings.Named) throws {
    let table = Gathered()
    try ListingWriter.writeTable(
      listing.listing, terminal: TerminalStyle(width: 110, palette: .none)
    ) { table.append($0) }
    try check(table.text, against: "\(listing.name).txt")
    let json = Gathered()
    try ListingWriter.writeJSON(listing.listing) { json.append($0) }
    _ = try JSONSerialization.jsonObject(with: Data(json.bytes))
    try check(json.text, against: "\(listing.name).json")
  }
}

@Suite("The public status format")
struct StatusJSONTests {
  private func document(_ report: StatusReport) throws -> [String: Any] {
    let parsed = try JSONSerialization.jsonObject(with: Data(try text(report, .json).utf8))
    return try #require(parsed as? [String: Any])
  }

  @Test("the promised keys come first and in the promised order")
  func order() throws {
    let json = try text(SampleReport.standard, .json)
    let line = try #require(json.split(separator: "\n").first { $0.hasPrefix("  {\"team\"") })
    let keys = [
      "team", "email", "role", "sso", "platform_mfa", "verdict", "provider", "reason", "witness",
      "enrolled", "factors", "exempt", "findings", "observed_at", "since", "stale",
    ]
    var position = line.startIndex
    for key in keys {
      let found = try #require(line[position...].range(of: "\"\(key)\": "), "\(key)")
      position = found.upperBound
    }
    let heads = ["\"schema\": \"idsync.status/1\"", "\"run\": ", "\"members\": ", "\"summary\": "]
    let places = heads.compactMap { json.range(of: $0)?.lowerBound }
    #expect(places.count == 4 && places == places.sorted())
  }

  @Test("a valid exemption is an object, an ended one is null")
  func exemptions() throws {
    let members = try #require(try document(SampleReport.standard)["members"] as? [[String: Any]])
    let valid = try #require(members.first { $0["email"] as? String == "break-glass@acme.com" })
    let ended = try #require(members.first { $0["email"] as? String == "max.ex@acme.com" })
    #expect(
      valid["exempt"] as? [String: String] == [
        "reason": "sealed emergency account", "approved_by": "ciso@acme.com",
        "until": "2027-01-31T00:00:00Z",
      ])
    #expect(ended["exempt"] is NSNull)
  }

  @Test("the summary counts every verdict, and the findings of those who are not exempt")
  func summary() throws {
    let summary = try #require(try document(SampleReport.standard)["summary"] as? [String: Any])
    #expect(summary["members"] as? Int == 14)
    #expect(summary["not-enforced"] as? Int == 5)
    #expect(summary["exempt"] as? Int == 1)
    #expect((summary["findings"] as? [String: Int])?["mfa-not-enforced"] == 2)
  }

  @Test("before the first run there is no run and nobody")
  func empty() throws {
    let document = try document(SampleReport.make([], run: nil))
    #expect(document["run"] is NSNull)
    #expect((document["members"] as? [Any])?.isEmpty == true)
  }
}

@Suite("The Access page")
struct AccessPageTests {
  @Test("the policy allows this very style and script, and nothing else")
  func policy() throws {
    let page = try text(SampleReport.standard, .html)
    let policy = try PageReader(page).policy
    for tag in ["style", "script"] {
      let start = try #require(page.range(of: "<\(tag)>")?.upperBound)
      let end = try #require(page.range(of: "</\(tag)>")?.lowerBound)
      let digest = Data(SHA256.hash(data: Data(page[start..<end].utf8))).base64EncodedString()
      #expect(policy.contains("\(tag)-src 'sha256-\(digest)'"))
    }
    #expect(policy.hasPrefix("default-src 'none';"))
    #expect(!policy.contains("unsafe") && !page.contains(" style="))
    #expect(try PageReader(page).links.allSatisfy { $0.hasPrefix("#") })
  }

  @Test("what is incomplete or stale stands at the top, with its source and remedy")
  func notices() throws {
    let page = try text(SampleReport.standard, .html)
    let top = try #require(page.range(of: "<section class=\"figures\"")).lowerBound
    #expect(page[..<top].contains("<strong>okta</strong>"))
    #expect(page[..<top].contains("Grant the token okta.groups.read."))
    #expect(page[..<top].contains("The evidence of 1 member is stale"))
  }

  @Test("exempt people stand in a table of their own and are counted apart")
  func exempt() throws {
    let page = try text(SampleReport.standard, .html)
    let parts = page.components(separatedBy: "Exempt on acme-widgets")
    #expect(parts.count == 2)
    #expect(!parts[0].contains("break-glass@acme.com"))
    #expect(parts[1].contains("break-glass@acme.com"))
    #expect(page.contains("<em>5</em> of 14 members can get in with one factor."))
  }

  @Test("a large page prints each distinct proof once, and every link leads somewhere")
  func sharedProofs() throws {
    let page = try PageReader(try text(SampleReport.large(1200), .html))
    let proofs = Set(page.links.filter { $0.hasPrefix("#proof-") })
    #expect(page.rows == 1200)
    #expect(proofs.count == 5)
    #expect(page.links.allSatisfy { page.ids.contains(String($0.dropFirst())) })
  }
}

@Suite("Report writing")
struct ReportWritingTests {
  private struct Full: Error {}

  @Test("pieces stay small however long the report is", arguments: ReportFormat.allCases)
  func streaming(_ format: ReportFormat) throws {
    let gathered = Gathered()
    try ReportWriter.write(SampleReport.large(1500), as: format) { gathered.append($0) }
    #expect(gathered.bytes.count > 100_000)
    #expect(gathered.largestPiece < 100_000)
  }

  @Test("an error of the sink ends the writing", arguments: ReportFormat.allCases)
  func sinkError(_ format: ReportFormat) {
    #expect(throws: Full.self) {
      try ReportWriter.write(SampleReport.large(1500), as: format) { _ in throw Full() }
    }
  }

  @Test("nobody and no run make a report too", arguments: ReportFormat.allCases)
  func empty(_ format: ReportFormat) throws {
    let empty = try text(SampleReport.make([], run: nil), format)
    #expect(!empty.isEmpty)
    if format == .html { _ = try PageReader(empty) }
    if format == .table { #expect(empty.contains("No run has read the sources yet")) }
  }

  @Test("the order of the members given does not matter to tables and pages")
  func order() throws {
    var shuffled = SampleReport.standard
    shuffled.members.reverse()
    for format in [ReportFormat.table, .markdown, .html] {
      #expect(try text(shuffled, format) == text(SampleReport.standard, format))
    }
  }

  @Test("moments agree with the formatter of Foundation")
  func timestamps() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      let moment = Timestamp(
        milliseconds: Int64.random(in: -2_208_988_800...4_102_444_800, using: &generator) * 1000)
      #expect(TimestampText.rfc3339(moment) == moment.text)
    }
    let fraction = Timestamp(milliseconds: -1)
    #expect(TimestampText.rfc3339(fraction) == "1969-12-31T23:59:59Z")
  }
}

@Suite("The answer in one sentence")
struct HeadlineTests {
  private func headline(_ members: [MemberStatus]) -> Headline {
    Headline(Tally(members).headcount)
  }

  private func person(_ door: Door, isExempt: Bool = false) -> MemberStatus {
    SampleReport.member("a@acme.com", nil, [door], isExempt: isExempt)
  }

  @Test("people who get in are counted, and the circumstances named")
  func bad() {
    let headline = headline([
      person(SampleReport.singleFactor), person(SampleReport.conditional),
      person(SampleReport.enforced),
    ])
    #expect(headline.sentence == "2 of 3 members can get in with one factor.")
    #expect(
      headline.detail
        == "1 of them only in named circumstances. 1 needs a second factor for every sign-in.")
    #expect(headline.mood == .bad)
  }

  @Test("an unknown is never good news")
  func uncertain() {
    let headline = headline([person(SampleReport.unknown), person(SampleReport.enforced)])
    #expect(headline.mood == .uncertain)
    #expect(
      headline.sentence
        == "None of 2 members is known to get in with one factor, but 1 cannot be judged.")
    #expect(headline.detail == "1 needs a second factor for every sign-in.")
  }

  @Test("the exempt are no ways in, but are said")
  func exempt() {
    let headline = headline([
      person(SampleReport.singleFactor, isExempt: true), person(SampleReport.enforced),
    ])
    #expect(headline.mood == .good)
    #expect(headline.sentence.hasSuffix("exempt members aside."))
  }

  @Test("nobody at all is not good news either")
  func nobody() {
    #expect(headline([]).mood == .uncertain)
  }
}

@Suite("Terminal text")
struct TerminalTextTests {
  @Test(
    "wide characters take two columns, marks none",
    arguments: [
      ("ana", 3), ("佐藤", 4), ("e\u{301}", 1), ("한글", 4), ("ﾊﾅ", 2), ("👩‍👩‍👧", 2), ("❤️", 2), ("Ａ", 2),
      ("…", 1),
    ])
  func width(_ text: String, _ columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }

  @Test("a cut shows an ellipsis and fits, also where a wide character stands")
  func truncation() {
    #expect(DisplayWidth.truncated("acme-widgets", to: 5) == "acme…")
    #expect(DisplayWidth.truncated("佐藤花子", to: 4) == "佐…")
    #expect(DisplayWidth.truncated("佐藤", to: 4) == "佐藤")
  }

  @Test("colour is for terminals whose owner has not said no")
  func colour() {
    #expect(Palette.fitting(isTerminal: true, environment: [:]) == .ansi)
    #expect(Palette.fitting(isTerminal: true, environment: ["NO_COLOR": ""]) == .ansi)
    #expect(Palette.fitting(isTerminal: true, environment: ["NO_COLOR": "1"]) == .none)
    #expect(Palette.fitting(isTerminal: true, environment: ["TERM": "dumb"]) == .none)
    #expect(Palette.fitting(isTerminal: false, environment: [:]) == .none)
  }

  @Test("outside a terminal nothing is cut and nothing is coloured")
  func plain() throws {
    let name = String(repeating: "x", count: 10_000)
    let table = try text(
      SampleReport.make([SampleReport.member(name, nil, [SampleReport.enforced])]), .table)
    #expect(table.contains(name))
    #expect(!table.contains("\u{1B}"))
  }
}
