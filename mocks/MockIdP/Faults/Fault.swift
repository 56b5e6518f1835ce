/// Something that goes wrong at one vendor's endpoint.
///
/// An endpoint is named as in the request log, such as `GET /teams/{team}/members`; `*` is every
/// endpoint, and a trailing `*` any with that beginning. Requests are counted from the moment the
/// faults were set; `first` is the number of the first one that goes wrong, `times` how many do.
public struct Fault: Codable, Sendable, Hashable {
  /// What goes wrong.
  public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
    /// 429 with the vendor's headers; `seconds` until it ends, `text` a `Retry-After` value.
    case rateLimited = "rate-limited"
    /// 429 for too many parallel requests (Okta).
    case concurrencyLimited = "concurrency-limited"
    /// The HTTP status in `status`, with the vendor's error body.
    case status
    /// 401, as for a token that is unknown.
    case unauthorized
    /// 401 on this and every later request of the vendor, as for a token that expired meanwhile.
    case expiredToken = "expired-token"
    /// 403, as for a role or scope that is too small.
    case forbidden
    /// 404.
    case notFound = "not-found"
    /// The reply begins after `seconds`.
    case slow
    /// The body comes in pieces of `bytes`, `seconds` apart.
    case drip
    /// The connection is reset after `bytes` of the body, or before anything when nil.
    case reset
    /// The connection ends after `bytes` of the body, or half of it, though more was announced.
    case truncated
    /// The body is cut in half but announced as complete.
    case malformed
    /// Status 200 with an HTML page.
    case html
    /// A page without rows that names a next one; the rows come there.
    case emptyPage = "empty-page"
    /// The next cursor leads back to this page.
    case repeatedCursor = "repeated-cursor"
    /// The next link leads to `text`, another origin (Okta).
    case foreignNext = "foreign-next"
    /// More pages are announced but no cursor is given.
    case missingNext = "missing-next"
    /// The first row of the first page comes again.
    case duplicate
    /// The body grows to `bytes` by white space.
    case oversize
    /// The property at the path in `text`, such as `profile.email`, has another type in every row.
    case wrongType = "wrong-type"
    /// The property at the path in `text` is null in every row.
    case nullField = "null-field"
    /// The property at the path in `text` is missing in every row; a path that begins with a slash (`/0/attributes/x`,
    /// `/*/id`) begins at the document instead, for this and the two before.
    case missingField = "missing-field"
    /// The rows of a page, and the texts of every list in it, come in the opposite order, where none means anything.
    case reordered
    /// The reply is dated `seconds` later than it is made, or earlier when that is negative.
    case misdated
    /// The place at the JSON pointer in `text` of the whole reply holds `value`, or is missing where there is none; a
    /// property that was not there is added. In XML the pointer begins with the number of an element, in the order in which
    /// they begin.
    case edited
  }

  /// The vendor.
  public var vendor: Vendor
  /// The endpoint.
  public var endpoint: String
  /// What goes wrong.
  public var kind: Kind
  /// The first request that goes wrong, counted from 1.
  public var first: Int
  /// How many requests go wrong; nil is all that follow.
  public var times: Int?
  /// An HTTP status.
  public var status: Int?
  /// A time.
  public var seconds: Double?
  /// A size.
  public var bytes: Int?
  /// A header value, a URL, or the path of or pointer to a property.
  public var text: String?
  /// What an edited place holds; nil is nothing.
  public var value: JSON?
  /// The one request that goes wrong, as ``RecordedReply/request`` names it; nil is every request of the endpoint.
  public var request: String?

  /// Makes a fault; by default on the first request only.
  public init(
    _ vendor: Vendor, _ endpoint: String, _ kind: Kind, first: Int = 1, times: Int? = 1,
    status: Int? = nil, seconds: Double? = nil, bytes: Int? = nil, text: String? = nil,
    value: JSON? = nil, request: String? = nil
  ) {
    self.vendor = vendor
    self.endpoint = endpoint
    self.kind = kind
    self.first = first
    self.times = times
    self.status = status
    self.seconds = seconds
    self.bytes = bytes
    self.text = text
    self.value = value
    self.request = request
  }

  /// Reads a fault; `vendor`, `endpoint` and `kind` are required, `times: null` is for ever.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(Vendor.self, forKey: .vendor),
      try values.decode(String.self, forKey: .endpoint),
      try values.decode(Kind.self, forKey: .kind))
    try values.read(.first, into: &first)
    if values.contains(.times) { times = try values.decodeIfPresent(Int.self, forKey: .times) }
    try values.read(.status, into: &status)
    try values.read(.seconds, into: &seconds)
    try values.read(.bytes, into: &bytes)
    try values.read(.text, into: &text)
    if values.contains(.value) { value = try values.decode(JSON.self, forKey: .value) }
    try values.read(.request, into: &request)
  }

  /// Whether this fault is about a request of an endpoint.
  func covers(_ template: String, request: String) -> Bool {
    covers(template) && (self.request == nil || self.request == request)
  }

  /// Whether this fault is about an endpoint.
  func covers(_ template: String) -> Bool {
    if endpoint.hasSuffix("*") { return template.hasPrefix(endpoint.dropLast()) }
    return endpoint == template
  }
}
