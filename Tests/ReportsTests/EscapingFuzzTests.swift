import TestSupport
import Testing

@testable import Reports

@Suite("Fuzz: foreign text in reports") struct EscapingFuzzTests {
  @Test("no text leaves its place in any format", arguments: 1...4)
  func inert(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let rounds = Fuzz.rounds(5_000)
    // By bytes: as strings, some spaces are the same as others.
    var shown: [[UInt8]: String] = [:]
    for round in 0..<rounds {
      let text = Hostile.random(&random)
      let terminal = InertText.make(text, for: .terminal)
      #expect(!terminal.unicodeScalars.contains { Self.isActive($0) }, "round \(round)")
      // What is shown tells what there was: two texts never look the same.
      if let before = shown[Array(terminal.utf8)] {
        #expect(Self.isSame(before, text), "round \(round)")
      }
      if shown.count < 20_000 { shown[Array(terminal.utf8)] = text }

      let html = InertText.make(text, for: .html)
      #expect(!html.utf8.contains { "<>\"'".utf8.contains($0) }, "round \(round)")
      #expect(Self.isSame(Self.unescaped(html), terminal), "round \(round): \(html)")

      let csv = InertText.make(text, for: .csv)
      #expect(!Self.isFormula(csv), "round \(round): \(csv)")
      for part in csv.split(separator: ";", omittingEmptySubsequences: false).dropFirst() {
        #expect(!Self.isFormula(String(part.drop { $0 == " " || $0 == "\"" })), "round \(round)")
      }

      let markdown = InertText.make(text, for: .markdown)
      #expect(!markdown.utf8.contains(0x0A) && !markdown.utf8.contains(0x0D), "round \(round)")
    }
    Fuzz.report("texts in four formats, seed \(seed)", ["tried": rounds])
  }

  /// Whether a terminal would do something with it, or it would change what is read.
  private static func isActive(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
      || scalar.value == 0x200E || scalar.value == 0x200F || scalar.value == 0x061C
      || scalar.value == 0x2028 || scalar.value == 0x2029
  }

  private static func isSame(_ a: String, _ b: String) -> Bool {
    a.unicodeScalars.elementsEqual(b.unicodeScalars)
  }

  private static func isFormula(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    return "=+-@\t\r＝＋－＠".unicodeScalars.contains(first)
  }

  private static func unescaped(_ html: String) -> String {
    var result = html
    for (entity, text) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&"),
    ] {
      result = replacing(result, entity, text)
    }
    return result
  }

  /// By scalars: `"` with a combining mark is one `Character`.
  private static func replacing(_ text: String, _ old: String, _ new: String) -> String {
    let (all, wanted) = (Array(text.unicodeScalars), Array(old.unicodeScalars))
    var result = String.UnicodeScalarView()
    var index = 0
    while index < all.count {
      if all[index...].starts(with: wanted) {
        result.append(contentsOf: new.unicodeScalars)
        index += wanted.count
      } else {
        result.append(all[index])
        index += 1
      }
    }
    return String(result)
  }
}
