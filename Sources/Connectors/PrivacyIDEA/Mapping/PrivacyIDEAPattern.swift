/// How policies of privacyIDEA name realms, resolvers and users: by regular expressions for the whole of the name.
/// - SeeAlso: <https://github.com/privacyidea/privacyidea/blob/master/privacyidea/lib/policy.py>
enum PrivacyIDEAPattern {
  /// Whether nothing but dots can make a text mean more than itself.
  static func isPlain(_ text: String) -> Bool { !text.contains { "*+?[](){}|^$\\".contains($0) } }

  /// Whether a plain text means a name; a dot stands for any character.
  static func matches(_ text: String, _ name: String) -> Bool {
    text.count == name.count && zip(text, name).allSatisfy { $0 == "." || $0 == $1 }
  }
}

/// How long privacyIDEA takes an earlier sign-in for a new one.
enum PrivacyIDEAMemory {
  /// How long an old second factor may count, in seconds.
  private static let limit = 86_400
  private static let units: [Character: Int] = [
    "s": 1, "m": 60, "h": 3_600, "d": 86_400, "y": 31_536_000,
  ]

  /// Whether a policy has an earlier sign-in count for longer than a day.
  ///
  /// - Parameters:
  ///   - cache: the value of `auth_cache`, such as `4h` or `2d/10`.
  ///   - remembersDevice: whether `remember_device` is on, for 30 days unless `remember_device_validity` says how many.
  static func isLong(
    cache: String?, _ actions: [String: String], _ remembersDevice: Bool
  ) -> Bool {
    if let cache, seconds(cache).map({ $0 > limit }) ?? true { return true }
    guard remembersDevice else { return false }
    return (actions["remember_device_validity"].flatMap { Int($0) } ?? 30) > 1
  }

  /// A span as the server reads it; nil for one that it would not read.
  private static func seconds(_ text: String) -> Int? {
    let first = text.prefix { $0 != "/" }.filter { !$0.isWhitespace && $0 != "+" }
    guard let unit = first.last.flatMap({ units[$0] }), let count = Int(first.dropLast()),
      count >= 0, count < 1_000_000
    else { return nil }
    return count * unit
  }
}

/// What the types of tokens are, as the server ships them.
/// - SeeAlso: <https://privacyidea.readthedocs.io/en/latest/tokens/tokentypes.html>
enum PrivacyIDEATokens {
  /// Things that people have.
  static let strongTypes: Set<String> = [
    "totp", "hotp", "daypassword", "motp", "ocra", "tiqr", "tan", "paper", "push", "webauthn",
    "passkey", "u2f", "sms", "email", "yubikey", "yubico", "vasco", "daplug", "certificate",
    "sshkey",
  ]
  /// Tokens that pass with what people know: a PIN, a static word, an answer; or with a word sent to them once.
  static let simpleTypes: Set<String> = [
    "spass", "pw", "question", "applspec", "indexedsecret", "registration",
  ]
  /// Tokens that are never asked for at a sign-in.
  static let otherTypes: Set<String> = ["certificate", "sshkey"]
}
