internal import Foundation

extension EmailKey {
  /// Lower-cases by Unicode's default mapping, then composes (NFC), then trims Unicode white space.
  static func normalise(_ text: String) -> String {
    text.lowercased()
      .precomposedStringWithCanonicalMapping
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
