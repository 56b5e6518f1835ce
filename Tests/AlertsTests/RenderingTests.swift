import Foundation
import IdentityCore
import TestSupport
import Testing

@testable import Alerts

@Suite("What an alert says")
struct AlertRenderingTests {
  private typealias F = Fixtures

  @Test("the headline counts people who can get in, then the rest")
  func headlines() {
    let cases: [(AlertContent, String)] = [
      (
        F.typical,
        "2 newly flagged members can get in with one factor, 1 other member flagged, 1 resolved"
      ),
      (
        F.content(opened: [F.finding("a@b.c", .noMFA)]),
        "1 newly flagged member can get in with one factor"
      ),
      (
        F.content(opened: [F.finding("a@b.c", .lastAdmin), F.finding("b@b.c", .cannotTell)]),
        "2 members flagged"
      ),
      (F.content(opened: [F.finding("a@b.c", .noMFA, isExempt: true)]), "1 exempt member flagged"),
      (
        F.content(resolved: [F.finding("a@b.c", .noMFA, resolvedAfterDays: 1)], openGaps: 0),
        "1 finding resolved, no gap left open"
      ),
      (F.content(), "nothing to report"),
    ]
    for (content, headline) in cases { #expect(AlertDigest(content).headline == headline) }
  }

  @Test("who stands where one factor is enough is counted so, whatever the kind of the finding")
  func standings() {
    func beside(_ email: String, _ standing: Standing) -> Finding {
      var finding = F.finding(email, .outsideSSO)
      finding.standing = standing
      return finding
    }
    let content = F.content(opened: [
      beside("a@b.c", .oneFactorAlways), beside("b@b.c", .outsideSSO), beside("c@b.c", .cannotTell),
    ])
    #expect(
      AlertDigest(content).headline
        == "1 newly flagged member can get in with one factor, 2 other members flagged")
    #expect(AlertText.render(content).contains("OPENED (3 FINDINGS OF 3 MEMBERS)"))
  }

  @Test("a finding that a worse one of the same person took the place of is no good news")
  func replaced() {
    let content = F.content(
      opened: [F.finding("a@b.c", .mfaNotEnforced)],
      resolved: [
        F.finding("a@b.c", .mfaConditional, resolvedAfterDays: 3),
        F.finding("b@b.c", .mfaConditional, resolvedAfterDays: 1),
      ])
    let digest = AlertDigest(content)
    #expect(digest.headline == "1 newly flagged member can get in with one factor, 1 resolved")
    #expect(digest.resolved.map(\.email) == ["b@b.c"])
    for text in [AlertText.render(content), AlertPage.render(content)] {
      #expect(text.contains("Instead of:") && text.contains("mfa-conditional (open for 3 days)"))
    }
  }

  @Test("a message about a source that failed is not called resolved")
  func severity() {
    func word(_ kind: AlertNotice.Kind) -> String {
      var content = F.content()
      content.notices = [AlertNotice(kind: kind, subject: "okta", message: "x", remedy: "")]
      #expect(AlertText.render(content).contains("okta") || kind == .runHeld)
      return content.severityWord
    }
    #expect(word(.sourceFailed) == "medium" && word(.runHeld) == "medium")
    #expect(word(.sourceRecovered) == "resolved")
  }

