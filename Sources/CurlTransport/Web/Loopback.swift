internal import CCurl
internal import Foundation

/// This machine as seen from itself: the only place where anything may go unencrypted.
public enum Loopback {
  /// Whether a host is loopback, by the address that libcurl would connect to; no name is looked up.
  ///
  /// `localhost` with or without its dot, 127.0.0.0/8 in every notation that libcurl takes for a number (decimal,
  /// octal, hexadecimal, short), `::1` and `::ffff:127.0.0.0/104`. What looks like a number and is none, as `127.0.0.08`, is
  /// a name, and names can lead anywhere.
  public static func contains(_ host: String) -> Bool {
    normal(host).map { isLoopback($0) } ?? false
  }

  /// The same for a host that libcurl's parser has already put in its normal form.
  static func isLoopback(_ normal: String) -> Bool {
    if normal == "localhost" || normal == "localhost." { return true }
    var four = in_addr()
    if inet_pton(AF_INET, normal, &four) == 1 {
      return UInt32(bigEndian: four.s_addr) >> 24 == 127
    }
    guard normal.hasPrefix("["), normal.hasSuffix("]") else { return false }
    var six = in6_addr()
    guard inet_pton(AF_INET6, String(normal.dropFirst().dropLast()), &six) == 1 else {
      return false
    }
    let bytes = withUnsafeBytes(of: six) { Array($0) }
    let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
    return isMapped ? bytes[12] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
  }

  /// The host as libcurl understands it; nil when it is none.
  private static func normal(_ host: String) -> String? {
    guard !host.contains(where: { "/?#@\\".contains($0) }) else { return nil }
    let isBare = host.contains(":") && !host.hasPrefix("[")
    return WebURL("https://\(isBare ? "[\(host)]" : host)/")?.origin.host
  }
}
