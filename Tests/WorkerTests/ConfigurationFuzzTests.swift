import Foundation
import IdentityCore
import TestSupport
import Testing

@testable import Worker

@Suite("Fuzz: configuration") struct ConfigurationFuzzTests {
  private static let tokens = [
    "\n", "  ", "\t", ": ", "- ", "{", "}", "[", "]", "&a ", "*a", "!!binary ", "|\n", ">\n", "'",
    "\"",
    "#", "---\n", "...\n", "%YAML 9\n", "<<: *a", "? ", "\u{85}", "\u{2028}", "\u{FEFF}", "null",
    "~",
    "kind", "token", "sources:", "teams:", "0x7F", "1e999", "99999999999999999999d", "%",
  ]

  @Test("any text is a configuration or an error that says where and what", arguments: 1...4)
  func texts(seed: UInt64) {
    var random = FuzzRandom(seed)
    let rounds = Fuzz.rounds(1_500)
    var (good, problems) = (0, 0)
    let whole = Array(ConfigurationTests.good.utf8)
    for _ in 0..<rounds {
      let text = String(decoding: random.mutated(whole, tokens: Self.tokens), as: UTF8.self)
      do throws(ConfigurationError) {
        _ = try ConfigurationTests.parse(text)
        good += 1
      } catch {
        problems += error.problems.count
        #expect(!error.problems.isEmpty)
        for problem in error.problems {
          #expect(!problem.message.isEmpty)
          #expect(problem.line.map { $0 > 0 } ?? true)
        }
      }
    }
    Fuzz.report(
      "configurations, seed \(seed)", ["tried": rounds, "good": good, "problems": problems])
  }

  @Test("a secret that somebody typed in is never repeated, wherever it stands as a value")
  func secrets() {
    var random = FuzzRandom(7)
    let rounds = Fuzz.rounds(2_000)
    let places = [
      "env:HEROKU_API_KEY", "file:okta-token", "env:MAIL_PASSWORD", "env:HOOK_SECRET",
      "env:HOOK_URL", "file:/run/secrets/key.pem",
    ]
    for _ in 0..<rounds {
      let secret = random.pick([
        "HRKU-TYPED-IN", "\"TYPED-IN\"", "[TYPED-IN]", "{ a: TYPED-IN }", "'x: TYPED-IN'",
      ])
      let text = ConfigurationTests.good.replacingOccurrences(of: random.pick(places), with: secret)
      do throws(ConfigurationError) {
        _ = try ConfigurationTests.parse(text)
        Issue.record("a literal was taken")
      } catch {
        #expect(!error.description.contains("TYPED-IN"), "\(error)")
      }
    }
    Fuzz.report("literal secrets", ["refused": rounds])
  }

  @Test("the small notations take what they can write and nothing that overflows")
  func notations() {
    var random = FuzzRandom(8)
    let rounds = Fuzz.rounds(10_000)
    for _ in 0..<rounds {
      let number = Int64.random(in: 0...1_000_000, using: &random)
      let (unit, factor) = random.pick(
        [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)] as [(String, Int64)])
      let seconds = ScalarText.seconds("\(number)\(unit)")
      #expect(seconds == (number * factor <= 36_525 * 86_400 ? number * factor : nil))
      let text = String(
        decoding: random.mutated(
          Array(random.pick(["72h", "20%", "*/15 * * * *", "https://a.b", "2027-01-31"]).utf8),
          tokens: Self.tokens), as: UTF8.self)
      if let value = ScalarText.seconds(text) { #expect(value >= 0) }
      if let value = ScalarText.share(text) { #expect((0...1).contains(value)) }
      if let value = ScalarText.positive(text) { #expect(value > 0) }
      if let value = ScalarText.url(text) { #expect(!value.contains("@") || value.contains("/")) }
      if let value = ScalarText.moment(text) { #expect(value.text.hasSuffix("Z")) }
      _ = ScalarText.schedule(text)
    }
    Fuzz.report("notations", ["tried": rounds])
  }
}
