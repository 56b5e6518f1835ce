internal import Crypto
internal import Foundation

/// One request, checked and made ready for libcurl, through all its tries.
struct Call: Sendable {
  let request: HTTPRequest
  let source: String
  let page: Int?
  let url: WebURL

  /// What is sent on every try; the id of the request is added to it.
  var job: HTTPJob

  /// Where the reply is kept, if it is.
  let cacheKey: CacheKey?

  /// What is kept there.
  let cached: CachedResponse?

  private let secrets: SecretGate

  /// Checks a request against the rules of its source.
  init(
    _ wanted: HTTPRequest, page: Int?, source: String, rules: SourceRules, secrets: SecretGate,
    isConditional: Bool
  ) throws(TransportError) {
    let policy = rules.policy
    self.secrets = secrets
    let carried = secrets.carry(Self.secrets(of: wanted))
    func refuse(_ code: TransportError.Code, _ detail: String) -> TransportError {
      TransportError(
        code, source: source, request: wanted.redacted.struck(by: secrets), page: page,
        detail: secrets.strike(detail))
    }
    var request = wanted
    if case .sigV4(let provider, _, _, _) = request.authorization {
      if let objection = SignedURL.objection(request, provider: provider) {
        throw refuse(.invalidRequest, objection)
      }
      request.url = SignedURL.canonical(request.url)
    }
    guard let url = WebURL(request.url) else {
      throw refuse(.invalidRequest, WebURL.objection(to: request.url))
    }
    try rules.check(url, refuse)
    try Self.checkFields(request, refuse)
    self.request = request
    self.source = source
    self.page = page
    self.url = url
    let identity = isConditional ? Self.identity(request, policy, source) : nil
    cacheKey = identity.map {
      CacheKey(
        source: source, method: request.method.rawValue, url: url.absolute,
        range: request.headers["Range"], identity: $0)
    }
    cached = cacheKey.flatMap { policy.cache?.entry(for: $0) }
    job = HTTPJob(
      method: request.method, url: url.absolute, isPlain: url.origin.scheme == "http",
      headers: request.headers, body: request.body, authorization: request.authorization,
      maxBodyBytes: request.maxBodyBytes ?? policy.maxBodyBytes, isOnce: !request.isIdempotent,
      wire: rules.wire, secrets: secrets, carried: carried)
    if request.body != nil, !job.headers.contains("Content-Type") {
      job.headers.add("Content-Type", "application/json")
    }
    if request.expectedContentType == .json, !job.headers.contains("Accept") {
      job.headers.add("Accept", "application/json")
    }
    if let cached {
      if let etag = cached.etag { job.headers.set("If-None-Match", etag) }
      if let date = cached.lastModified { job.headers.set("If-Modified-Since", date) }
    }
  }

  /// Whether the reader made the request conditional itself and so expects a 304.
  var isConditionalByReader: Bool {
    request.headers.contains("If-None-Match") || request.headers.contains("If-Modified-Since")
  }

  /// A failure of this call, free of anything secret.
  func failure(
    _ code: TransportError.Code, _ detail: String, status: Int? = nil,
    response: HTTPResponse? = nil
  ) -> TransportError {
    TransportError(
      code, source: source, request: request.redacted.struck(by: secrets), page: page,
      status: status, detail: scrubbed(detail), response: response)
  }

  /// Takes the secrets out of a piece of a streamed body, which nobody has read yet.
  func clear(_ piece: ResponseBody) { piece.mask(secrets, .message, carried: nil) }

  /// Text without the secrets of the source and of the request, should libcurl or a server have put one into it.
  private func scrubbed(_ text: String) -> String {
    var text = secrets.strike(text)
    var hidden: [String] = []
    if let mark = request.url.firstIndex(of: "?") {
      hidden.append(String(request.url[request.url.index(after: mark)...]))
    }
    if request.hidesPath { hidden.append(RedactedRequest.path(of: request.url)) }
    for part in hidden where part.count >= 4 {
      text = text.replacingOccurrences(of: part, with: "<redacted>")
    }
    return text
  }

  /// What a request carries that nobody else may see.
  private static func secrets(of request: HTTPRequest) -> [String] {
    switch request.authorization {
    case nil: []
    case .bearer(let secret), .scheme(_, let secret), .header(_, let secret):
      secret.withExposed { [$0] }
    case .basic(_, let secret): secret.withExposed { [$0] }
    // What is computed is good for one request and some minutes.
    case .computed: []
    case .sigV4(_, _, let secret, let session):
      secret.withExposed { [$0] } + (session?.withExposed { [$0] } ?? [])
    }
  }

  // MARK: Helpers

  private static func checkFields(
    _ request: HTTPRequest, _ refuse: (TransportError.Code, String) -> TransportError
  ) throws(TransportError) {
    try request.headers.forEachBytes { (name, value) throws(TransportError) in
      guard !name.isEmpty, name.allSatisfy(ASCII.isToken) else {
        throw refuse(.invalidRequest, "A header name is not a token.")
      }
      guard !value.contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D }) else {
        throw refuse(.invalidRequest, "A header value has a line break or a zero byte.")
      }
    }
    if request.body != nil, request.method == .get || request.method == .head {
      throw refuse(.invalidRequest, "A \(request.method.rawValue) request has no body.")
    }
    func isClean(_ secret: Secret?) -> Bool {
      secret?.withExposed { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } } ?? true
    }
    let isSound =
      switch request.authorization {
      case nil: true
      case .bearer(let secret): isClean(secret)
      case .scheme(let scheme, let secret):
        !scheme.isEmpty && scheme.utf8.allSatisfy(ASCII.isToken) && isClean(secret)
      case .header(let name, let secret):
        !name.isEmpty && name.utf8.allSatisfy(ASCII.isToken) && isClean(secret)
      case .basic(let user, _): !user.contains(":")
      case .sigV4(_, _, let secret, let session): isClean(secret) && isClean(session)
      case .computed: true
      }
    guard isSound else {
      throw refuse(
        .invalidRequest,
        "The credentials do not fit into a header: a line break or other control character.")
    }
  }

  /// Whose reply it is, or nil when replies to this request are not kept.
  private static func identity(
    _ request: HTTPRequest, _ policy: SourcePolicy, _ source: String
  ) -> String? {
    guard policy.cache != nil, request.method == .get,
      !request.headers.contains("If-None-Match"), !request.headers.contains("If-Modified-Since")
    else { return nil }
    if let identity = policy.identity { return identity }
    var hash = SHA256()
    func add(_ text: String) {
      hash.update(data: Data("\(text.utf8.count):\(text)".utf8))
    }
    add(source)
    switch request.authorization {
    case nil: add("none")
    case .bearer(let secret): secret.withExposed { add("bearer\($0)") }
    case .scheme(let scheme, let secret): secret.withExposed { add("scheme\(scheme) \($0)") }
    case .header(let name, let secret): secret.withExposed { add("header\(name) \($0)") }
    case .basic(let user, let secret): secret.withExposed { add("basic\(user):\($0)") }
    case .sigV4(_, let id, _, _): add("sigv4\(id)")
    case .computed: return nil
    }
    return hash.finalize().prefix(16).map {
      String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
    }
    .joined()
  }
}
