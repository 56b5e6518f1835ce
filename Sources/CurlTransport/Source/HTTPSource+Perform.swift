internal import Foundation
internal import Logging

/// Sees the head of a page while its body still streams; called on libcurl's thread.
typealias HeadObserver = @Sendable (ResponseHead) -> Void

extension HTTPSource {
  /// How many redirects one request may follow.
  private static let maxRedirects = 5

  /// Sends a request until there is a last word on it.
  func perform(
    _ request: HTTPRequest, page: Int?, isConditional: Bool, onHead: HeadObserver?
  ) async throws(TransportError) -> HTTPResponse {
    let call = try Call(
      request, page: page, source: name, rules: rules, secrets: secrets,
      isConditional: isConditional)
    time.begin()
    defer { time.end() }
    var attempt = 1
    while true {
      let result = await tryOnce(call, attempt: attempt, onHead: onHead)
      guard let wait = retryWait(after: result, call, attempt: attempt) else {
        return try lastWord(result, call).get()
      }
      try await self.wait(wait, call)
      attempt += 1
    }
  }

  /// Waits before another try, unless the time is over before.
  func wait(_ duration: Duration, _ call: Call) async throws(TransportError) {
    if let refusal = overrun(duration, call) { throw refusal }
    guard await wait(duration) else { throw call.failure(.cancelled, cancelledDetail) }
  }

  /// Why there is no more time for something of that length; nil when there is.
  private func overrun(_ duration: Duration, _ call: Call) -> TransportError? {
    guard let left = time.left, left.duration <= duration else { return nil }
    guard duration > .zero else { return call.failure(.deadline, left.deadline.explanation) }
    return call.failure(
      .deadline,
      "The source is to be asked again in \(Int(duration.seconds.rounded(.up))) s only. "
        + left.deadline.explanation)
  }

  /// The settings of one try, which has no more time than there is.
  func wire(_ settings: WireSettings) -> WireSettings {
    guard let left = time.left else { return settings }
    var settings = settings
    settings.totalTimeout = min(settings.totalTimeout, max(left.duration, .milliseconds(1)))
    settings.connectTimeout = min(settings.connectTimeout, settings.totalTimeout)
    return settings
  }

  /// A failed transfer as a failure of the call: what took too long because the time is over says so.
  func failure(
    _ failure: CurlFailure, _ call: Call, status: Int? = nil
  ) -> TransportError {
    if failure.code == .timeout, let left = time.left, left.isOver {
      return call.failure(.deadline, left.deadline.explanation, status: status)
    }
    return call.failure(failure.code, failure.detail, status: status)
  }

  /// The id in a reply, free of secrets.
  func receivedID(_ headers: HTTPHeaders) -> String? {
    RequestID.received(headers, policy).map { secrets.strike($0) }
  }

  /// How long to wait before the next try; nil when this was the last word.
  func retryWait(
    after result: Result<HTTPResponse, TransportError>, _ call: Call, attempt: Int
  ) -> Duration? {
    let retry = policy.retry
    let wait: Duration
    switch result {
    case .success(let response):
      let isLimit = isLimit(response)
      guard isLimit || RetryPolicy.isTransient(status: response.status) else { return nil }
      if reading(response)?.isConcurrencyLimit == true { gate.narrow() }
      let demanded =
        demandedWait(response) ?? (isLimit ? retry.limitWait(afterAttempt: attempt) : nil)
      if let demanded {
        if isLimit { governor.hold(call.request.endpoint, for: demanded) }
        guard demanded <= retry.totalBudget else { return nil }
        // Never earlier than asked, and not all at the same moment.
        wait =
          demanded + clock.jitter(upTo: min(retry.base, demanded / 4 + .milliseconds(100)))
      } else {
        wait = clock.jitter(upTo: retry.ceiling(afterAttempt: attempt))
      }
    case .failure(let error):
      guard error.isTransient, error.code != .rateLimited else { return nil }
      wait = clock.jitter(upTo: retry.ceiling(afterAttempt: attempt))
    }
    guard call.request.isIdempotent, attempt < retry.maxAttempts, budget.spend(wait) else {
      return nil
    }
    count { $0.retries += 1 }
    logger.debug(
      "trying again",
      metadata: [
        "source": "\(name)", "request": "\(call.request.redacted)", "attempt": "\(attempt)",
        "wait": "\(wait)",
      ])
    return wait
  }

  /// Whether a reply means the limit, by its status, its headers or the policy's word.
  private func isLimit(_ response: HTTPResponse) -> Bool {
    governor.isLimit(response) || policy.isThrottled?(response) == true
  }

  private func reading(_ response: HTTPResponse) -> RateReading? {
    RateReading.read(
      response.headers, style: policy.rateHeaders, receivedAt: response.receivedAt)
  }

