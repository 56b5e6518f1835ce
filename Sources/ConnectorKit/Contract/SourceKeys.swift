package import JSONQuery

/// The keys of one entry of the configuration, read by type.
///
/// Every reader gives nil for a missing key; for a wrong one it gives nil after telling file, line and remedy. A key that
/// nobody asks for is an unknown key.
package protocol SourceKeys {
  /// The keys that are there, in the order of the file.
  var names: [String] { get }

  /// A text.
  func string(_ key: String) -> String?
  /// A text that must be there.
  func requiredString(_ key: String) -> String?
  /// A list of texts.
  func strings(_ key: String) -> [String]?
  /// `true` or `false`.
  func bool(_ key: String) -> Bool?
  /// A whole number within bounds.
  func integer(_ key: String, in range: ClosedRange<Int>) -> Int?
  /// A duration such as `90s`, `15m`, `24h`, `7d`, in seconds.
  func seconds(_ key: String) -> Int64?
  /// One of some words.
  func choice<Word: RawRepresentable & CaseIterable>(_ key: String, _ type: Word.Type) -> Word?
  where Word.RawValue == String
  /// Where a secret is: `env:NAME`, `file:PATH`, `command:…`; a literal is refused and never repeated.
  func secret(_ key: String) -> SecretHandle?
  /// Where a secret is; it must be there.
  func requiredSecret(_ key: String) -> SecretHandle?
  /// A URL, or where one stands.
  func url(_ key: String) -> URLHandle?
  /// A path of a file, made absolute against the configuration's folder.
  func file(_ key: String) -> String?
  /// Any value, as JSON.
  func value(_ key: String) -> JSONValue?
  /// A mapping; end with ``finish()`` on it.
  func mapping(_ key: String) -> (any SourceKeys)?
  /// A list of mappings; end with ``finish()`` on each.
  func mappings(_ key: String) -> [any SourceKeys]

  /// Tells that a key is missing.
  func missing(_ key: String)
  /// Tells that the value of a key does not fit.
  func reject(_ key: String, _ message: String)
  /// Tells that the entry as a whole does not fit.
  func reject(_ message: String)
  /// Tells every key that was not asked for.
  func finish()
}

extension SourceKeys {
  /// The key `collect`, a list of what to collect beside verdicts: whether `factors` is on it, the only word there is.
  package func collectsFactors() -> Bool {
    let words = strings("collect") ?? []
    if words.contains(where: { $0 != "factors" }) {
      reject("collect", "expected a list of: factors")
    }
    return words.contains("factors")
  }
}
