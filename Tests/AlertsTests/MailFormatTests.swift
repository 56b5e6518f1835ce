import Foundation
import IdentityCore
import TestSupport
import Testing

@testable import Alerts

@Suite("The form of a mail")
struct MailFormatTests {
  @Test("plain values stay as they are, others become encoded words that decode to themselves")
  func headerValues() async throws {
    #expect(MailHeader.text("Subject", "two words") == "Subject: two words")
    let values = [
      "Grüße", "漢字 und 👩‍🔬", "=?utf-8?Q?x?=", String(repeating: "ü", count: 150), " x  y ",
    ]
    let lines = values.map { MailHeader.text("Subject", $0) }
    for line in lines.joined(separator: "\r\n").components(separatedBy: "\r\n") {
      #expect(line.utf8.count <= 76)
    }
    let name = "Überwachung der Mehrfaktoranmeldung"
    let address = try #require(MailAddress("\(name) <idsync@acme.com>"))
    for line in MailHeader.addresses("From", [address]).components(separatedBy: "\r\n") {
      #expect(line.utf8.count <= 76, "\(line)")
    }
    let mails = try await Python.parse(lines.map { Array("\($0)\r\n\r\n".utf8) })
    #expect(mails.map { $0["Subject"] } == values)
    #expect(mails.allSatisfy { $0.defects.isEmpty })
  }

  @Test("no value can begin a line of its own", arguments: Fixtures.hostile)
  func injection(value: String) {
    for line in [MailHeader.text("X", value), "From: \(MailHeader.phrase(value)) <a@b.c>"] {
      let lines = line.replacing("\r\n", with: "\n").split(
        separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.dropFirst().allSatisfy { $0.hasPrefix(" ") && $0.count > 1 })
      #expect(line.utf8.allSatisfy { ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x0D || $0 == 0x0A })
      #expect(lines.allSatisfy { $0.utf8.count <= 200 })
    }
  }

  @Test(
    "addresses are read strictly",
    arguments: [
      ("ana@acme.com", "ana@acme.com", ""), (" ana@acme.com ", "ana@acme.com", ""),
      ("Ana Lima <ana@acme.com>", "ana@acme.com", "Ana Lima"),
      ("\"Lima, \\\"A\\\"\" <ana+x@a-b.acme.com>", "ana+x@a-b.acme.com", "Lima, \"A\""),
      ("O'Neil <o'neil@localhost>", "o'neil@localhost", "O'Neil"),
    ])
  func addresses(text: String, address: String, name: String) throws {
    let parsed = try #require(MailAddress(text))
    #expect(parsed.address == address)
    #expect(parsed.name == name)
  }

  @Test(
    "what no server would take, or what would be two, is no address",
    arguments: [
      "", "ana", "@acme.com", "ana@", "a b@acme.com", "ana@acme..com", ".ana@acme.com",
      "ana@-acme.com",
      "ana@acme.com>", "<ana@acme.com", "ana@acme.com, eve@evil.com",
      "ana@acme.com\r\nRCPT TO:<e@v.il>",
      "ana@acme.com\n", "ana\u{0}@acme.com", "änä@acme.com", "ana@äcme.com", "\"a b\"@acme.com",
      "ana@[127.0.0.1]", "ana@a@b.com", "ana@acme.com> SIZE=1",
      String(repeating: "a", count: 65) + "@a.b",
      "ana@" + String(repeating: "a", count: 64) + ".com",
    ])
  func notAddresses(text: String) {
    #expect(MailAddress(text) == nil)
  }

  @Test("quoted-printable keeps every text, in lines of at most 76")
  func quotedPrintable() async throws {
    let texts =
      [
        "", "plain\n", "trailing space \nand tab\t\n", "From me\n.dot\n..\n", "a=b\n",
        String(repeating: "x", count: 75) + "\n", String(repeating: "x", count: 76) + "\n",
        String(repeating: "x", count: 77) + "\n", String(repeating: "ü", count: 500) + "\n",
        String(repeating: "x", count: 73) + "ü\n", String(repeating: "x", count: 74) + " \n",
      ] + Fixtures.hostile.map { InertText.line($0, limit: 20_000) + "\n" }
    let mails = try await Python.parse(texts.map { MailPart.text("plain", $0).bytes })
    #expect(mails.count == texts.count)
    for (text, mail) in zip(texts, mails) {
      #expect(mail.text("text/plain") == text)
      #expect(mail.longestLine <= 76)
      #expect(!mail.bareLineEnds)
      #expect(mail.isASCII)
    }
  }

  @Test("dates are those of RFC 5322, and those of HTTP are read")
  func dates() {
    #expect(InternetDate.mail(Fixtures.at) == "Tue, 02 Jun 2026 08:00:00 +0000")
    #expect(InternetDate.mail(Timestamp(milliseconds: 0)) == "Thu, 01 Jan 1970 00:00:00 +0000")
    #expect(
      InternetDate.mail(Timestamp(milliseconds: 951_782_400_000))
        == "Tue, 29 Feb 2000 00:00:00 +0000")
    #expect(InternetDate.parseHTTP("Tue, 02 Jun 2026 08:00:00 GMT") == Fixtures.at)
    for text in [
      "", "soon", "2026-06-02", "Tuesday, 02-Jun-26 08:00:00 GMT", "Tue, 99 Jun 2026 08:00:00 GMT",
    ] {
      #expect(InternetDate.parseHTTP(text) == nil)
    }
  }

  @Test(
    "ids become tokens that stay apart",
    arguments: ["a.b", "a b", "a>b", "ä", "", "a\r\nb", String(repeating: "a", count: 101)])
  func tokens(id: String) {
    let token = MessageToken.make(id)
    #expect(token.hasPrefix("msg_"))
    #expect(token.count == 44)
    #expect(token != MessageToken.make(id + "x"))
    #expect(token == MessageToken.make(id))
    #expect(MessageToken.make("msg_1-A") == "msg_1-A")
  }
}
