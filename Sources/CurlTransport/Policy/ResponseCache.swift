/// Under what a reply is kept: the same URL with another range or other credentials is another reply.
public struct CacheKey: Sendable, Hashable {
  /// The name of the source.
  public let source: String

  /// The method.
  public let method: String

  /// The full URL with its query.
  public let url: String

  /// The `Range` that was asked for.
  public let range: String?

  /// Whose reply it is: a name from the policy or a hash of the credentials, never the credentials.
  public let identity: String

  /// Names a reply.
  public init(source: String, method: String, url: String, range: String?, identity: String) {
    self.source = source
    self.method = method
    self.url = url
    self.range = range
    self.identity = identity
  }
}

/// A reply that may be asked for again with `If-None-Match`.
public struct CachedResponse: Sendable {
  /// The status it came with, 200 or 206.
  public var status: Int

  /// Its entity tag.
  public var etag: String?

  /// Its `Last-Modified`, word for word.
  public var lastModified: String?

  /// The fields that a reader needs again: `Link`, `Next-Range`, `Content-Type` and the like.
  public var headers: [(String, String)]

  /// The body.
  public var body: ResponseBody

  /// Puts an entry together.
  public init(
    status: Int, etag: String?, lastModified: String?, headers: [(String, String)],
    body: ResponseBody
  ) {
    self.status = status
    self.etag = etag
    self.lastModified = lastModified
    self.headers = headers
    self.body = body
  }
}

/// Where replies are kept for conditional requests.
///
/// Called from any task; a lookup is a lookup, without waiting for another process.
public protocol ResponseCache: Sendable {
  /// The reply kept under a key, if there is one.
  func entry(for key: CacheKey) -> CachedResponse?

  /// Keeps a reply, in the place of an older one.
  func store(_ response: CachedResponse, for key: CacheKey)
}
