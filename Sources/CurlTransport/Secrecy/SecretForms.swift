internal import Foundation

/// The ways in which a secret may come back: as it is, in Base64 at any place of a longer text, percent-encoded, as a
/// string of JSON, and with its white space lost.
enum SecretForms {
  /// Every form once, each at least as long as `shortest`.
  static func all(_ secret: String, shortest: Int) -> [[UInt8]] {
    let raw = Array(secret.utf8)
    var forms: Set<[UInt8]> = [raw]
    for line in secret.split(whereSeparator: \.isNewline) { forms.insert(Array(line.utf8)) }
    forms.insert(raw.filter { !ASCII.isSpace($0) })
    for text in [URLText.encoded(secret), form(secret)] {
      forms.insert(Array(text.utf8))
      forms.insert(Array(lowerEscapes(text).utf8))
    }
    for escapesSlash in [false, true] { forms.insert(json(raw, escapesSlash: escapesSlash)) }
    for shift in 0..<3 {
      let encoded = base64(raw, shift: shift)
      forms.insert(encoded)
      forms.insert(encoded.map { $0 == 0x2B ? 0x2D : $0 == 0x2F ? 0x5F : $0 })
    }
    return forms.filter { $0.count >= shortest }.sorted { $0.count > $1.count }
  }

  /// As a form sends it: percent-encoded, with a plus for a space.
  private static func form(_ secret: String) -> String {
    URLText.encoded(secret).replacingOccurrences(of: "%20", with: "+")
  }

  /// `%2F` as `%2f`.
  private static func lowerEscapes(_ text: String) -> String {
    var rest = 0
    return String(
      decoding: text.utf8.map { byte -> UInt8 in
        defer { rest = byte == 0x25 ? 2 : max(0, rest - 1) }
        return rest > 0 ? ASCII.lower(byte) : byte
      }, as: UTF8.self)
  }

  private static func json(_ raw: [UInt8], escapesSlash: Bool) -> [UInt8] {
    raw.flatMap { byte -> [UInt8] in
      switch byte {
      case 0x22, 0x5C: [0x5C, byte]
      case 0x2F where escapesSlash: [0x5C, byte]
      case 0x0A: Array("\\n".utf8)
      case 0x0D: Array("\\r".utf8)
      case 0x09: Array("\\t".utf8)
      default: [byte]
      }
    }
  }

  /// The characters of Base64 that only the secret decides, when it stands `shift` bytes behind a multiple of three.
  private static func base64(_ raw: [UInt8], shift: Int) -> [UInt8] {
    let padded = Data(repeating: 0, count: shift) + Data(raw)
    let whole = Array(padded.base64EncodedString().utf8.prefix { $0 != 0x3D })
    // Characters that a neighbour has a part in are not the secret's alone.
    let first = (shift * 8 + 5) / 6
    let last = padded.count * 8 / 6
    return first < last ? Array(whole[first..<last]) : []
  }
}
