extension HTTPSource {
  /// Sends a request and gives the reply as soon as its headers are there.
  ///
  /// Until then it is repeated like any other request; a body that breaks off is not. The source's place for the
  /// request is taken until the body ends or is let go.
  public func stream(_ request: HTTPRequest) async throws(TransportError) -> StreamedResponse {
    var call = try Call(
      request, page: nil, source: name, rules: rules, secrets: secrets, isConditional: false)
    call.job.wire.totalTimeout = policy.streamTimeout
    time.begin()
    defer { time.end() }
    var attempt = 1
    while true {
      let (result, streamed) = await open(call, attempt: attempt)
      guard let wait = retryWait(after: result, call, attempt: attempt) else {
        _ = try lastWord(result, call).get()
        guard let streamed else { throw call.failure(.protocolViolation, "There is no reply.") }
        return streamed
      }
      try await self.wait(wait, call)
      attempt += 1
    }
  }

  /// One try.
  ///
  /// The first half of the answer is for the decision about another one.
  private func open(
    _ call: Call, attempt: Int
  ) async -> (Result<HTTPResponse, TransportError>, StreamedResponse?) {
    guard await gate.enter() else {
      return (.failure(call.failure(.cancelled, cancelledDetail)), nil)
    }
    if let refusal = await pace(call) {
      gate.leave()
      return (.failure(refusal), nil)
    }
    var job = call.job
    job.wire = wire(job.wire)
    let id = RequestID.add(to: &job, policy)
    let pipe = BodyPipe()
    let transfer = Transfer(.http(job), sink: .stream(pipe)) { pipe.begin($0) }
    let sentAt = clock.now()
    transfer.whenEnded { [self] outcome in
      note(outcome, call, attempt: attempt, sentAt: sentAt)
      gate.leave()
      pipe.finish(outcome)
    }
    let reading = StreamReading(call, pipe, transfer, loop)
    loop.start(transfer)
    let (head, end) = await withTaskCancellationHandler {
      await pipe.head()
    } onCancel: {
      loop.cancel(transfer)
    }
    guard let head else {
      let failure = end?.failure ?? .closed
      return (.failure(self.failure(failure, call)), nil)
    }
    if let failure = end?.failure, failure.code == .cancelled {
      return (.failure(call.failure(.cancelled, failure.detail)), nil)
    }
    let response = HTTPResponse(
      status: head.status, headers: head.headers,
      requestID: receivedID(head.headers) ?? id, url: head.url,
      receivedAt: clock.now())
    let streamed = StreamedResponse(
      status: head.status, headers: head.headers, requestID: response.requestID, url: head.url,
      body: BodyStream(reading: reading))
    return (.success(response), streamed)
  }
}
