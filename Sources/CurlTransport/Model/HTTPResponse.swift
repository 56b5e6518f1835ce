public import Foundation

/// A whole reply.
public struct HTTPResponse: Sendable {
  /// The status; for a reply out of the cache the one that was stored, not 304.
  public var status: Int

  /// The header fields; for a reply out of the cache those stored, with the new ones over them.
  public var headers: HTTPHeaders

  /// The body, decoded.
  public var body: ResponseBody

  /// The id under which the vendor logged the request, or the one we sent when it names none.
  public var requestID: String?

  /// The URL that gave the reply, with its query: not to be printed, use ``description``.
  public var url: String

  /// When the reply was complete, by the local clock.
  public var receivedAt: Date

  /// Whether the body was confirmed by a 304 and comes out of the cache.
  public var fromCache: Bool

  /// Puts a reply together, for caches and tests.
  public init(
    status: Int, headers: HTTPHeaders = HTTPHeaders(),
    body: ResponseBody = ResponseBody(copying: []), requestID: String? = nil, url: String = "",
    receivedAt: Date = Date(timeIntervalSince1970: 0), fromCache: Bool = false
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.requestID = requestID
    self.url = url
    self.receivedAt = receivedAt
    self.fromCache = fromCache
  }

  /// Whether the status is one of the 2xx.
  public var isSuccess: Bool { (200..<300).contains(status) }
}

extension HTTPResponse: CustomStringConvertible, CustomReflectable {
  /// Status, host, path and size; neither query nor headers.
  public var description: String {
    "\(status) \(RedactedRequest.host(of: url))\(RedactedRequest.path(of: url)), \(body.count) bytes"
  }

  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
