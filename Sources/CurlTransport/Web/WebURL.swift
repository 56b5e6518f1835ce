internal import CCurl
internal import Foundation

/// An absolute http or https URL, taken apart by libcurl.
///
/// The parser that checks the origin is the parser that connects, so the two cannot disagree about the
/// host. The URL functions of libcurl work on a handle of their own and touch no transfer, so any thread may
/// call them.
struct WebURL: Sendable, Equatable {
  /// The URL as it is sent, without fragment.
  let absolute: String

  /// Scheme, host and port, in lower case and with the port always there.
  let origin: Origin

  /// The scheme, host and port of a URL.
  struct Origin: Sendable, Hashable, CustomStringConvertible {
    let scheme: String
    let host: String
    let port: Int

    var description: String { "\(scheme)://\(host):\(port)" }

    /// Whether the host is this machine; `localhost` is never looked up by libcurl.
    var isLoopback: Bool { Loopback.isLoopback(host) }
  }

  /// Reads a URL; nil when it is none, or has another scheme, user info or no host.
  init?(_ text: String) {
    guard let handle = curl_url() else { return nil }
    defer { curl_url_cleanup(handle) }
    let end = text.utf8.firstIndex(of: 0x23) ?? text.endIndex
    let whole = String(text[..<end])
    guard Self.isClean(whole), Self.hasWebScheme(whole),
      curl_url_set(handle, CURLUPART_URL, whole, 0) == CURLUE_OK
    else { return nil }
    self.init(handle, absolute: whole)
  }

  private init?(_ handle: OpaquePointer, absolute: String?) {
    guard let scheme = Self.part(handle, CURLUPART_SCHEME)?.lowercased(),
      scheme == "https" || scheme == "http",
      let host = Self.part(handle, CURLUPART_HOST)?.lowercased(), !host.isEmpty,
      Self.part(handle, CURLUPART_USER) == nil, Self.part(handle, CURLUPART_PASSWORD) == nil,
      let port = Self.part(handle, CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)).flatMap({ Int($0) }),
      let text = absolute ?? Self.part(handle, CURLUPART_URL)
    else { return nil }
    self.absolute = text
    origin = Origin(scheme: scheme, host: host, port: port)
  }

  /// The URL that a reference on a page with this URL means; nil when it is none.
  func resolving(_ reference: String) -> WebURL? {
    if Self.hasWebScheme(reference) { return WebURL(reference) }
    let end = reference.utf8.firstIndex(of: 0x23) ?? reference.endIndex
    let relative = String(reference[..<end])
    // RFC 3986 §5.2.2: the empty reference is the same document. libcurl has no answer for it.
    if relative.isEmpty { return self }
    guard Self.isClean(relative), let handle = curl_url() else { return nil }
    defer { curl_url_cleanup(handle) }
    guard curl_url_set(handle, CURLUPART_URL, absolute, 0) == CURLUE_OK,
      curl_url_set(handle, CURLUPART_URL, relative, 0) == CURLUE_OK
    else { return nil }
    return WebURL(handle, absolute: nil)
  }

  /// Why a text is no URL to ask; user info is named, for it is the likely mistake.
  static func objection(to text: String) -> String {
    AddressProblem.of(text) == .userInfo
      ? AddressProblem.userInfo.explanation : AddressProblem.notAbsolute.explanation
  }

  /// Whether the text begins with `http://` or `https://` and a host.
  private static func hasWebScheme(_ text: String) -> Bool {
    let start = text.utf8.prefix(9).map(ASCII.lower)
    // libcurl forgives a third slash, others take it for an empty host.
    let host =
      start.starts(with: "https://".utf8)
      ? start.dropFirst(8) : start.starts(with: "http://".utf8) ? start.dropFirst(7) : []
    return host.first.map { $0 != 0x2F } ?? false
  }

  /// Whether the text is free of white space, control characters and backslashes, which parsers read
  /// differently.
  private static func isClean(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != 0x5C } && text.utf8.count <= 64 * 1024
  }

  private static func part(
    _ handle: OpaquePointer, _ part: CURLUPart, _ flags: UInt32 = 0
  ) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }
}
