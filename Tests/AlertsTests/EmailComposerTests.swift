import Foundation
import IdentityCore
import TestSupport
import Testing

@testable import Alerts

@Suite("The mail of an alert")
struct EmailComposerTests {
  private func composer(csv: Int? = nil) throws -> EmailComposer {
    EmailComposer(
      from: try #require(MailAddress("Wächter <idsync@acme.com>")), channel: "mail",
      maxAttachmentBytes: csv)
  }

  private func write(
    _ content: AlertContent = Fixtures.typical, message: AlertMessage = Fixtures.message(),
    csv: Int? = nil
  ) throws -> [UInt8] {
    let to = [
      try #require(MailAddress("ana.lima@acme.com")),
      try #require(MailAddress("\"Sec, Ops\" <sec@acme.com>")),
    ]
    return try composer(csv: csv).alert(message, content, to: to)
  }

  private func compose(
    _ content: AlertContent = Fixtures.typical, message: AlertMessage = Fixtures.message(),
    csv: Int? = nil
  ) async throws -> ParsedMail {
    try await Python.parse(write(content, message: message, csv: csv))
  }

  @Test("Python's email package reads it without a defect")
  func structure() async throws {
    let mail = try await compose()
    #expect(mail.defects.isEmpty)
    #expect(mail.parts.map(\.type) == ["multipart/alternative", "text/plain", "text/html"])
    #expect(mail.isASCII && !mail.bareLineEnds && mail.longestLine <= 78)
    #expect(mail.text("text/plain") == AlertText.render(Fixtures.typical))
    #expect(mail.text("text/html") == AlertPage.render(Fixtures.typical))
  }

  @Test("the headers say who, what, which message, which thread, and that a program wrote it")
  func headers() async throws {
    let mail = try await compose()
    let expected = [
      "From": "Wächter <idsync@acme.com>", "To": "ana.lima@acme.com, \"Sec, Ops\" <sec@acme.com>",
      "Subject":
        "[idsync] acme-widgets: 2 newly flagged members can get in with one factor, 1 other member flagged, 1 resolved",
      "Date": "Tue, 02 Jun 2026 08:00:00 +0000",
      "Message-ID": "<msg_2KWPBgLlAfxdpx2AI54pPJ85f4W@acme.com>",
      "References": "<team-acme-widgets@acme.com>", "In-Reply-To": "<team-acme-widgets@acme.com>",
      "List-Id": "<acme-widgets.idsync.acme.com>", "Auto-Submitted": "auto-generated",
      "MIME-Version": "1.0", "X-Idsync-Team": "acme-widgets", "X-Idsync-Severity": "critical",
      "X-Idsync-Message": "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
      "X-Idsync-Run": "5e0c7a2e-8d5b-4a52-9a40-0f3a3f6f1f10",
    ]
    for (name, value) in expected { #expect(mail[name] == value, "\(name)") }
    #expect(Set(mail.names).count == mail.names.count, "no header twice")
  }

  @Test("a second try is the same mail, byte for byte; another message is another one")
  func stability() throws {
    let to = [try #require(MailAddress("ana@acme.com"))]
    let composer = try composer(csv: 10_000)
    let first = composer.alert(Fixtures.message(), Fixtures.typical, to: to)
    #expect(composer.alert(Fixtures.message(attempts: 3), Fixtures.typical, to: to) == first)
    #expect(composer.alert(Fixtures.message("other"), Fixtures.typical, to: to) != first)
  }

  @Test("hostile teams and people add no header, no part and no recipient")
  func injection() async throws {
    let plain = try await compose(csv: 100_000)
    let mails = try await Python.parse(
      Fixtures.hostile.map { name in
        let content = Fixtures.content(
          team: name,
          opened: [Fixtures.finding(name, .noMFA, reason: name, witness: name, team: name)],
          incomplete: [name])
        return try write(content, message: Fixtures.message(name, team: name), csv: 100_000)
      })
    #expect(mails.count == Fixtures.hostile.count)
    for (name, mail) in zip(Fixtures.hostile, mails) {
      #expect(mail.names == plain.names)
      #expect(mail.parts.map(\.type) == plain.parts.map(\.type))
      #expect(mail["To"] == plain["To"])
      #expect(mail.defects.isEmpty)
      #expect(mail.longestLine <= 200 && mail.isASCII && !mail.bareLineEnds)
      #expect(mail["Subject"]?.contains("\(InertText.line(name, limit: 60)): 1 newly") == true)
      #expect(mail["Message-ID"]?.hasSuffix("@acme.com>") == true)
    }
  }

  @Test("the findings are attached as CSV when they fit, and the mail says so when not")
  func attachment() async throws {
    let mail = try await compose(csv: 10_000)
    #expect(
      mail.parts.map(\.type)
        == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/csv"])
    let csv = try #require(mail.parts.last)
    #expect(csv.filename == "idsync-findings.csv")
    #expect(csv.text == FindingsCSV.render(Fixtures.typical))
    #expect(csv.text?.components(separatedBy: "\r\n").count == 7)
    let without = try await compose(csv: 100)
    #expect(without.parts.map(\.type) == ["multipart/alternative", "text/plain", "text/html"])
    #expect(without.text("text/plain").contains("The list is too long to attach: idsync status"))
  }

  @Test("a later part of a large run says so in its subject")
  func parts() async throws {
    let content = Fixtures.content(
      opened: [Fixtures.finding("a@acme.com", .noMFA)], openedInRun: 120)
    let mail = try await compose(content, message: Fixtures.message(part: 2))
    #expect(
      mail["Subject"]
        == "[idsync] acme-widgets: 1 newly flagged member can get in with one factor (part 3)")
  }
}
