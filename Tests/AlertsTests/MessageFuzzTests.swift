import TestSupport
import Testing

@testable import Alerts

@Suite("Fuzz: foreign text in messages") struct MessageFuzzTests {
  private static let tokens = [
    "\r\n", "\n.\n", "\r", "\u{0}", "=?utf-8?q?", "?=", "Bcc: x@y.z", "<", ">", "&", "\"", "'",
    "\u{202E}",
    "\u{1B}[31m", "\u{2028}", "é", "字", "\u{301}", ",", "@", "\\", "%0A", "\u{E0041}",
  ]

  @Test("a line stays a line, of its length, and markup stays markup", arguments: 1...4)
  func lines(seed: UInt64) {
    var random = FuzzRandom(seed)
    let rounds = Fuzz.rounds(6_000)
    for round in 0..<rounds {
      let bytes = random.mutated(Array("Ana Lima <ana@acme.com>".utf8), tokens: Self.tokens)
      let text = String(decoding: bytes, as: UTF8.self)
      let line = InertText.line(text, limit: 40)
      #expect(line.unicodeScalars.count <= 41, "round \(round)")
      #expect(line.unicodeScalars.allSatisfy { InertText.isVisible($0) }, "round \(round)")
      #expect(InertText.line(line, limit: 40).unicodeScalars.elementsEqual(line.unicodeScalars))
      let html = Markup.escape(text)
      #expect(!html.utf8.contains { "<>\"'".utf8.contains($0) }, "round \(round): \(html)")
    }
    Fuzz.report("lines and markup, seed \(seed)", ["tried": rounds])
  }

  @Test("an address that is taken adds no recipient and no header", arguments: 1...2)
  func addresses(seed: UInt64) {
    var random = FuzzRandom(seed &+ 10)
    let rounds = Fuzz.rounds(6_000)
    var taken = 0
    for round in 0..<rounds {
      let start = random.pick(["ana.lima@acme.com", "Ana Lima <ana@acme.com>", "\"a b\"@acme.com"])
      let text = String(
        decoding: random.mutated(Array(start.utf8), tokens: Self.tokens), as: UTF8.self)
      guard let address = MailAddress(text) else { continue }
      taken += 1
      let shown = "\(address.address)"
      #expect(
        !shown.utf8.contains { $0 < 0x21 || $0 == 0x7F || $0 == 0x3C || $0 == 0x3E || $0 == 0x2C },
        "round \(round): \(shown.debugDescription)")
      #expect(shown.utf8.filter { $0 == 0x40 }.count >= 1)
    }
    Fuzz.report("mail addresses, seed \(seed)", ["tried": rounds, "taken": taken])
  }
}
