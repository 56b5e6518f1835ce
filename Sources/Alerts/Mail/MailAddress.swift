internal import IdentityCore

/// A mailbox: an address, and the name that goes with it.
struct MailAddress: Sendable, Hashable {
  /// The display name; empty when there is none.
  let name: String
  /// The address, `local@domain`, ASCII.
  let address: String

  /// Reads `ana@acme.com`, `Ana <ana@acme.com>` or `"Lima, Ana" <ana@acme.com>`; nil for anything else.
  ///
  /// Only addresses that every mail server takes are read: a dot-atom and a domain of letters, digits and
  /// hyphens. Quoted local parts, address literals and addresses outside ASCII are left out on purpose.
  init?(_ text: String) {
    let text = Self.trimmed(text)
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
    guard let open = text.lastIndex(of: "<") else {
      self.init(name: "", address: text)
      return
    }
    guard text.hasSuffix(">") else { return nil }
    var name = Self.trimmed(String(text[..<open]))
    if name.count >= 2, name.hasPrefix("\""), name.hasSuffix("\"") {
      name = Self.unquoted(name.dropFirst().dropLast())
    }
    self.init(name: name, address: String(text[text.index(after: open)...].dropLast()))
  }

  private init?(name: String, address: String) {
    guard Self.isDeliverable(address) else { return nil }
    self.name = name
    self.address = address
  }

  /// The domain of the address.
  var domain: String { String(address.drop { $0 != "@" }.dropFirst()) }

  /// The key by which two spellings are one recipient.
  var key: String { EmailKey.make(address) }

  /// The address as a header shows it, with the name quoted or encoded where it must be.
  var header: String {
    guard !name.isEmpty else { return address }
    let phrase = MailHeader.phrase(name)
    // A line with an encoded word has 76 characters at most (RFC 2047 §2).
    let last = phrase.split(separator: "\r\n").last?.utf8.count ?? 0
    let isLong = phrase.contains("=?") && last + address.utf8.count + 3 > MailHeader.width - 6
    return phrase + (isLong ? "\r\n " : " ") + "<\(address)>"
  }

  private static func isDeliverable(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: 0x40, omittingEmptySubsequences: false)
    guard parts.count == 2, text.utf8.count <= 254, (1...64).contains(parts[0].count) else {
      return false
    }
    let dot = UInt8(ascii: ".")
    return parts[0].split(separator: dot, omittingEmptySubsequences: false)
      .allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtomText) }
      && parts[1].split(separator: dot, omittingEmptySubsequences: false)
        .allSatisfy { label in
          (1...63).contains(label.count) && label.allSatisfy { isAlphanumeric($0) || $0 == 0x2D }
            && label.first != 0x2D && label.last != 0x2D
        }
  }

  private static func isAtomText(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }

  private static func trimmed(_ text: String) -> String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    var text = text.drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return String(text)
  }

  private static func unquoted(_ text: Substring) -> String {
    var result = ""
    var isEscaped = false
    for character in text {
      if character == "\\", !isEscaped {
        isEscaped = true
      } else {
        result.append(character)
        isEscaped = false
      }
    }
    return result
  }
}
