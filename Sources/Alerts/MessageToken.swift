internal import Crypto

/// The id of a message in the form that both mail and webhooks accept.
enum MessageToken {
  /// The id itself when it consists of ASCII letters, digits, `-` and `_`; otherwise a digest of it.
  ///
  /// A webhook id must hold no dot, since dots divide what is signed; a Message-ID no space or bracket.
  static func make(_ id: String) -> String {
    isPlain(id) ? id : "msg_" + hex(of: id, bytes: 20)
  }

  /// A lower-case label for a list or a thread, different for different texts.
  static func label(_ text: String) -> String {
    isPlain(text) && text.utf8.count <= 40 && text.utf8.allSatisfy { !(0x41...0x5A).contains($0) }
      ? text : "x-" + hex(of: text, bytes: 10)
  }

  /// The first bytes of the SHA-256 of a text, in hexadecimal.
  static func hex(of text: String, bytes count: Int) -> String {
    SHA256.hash(data: Array(text.utf8)).prefix(count).map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }

  private static func isPlain(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 100
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
      }
  }
}
