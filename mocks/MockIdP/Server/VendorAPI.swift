/// One vendor's side of the mock: finds the endpoint, answers it, dresses refusals.
protocol VendorAPI: Sendable {
  associatedtype Context: Sendable

  static var vendor: Vendor { get }
  var state: MockState { get }
  var router: Router<Context> { get }

  /// The call under the path that endpoints are found by, for vendors whose operations are not in the path.
  func routed(_ call: Call) -> Call
  /// Checks the credentials and limits of a call to an endpoint, and answers it.
  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply
  /// Gives a refusal the vendor's body.
  func reply(to refusal: Refusal) -> Reply
  /// Adds the headers that every reply carries.
  func finish(_ reply: inout Reply, _ call: Call) async

  // What faults look like at this vendor; each has a plain default.

  /// 429 as the vendor sends it; `seconds` of the fault is the time until the limit ends.
  func limitRefusal(_ fault: Fault) -> Refusal
  /// The vendor's error code for a status.
  func refusalCode(_ status: Int) -> String
  /// Makes a reply name this cursor or link as the next page; nil: more is announced, but not where (or nothing is).
  func setNext(_ next: String?, _ reply: inout Reply)
  /// Where the rows of a list are, if a list is an object; dots lead into objects inside.
  var rowsKey: String? { get }
  /// The same where every list has a key of its own.
  var rowsKeys: [String] { get }
}

extension VendorAPI {
  func routed(_ call: Call) -> Call { call }

  func finish(_ reply: inout Reply, _ call: Call) async {}

  func limitRefusal(_ fault: Fault) -> Refusal {
    Refusal(
      status: 429, code: refusalCode(429), message: "Too many requests.",
      headers: [("Retry-After", String(Int((fault.seconds ?? 1).rounded(.up))))])
  }

  func refusalCode(_ status: Int) -> String { "error_\(status)" }

  /// The `Link` header of RFC 8288.
  func setNext(_ next: String?, _ reply: inout Reply) {
    reply.headers.removeAll { $0.name == "Link" && $0.value.hasSuffix("rel=\"next\"") }
    if let next { reply.headers.append(("Link", "<\(next)>; rel=\"next\"")) }
  }

  var rowsKey: String? { nil }

  var rowsKeys: [String] { rowsKey.map { [$0] } ?? [] }

  /// The key of the rows in a list that is an object.
  func rowsKey(in document: JSON) -> String? {
    rowsKeys.first { document[path: $0]?.elements != nil }
  }
}

extension VendorAPI {
  /// Answers a call, faults included, and records it.
  func respond(to call: Call) async -> Reply {
    let sent = call
    var call = routed(call)
    let match = router.match(call)
    var endpoint = "unknown"
    if case .route(let route, let captures) = match {
      endpoint = route.template
      call.captures = captures
    }
    let identity = sent.identity
    let fault = await state.fault(Self.vendor, endpoint, identity)
    var reply: Reply
    do {
      if let fault {
        try await fault.delay()
        if let refusal = fault.refusal(self) { throw refusal }
      }
      switch match {
      case .route(let route, _): reply = try await answer(call, route)
      case .wrongMethod(let allowed):
        throw Refusal(
          status: 405, code: "method_not_allowed", message: "The method is not allowed.",
          headers: [("Allow", allowed.sorted().joined(separator: ", "))])
      case .unknown:
        throw Refusal(status: 404, code: "not_found", message: "There is no such endpoint.")
      }
    } catch let refusal as Refusal {
      reply = self.reply(to: refusal)
    } catch {
      reply = self.reply(
        to: Refusal(status: 500, code: "internal", message: "\(error)"))
    }
    await finish(&reply, call)
    if await state.wantsFirstRow(Self.vendor, endpoint), reply.status < 300,
      let document = try? JSON(parsing: reply.body),
      let row =
        (document.elements
        ?? rowsKey(in: document).flatMap { document[path: $0]?.elements })?.first
    {
      await state.setFirstRow(row, of: endpoint)
    }
    if let fault {
      fault.damage(&reply, firstRow: await state.firstRow(of: endpoint), self)
    }
    await state.record(
      RecordedRequest(
        vendor: Self.vendor, method: sent.method, path: sent.path, query: sent.query,
        headers: call.headers, endpoint: endpoint, status: reply.status, fault: fault?.kind))
    if await state.replies != nil {
      await state.record(
        RecordedReply(
          vendor: Self.vendor, endpoint: endpoint, request: identity, status: reply.status,
          body: try? JSON(parsing: reply.body),
          elements: XMLPlaces.recorded(reply.body)))
    }
    return reply
  }
}
