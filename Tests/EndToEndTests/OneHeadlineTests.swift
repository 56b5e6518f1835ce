import Foundation
import MockIdP
import TestSupport
import Testing

@Suite("One headline, end to end", .serialized)
struct OneHeadlineTests {
  private static let names = [
    "members", "one-factor", "one-factor-always", "one-factor-sometimes", "outside-sso",
    "cannot-tell", "enforced", "not-evaluated", "exempt", "gaps",
  ]

  private static let titles = [
    "one-factor-always": "one factor, always", "one-factor-sometimes": "one factor, sometimes",
    "outside-sso": "platform MFA only",
  ]

  private static func scenario() -> Scenario {
    var scenario = TestScenario.team()
    // Somebody under single sign-on whom the provider does not know: nobody can tell.
    scenario[team: "acme-widgets"].members.append(HerokuMember("lou@acme.com"))
    return scenario
  }

  /// The figures out of the members of the status format, by the words of the README.
  private func count(_ members: [[String: Any]]) -> [String: Int] {
    var figures = Dictionary(uniqueKeysWithValues: Self.names.map { ($0, 0) })
    for member in members {
      let verdict = member["verdict"] as? String ?? ""
      let findings = member["findings"] as? [String] ?? []
      let isExempt = member["exempt"] as? [String: Any] != nil
      figures["members", default: 0] += 1
      if isExempt {
        figures["exempt", default: 0] += 1
        continue
      }
      if ["not-enforced", "enforced-conditionally", "cannot-tell"].contains(verdict) {
        figures["gaps", default: 0] += 1
      }
      let isBeside =
        findings == ["outside-sso"] && member["platform_mfa"] as? String == "enabled"
      let isUnshown =
        findings == ["outside-sso"] && member["platform_mfa"] as? String == "unknown"
      let place =
        switch verdict {
        case "not-enforced":
          isBeside ? "outside-sso" : isUnshown ? "cannot-tell" : "one-factor-always"
        case "enforced-conditionally": "one-factor-sometimes"
        default: verdict
        }
      figures[place, default: 0] += 1
      if place.hasPrefix("one-factor-") { figures["one-factor", default: 0] += 1 }
    }
    return figures
  }

  @Test("sync, status, page, Markdown, CSV, webhook and mail show the same numbers of one world")
  func everyView() async throws {
    let hook = HookReceiver()
    try await hook.start()
    let mail = try await SMTPSink.start()
    let url = await hook.url
    let bench = try await Workbench(Self.scenario()) { mock in
      Workbench.configuration(
        mock,
        extra: """
              exemptions: [ { member: gus@contractor.example, reason: x, approved_by: y, until: 2099-01-01 } ]
          alerts:
            hook: { kind: webhook, url: "\(url)", secret: env:HOOK_SECRET }
            admins: { kind: email, server: "smtp://127.0.0.1:\(mail.port)", security: none, from: idsync@acme.com }
          """)
    }
    let sync = try await bench.run(["sync"], adding: ["HOOK_SECRET": AlertTests.secret])
    #expect(sync.status == 0, "\(sync.output)\(sync.errors)")
    let document = try await bench.run("status", "--format", "json").json()
    let members = try #require(document["members"] as? [[String: Any]])
    let figures = count(members)
    for name in ["one-factor", "outside-sso", "cannot-tell", "enforced", "not-evaluated", "exempt"]
    {
      #expect((figures[name] ?? 0) > 0, "\(name): \(figures)")
    }
    let summary = try #require(document["summary"] as? [String: Any])
    #expect(summary["headcount"] as? [String: Int] == figures)
    let sentence =
      "\(figures["one-factor"] ?? 0) of \(members.count) members can get in with one factor."
    #expect(sync.output.contains(sentence), "\(sync.output)")
    let again = try await bench.run(
      ["sync", "--format", "json"], adding: ["HOOK_SECRET": AlertTests.secret]
    ).json()
    #expect(again["headcount"] as? [String: Int] == figures)
    #expect(again["gaps"] as? Int == figures["gaps"])
    let team = try #require((again["teams"] as? [[String: Any]])?.first)
    #expect(team["headcount"] as? [String: Int] == figures)
    #expect(team["gaps"] as? Int == figures["gaps"])
    for format in ["table", "markdown"] {
      let shown = try await bench.run("status", "--format", format).output
      #expect(shown.contains(sentence), "\(format): \(shown)")
    }
    let page = try await bench.run("report", "--format", "html", "-o", "-").output
    for name in Self.names {
      let title = Self.titles[name] ?? name.replacing("-", with: " ")
      #expect(page.contains("<dt>\(title) <b>\(figures[name] ?? 0)</b></dt>"), "\(name)")
      // The same figure is a filter of the listing.
      let listed = try await bench.run("status", "--standing", name, "--format", "json").json()
      #expect((listed["members"] as? [Any])?.count == figures[name], "\(name)")
    }
    // The figure of the headline is a tile, and the tiles are the parts of the headline.
    let tile =
      #"value="of"/><span class="label">one factor</span><b>\#(figures["one-factor"] ?? 0)</b>"#
    #expect(page.contains(tile))
    let delivery = try #require(await hook.deliveries.first)
    let body = try JSONSerialization.jsonObject(with: delivery.body) as? [String: Any]
    let data = try #require(body?["data"] as? [String: Any])
    #expect(data["headcount"] as? [String: Int] == figures)
    #expect(data["headline"] as? String == sentence)
    #expect((data["counts"] as? [String: Any])?["open_gaps"] as? Int == figures["gaps"])
    let letter = try #require(try mail.messages.first)
    let plain = letter.parts.first { $0.type == "text/plain" }?.text ?? ""
    let words = plain.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains(sentence), "\(words)")
    #expect(
      words.contains("\(figures["gaps"] ?? 0) gaps among \(members.count) members."), "\(words)")
    await hook.stop()
    await bench.close()
  }

  @Test("--fail-on gaps counts the members that status calls gaps, and no other finding")
  func gaps() async throws {
    var scenario = TestScenario.team()
    scenario[team: "acme-widgets"].members.removeAll {
      !["ana@acme.com", "bo@acme.com", "hal@acme.com", "ida@acme.com"].contains($0.email)
    }
    let bench = try await Workbench(scenario)
    // Somebody inactive and somebody without the app are findings, and have no live way in.
    let sync = try await bench.run("sync", "--fail-on", "gaps")
    #expect(sync.status == 0, "\(sync.output)")
    #expect(sync.output.contains("None of 5 members can get in with one factor."), "\(sync.output)")
    let status = try await bench.run("status")
    #expect(status.output.contains("No gap among 5 members."), "\(status.output)")
    await bench.close()
  }
}
