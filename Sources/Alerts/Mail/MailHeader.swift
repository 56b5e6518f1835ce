internal import Foundation

/// Header fields of a mail, folded and encoded so that no value can start another field.
enum MailHeader {
  /// The longest line that the standard recommends (RFC 5322 §2.1.1), and that encoded words need.
  static let width = 76

  /// A field whose value is free text: folded at spaces, in encoded words (RFC 2047) where needed.
  static func text(_ name: String, _ value: String, limit: Int = 400) -> String {
    let value = InertText.line(value, limit: limit)
    if isPlain(value) { return fold(name, value.split(separator: " ").map(String.init)) }
    return "\(name): "
      + encodedWords(value, room: width - name.utf8.count - 2).joined(separator: "\r\n ")
  }

  /// A field of tokens that we made ourselves, folded between them.
  static func tokens(_ name: String, _ tokens: [String]) -> String { fold(name, tokens) }

  /// A field of addresses, one after the other.
  static func addresses(_ name: String, _ list: [MailAddress]) -> String {
    let last = list.count - 1
    return fold(
      name, list.enumerated().map { $0.offset < last ? $0.element.header + "," : $0.element.header }
    )
  }

  /// A display name as a phrase: words, a quoted string or encoded words.
  static func phrase(_ name: String) -> String {
    let name = InertText.line(name, limit: 100)
    guard name.utf8.allSatisfy({ $0 < 0x80 }), !name.contains("=?"), name.utf8.count <= 60 else {
      return encodedWords(name, room: 60).joined(separator: "\r\n ")
    }
    let isWords = name.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x20, 0x2D, 0x5F: true
      default: false
      }
    }
    if isWords { return name }
    return "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// Whether a value can stand as it is: ASCII, no run that looks encoded, no word that cannot be folded.
  private static func isPlain(_ value: String) -> Bool {
    value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && !value.contains("=?")
      && !value.contains("  ") && value.first != " " && value.last != " "
      && value.split(separator: " ").allSatisfy { $0.utf8.count <= 60 }
  }

  private static func fold(_ name: String, _ words: [String]) -> String {
    var result = "\(name):"
    var length = result.utf8.count
    for (index, word) in words.enumerated() {
      if index > 0, length + 1 + word.utf8.count > width {
        result += "\r\n"
        length = 0
      }
      result += " \(word)"
      // A word may itself be folded: a long encoded name.
      if let end = word.range(of: "\r\n", options: .backwards) {
        length = word[end.upperBound...].utf8.count
      } else {
        length += 1 + word.utf8.count
      }
    }
    return result
  }

  /// The value in base64 words of at most 75 characters, none of which splits a character.
  private static func encodedWords(_ value: String, room: Int) -> [String] {
    let frame = "=?utf-8?B??=".utf8.count
    var words: [String] = []
    var bytes: [UInt8] = []
    var limit = max(4, (min(room, 75) - frame) / 4 * 3)
    for scalar in value.unicodeScalars {
      let encoded = Array(String(scalar).utf8)
      if bytes.count + encoded.count > limit {
        words.append(word(bytes))
        bytes = []
        limit = (75 - frame) / 4 * 3
      }
      bytes += encoded
    }
    words.append(word(bytes))
    return words
  }

  private static func word(_ bytes: [UInt8]) -> String {
    "=?utf-8?B?\(Data(bytes).base64EncodedString())?="
  }
}
