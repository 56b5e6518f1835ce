/// What a body must be for its reader to make sense of it.
public enum ContentKind: String, Sendable {
  /// JSON in any of its media types; a web page instead of it is an error.
  case json
}

/// One request to a source.
///
/// Printing shows method, host and path: never the query, the headers, the body or the credentials.
public struct HTTPRequest: Sendable {
  /// The methods that vendors' APIs use.
  public enum Method: String, Sendable {
    /// Reads.
    case get = "GET"
    /// Creates, or asks a question too long for a URL.
    case post = "POST"
    /// Replaces.
    case put = "PUT"
    /// Changes in part.
    case patch = "PATCH"
    /// Removes.
    case delete = "DELETE"
    /// Reads the headers only.
    case head = "HEAD"
  }

  /// The method.
  public var method: Method

  /// The absolute URL; without user info, for credentials go into ``authorization``.
  public var url: String

  /// The fields to send beside those that the transport adds.
  public var headers: HTTPHeaders

  /// The body, if there is one.
  ///
  /// Sent as `application/json` when no `Content-Type` is given.
  public var body: [UInt8]?

  /// How the request proves who sends it.
  public var authorization: Authorization?

  /// Whether sending it twice does what sending it once does; only such a request is tried again.
  ///
  /// True for GET and HEAD. Reads that are shaped as POST (AWS, GraphQL) set it.
  public var isIdempotent: Bool

  /// The template under which requests are counted and rate limits learnt, as `GET /api/v1/users`.
  public var endpoint: String

  /// The largest body to accept, if it differs from the policy's.
  public var maxBodyBytes: Int?

  /// What a body with a 2xx status must be, if the reader insists.
  public var expectedContentType: ContentKind?

  /// Whether the path is itself a secret, as that of a chat webhook; it is then never printed.
  public var hidesPath: Bool

  /// Describes a request.
  ///
  /// - Parameter endpoint: the template for counting; method and path when left out.
  public init(
    _ method: Method = .get, _ url: String, endpoint: String? = nil,
    headers: HTTPHeaders = HTTPHeaders(), body: [UInt8]? = nil,
    authorization: Authorization? = nil, isIdempotent: Bool? = nil, maxBodyBytes: Int? = nil,
    expectedContentType: ContentKind? = nil, hidesPath: Bool = false
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.authorization = authorization
    self.isIdempotent = isIdempotent ?? (method == .get || method == .head)
    self.maxBodyBytes = maxBodyBytes
    self.expectedContentType = expectedContentType
    self.hidesPath = hidesPath
    self.endpoint =
      endpoint
      ?? (hidesPath ? method.rawValue : "\(method.rawValue) \(RedactedRequest.path(of: url))")
  }

  /// The request as it may be shown.
  public var redacted: RedactedRequest { RedactedRequest(self) }
}

extension HTTPRequest: CustomStringConvertible, CustomReflectable {
  /// Method, host and path.
  public var description: String { redacted.description }

  /// A mirror without children, so that dumping shows neither query nor headers.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
