/// The host part of URLs, as it is compared between what platforms show and what is configured.
public enum SourceHost {
  /// The host of a URL in lower case, with its port where that is not the scheme's own; nil without one.
  public static func of(_ url: String) -> String? {
    guard let scheme = url.firstRange(of: "://") else { return nil }
    let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
    let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] }
    var host = (place ?? authority).lowercased()
    let usual = url.prefix(8).lowercased().hasPrefix("http://") ? ":80" : ":443"
    if host.hasSuffix(usual) { host.removeLast(usual.count) }
    return host.isEmpty ? nil : host
  }

  /// Whether a host is this machine, as that of a mock is.
  public static func isLoopback(_ host: String) -> Bool {
    if host == "[::1]" || host.hasPrefix("[::1]:") { return true }
    let name = host.prefix { $0 != ":" }
    if name == "localhost" { return true }
    let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
  }
}