  @Test("a finding is in the text with its severity, person, reason, way in and command")
  func plainText() {
    let text = AlertText.render(F.typical)
    for part in [
      "acme-widgets: 2 newly flagged members can get in", "CRITICAL  ben.ode@acme.com",
      "* no-mfa: Neither", "* outside-sso: A password", "Why: Not federated",
      "Way in: with e-mail and password", "Way in: from platform linux, outside zone HQ",
      "More: idsync explain ben.ode@acme.com --team acme-widgets",
      "RESOLVED (1 FINDING OF 1 MEMBER)",
      "mfa-not-enforced, open for 3 days", "25 members, 4 gaps.",
      "Not read to the end in this run: okta.", "2026-06-02 08:00 UTC",
    ] { #expect(text.contains(part), "\(part)") }
    #expect(text.components(separatedBy: "Why: Not federated").count == 2, "a reason stands once")
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 76 })
  }

  @Test("the page says what the text says, and fetches nothing")
  func page() {
    let html = AlertPage.render(F.typical)
    for part in [
      "2 newly flagged members can get in with one factor", "ben.ode@acme.com", "CRITICAL",
      "no-mfa",
      "outside zone HQ",
      "idsync explain cleo.marsh@acme.com --team acme-widgets", "open for 3 days", "4 gaps",
      "Not read to the end in this run: okta.", "&#39;Contractors&#39;",
    ] { #expect(html.contains(part), "\(part)") }
    for part in ["http:", "https:", "src=", "href=", "url(", "<script", "@import", "<link"] {
      #expect(!html.contains(part), "\(part)")
    }
  }

  private func record(_ email: String, _ door: Door, _ kinds: [FindingKind]) -> MemberRecord {
    MemberRecord(
      team: "acme-widgets", key: email, email: email, role: .member, sso: .enabled,
      platformMFA: .enabled, judgement: Judgement(doors: [door]), provider: door.provider,
      findings: kinds.reduce(into: FindingSet()) { $0.insert(FindingSet($1)) }, since: F.at)
  }

  private func door(_ verdict: Verdict, _ code: ReasonCode) -> Door {
    Door(
      provider: "okta", app: "0oa1", verdict: verdict, code: code, reason: "Because.",
      witness: verdict == .notEnforced
        ? "any sign-in: rule 1 'All' of policy 'P' asks for one" : nil
    )
  }

  @Test(
    "text, page and webhook carry the headline of the team, and each person's remedy, removal last")
  func headcountAndRemedy() throws {
    var headcount = Headcount()
    let leaver = record("gil@acme.com", door(.notEvaluated, .deprovisioned), [.deprovisionedAtIdP])
    let open = record("ana@acme.com", door(.notEnforced, .policySingleFactor), [.mfaNotEnforced])
    for member in [
      leaver, open, open,
      record("b@acme.com", door(.enforcedConditionally, .policyEscapes), [.mfaConditional]),
      record("c@acme.com", door(.notEnforced, .outsideSSO), [.outsideSSO]),
      record("d@acme.com", door(.cannotTell, .policyUnknown), [.cannotTell]),
      record("e@acme.com", door(.enforced, .policyEnforces), []),
    ] { headcount.add(member) }
    var content = F.content(opened: [
      F.finding("ana@acme.com", .mfaNotEnforced, remedy: Remedy(.mfaNotEnforced, of: open)),
      F.finding(
        "gil@acme.com", .deprovisionedAtIdP, remedy: Remedy(.deprovisionedAtIdP, of: leaver)),
    ])
    content.headcount = headcount
    #expect(content.openGaps == 5 && content.members == 7)
    let text = AlertText.render(content).split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    let html = AlertPage.render(content)
    for part in [
      "3 of 7 members can get in with one factor.", "1 of them only in named circumstances.",
      "1 signs in outside single sign-on", "For 1 it cannot be told.", "5 gaps among 7 members.",
      "Remedy:", "idsync members remove gil@acme.com --team acme-widgets",
    ] {
      #expect(text.contains(part), "\(part): \(text)")
      #expect(html.contains(part), "\(part)")
    }
    #expect(text.contains("rule 1 'All' of policy 'P'"))
    let remedy = try #require(text.range(of: "makes it active again"))
    let removal = try #require(text.range(of: "If the person left: idsync members remove"))
    let explain = try #require(text.range(of: "More: idsync explain gil@acme.com"))
    #expect(remedy.upperBound < explain.lowerBound && explain.upperBound < removal.lowerBound)
    let body = try WebhookPayload.alert(F.message(), content)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    let data = try #require(json["data"] as? [String: Any])
    let figures = Dictionary(uniqueKeysWithValues: headcount.figures.map { ($0.name, $0.count) })
    #expect(data["headcount"] as? [String: Int] == figures)
    #expect(data["headline"] as? String == headcount.sentence)
    #expect((data["counts"] as? [String: Int])?["open_gaps"] == 5)
    let first = try #require((data["opened"] as? [[String: Any]])?.first)
    #expect((first["remedy"] as? [String: Any])?["by"] as? String == "provider-admin")
  }

  @Test("names that want to be more than names are text in every form", arguments: Fixtures.hostile)
  func hostileNames(name: String) {
    let content = hostileContent(name)
    let text = AlertText.render(content)
    let html = AlertPage.render(content)
    for scalar in (text + html).unicodeScalars where scalar != "\n" {
      #expect(InertText.isVisible(scalar))
    }
    for forbidden in ["<script", "<img", "onerror=alert(1)>", "<b\u{338}"] {
      #expect(!html.contains(forbidden))
    }
    #expect(text.utf8.count < 20_000)
    #expect(html.utf8.count < 40_000)
  }

  @Test("names are cells of a spreadsheet and never formulas or columns")
  func hostileCells() async throws {
    let files = F.hostile.map { FindingsCSV.render(hostileContent($0)) }
    for file in files {
      #expect(
        file.unicodeScalars.allSatisfy { InertText.isVisible($0) || $0 == "\r" || $0 == "\n" })
    }
    let tables: [[[String]]] = try await Python.map(
      "import csv, io; value = [list(csv.reader(io.StringIO(v, newline=''))) for v in value]", files
    )
    #expect(tables.count == F.hostile.count)
    for (name, rows) in zip(F.hostile, tables) {
      #expect(rows.count == 3 && rows.allSatisfy { $0.count == 10 })
      #expect(
        rows.joined().allSatisfy { !"=+-@".unicodeScalars.contains($0.unicodeScalars.first ?? " ") }
      )
      #expect(rows[1][2].hasSuffix(InertText.line(name + "@acme.com", limit: 2000)))
    }
  }

  private func hostileContent(_ name: String) -> AlertContent {
    let finding = F.finding(
      name + "@acme.com", .noMFA, reason: "Group \(name) is unknown.", witness: name, team: name)
    return F.content(
      team: name, opened: [finding], resolved: [F.finding(name, .noMFA, resolvedAfterDays: 1)],
      admins: [name], incomplete: [name])
  }

  @Test("text is cut to its length and never twice", arguments: Fixtures.hostile)
  func inertText(name: String) {
    let once = InertText.line(name, limit: 50)
    #expect(once.unicodeScalars.count <= 50)
    #expect(InertText.line(once, limit: 50) == once)
    #expect(!name.isEmpty && !once.isEmpty)
  }

  @Test("a character that does not show itself is spelt out")
  func escapes() {
    #expect(InertText.line("a\r\nb\u{202E}c\u{E0041}") == #"a\u{000D}\u{000A}b\u{202E}c\u{E0041}"#)
    #expect(InertText.line("Ärzte 漢字 مرحبا 👩‍🔬") == "Ärzte 漢字 مرحبا 👩‍🔬")
    #expect(InertText.line("abcdef", limit: 5) == "abcd…")
    #expect(InertText.line("abcde", limit: 5) == "abcde")
  }

  @Test("a pasted command is one command with its words")
  func commands() async throws {
    let commands = F.hostile.map { ShellWord.explain($0 + "@acme.com", team: $0) }
    let words: [[String]] = try await Python.map(
      """
      import subprocess
      def words(command):
        script = 'idsync() { for w in "$@"; do printf "%s\\\\0" "$w"; done; }\\n' + command
        done = subprocess.run(['sh', '-c', script], capture_output=True, check=True, env={})
        assert not done.stderr
        return done.stdout.decode().split('\\0')[:-1]
      value = [words(v) for v in value]
      """, commands)
    for (name, words) in zip(F.hostile, words) {
      let person = InertText.line(name + "@acme.com")
      let team = InertText.line(name)
      let isOption = name.utf8.first == 0x2D
      #expect(
        words
          == (isOption
            ? ["explain", "--team=\(team)", "--", person] : ["explain", person, "--team", team]))
    }
    #expect(words.count == F.hostile.count)
  }

  @Test("hundreds of people are counted, not listed")
  func manyPeople() {
    let opened = (1...250).map { F.finding("p\($0)@acme.com", .noMFA) }
    let content = F.content(opened: opened, openedInRun: 900)
    for text in [AlertText.render(content), AlertPage.render(content)] {
      #expect(text.contains("150 more people"))
      #expect(text.contains("This message tells 250 of the 900 changes of the run."))
      #expect(!text.contains("p101@acme.com"))
    }
  }
}
