import Testing

/// Texts that try to be more than text.
enum Hostile {
  /// One of the texts, which a test log names by its number alone.
  struct Sample: Sendable, CustomTestStringConvertible {
    let number: Int
    let text: String
    var testDescription: String { "hostile text \(number)" }
  }

  static let samples = texts.enumerated().map { Sample(number: $0, text: $1) }

  static let texts: [String] = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</style><b>", "<!-- x -->",
    "]]>&lt;&#60;", "\"\u{301} onmouseover=alert(1) x=\"", "<\u{338}b>", "'\u{308}><i>",
    "\u{1B}[31mred\u{1B}[0m", "\u{1B}]0;title\u{7}", "\u{9B}31m",
    "\u{1B}]8;;https://evil.example\u{1B}\\x",
    "\u{90}+q\u{9C}", "a\u{8}\u{8}b", "=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)",
    "\t=1", "\r=1", "\n=1", "'=1", "''=1", "＝1", "ok;=1+1", "ok\",=1+1", "x; \"@y", "'t Hooft",
    "\u{202E}moc.live@nimda", "\u{2066}a\u{2069}", "\u{200F}\u{200E}\u{61C}",
    "a\u{200B}b\u{FEFF}c\u{AD}d",
    "zero\u{0}byte", "line\u{2028}sep\u{2029}par", "line\r\nbreak\n\nheading\n===",
    "\u{85}next\u{C}feed",
    String(decoding: [0x61, 0xEF, 0xBF, 0xBE], as: UTF8.self), "tag\u{E0041}\u{E007F}",
    "\u{FFF9}a\u{FFFA}b\u{FFFB}",
    "👩‍👩‍👧‍👦 family 🏳️‍🌈 ❤️ 1️⃣ 🇩🇪", "ana\u{200D}lima", "नमस्ते क्\u{200D}ष می\u{200C}خواهم",
    "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}", "\u{301}leading mark",
    "| pipe | pipe \\| \\\\| |", "`tick` ``two`` ```\nfence```", "`", " ` ", "**bold** _em_ ~~no~~",
    "[x](javascript:alert(1))", "![i](http://evil.example/i.png)", "<http://evil.example>",
    "https://evil.example/a", "see www.evil.example", "mailto:a@evil.example",
    "@octocat #1 :tada: GH-1",
    "# heading", "- item", "1. item", "> quote", "    code", "---", "a\\u{202E}b", "\\", "\\u{",
    "\\u{5C}",
    "{{name}} {{{raw}}} {{#a}}{{/a}}", "%s %n $(id) `id` ${HOME}", "\"", "\"\"", "'", ",", ";", "",
    " ", "  two  ", "\u{A0}", "佐藤 花子 ﾊﾅ ", "\u{1100}\u{1161}\u{11A8}", "שלום", "مرحبا",
    String(repeating: "long ", count: 2000), String(repeating: "字", count: 3400),
    String(repeating: "x", count: 10_000), "a" + String(repeating: "\u{300}", count: 500),
  ]

  /// A random text that likes trouble; the same for the same generator.
  static func random(_ generator: inout SeededGenerator) -> String {
    let pools: [ClosedRange<UInt32>] = [
      0x20...0x7E, 0x00...0x1F, 0x7F...0xFF, 0x300...0x36F, 0x590...0x6FF, 0x900...0x97F,
      0x2000...0x206F,
      0x3000...0x30FF, 0xFE00...0xFFFF, 0x1F300...0x1FAFF, 0xE0000...0xE01EF, 0x0...0x10FFFF,
    ]
    let likely: [Unicode.Scalar] = [
      "\"", "'", "<", ">", "&", "\\", "|", "`", "=", "+", "-", "@", ";", ",", "\n", "\r", "\t", "u",
      "{",
      "}", "\u{202E}", "\u{200D}", "\u{FE0F}", "\u{1B}", ":", "/", "w", ".",
    ]
    var scalars = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...24, using: &generator) {
      if Bool.random(using: &generator) {
        scalars.append(likely[Int.random(in: likely.indices, using: &generator)])
      } else {
        let pool = pools[Int.random(in: pools.indices, using: &generator)]
        if let scalar = Unicode.Scalar(UInt32.random(in: pool, using: &generator)) {
          scalars.append(scalar)
        }
      }
    }
    return String(scalars)
  }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
