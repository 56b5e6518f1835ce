import Foundation
import IdentityCore
import Testing

@testable import Reports

@Suite("One headline in every view")
struct HeadcountTests {
  @Test("every population is the sum of its parts, and the figures are those of an oracle")
  func sums() {
    var generator = SeededGenerator(seed: 18)
    var seen: Set<Standing> = []
    for size in 0..<400 {
      let members = RandomWorld.members(size % 60, &generator)
      let headcount = Headcount(members.map(\.record))
      let figures = Dictionary(uniqueKeysWithValues: headcount.figures.map { ($0.name, $0.count) })
      #expect(figures == RandomWorld.figures(members))
      #expect(headcount.members == members.count)
      #expect(headcount.members == Standing.allCases.reduce(0) { $0 + headcount[$1] })
      #expect(
        headcount.members - headcount.gaps
          == headcount[.enforced] + headcount[.notEvaluated] + headcount[.exempt])
      // A gap, told by verdicts, is a gap by findings too: a run and a report count the same people.
      for record in members.map(\.record) {
        #expect(
          record.standing.isGap
            == (!record.isExempt && !record.findings.isDisjoint(with: .gaps)), "\(record)")
        seen.insert(record.standing)
      }
    }
    #expect(seen == Set(Standing.allCases))
  }

  @Test("the table, JSON, CSV, Markdown and the page show the same numbers", arguments: 0..<40)
  func views(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let members = RandomWorld.members(Int.random(in: 1..<50, using: &generator), &generator)
    let report = SampleReport.make(members)
    let figures = RandomWorld.figures(members)
    let sentence = Headcount(members.map(\.record)).sentence
    let one = figures["one-factor"] ?? 0
    let noun = members.count == 1 ? "member" : "members"
    if one > 0 {
      #expect(sentence == "\(one) of \(members.count) \(noun) can get in with one factor.")
    } else {
      #expect(
        sentence.hasPrefix(
          members.count == 1 ? "The only member " : "None of \(members.count) \(noun) "))
    }
    for format in [ReportFormat.table, .markdown] {
      #expect(try text(report, format).contains(sentence), "\(format)")
    }
    let document = try JSONSerialization.jsonObject(with: Data(try text(report, .json).utf8))
    let json = try #require(document as? [String: Any])
    let summary = try #require(json["summary"] as? [String: Any])
    #expect(summary["headcount"] as? [String: Int] == figures)
    #expect(summary["headline"] as? String == sentence)
    let rows = try #require(json["members"] as? [[String: Any]])
    for place in Standing.allCases {
      #expect(
        rows.count { $0["standing"] as? String == place.rawValue } == figures[place.rawValue])
    }
    let csv = try CSVReader.rows(try text(report, .csv))
    let column = try #require(csv.first?.firstIndex(of: "standing"))
    for place in Standing.allCases {
      #expect(csv.dropFirst().count { $0[column] == place.rawValue } == figures[place.rawValue])
    }
    let markdown = try text(report, .markdown)
    let page = try text(report, .html)
    for (name, count) in figures {
      #expect(markdown.contains("| \(Standing.title(of: name)) | \(count) |"), "\(name)")
      #expect(page.contains("<dt>\(Standing.title(of: name)) <b>\(count)</b></dt>"), "\(name)")
    }
    #expect(
      page.contains(
        "<em>\(one > 0 ? String(one) : figures["members"] == 1 ? "The only member" : "None")</em>"))
    let table = try text(report, .table)
    let gaps = figures["gaps"] ?? 0
    #expect(
      table.contains(gaps == 0 ? "No gap among" : "\(gaps) \(gaps == 1 ? "gap" : "gaps") among"))
  }

  @Test(
    "people outside single sign-on with the platform's factor are apart, until another door is open"
  )
  func outside() {
    func standing(_ doors: [Door], _ kinds: [FindingKind], _ mfa: MemberRecord.PlatformMFA)
      -> Standing
    {
      SampleReport.member("a@b.c", nil, doors, kinds, mfa: mfa).record.standing
    }
    let beside = SampleReport.password
    #expect(standing([beside], [.outsideSSO], .enabled) == .outsideSSO)
    #expect(standing([beside], [.outsideSSO, .noMFA], .disabled) == .oneFactorAlways)
    // What the platform does not show is not known to be missing.
    #expect(standing([beside], [.outsideSSO], .unknown) == .cannotTell)
    #expect(standing([beside, SampleReport.enforced], [.outsideSSO], .enabled) == .outsideSSO)
    #expect(
      standing([beside, SampleReport.conditional], [.outsideSSO, .mfaConditional], .enabled)
        == .oneFactorSometimes)
    #expect(
      standing([beside, SampleReport.singleFactor], [.outsideSSO, .mfaNotEnforced], .enabled)
        == .oneFactorAlways)
    #expect(
      standing([beside, SampleReport.unknown], [.outsideSSO, .cannotTell], .enabled)
        == .cannotTell)
  }
}
