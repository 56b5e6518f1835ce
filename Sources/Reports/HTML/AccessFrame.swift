import IdentityCore
import Mustache

/// The parts of the Access page around the tables.
struct AccessFrame {
  /// Everything before the tables.
  let head: String
  /// Everything after them.
  let foot: String

  /// Renders both from a report.
  init(_ report: StatusReport, _ tally: Tally, _ sections: [TeamSection], _ assets: PageAssets) {
    head = assets.head.render(Self.head(report, tally, sections, assets))
    foot = assets.foot.render(Self.foot(report, tally, assets))
  }

  // MARK: Head

  private static func head(
    _ report: StatusReport, _ tally: Tally, _ sections: [TeamSection], _ assets: PageAssets
  ) -> [String: Any] {
    let headline = Headline(tally.headcount)
    let notices = Notice.all(of: report, tally).map(context)
    let findings = FindingKind.allCases.compactMap { kind in
      tally.findings[kind].map { context(kind, $0) }
    }
    let scope =
      sections.count == 1 ? sections[0].team : Count.text(sections.count, "team")
    var values: [String: Any] = [
      "policy": assets.policy, "style": assets.style,
      "title": "\(scope): \(headline.sentence)", "scope": scope,
      "made": TimestampText.rfc3339(report.generatedAt),
      "madeText": TimestampText.minute(report.generatedAt),
      "mood": headline.mood.rawValue, "figure": headline.figure, "rest": headline.rest,
      "hasNotices": !notices.isEmpty, "notices": notices,
      "bar": bar(tally), "tiles": tiles(tally),
      "hasFindings": !findings.isEmpty, "findings": findings,
      "hasTeams": sections.count > 1, "teams": sections.enumerated().map(context),
      "shown": "Showing \(Count.grouped(tally.members)) of \(Count.grouped(tally.members))",
    ]
    if !headline.detail.isEmpty { values["detail"] = headline.detail }
    return values
  }

  private static func context(_ notice: Notice) -> [String: Any] {
    var values: [String: Any] = [
      "weight": notice.weight == .warning ? "warning" : "note", "message": notice.message,
    ]
    if let source = notice.source { values["source"] = source }
    if !notice.remedy.isEmpty { values["remedy"] = notice.remedy }
    if !notice.place.isEmpty { values["place"] = notice.place }
    return values
  }

  private static func context(_ kind: FindingKind, _ count: Int) -> [String: Any] {
    [
      "kind": kind.rawValue, "count": Count.grouped(count), "meaning": kind.summary,
      "severity": kind.severity(isAdministrator: false).rawValue,
    ]
  }

  private static func context(_ number: Int, _ section: TeamSection) -> [String: Any] {
    [
      "id": "team-\(number + 1)", "name": section.team,
      "count": Count.text(section.count, "member"),
    ]
  }

  /// The share of each place as a strip; percentages with two digits, so that small shares stay visible.
  private static func bar(_ tally: Tally) -> [[String: Any]] {
    guard tally.members > 0 else { return [] }
    var before = 0
    return tally.headcount.places.compactMap { place in
      let (code, count) = (place.code, place.count)
      guard count > 0 else { return nil }
      defer { before += count }
      return [
        "code": code, "x": percent(before, of: tally.members),
        "width": percent(count, of: tally.members),
      ]
    }
  }

  private static func percent(_ part: Int, of whole: Int) -> String {
    let hundredths = part * 10_000 / whole
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }

  private static func tiles(_ tally: Tally) -> [[String: Any]] {
    let all = Headcount.Place(
      code: "all", title: "everyone", mark: "", count: tally.members, note: nil)
    return ([all] + tally.headcount.places).map { place in
      var values: [String: Any] = [
        "code": place.code, "title": place.title, "count": Count.grouped(place.count),
        "isZero": place.count == 0, "isFirst": place.code == all.code,
      ]
      if let note = place.note { values["note"] = note }
      return values
    }
  }

  // MARK: Foot

  private static func foot(
    _ report: StatusReport, _ tally: Tally, _ assets: PageAssets
  ) -> [String: Any] {
    let sources = (report.run?.sources ?? []).map(context)
    return [
      "verdicts": Verdict.worstFirst.map { verdict -> [String: Any] in
        ["code": verdict.code, "title": verdict.title, "meaning": verdict.meaning]
      },
      "figures": tally.headcount.figures.map { name, count -> [String: Any] in
        [
          "name": Standing.title(of: name), "count": Count.grouped(count),
          "meaning": Standing.meaning(of: name),
        ]
      },
      "facts": Provenance.facts(of: report, tally).map { fact -> [String: Any] in
        ["name": fact.name, "value": fact.value]
      },
      "hasSources": !sources.isEmpty, "sources": sources, "script": assets.script,
    ]
  }

  private static func context(_ source: SourceReading) -> [String: Any] {
    let calls = source.requestsByEndpoint.sorted { $0.key < $1.key }
    return [
      "name": source.name, "kind": source.kind,
      "complete": source.isComplete ? "yes" : "no",
      "completeClass": source.isComplete ? "full" : "part",
      "fetched": Count.grouped(source.fetched),
      "declared": source.declared.map(Count.grouped) ?? "not said",
      "requests": Count.grouped(source.requests), "bytes": Count.grouped(source.bytes),
      "began": TimestampText.rfc3339(source.startedAt),
      "ended": TimestampText.rfc3339(source.observedAt),
      "hasCalls": !calls.isEmpty,
      "calls": calls.map { call, count -> [String: Any] in
        ["call": call, "count": Count.grouped(count)]
      },
    ]
  }
}
