import Foundation
import IdentityCore
import TestSupport
import Testing

@Suite("Fuzz: keys of people, and moments") struct KeyFuzzTests {
  private static let pieces = [
    "ana", "ANA", "Ana.Lima", "+x", "@", "acme.com", "ACME.COM", " ", "\t", "\u{A0}", "é",
    "e\u{301}",
    "É", "ß", "ẞ", "İ", "ı", "I", "i", "Σ", "ς", "ﬀ", "Å", "A\u{30A}", "\u{212B}", "字", "\u{200B}",
    "\u{0}", "👩‍👩‍👧",
    "\u{1100}\u{1161}", "\u{FEFF}", "ǆ", "Ǆ",
  ]

  @Test("a key is stable, and the same for what people take for the same address", arguments: 1...4)
  func keys(seed: UInt64) {
    var random = FuzzRandom(seed)
    let rounds = Fuzz.rounds(5_000)
    for round in 0..<rounds {
      let text = (0...random.below(8)).map { _ in random.pick(Self.pieces) }.joined()
      let key = EmailKey.make(text)
      #expect(EmailKey.make(key) == key, "round \(round): idempotent, \(text.debugDescription)")
      #expect(EmailKey.make(" \(text)\n") == key, "round \(round): trimmed")
      let composed = text.precomposedStringWithCanonicalMapping
      let decomposed = text.decomposedStringWithCanonicalMapping
      #expect(
        EmailKey.make(composed) == key && EmailKey.make(decomposed) == key,
        "round \(round): NFC, \(text.debugDescription)")
      if text.utf8.allSatisfy({ $0 < 0x80 }) {
        #expect(EmailKey.make(text.uppercased()) == key)
        #expect(key.contains("+") == text.contains("+"), "plus-addresses are kept")
      }
      // Whoever is watched for is found under any spelling; a stray find would only cost memory.
      let watch = WatchList(keys: [key])
      var copy = text
      #expect(
        copy.withUTF8 { watch.contains($0) }, "round \(round): watched, \(text.debugDescription)")
    }
    Fuzz.report("e-mail keys, seed \(seed)", ["tried": rounds])
  }

  @Test("any bytes have a key", arguments: 1...2)
  func bytes(seed: UInt64) {
    var random = FuzzRandom(seed &+ 10)
    let rounds = Fuzz.rounds(5_000)
    for _ in 0..<rounds {
      let bytes = random.mutated(Array("Ana.Lima@acme.com é".utf8))
      let key = bytes.withUnsafeBufferPointer { EmailKey.make($0) }
      #expect(EmailKey.make(key) == key)
    }
    Fuzz.report("bytes as keys, seed \(seed)", ["tried": rounds])
  }

  @Test("a moment is read as it is written, and a text that is none is nil")
  func moments() {
    var random = FuzzRandom(20)
    let rounds = Fuzz.rounds(3_000)
    var read = 0
    for _ in 0..<rounds {
      let moment = Timestamp(
        milliseconds: Int64.random(in: 0...4_102_444_800, using: &random) * 1000)
      #expect(Timestamp(moment.text) == moment)
      let text = String(
        decoding: random.mutated(
          Array(moment.text.utf8), tokens: ["-02-31", "T24:00", "+99:99", ".5", "13", "Z"]),
        as: UTF8.self)
      if let other = Timestamp(text) {
        read += 1
        #expect(Timestamp(other.text) != nil)
      }
    }
    Fuzz.report("moments", ["tried": rounds, "read though changed": read])
  }
}
