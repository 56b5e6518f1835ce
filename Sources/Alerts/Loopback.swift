/// This machine as seen from itself: the only place where alerts may go unencrypted.
enum Loopback {
  /// Whether a host is a name or an address of loopback; names are not looked up.
  static func contains(_ host: String) -> Bool {
    if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
