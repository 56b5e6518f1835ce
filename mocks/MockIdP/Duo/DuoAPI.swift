internal import Crypto
internal import Foundation

/// Answers as Duo's Admin API does: signed requests, counted pages, layered policies.
struct DuoAPI: VendorAPI {
  /// The tenant that is asked.
  struct Context: Sendable {
    let tenant: DuoTenant
  }

  static let vendor = Vendor.duo
  let state: MockState
  let baseURL: String
  let router = Router(routes: DuoReads.routes)

  var rowsKey: String? { "response" }

  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply {
    let tenant = await state.organisation.scenario[DuoTenant.self]
    try authorize(call, tenant, needsV5: route.scope == "v5")
    guard tenant.grantsRead else {
      throw Self.refusal(403, "40301", "Access forbidden")
    }
    return try await route.answer(call, Context(tenant: tenant))
  }

  // MARK: Signatures

  private func authorize(_ call: Call, _ tenant: DuoTenant, needsV5: Bool) throws {
    guard let date = call.headers["date"] else {
      throw Self.refusal(401, "40104", "Missing Date header")
    }
    let words = (call.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    guard words.count == 2, words[0] == "Basic", let data = Data(base64Encoded: words[1]) else {
      throw Self.refusal(401, "40101", "Missing request credentials")
    }
    let parts = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1)
    guard parts.count == 2, parts[0] == tenant.integrationKey else {
      throw Self.refusal(401, "40102", "Invalid integration key in request credentials")
    }
    let host = (call.headers["host"] ?? "").lowercased().prefix { $0 != ":" }
    let query = Self.canonical(call.parameters)
    let lines = [date, call.method, String(host), call.path, query]
    let nothing = Hex.encode(SHA512.hash(data: Data()))
    let v2 = Self.digest(lines, tenant.secretKey)
    let v5 = Self.digest(lines + [nothing, nothing], tenant.secretKey)
    guard parts[1] == v5 || (!needsV5 && parts[1] == v2) else {
      throw Self.refusal(401, "40103", "Invalid signature in request credentials")
    }
    guard let time = Self.time(date),
      abs(time.timeIntervalSince(Date()) - tenant.clockOffset) <= 300
    else { throw Self.refusal(401, "40105", "Bad request timestamp") }
  }

  private static func digest(_ lines: [String], _ key: String) -> String {
    Hex.encode(
      HMAC<SHA512>.authenticationCode(
        for: Data(lines.joined(separator: "\n").utf8), using: .init(data: Data(key.utf8))))
  }

  private static func canonical(_ parameters: [(name: String, value: String)]) -> String {
    let allowed = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    func encode(_ text: String) -> String {
      text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text
    }
    return parameters.map { (encode($0.name), encode($0.value)) }.sorted { $0 < $1 }
      .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
  }

  private static func time(_ text: String) -> Date? {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
    return formatter.date(from: text)
  }

  // MARK: Refusals

  static func refusal(_ status: Int, _ code: String, _ message: String) -> Refusal {
    Refusal(status: status, code: code, message: message)
  }

  func limitRefusal(_ fault: Fault) -> Refusal {
    // Duo names no time.
    Self.refusal(429, "42901", "Too Many Requests")
  }

  func refusalCode(_ status: Int) -> String {
    switch status {
    case 401: "40103"
    case 403: "40301"
    case 404: "40401"
    case 405: "40501"
    case 429: "42901"
    case 500...: "50000"
    default: "40002"
    }
  }

  func reply(to refusal: Refusal) -> Reply {
    let words = ["not_found": 40401, "method_not_allowed": 40501]
    let code = words[refusal.code] ?? Int(refusal.code) ?? 40002
    var reply = Reply(
      status: refusal.status,
      json: ["stat": "FAIL", "code": .integer(code), "message": .string(refusal.message)])
    reply.headers += refusal.headers
    return reply
  }

  func finish(_ reply: inout Reply, _ call: Call) async {
    reply.setHeader("Date", HTTPDate.now())
  }

  func setNext(_ next: String?, _ reply: inout Reply) {
    guard var body = try? JSON(parsing: reply.body), var metadata = body["metadata"] else { return }
    metadata["next_offset"] = next.flatMap { Int($0) }.map { .integer($0) }
    body["metadata"] = metadata
    reply.body = body.bytes
  }
}
