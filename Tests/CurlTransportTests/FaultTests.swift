import CurlTransport
import Foundation
import Testing

@Suite("Transport: faults of server and network")
struct FaultTests {
  @Test(
    "a reply that breaks off or breaks the protocol is an error with its own code",
    arguments: [
      ("truncated", TransportError.Code.truncated), ("reset", .truncated), ("silent", .truncated),
      ("chunk", .truncated), ("zero-byte", .protocolViolation), ("garbage", .protocolViolation),
      ("encoding", .protocolViolation), ("not-gzip", .protocolViolation),
    ])
  func faults(kind: String, code: TransportError.Code) async throws {
    try await withServer { _ in
      switch kind {
      case "truncated": [.text("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"), .close]
      case "reset": [.text("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"), .reset]
      case "silent": [.close]
      case "chunk":
        [.text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc"), .close]
      case "zero-byte": [.text("HTTP/1.1 200 OK\r\nX-A: a\u{0}b\r\n\r\n"), .close]
      case "garbage": [.text("<html>hello</html>\r\n\r\n"), .close]
      case "encoding": [.reply(200, ["Content-Encoding: rot13"], "abc")]
      default: [.reply(200, ["Content-Encoding: gzip"], "abc")]
      }
    } _: { server, source in
      let error = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(error.code == code, "\(error)")
      #expect(error.isTransient == (code == .truncated))
      #expect(error.source == "test")
      #expect(error.request?.method == "GET")
    }
  }

  @Test("nobody listening is a connection error, a name without address a resolve error")
  func noServer() async throws {
    let server = try RawServer { _ in [] }
    let origin = server.origin
    server.stop()
    let transport = HTTPTransport(logger: LogRecorder().logger())
    defer { transport.shutdown() }
    let source = transport.source("test", policy: SourcePolicy(retry: .never))
    let error = try await failure { try await source.send(HTTPRequest(.get, origin)) }
    #expect(error.code == .connect)
    #expect(error.isTransient)
    let name = try await failure {
      try await source.send(HTTPRequest(.get, "https://nowhere.invalid/"))
    }
    #expect(name.code == .resolve)
    #expect(source.statistics.requests == ["GET /": [0: 2]])
  }

  @Test(
    "a server that says nothing, or drips, runs into the time-out", arguments: ["mute", "drip"])
  func timeout(kind: String) async throws {
    var policy = SourcePolicy(retry: .never)
    policy.totalTimeout = .milliseconds(300)
    try await withServer(policy: policy) { _ in
      guard kind == "drip" else { return [.hold] }
      return [.text("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")]
        + Array(repeating: [.text("x"), .pause(milliseconds: 20)], count: 50).flatMap { $0 }
    } _: { server, source in
      let error = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(error.code == .timeout)
    }
  }

  @Test("a transfer below the lowest speed is given up")
  func lowSpeed() async throws {
    var policy = SourcePolicy(retry: .never)
    policy.lowSpeed = .init(bytesPerSecond: 1000, duration: .seconds(1))
    try await withServer(policy: policy) { _ in
      [.text("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nxx"), .hold]
    } _: { server, source in
      let error = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(error.code == .timeout)
    }
  }

  @Test(
    "a body over the cap is refused, whether it says so or not",
    arguments: ["declared", "chunked", "bomb", "headers"])
  func cap(kind: String) async throws {
    var policy = SourcePolicy(retry: .never)
    policy.maxBodyBytes = 10_000
    // 100,000 zero bytes, compressed with gzip.
    let bomb = try #require(
      Data(
        base64Encoded:
          "H4sIAAAAAAACA+3BMQEAAADCoPVPbQ0PoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
          + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
          + "AAAAAAAAAIBXA32VEdSghgEA"
      ))
    try await withServer(policy: policy) { _ in
      switch kind {
      case "declared": return [.text("HTTP/1.1 200 OK\r\nContent-Length: 10001\r\n\r\n"), .hold]
      case "chunked":
        let chunk = "1000\r\n" + String(repeating: "x", count: 4096) + "\r\n"
        return [.text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
          + Array(repeating: .text(chunk), count: 3) + [.hold]
      case "bomb":
        return [
          .text(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n"),
          .send(Array(bomb)), .hold,
        ]
      default:
        let line = "X-Long: " + String(repeating: "x", count: 60_000) + "\r\n"
        return [.text("HTTP/1.1 200 OK\r\n")] + Array(repeating: .text(line), count: 5) + [.hold]
      }
    } _: { server, source in
      let error = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(error.code == .tooLarge, "\(error)")
      #expect(!error.isTransient)
    }
  }

  @Test("a request may allow more than its source")
  func ownCap() async throws {
    try await withServer(policy: SourcePolicy(retry: .never, maxBodyBytes: 3)) { _ in
      [.reply(200, [], "12345")]
    } _: { server, source in
      let request = HTTPRequest(.get, server.origin, maxBodyBytes: 5)
      try await source.expect(body: "12345", request)
    }
  }
}

@Suite("Transport: redirects")
struct RedirectTests {
  @Test("a redirect is an error unless the policy follows it")
  func off() async throws {
    try await withServer { _ in
      [.reply(302, ["Location: /secret?token=abc"])]
    } _: {
      server, source in
      let error = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(error.code == .redirect)
      #expect(error.status == 302)
      #expect(!"\(error)".contains("token"))
    }
  }

  @Test(
    "a GET follows on its own origin, with its credentials", arguments: [301, 302, 303, 307, 308])
  func follows(status: Int) async throws {
    let policy = SourcePolicy(retry: .never, followsSameOriginRedirects: true)
    try await withServer(policy: policy) { request in
      request.target == "/end" ? [.reply(200, [], "[]")] : [.reply(status, ["Location: end"])]
    } _: { server, source in
      let token = Authorization.bearer(Secret("tok"))
      let response = try await source.send(
        HTTPRequest(.get, server.origin + "/start", authorization: token))
      #expect(response.body.text == "[]")
      #expect(response.url == server.origin + "/end")
      #expect(server.requests.map { $0["authorization"] } == ["Bearer tok", "Bearer tok"])
      let error = try await failure {
        try await source.send(HTTPRequest(.post, server.origin + "/start", isIdempotent: true))
      }
      #expect(error.code == .redirect)
    }
  }

  @Test("nothing is sent to another origin", arguments: ["http://localhost:%/", "//127.0.0.2:%/"])
  func foreign(location: String) async throws {
    let policy = SourcePolicy(retry: .never, followsSameOriginRedirects: true)
    try await withServer(policy: policy) { request in
      let port = request["host"]?.split(separator: ":").last ?? ""
      return [
        .reply(302, ["Location: " + location.replacingOccurrences(of: "%", with: String(port))])
      ]
    } _: { server, source in
      let error = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(error.code == .foreignOrigin)
      #expect(server.requests.count == 1)
    }
  }

  @Test("a circle of redirects ends")
  func circle() async throws {
    let policy = SourcePolicy(retry: .never, followsSameOriginRedirects: true)
    try await withServer(policy: policy) { _ in
      [.reply(302, ["Location: /again"])]
    } _: {
      server, source in
      let error = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(error.code == .redirect)
      #expect(server.requests.count == 6)
    }
  }
}

@Suite("Transport: cancellation")
struct CancellationTests {
  @Test("cancelling the task ends the transfer on the wire")
  func cancel() async throws {
    try await withServer { _ in
      [.hold]
    } _: { server, source in
      let task = Task { try await source.send(HTTPRequest(.get, server.origin)) }
      while server.requests.isEmpty { await Task.yield() }
      task.cancel()
      let error = try await failure { try await task.value }
      #expect(error.code == .cancelled)
      // The place is free again.
      #expect(source.statistics.requests["GET /"] == [0: 1])
    }
  }

  @Test("a task that is cancelled beforehand sends nothing")
  func beforehand() async throws {
    try await withServer { _ in
      [.reply()]
    } _: { server, source in
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await source.send(HTTPRequest(.get, server.origin))
      }
      let error = try await failure { try await task.value }
      #expect(error.code == .cancelled)
      #expect(server.requests.isEmpty)
    }
  }

  @Test("thousands of requests with cancellation at any moment each end exactly once")
  func race() async throws {
    let policy = SourcePolicy(maxConcurrent: 32, retry: .never)
    try await withServer(policy: policy) { request in
      request.index.isMultiple(of: 7) ? [.pause(milliseconds: 1), .reply()] : [.reply()]
    } _: { server, source in
      let origin = server.origin
      let ends = Tally()
      var generator = SeededGenerator(seed: 7)
      let total = 4_000
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<total {
          let fate = Int.random(in: 0..<4, using: &generator)
          let spins = Int.random(in: 0..<200, using: &generator)
          group.addTask {
            let task = Task {
              try await source.send(HTTPRequest(.get, origin + "/\(index)", endpoint: "x"))
            }
            if fate == 0 { task.cancel() }
            if fate == 1 {
              for _ in 0..<spins { await Task.yield() }
              task.cancel()
            }
            let end: String
            switch await task.result {
            case .success(let response): end = response.status == 200 ? "ok" : "status"
            case .failure(let error as TransportError): end = error.code.rawValue
            case .failure: end = "other"
            }
            ends.add(end)
          }
        }
      }
      let counted = ends.counts
      #expect(counted.values.reduce(0, +) == total)
      #expect(Set(counted.keys).isSubset(of: ["ok", "cancelled"]), "\(counted)")
      #expect((counted["ok"] ?? 0) >= total / 2)
      #expect((counted["cancelled"] ?? 0) >= total / 8)
      // Nothing is left behind: the source still works with all its places.
      _ = try await source.send(HTTPRequest(.get, origin))
    }
  }

  @Test("no more requests run at once than the policy allows")
  func width() async throws {
    let peak = Peak()
    try await withServer(policy: SourcePolicy(maxConcurrent: 3, retry: .never)) { _ in
      peak.enter()
      usleep(2_000)
      peak.leave()
      return [.reply()]
    } _: { server, source in
      let origin = server.origin
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<60 {
          group.addTask { try await source.send(HTTPRequest(.get, origin)).status }
        }
        for try await status in group { #expect(status == 200) }
      }
      #expect(peak.most == 3)
      #expect(server.connectionCount <= 4)
    }
  }
}
