import CurlTransport
import Foundation
import Testing

@Suite("Transport: what never ends")
struct EndlessTests {
  @Test(
    "headers without end are cut off, before and behind the body",
    arguments: ["headers", "forerunners", "trailers"])
  func headers(kind: String) async throws {
    let line = Array("X-Long: \(String(repeating: "x", count: 8000))\r\n".utf8)
    try await withServer { _ in
      switch kind {
      case "headers": [.text("HTTP/1.1 200 OK\r\n"), .endless(line)]
      case "forerunners": [.endless(Array("HTTP/1.1 103 Early\r\nX-A: b\r\n\r\n".utf8))]
      default:
        [
          .text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"),
          .endless(Array("X-Long: \(String(repeating: "x", count: 1000))\r\n".utf8)),
        ]
      }
    } _: { server, source in
      let error = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(error.code == .tooLarge, "\(error)")
      #expect(!error.isTransient)
    }
  }

  @Test("chunk extensions without end cost seconds, and are not tried again")
  func extensions() async throws {
    let policy = SourcePolicy(retry: RetryPolicy())
    try await withServer(policy: policy) { _ in
      [
        .text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"),
        .endless([UInt8](repeating: 0x61, count: 64 * 1024)),
      ]
    } _: { server, source in
      let start = ContinuousClock.now
      let error = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(error.code == .protocolViolation, "\(error)")
      #expect(server.requests.count == 1)
      #expect(ContinuousClock.now - start < .seconds(60))
    }
  }

  @Test("pages without end and without rows end with the time of their source")
  func pages() async throws {
    let clock = ManualClock()
    let transport = configured(
      clock, sources: ["test": Deadline(.seconds(600), giver: "sources.test.deadline gives")])
    defer { transport.shutdown() }
    let server = try RawServer { request in
      // Each page takes 20 s and names another one.
      clock.advance(.seconds(20))
      return [.reply(200, ["Link: </?after=\(request.index)>; rel=next"], "[]")]
    }
    defer { server.stop() }
    let source = transport.source("test", policy: SourcePolicy(retry: .never, prefetch: 0))
    var pages = 0
    let error = try await failure {
      for try await _ in source.pages(HTTPRequest(.get, server.origin), .link) { pages += 1 }
    }
    #expect(error.code == .deadline, "\(error)")
    #expect(error.detail == "The 600 s that sources.test.deadline gives are over.")
    #expect((28...30).contains(pages), "\(pages)")
  }

  @Test("a wait that ends after the time is not begun", arguments: [429, 503])
  func patience(status: Int) async throws {
    let clock = ManualClock()
    let transport = configured(clock, all: Deadline(.seconds(60), giver: "policy.deadline gives"))
    defer { transport.shutdown() }
    let server = try RawServer { _ in [.reply(status, ["Retry-After: 599"])] }
    defer { server.stop() }
    let source = transport.source("test", policy: SourcePolicy())
    let error = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
    #expect(error.code == .deadline, "\(error)")
    #expect(error.detail.contains("policy.deadline"))
    #expect(!error.isTransient)
    #expect(clock.sleeps.isEmpty)
    // A second request is not even sent.
    clock.advance(.seconds(61))
    let second = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
    #expect(second.code == .deadline)
    #expect(server.requests.count == 1)
  }

  @Test("a server that holds the reply is left when the time is over, and other sources go on")
  func held() async throws {
    let transport = configured(
      nil, sources: ["slow": Deadline(.milliseconds(300), giver: "sources.slow.deadline gives")])
    defer { transport.shutdown() }
    let server = try RawServer { $0.target == "/slow" ? [.hold] : [.reply()] }
    defer { server.stop() }
    let slow = transport.source("slow", policy: SourcePolicy())
    let error = try await failure {
      try await slow.send(HTTPRequest(.get, server.origin + "/slow"))
    }
    #expect(error.code == .deadline, "\(error)")
    #expect(error.detail.contains("sources.slow.deadline"))
    let other = transport.source("other", policy: SourcePolicy())
    #expect(try await other.send(HTTPRequest(.get, server.origin)).status == 200)
  }

  @Test("the time of a source runs while it is asked something, and not while others are")
  func idle() async throws {
    let clock = ManualClock()
    let transport = configured(
      clock, sources: ["test": Deadline(.seconds(10), giver: "sources.test.deadline gives")])
    defer { transport.shutdown() }
    let server = try RawServer { _ in
      clock.advance(.seconds(4))
      return [.reply()]
    }
    defer { server.stop() }
    let source = transport.source("test", policy: SourcePolicy())
    let request = HTTPRequest(.get, server.origin)
    for _ in 0..<2 {
      #expect(try await source.send(request).status == 200)
      clock.advance(.seconds(1000))
    }
    #expect(try await source.send(request).status == 200)
    #expect(try await failure { try await source.send(request) }.code == .deadline)
  }

  private func configured(
    _ clock: ManualClock?, all: Deadline? = nil, sources: [String: Deadline] = [:]
  ) -> HTTPTransport {
    HTTPTransport(
      configuration: TransportConfiguration(
        userAgent: "idsync/test", deadline: all, sourceDeadlines: sources,
        clock: clock?.clock ?? .system), logger: LogRecorder().logger())
  }
}
