/// Answers as JumpCloud does: version 1 for users and applications, version 2 for the rest.
struct JumpCloudAPI: VendorAPI {
  /// The organisation that is asked.
  struct Context: Sendable {
    let organisation: JumpCloudOrganisation
  }

  static let vendor = Vendor.jumpCloud
  let state: MockState
  let router = Router(routes: JumpCloudReads.routes)

  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply {
    let organisation = await state.organisation.scenario[JumpCloudOrganisation.self]
    guard call.headers["x-api-key"] == organisation.apiKey else {
      throw Refusal(status: 401, code: "Unauthorized", message: "Unauthorized")
    }
    // The key of an administrator of several organisations says nothing of which is meant.
    guard
      organisation.organisation == nil
        || call.headers["x-org-id"] == organisation.organisation
    else { throw Refusal(status: 401, code: "Unauthorized", message: "x-org-id header required") }
    guard call.headers["accept"]?.contains("application/json") == true,
      call.headers["content-type"]?.hasPrefix("application/json") == true
    else {
      throw Refusal(status: 400, code: "Bad Request", message: "Only application/json is spoken.")
    }
    guard organisation.rights.contains(route.scope) else {
      throw Refusal(status: 403, code: "Forbidden", message: "Insufficient permissions")
    }
    return try await route.answer(call, Context(organisation: organisation))
  }

  func reply(to refusal: Refusal) -> Reply {
    var reply = Reply(
      status: refusal.status,
      json: ["message": .string(refusal.message), "error": .string(refusal.code)])
    reply.headers += refusal.headers
    return reply
  }

  func finish(_ reply: inout Reply, _ call: Call) async {
    reply.setHeader("Date", HTTPDate.now())
  }

  func limitRefusal(_ fault: Fault) -> Refusal {
    let seconds = String(Int((fault.seconds ?? 1).rounded(.up)))
    return Refusal(
      status: 429, code: "Too Many Requests", message: "Too Many Requests",
      headers: fault.text == nil ? [("Retry-After", seconds)] : [])
  }

  func refusalCode(_ status: Int) -> String {
    [401: "Unauthorized", 403: "Forbidden", 404: "Not Found"][status] ?? "Internal Server Error"
  }

  /// Lists are counted in rows: nothing names a next page.
  func setNext(_ next: String?, _ reply: inout Reply) {}

  var rowsKey: String? { "results" }
}
