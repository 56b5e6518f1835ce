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
  private var failures = 0
  private var server: HTTPServer?
  private var task: Task<Void, any Error>?
  private(set) var url = ""

  func start() async throws {
    let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: 0))
    await server.appendRoute("*") { [weak self] request in
      let body = try await request.bodyData
      func header(_ name: String) -> String { request.headers[HTTPHeader(name)] ?? "" }
      let delivery = Delivery(
        id: header("webhook-id"), timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"), body: body)
      let isTaken = await self?.take(delivery) ?? false
      return HTTPResponse(statusCode: isTaken ? .noContent : .serviceUnavailable)
    }
    self.server = server
    task = Task { try await server.run() }
    try await server.waitUntilListening()
    if case .ip4(_, let port) = await server.listeningAddress {
      url = "http://127.0.0.1:\(port)/hook"
    }
  }

  /// Answers the next deliveries with 503.
  func fail(_ count: Int) { failures = count }

  func stop() async {
    await server?.stop()
    _ = await task?.result
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
