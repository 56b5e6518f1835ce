/// One vendor's side of the mock: finds the endpoint, answers it, dresses refusals.
protocol VendorAPI: Sendable {
  associatedtype Context: Sendable

  static var vendor: Vendor { get }
  var state: MockState { get }
  var router: Router<Context> { get }

  /// Checks the credentials and limits of a call to an endpoint, and answers it.
  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply
  /// Gives a refusal the vendor's body.
  func reply(to refusal: Refusal) -> Reply
  /// Adds the headers that every reply carries.
  func finish(_ reply: inout Reply, _ call: Call) async
}

extension VendorAPI {
  /// Answers a call, faults included, and records it.
  func respond(to call: Call) async -> Reply {
    var call = call
    let match = router.match(call)
    var endpoint = "unknown"
    if case .route(let route, let captures) = match {
      endpoint = route.template
      call.captures = captures
    }
    let fault = await state.fault(Self.vendor, endpoint)
    var reply: Reply
    do {
      if let fault {
        try await fault.delay()
        if let refusal = fault.refusal { throw refusal }
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
      let row = try? JSON(parsing: reply.body).elements?.first
    {
      await state.setFirstRow(row, of: endpoint)
    }
    if let fault {
      fault.damage(&reply, firstRow: await state.firstRow(of: endpoint))
    }
    await state.record(
      RecordedRequest(
        vendor: Self.vendor, method: call.method, path: call.path, query: call.query,
        headers: call.headers, endpoint: endpoint, status: reply.status, fault: fault?.kind))
    return reply
  }
}