  /// How long a reply wants us to wait; nil when it leaves that to us.
  private func demandedWait(_ response: HTTPResponse) -> Duration? {
    governor.demandedWait(response, reading: reading(response), needed: gate.demand)
  }

  /// What is handed on of a result that is not tried again: of a limit that looks like something else, or that lasts
  /// longer than a run, the error.
  func lastWord(
    _ result: Result<HTTPResponse, TransportError>, _ call: Call
  ) -> Result<HTTPResponse, TransportError> {
    guard case .success(let response) = result, !response.isSuccess, isLimit(response) else {
      return result
    }
    if let wait = demandedWait(response), wait > policy.retry.totalBudget {
      return .failure(
        call.failure(
          .rateLimited, Self.usedUp(for: wait), status: response.status, response: response))
    }
    guard response.status == 403 else { return result }
    return .failure(
      call.failure(
        .rateLimited, "The vendor takes no more requests for now (403).", status: response.status,
        response: response))
  }

  private static func usedUp(for wait: Duration) -> String {
    "The vendor's limit is used up and comes back in \(Int(wait.seconds)) s. Run later, or "
      + "ask the vendor for a higher limit."
  }

  /// Waits until the vendor's limit lets the request go.
  ///
  /// - Returns: why it may not go at all, or nil.
  func pace(_ call: Call) async -> TransportError? {
    while true {
      if let refusal = overrun(.zero, call) { return refusal }
      switch governor.admit(call.request.endpoint) {
      case .go:
        return Task.isCancelled ? call.failure(.cancelled, cancelledDetail) : nil
      case .wait(let duration):
        if let refusal = overrun(duration, call) { return refusal }
        guard await wait(duration) else { return call.failure(.cancelled, cancelledDetail) }
      case .exhausted(let duration):
        return call.failure(.rateLimited, Self.usedUp(for: duration))
      }
    }
  }

  /// Notes figures, limits and a line in the log.
  func note(_ outcome: TransferOutcome, _ call: Call, attempt: Int, sentAt: Date) {
    let status = outcome.head?.status ?? 0
    count { figures in
      figures.count(call.request.endpoint, status: status)
      figures.bytesReceived += outcome.bytesReceived
      figures.connections += outcome.connections
    }
    if let head = outcome.head {
      note(ClockSkew(head.headers, sentAt: sentAt, receivedAt: clock.now()))
      let reading = governor.observe(
        head.headers, endpoint: call.request.endpoint, receivedAt: clock.now())
      if reading?.isConcurrencyLimit != true { gate.widen() }
    }
    guard logger.logLevel <= .debug else { return }
    var metadata: Logger.Metadata = [
      "source": "\(name)", "request": "\(call.request.redacted)", "status": "\(status)",
      "bytes": "\(outcome.bytesReceived)", "attempt": "\(attempt)",
    ]
    if let page = call.page { metadata["page"] = "\(page)" }
    if let id = outcome.head.flatMap({ receivedID($0.headers) }) {
      metadata["request_id"] = "\(id)"
    }
    if let failure = outcome.failure { metadata["failure"] = "\(failure.code.rawValue)" }
    logger.debug("request", metadata: metadata)
  }

  var cancelledDetail: String { CurlFailure.cancelled.detail }

  // MARK: One try

  private func tryOnce(
    _ call: Call, attempt: Int, onHead: HeadObserver?
  ) async -> Result<HTTPResponse, TransportError> {
    guard await gate.enter() else { return .failure(call.failure(.cancelled, cancelledDetail)) }
    defer { gate.leave() }
    var job = call.job
    var url = call.url
    for _ in 0...Self.maxRedirects {
      if let refusal = await pace(call) { return .failure(refusal) }
      let id = RequestID.add(to: &job, policy)
      let observer = onHead.map { onHead in
        { @Sendable (head: ResponseHead) in
          if let head = call.combined(head) { onHead(head) }
        }
      }
      job.wire = wire(call.job.wire)
      let sentAt = clock.now()
      let outcome = await loop.run(Transfer(.http(job), onHead: observer))
      note(outcome, call, attempt: attempt, sentAt: sentAt)
      if let failure = outcome.failure {
        return .failure(self.failure(failure, call, status: outcome.head?.status))
      }
      guard let head = outcome.head else {
        return .failure(call.failure(.protocolViolation, "There is no reply."))
      }
      switch redirect(head, from: url, call) {
      case .none:
        return finish(head, outcome, call, sentID: id)
      case .follow(let next):
        url = next
        job.url = next.absolute
      case .refuse(let error):
        return .failure(error)
      }
    }
    return .failure(call.failure(.redirect, "There are more than \(Self.maxRedirects) redirects."))
  }

