internal import FlyingFox
internal import FlyingSocks
internal import Foundation

/// One vendor's HTTP server on loopback.
final class Listener: Sendable {
  let baseURL: String
  private let server: HTTPServer
  private let running: Task<Void, Never>

  private init(baseURL: String, server: HTTPServer, running: Task<Void, Never>) {
    self.baseURL = baseURL
    self.server = server
    self.running = running
  }

  static func start(
    port: UInt16, state: MockState, _ makeAPI: (MockState, String) -> any VendorAPI
  ) async throws -> Listener {
    let server = HTTPServer(
      config: .init(
        address: try .inet(ip4: "127.0.0.1", port: port), timeout: 3600,
        sharedRequestReplaySize: 64 << 20, logger: .disabled))
    let running = Task<Void, Never> {
      do { try await server.run() } catch {
        // Ends with an error when it is stopped; whoever waits for it to listen hears of others.
      }
    }
    do {
      try await server.waitUntilListening(timeout: 60)
      guard case .ip4(_, let bound) = await server.listeningAddress else {
        throw ListenerError.notListening
      }
      let baseURL = "http://127.0.0.1:\(bound)"
      await server.appendRoute(
        "*", to: Handler(api: makeAPI(state, baseURL), state: state, baseURL: baseURL))
      return Listener(baseURL: baseURL, server: server, running: running)
    } catch {
      running.cancel()
      throw error
    }
  }

  func stop() async {
    await server.stop(timeout: 0)
    running.cancel()
    await running.value
  }

  private struct Handler: HTTPHandler {
    let api: any VendorAPI
    let state: MockState
    let baseURL: String

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
      let call = try await Call(request, baseURL: baseURL)
      let reply: Reply
      if call.path.hasPrefix("/_mock/") {
        reply = await AdminAPI(state: state).respond(to: call)
      } else {
        reply = await api.respond(to: call)
      }
      return reply.response(to: request)
    }
  }
}

/// Why a listener did not start.
enum ListenerError: Error {
  case notListening
}
