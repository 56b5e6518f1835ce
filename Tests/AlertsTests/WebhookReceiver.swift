import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// A real webhook endpoint on loopback, which writes down what it gets and answers as told.
final class WebhookReceiver: Sendable {
  struct Delivery: Sendable {
    var path: String
    var headers: [String: String]
    var body: [UInt8]
  }

  struct Answer: Sendable {
    var status = 204
    var headers: [String: String] = [:]
    var body = ""
    var hangs = false
  }

  let url: String
  private let server: HTTPServer
  private let task: Task<Void, any Error>
  private let log: Log

  /// Starts; the answers are given in order, the last one again and again.
  init(_ answers: [Answer] = [Answer()]) async throws {
    let log = Log(answers)
    self.log = log
    let handler = ClosureHTTPHandler { request in
      let body = try await request.bodyData
      let headers = request.headers.dictionary
      let answer = log.take(Delivery(path: request.path, headers: headers, body: Array(body)))
      if answer.hangs { try await Task.sleep(for: .seconds(3600)) }
      var fields = HTTPHeaders()
      for (name, value) in answer.headers { fields[HTTPHeader(name)] = value }
      return HTTPResponse(
        statusCode: HTTPStatusCode(answer.status, phrase: "X"), headers: fields,
        body: Data(answer.body.utf8))
    }
    server = try HTTPServer(
      address: .inet(ip4: "127.0.0.1", port: 0), logger: .disabled, handler: handler)
    task = Task { [server] in try await server.run() }
    try await server.waitUntilListening(timeout: 60)
    guard case .ip4(_, let port)? = await server.listeningAddress else {
      throw SocketError.unsupportedAddress
    }
    url = "http://127.0.0.1:\(port)/hook/SECRET-PATH?key=SECRET-QUERY"
  }

  func stop() async {
    task.cancel()
    await server.stop()
  }

  var deliveries: [Delivery] { log.deliveries }

  private final class Log: Sendable {
    private let state: Mutex<(answers: [Answer], deliveries: [Delivery])>

    init(_ answers: [Answer]) { state = Mutex((answers, [])) }

    var deliveries: [Delivery] { state.withLock { $0.deliveries } }

    func take(_ delivery: Delivery) -> Answer {
      state.withLock { state in
        state.deliveries.append(delivery)
        let answer = state.answers.first ?? Answer()
        if state.answers.count > 1 { state.answers.removeFirst() }
        return answer
      }
    }
  }
}

extension HTTPHeaders {
  fileprivate var dictionary: [String: String] {
    var result: [String: String] = [:]
    for (header, value) in self { result[header.rawValue.lowercased()] = value }
    return result
  }
}
