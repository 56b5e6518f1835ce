/// The rules for all requests to one source.
public struct SourcePolicy: Sendable {
  /// The slowest transfer that is not given up.
  public struct LowSpeed: Sendable {
    /// Fewer bytes a second than this is too slow.
    public var bytesPerSecond: Int

    /// How long it may be too slow.
    public var duration: Duration

    /// Sets the bounds.
    public init(bytesPerSecond: Int, duration: Duration) {
      self.bytesPerSecond = bytesPerSecond
      self.duration = duration
    }
  }

  /// A part of the vendor's API whose requests must lie some time apart.
  public struct Spacing: Sendable {
    /// How the endpoints of the part begin, method included.
    public var prefix: String

    /// The time between two requests.
    public var interval: Duration

    /// Spaces the endpoints with a beginning.
    public init(_ prefix: String, _ interval: Duration) {
      self.prefix = prefix
      self.interval = interval
    }
  }

  /// The origins (`https://acme.okta.com`) that requests may go to; any when empty.
  ///
  /// A next link or redirect must stay on the origin of its own request in any case.
  public var origins: [String]

  /// How many requests run at once.
  public var maxConcurrent: Int

  /// How patiently failed requests are repeated.
  public var retry: RetryPolicy

  /// The part of the vendor's limit that is left for other users of the tenant, 0 to 1.
  public var rateShare: Double

  /// How the vendor tells what is left of its limit.
  public var rateHeaders: RateHeaders

  /// The parts of the API whose limit no header tells; the first that fits an endpoint counts.
  public var spacing: [Spacing]

  /// The shortest time between the starts of two requests, for vendors that say no more than so many a second.
  public var minInterval: Duration?

  /// The largest body, after decoding.
  public var maxBodyBytes: Int

  /// How long connecting may take.
  public var connectTimeout: Duration

  /// How long one try of one request may take.
  public var totalTimeout: Duration

  /// How long a streamed reply may take, its reader's pauses included.
  public var streamTimeout: Duration

  /// The slowest transfer that is not given up.
  public var lowSpeed: LowSpeed

  /// The field that carries our id of each request; none is sent when nil.
  public var requestIDHeader: String?

  /// The vendor's own fields for the id under which a reply is found in its log, before those that many use.
  public var replyIDHeaders: [String]

  /// How many pages one list may have.
  public var maxPages: Int

  /// How many items one list may have, when the reader counts them.
  public var maxItems: Int?

  /// How many pages are fetched or held ahead of the reader.
  public var prefetch: Int

  /// Whether a GET may follow a redirect on its own origin.
  public var followsSameOriginRedirects: Bool

  /// Where replies are kept for conditional requests; none are made when nil.
  public var cache: (any ResponseCache)?

  /// Whose replies the cache holds, where the credentials change from run to run (tokens of an hour).
  ///
  /// Name the client, not the token. When nil, a hash of the credentials takes its place.
  public var identity: String?

  /// What this side proves itself with in the TLS handshake; nothing when nil.
  public var clientCertificate: ClientCertificate?

  /// Says that a reply which looks final means "not now", as Google's 403 `quotaExceeded`.
  public var isThrottled: (@Sendable (HTTPResponse) -> Bool)?

  /// Sets the rules; the defaults are those for all sources.
  public init(
    origins: [String] = [], maxConcurrent: Int = 4, retry: RetryPolicy = RetryPolicy(),
    rateShare: Double = 0.5, rateHeaders: RateHeaders = .none, minInterval: Duration? = nil,
    spacing: [Spacing] = [],
    maxBodyBytes: Int = 32 * 1024 * 1024, connectTimeout: Duration = .seconds(10),
    totalTimeout: Duration = .seconds(60), streamTimeout: Duration = .seconds(900),
    lowSpeed: LowSpeed = LowSpeed(bytesPerSecond: 1, duration: .seconds(30)),
    requestIDHeader: String? = "Request-Id", replyIDHeaders: [String] = [], maxPages: Int = 10_000,
    maxItems: Int? = nil,
    prefetch: Int = 2, followsSameOriginRedirects: Bool = false,
    cache: (any ResponseCache)? = nil, identity: String? = nil,
    clientCertificate: ClientCertificate? = nil,
    isThrottled: (@Sendable (HTTPResponse) -> Bool)? = nil
  ) {
    self.origins = origins
    self.maxConcurrent = maxConcurrent
    self.retry = retry
    self.rateShare = rateShare
    self.rateHeaders = rateHeaders
    self.spacing = spacing
    self.minInterval = minInterval
    self.maxBodyBytes = maxBodyBytes
    self.connectTimeout = connectTimeout
    self.totalTimeout = totalTimeout
    self.streamTimeout = streamTimeout
    self.lowSpeed = lowSpeed
    self.requestIDHeader = requestIDHeader
    self.replyIDHeaders = replyIDHeaders
    self.maxPages = maxPages
    self.maxItems = maxItems
    self.prefetch = prefetch
    self.followsSameOriginRedirects = followsSameOriginRedirects
    self.cache = cache
    self.identity = identity
    self.clientCertificate = clientCertificate
    self.isThrottled = isThrottled
  }
}
