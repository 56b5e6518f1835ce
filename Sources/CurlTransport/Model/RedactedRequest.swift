/// A request as it may be shown: method, host and path, without query, headers and user info.
public struct RedactedRequest: Sendable, Hashable, CustomStringConvertible {
  /// The method.
  public let method: String

  /// The host, with its port where that is not the usual one.
  public let host: String

  /// The path; `<redacted>` when the path is itself a secret.
  public let path: String

  /// Names a request by its parts.
  public init(method: String, host: String, path: String) {
    self.method = method
    self.host = host
    self.path = path
  }

  /// Takes what may be shown out of a request.
  public init(_ request: HTTPRequest) {
    self.init(
      method: request.method.rawValue, host: Self.host(of: request.url),
      path: request.hidesPath ? "/<redacted>" : Self.path(of: request.url))
  }

  /// The same without any secret that a server may have put into a link.
  func struck(by gate: SecretGate) -> RedactedRequest {
    RedactedRequest(method: method, host: gate.strike(host), path: gate.strike(path))
  }

  /// `GET acme.okta.com/api/v1/users`.
  public var description: String { "\(method) \(host)\(path)" }

  /// The authority without user info.
  static func host(of url: String) -> String {
    let authority = authorityAndRest(url).authority
    guard let at = authority.lastIndex(of: 0x40) else { return printable(authority) }
    return printable(authority[(at + 1)...])
  }

  /// The path without query and fragment; `/` when there is none.
  static func path(of url: String) -> String {
    let rest = authorityAndRest(url).rest
    let end = rest.firstIndex { $0 == 0x3F || $0 == 0x23 } ?? rest.endIndex
    return rest[..<end].isEmpty ? "/" : printable(rest[..<end])
  }

  /// Text from outside with everything that could move a terminal's cursor replaced.
  private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix(512).map { $0 < 0x20 || $0 == 0x7F ? 0x3F : $0 }, as: UTF8.self)
  }

  private static func authorityAndRest(
    _ url: String
  ) -> (authority: ArraySlice<UInt8>, rest: ArraySlice<UInt8>) {
    let bytes = Array(url.utf8)
    var start = 0
    if bytes.count >= 3 {
      for index in 0...(bytes.count - 3)
      where bytes[index] == 0x3A && bytes[index + 1] == 0x2F && bytes[index + 2] == 0x2F {
        start = index + 3
        break
      }
    }
    // A backslash or a stray question mark must not move user info into what is shown.
    let end = bytes[start...].firstIndex { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 } ?? bytes.count
    return (bytes[start..<end], bytes[end...])
  }
}
