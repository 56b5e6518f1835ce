/// The key on which members and accounts are matched: trimmed, lower case, NFC.
///
/// Plus-addresses are kept: `ana+x@acme.com` is not `ana@acme.com`. The fold does not depend on the locale.
public enum EmailKey {
  /// Makes the key of an address or a login name.
  public static func make(_ text: String) -> String {
    var copy = text
    return copy.withUTF8 { make($0) }
  }

  /// Makes the key of an address given as UTF-8; the fast path is plain ASCII.
  public static func make(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    var bytes = bytes[...]
    while let first = bytes.first, isSpace(first) { bytes = bytes.dropFirst() }
    while let last = bytes.last, isSpace(last) { bytes = bytes.dropLast() }
    if bytes.allSatisfy({ $0 < 0x80 }) {
      return String(unsafeUninitializedCapacity: bytes.count) { target in
        var index = 0
        for byte in bytes {
          target[index] = byte &- 0x41 < 26 ? byte | 0x20 : byte
          index += 1
        }
        return index
      }
    }
    return normalise(String(decoding: bytes, as: UTF8.self))
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
  }
}
