internal import FlyingFox
internal import FlyingSocks
import Foundation

/// A webhook receiver on loopback that writes down every delivery.
actor HookReceiver {
  struct Delivery: Sendable {
    var id: String
    var timestamp: String
    var signature: String
    var body: Data

    /// Addresses and kinds of the findings told, `opened` or `resolved`.
    func findings(_ list: String) -> [String] {
      let document = (try? JSONSerialization.jsonObject(with: body)) as? [String: Any]
      let rows = (document?["data"] as? [String: Any])?[list] as? [[String: Any]] ?? []
      return rows.map { "\($0["email"] as? String ?? "") \($0["kind"] as? String ?? "")" }.sorted()
    }
  }

  private(set) var deliveries: [Delivery] = []
  /// The ids of messages that came and were never answered.
  private(set) var unanswered: [String] = []
  private var failures = 0
  private var isHolding = false
  private var arrivals: [CheckedContinuation<Void, Never>] = []
  private var server: HTTPServer?
  private var task: Task<Void, any Error>?
  private(set) var url = ""

  func start() async throws {
    let server = HTTPServer(
      address: try .inet(ip4: "127.0.0.1", port: 0), timeout: 3600, logger: .disabled)
    await server.appendRoute("*") { [weak self] request in
      let body = try await request.bodyData
      func header(_ name: String) -> String { request.headers[HTTPHeader(name)] ?? "" }
      let delivery = Delivery(
        id: header("webhook-id"), timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"), body: body)
      if await self?.holds(delivery) == true { try await Task.sleep(for: .seconds(3600)) }
      let isTaken = await self?.take(delivery) ?? false
      return HTTPResponse(statusCode: isTaken ? .noContent : .serviceUnavailable)
    }
    self.server = server
    task = Task { try await server.run() }
    try await server.waitUntilListening(timeout: 60)
    if case .ip4(_, let port) = await server.listeningAddress {
      url = "http://127.0.0.1:\(port)/hook"
    }
  }

  /// Answers the next deliveries with 503.
  func fail(_ count: Int) { failures = count }

  /// Leaves deliveries without an answer from now on, or answers again.
  func hold(_ isHolding: Bool) { self.isHolding = isHolding }

  /// Waits until so many deliveries were left without an answer.
  func arrival(_ count: Int = 1) async {
    while unanswered.count < count { await withCheckedContinuation { arrivals.append($0) } }
  }

  func stop() async {
    await server?.stop()
    _ = await task?.result
  }

  private func holds(_ delivery: Delivery) -> Bool {
    guard isHolding else { return false }
    unanswered.append(delivery.id)
    for arrival in arrivals { arrival.resume() }
    arrivals = []
    return true
  }

  private func take(_ delivery: Delivery) -> Bool {
    if failures > 0 {
      failures -= 1
      return false
    }
    deliveries.append(delivery)
    return true
  }
}