  private func finish(
    _ head: ResponseHead, _ outcome: TransferOutcome, _ call: Call, sentID: String?
  ) -> Result<HTTPResponse, TransportError> {
    let isRefusal = head.status >= 400
    outcome.body.mask(
      secrets, isRefusal ? .message : .data, carried: isRefusal ? nil : call.job.carried)
    var response = HTTPResponse(
      status: head.status, headers: head.headers, body: outcome.body,
      requestID: receivedID(head.headers) ?? sentID, url: head.url,
      receivedAt: clock.now())
    if head.status == 304 {
      if let cached = call.cached, let combined = call.combined(head) {
        response.status = cached.status
        response.headers = combined.headers
        response.body = cached.body
        response.fromCache = true
        count { $0.cacheHits += 1 }
      } else if !call.isConditionalByReader {
        return .failure(
          call.failure(
            .protocolViolation, "304 Not Modified came to a request without a condition.",
            status: 304))
      }
    }
    if response.isSuccess, let kind = call.request.expectedContentType,
      let found = kind.mismatch(response)
    {
      return .failure(
        call.failure(
          .unexpectedContent,
          "JSON was expected and \(found) came, perhaps from a proxy or a sign-in page.",
          status: response.status, response: response))
    }
    if let key = call.cacheKey, !response.fromCache { keep(response, under: key) }
    return .success(response)
  }

  private func keep(_ response: HTTPResponse, under key: CacheKey) {
    guard response.status == 200 || response.status == 206 else { return }
    let etag = response.headers["ETag"]
    let lastModified = response.headers["Last-Modified"]
    guard etag != nil || lastModified != nil,
      response.headers["Cache-Control"]?.lowercased().contains("no-store") != true
    else { return }
    let perReply = CachedResponse.perReply(policy)
    let kept = response.headers.pairs.filter { name, _ in !perReply.contains(name.lowercased()) }
    policy.cache?.store(
      CachedResponse(
        status: response.status, etag: etag, lastModified: lastModified, headers: kept,
        body: response.body), for: key)
  }

  // MARK: Redirects

  private enum Redirect {
    case none
    case follow(WebURL)
    case refuse(TransportError)
  }

  private func redirect(_ head: ResponseHead, from url: WebURL, _ call: Call) -> Redirect {
    guard [301, 302, 303, 307, 308].contains(head.status) else { return .none }
    guard let location = head.headers["Location"], let next = url.resolving(location) else {
      return .refuse(
        call.failure(
          .redirect, "The redirect names no place that makes sense.", status: head.status))
    }
    guard next.origin == url.origin else {
      return .refuse(
        call.failure(
          .foreignOrigin,
          "The redirect leads to another origin, \(next.origin); nothing was sent there.",
          status: head.status))
    }
    guard policy.followsSameOriginRedirects,
      call.request.method == .get || call.request.method == .head
    else {
      return .refuse(
        call.failure(
          .redirect,
          "The reply is a redirect to \(RedactedRequest.path(of: next.absolute)), which is not "
            + "followed. Check the URL of the source.", status: head.status))
    }
    return .follow(next)
  }
}

extension Call {
  /// The head as the reader is to see it.
  ///
  /// A 304 that we asked for is the cached reply with the new fields over the old ones; nil stands for a 304
  /// that we did not ask for.
  func combined(_ head: ResponseHead) -> ResponseHead? {
    guard head.status == 304 else { return head }
    guard let cached else { return nil }
    var headers = HTTPHeaders(cached.headers)
    for (name, _) in head.headers.pairs { headers.remove(name) }
    for (name, value) in head.headers.pairs { headers.add(name, value) }
    return ResponseHead(status: cached.status, headers: headers, url: head.url)
  }
}

extension CachedResponse {
  /// Fields that belong to one reply and not to what it shows.
  static func perReply(_ policy: SourcePolicy) -> Set<String> {
    let ids = (policy.replyIDHeaders + RequestID.usual).map { $0.lowercased() }
    return usualPerReply.union(ids).union(policy.rateHeaders.names).union(RateHeaders.ietf.names)
  }

  private static let usualPerReply: Set<String> = [
    "connection", "content-encoding", "content-length", "date", "keep-alive", "retry-after",
    "set-cookie", "transfer-encoding",
  ]
}

extension ContentKind {
  /// What the reply is instead, or nil when it may be what was expected.
  func mismatch(_ response: HTTPResponse) -> String? {
    guard response.body.count > 0 else { return nil }
    if let type = response.headers["Content-Type"] {
      let name = type.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
      return ["text/html", "application/xhtml+xml"].contains(name) ? name : nil
    }
    let first = response.body.withUnsafeBytes { bytes in
      bytes.first { !ASCII.isSpace($0) }
    }
    return first == 0x3C ? "markup without a content type" : nil
  }
}
