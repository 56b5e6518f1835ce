internal import Foundation

/// Answers as Heroku's Platform API, version 3.
///
/// What the documentation leaves open is decided strictly: without `version=3` there is no such
/// endpoint (404), and a request without `User-Agent` is a bad one (400).
struct HerokuAPI: VendorAPI {
  /// Who asks, and of which organisation.
  struct Context: Sendable {
    let organisation: Organisation
    let token: HerokuToken
    let state: MockState
    let oktaURL: String
  }

  static let vendor = Vendor.heroku
  let state: MockState
  let router = Router(routes: HerokuReads.routes + HerokuWrites.routes)

  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply {
    guard call.headers["user-agent"]?.isEmpty == false else {
      throw Refusal(status: 400, code: "bad_request", message: "Send a User-Agent header.")
    }
    try checkVersion(call, route)
    let organisation = await state.organisation
    let token = try authorize(call, organisation)
    let context = Context(
      organisation: organisation, token: token, state: state, oktaURL: await state.oktaURL)
    let isFree = route.template == "GET /account/rate-limits"
    guard let remaining = await state.spendHerokuToken(of: token.email, isFree: isFree) else {
      throw Refusal(
        status: 429, code: "rate_limit",
        message: "Your account reached the API rate limit. Please wait a few minutes.",
        headers: [("RateLimit-Remaining", "0")])
    }
    try checkScope(token, route)
    var reply: Reply
    do {
      reply =
        isFree
        ? Reply(json: ["remaining": .integer(remaining)]) : try await route.answer(call, context)
    } catch var refusal as Refusal {
      refusal.headers.append(("RateLimit-Remaining", String(remaining)))
      throw refusal
    }
    reply.setHeader("RateLimit-Remaining", String(remaining))
    tag(&reply, call)
    return reply
  }

  /// Gives a reply its ETag, and makes it a 304 when the caller has it already.
  private func tag(_ reply: inout Reply, _ call: Call) {
    guard call.method == "GET", reply.status < 300 else { return }
    let key = "\(call.path)?\(call.query)#\(call.headers["range"] ?? "")"
    let next = reply.header("Next-Range") ?? ""
    let hash = Identifier.hash(bytes: reply.body, from: Identifier.hash(key + "#" + next))
    let tag = "\"\(String(hash, radix: 16))\""
    if call.headers["if-none-match"] == tag {
      // The facts promise an empty body and no more, so the cursor is left out too.
      let kept = reply.headers.filter { $0.name == "RateLimit-Remaining" }
      reply = Reply(status: 304, headers: kept)
    }
    reply.setHeader("ETag", tag)
  }

  private func checkVersion(_ call: Call, _ route: Route<Context>) throws {
    let accept = (call.headers["accept"] ?? "").replacing(" ", with: "")
    let wantsVariant = route.template.contains("/invitations")
    let version = wantsVariant ? "version=3.team-invitations" : "version=3"
    let isRight = accept.split(separator: ",").contains { type in
      let parts = type.split(separator: ";")
      return parts.first == "application/vnd.heroku+json" && parts.contains { $0 == version }
    }
    guard isRight else {
      throw Refusal(
        status: 404, code: "not_found",
        message: "The requested API endpoint was not found. Is the version in Accept right?")
    }
    if ["PUT", "POST", "PATCH"].contains(call.method),
      call.headers["content-type"]?.hasPrefix("application/json") != true
    {
      throw Refusal(
        status: 400, code: "bad_request", message: "Send Content-Type: application/json.")
    }
  }

  private func authorize(_ call: Call, _ organisation: Organisation) throws -> HerokuToken {
    let parts = (call.headers["authorization"] ?? "").split(separator: " ")
    guard parts.count == 2, parts[0].lowercased() == "bearer",
      let token = organisation.scenario.heroku.tokens.first(where: { $0.token == parts[1] }),
      !token.isExpired
    else {
      throw Refusal(
        status: 401, code: "unauthorized", message: "Invalid credentials provided.",
        headers: [("WWW-Authenticate", "Bearer realm=\"Heroku\"")])
    }
    if token.wantsSecondFactor, call.headers["heroku-two-factor-code"] == nil {
      throw Refusal(
        status: 403, code: "two_factor", message: "A second authentication factor is required.",
        headers: [("Heroku-Two-Factor-Required", "true")])
    }
    return token
  }

  private func checkScope(_ token: HerokuToken, _ route: Route<Context>) throws {
    let allowed: Set<String> =
      switch route.scope {
      case "identity":
        ["global", "identity", "read", "write", "read-protected", "write-protected"]
      case "write": ["global", "write", "write-protected"]
      default: ["global", "read", "write", "read-protected", "write-protected"]
      }
    guard !allowed.isDisjoint(with: token.scopes) else {
      throw Refusal(
        status: 403, code: "forbidden", message: "Your token's scope does not cover this.")
    }
  }

  func reply(to refusal: Refusal) -> Reply {
    let code = refusal.code == "internal" ? "internal_server_error" : refusal.code
    var reply = Reply(
      status: refusal.status,
      json: ["id": .string(code), "message": .string(refusal.message)])
    reply.headers += refusal.headers
    return reply
  }

  func finish(_ reply: inout Reply, _ call: Call) async {
    let request = call.headers["request-id"]
    let serial = await state.nextSerial()
    reply.setHeader("Request-Id", request ?? Identifier.uuid("request \(serial)"))
    reply.setHeader("Date", HTTPDate.now())
  }
}

/// Dates in the form of HTTP headers.
enum HTTPDate {
  /// The present moment.
  static func now() -> String { text(Date()) }

  /// A moment as HTTP writes it.
  static func text(_ moment: Date) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents(
      [.year, .month, .day, .weekday, .hour, .minute, .second], from: moment)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let two = { (number: Int?) in
      let text = String(number ?? 0)
      return text.count < 2 ? "0" + text : text
    }
    let day = days[(parts.weekday ?? 1) - 1]
    let month = months[(parts.month ?? 1) - 1]
    return "\(day), \(two(parts.day)) \(month) \(parts.year ?? 1970) "
      + "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) GMT"
  }
}
