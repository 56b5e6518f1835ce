/// Percent-encoding and query parameters, on bytes.
public enum URLText {
  /// Text as one segment of a path or one value of a query: everything but letters, digits and `-._~`
  /// is encoded.
  public static func encoded(_ text: String) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        bytes.append(byte)
      default:
        bytes += [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The URL with a query parameter set: in the place of the first of that name, other ones of that
  /// name removed, or at the end.
  public static func setting(_ name: String, to value: String, in url: String) -> String {
    let fragment = url.utf8.firstIndex(of: 0x23) ?? url.endIndex
    let whole = url[..<fragment]
    let pair = "\(encoded(name))=\(encoded(value))"
    guard let mark = whole.utf8.firstIndex(of: 0x3F) else { return "\(whole)?\(pair)" }
    let query = whole[whole.utf8.index(after: mark)...]
    var kept: [Substring] = []
    var isSet = false
    for parameter in query.split(separator: "&") {
      let key = parameter.prefix { $0 != "=" }
      guard decoded(key) == name else {
        kept.append(parameter)
        continue
      }
      if !isSet { kept.append(Substring(pair)) }
      isSet = true
    }
    if !isSet { kept.append(Substring(pair)) }
    return "\(whole[..<mark])?\(kept.joined(separator: "&"))"
  }

  /// A parameter's name as it was meant; a stray percent sign stands for itself.
  static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == 0x25, rest.count >= 2, let high = hexValue(rest[rest.startIndex]),
        let low = hexValue(rest[rest.startIndex + 1])
      {
        bytes.append(high << 4 | low)
        rest.removeFirst(2)
      } else {
        bytes.append(byte == 0x2B ? 0x20 : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
