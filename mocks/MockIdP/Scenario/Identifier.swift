/// The hexadecimal digits.
enum Hex {
  static let digits = Array("0123456789abcdef".utf8)

  /// Writes bytes as lower-case hexadecimal text.
  static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads hexadecimal text; nil when it is none.
  static func decode(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[start..<start + 2], as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}

/// Identifiers that look like the vendors' and are the same in every run.
enum Identifier {
  /// An Okta id: a three-character prefix and 17 characters that depend on the seed alone.
  static func okta(_ prefix: String, _ seed: String) -> String {
    let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
    var state = hash(seed, salt: prefix)
    var text = Array(prefix.utf8)
    for _ in 0..<17 {
      text.append(alphabet[Int(next(&state) % 36)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// A UUID that depends on the seed alone.
  static func uuid(_ seed: String) -> String {
    var state = hash(seed, salt: "uuid")
    return uuid(next(&state), next(&state))
  }

  /// A UUID made of two numbers, marked as version 4.
  static func uuid(_ high: UInt64, _ low: UInt64) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for position in 0..<32 {
      if [8, 12, 16, 20].contains(position) { text.append(UInt8(ascii: "-")) }
      let word = position < 16 ? high : low
      let digit = Int(word >> UInt64(60 - 4 * (position % 16)) & 15)
      switch position {
      case 12: text.append(UInt8(ascii: "4"))
      case 16: text.append(Hex.digits[8 + digit % 4])
      default: text.append(Hex.digits[digit])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// FNV-1a over a text, 64 bits.
  static func hash(_ text: String, salt: String = "") -> UInt64 {
    hash(bytes: Array(salt.utf8) + Array(text.utf8))
  }

  /// FNV-1a over bytes, 64 bits.
  static func hash(bytes: [UInt8], from start: UInt64 = 0xcbf2_9ce4_8422_2325) -> UInt64 {
    var value = start
    for byte in bytes {
      value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return value
  }

  /// The next number of a splitmix64 sequence.
  static func next(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
