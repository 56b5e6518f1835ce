/// What stands against an address before anything is sent to it.
public enum AddressProblem: Sendable, Hashable {
  /// It is no absolute http or https URL.
  case notAbsolute
  /// It holds a user or a password.
  case userInfo
  /// It is plain http to another machine.
  case plainHTTP

  /// What stands against an address of a source; nil when nothing does.
  public static func of(_ url: String) -> AddressProblem? {
    if let parsed = WebURL(url) {
      return parsed.origin.scheme == "https" || parsed.origin.isLoopback ? nil : .plainHTTP
    }
    guard let start = url.firstRange(of: "://") else { return .notAbsolute }
    let rest = url[start.upperBound...]
    let authority = rest.prefix { !"/?#\\".contains($0) }
    guard let at = authority.lastIndex(of: "@") else { return .notAbsolute }
    let withoutUser = String(url[..<start.upperBound]) + String(rest[rest.index(after: at)...])
    return WebURL(withoutUser) == nil ? .notAbsolute : .userInfo
  }

  /// What is wrong, with what to do.
  public var explanation: String {
    switch self {
    case .notAbsolute: "The URL is not an absolute http or https URL."
    case .userInfo:
      "The URL holds a user or a password before its host; credentials belong into their own keys."
    case .plainHTTP: "Plain http is allowed on loopback only. Use https."
    }
  }
}
