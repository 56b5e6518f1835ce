import CurlTransport
import Foundation
import Testing

@Suite("Transport: streamed bodies")
struct StreamTests {
  @Test("the head comes before the body, and the pieces are the body")
  func pieces() async throws {
    try await withServer { _ in
      [.text("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\nX-A: 1\r\n\r\n")]
        + (0..<20).map {
          .text(String(repeating: String(UnicodeScalar(UInt8(97 + $0))), count: 100_000))
        }
    } _: { server, source in
      let response = try await source.stream(HTTPRequest(.get, server.origin))
      #expect(response.status == 200)
      #expect(response.headers["x-a"] == "1")
      var total = 0
      var isOrdered = true
      for try await piece in response.body {
        piece.withUnsafeBytes { bytes in
          for byte in bytes {
            if Int(byte) != 97 + total / 100_000 { isOrdered = false }
            total += 1
          }
        }
      }
      #expect(total == 2_000_000)
      #expect(isOrdered)
    }
  }

  @Test("a slow reader pauses the transfer, so that the server waits and memory does not grow")
  func backPressure() async throws {
    let sent = Tally()
    let size = 64 * 1024
    let count = 600
    try await withServer { _ in
      [.text("HTTP/1.1 200 OK\r\nContent-Length: \(size * count)\r\n\r\n")]
        + (0..<count).flatMap { _ in
          [.note(sent), .send([UInt8](repeating: 1, count: size))] as [RawServer.Action]
        }
    } _: { server, source in
      let response = try await source.stream(
        HTTPRequest(.get, server.origin, maxBodyBytes: size * count))
      // Until the server makes no more headway: the sockets' buffers are full.
      var before = -1
      while before != sent.total {
        before = sent.total
        try await Task.sleep(for: .milliseconds(100))
      }
      #expect(before < count, "the server could send everything to a reader that did not read")
      var total = 0
      for try await piece in response.body {
        #expect(piece.count <= 2 * 1024 * 1024)
        total += piece.count
      }
      #expect(total == size * count)
      #expect(sent.total == count)
    }
  }

  @Test("a body that breaks off is an error, not an end")
  func broken() async throws {
    try await withServer { _ in
      [.text("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), .close]
    } _: { server, source in
      let response = try await source.stream(HTTPRequest(.get, server.origin))
      var text = ""
      let error = try await failure {
        for try await piece in response.body { text += piece.text }
      }
      #expect(error.code == .truncated)
      #expect(text == "abc")
    }
  }

  @Test("until the head is there the request is tried again")
  func retries() async throws {
    let clock = ManualClock()
    try await withServer(policy: SourcePolicy(maxConcurrent: 1), clock: clock.clock) { request in
      switch request.index {
      case 0: [.reply(503)]
      case 1: [.close]
      default: [.reply(200, [], "[1]")]
      }
    } _: { server, source in
      let response = try await source.stream(HTTPRequest(.get, server.origin))
      #expect(response.status == 200)
      #expect(server.requests.count == 3)
    }
  }

  @Test("whoever lets the body go, or is cancelled, gives the place free")
  func abandoned() async throws {
    let policy = SourcePolicy(maxConcurrent: 1, retry: .never)
    try await withServer(policy: policy) { request in
      request.target == "/end"
        ? [.reply()] : [.text("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), .hold]
    } _: { server, source in
      do { _ = try await source.stream(HTTPRequest(.get, server.origin)) }
      try await source.expect(status: 200, HTTPRequest(.get, server.origin + "/end"))
      let response = try await source.stream(HTTPRequest(.get, server.origin))
      let task = Task { for try await _ in response.body {} }
      task.cancel()
      let error = try await failure { try await task.value }
      #expect(error.code == .cancelled)
      try await source.expect(status: 200, HTTPRequest(.get, server.origin + "/end"))
    }
  }

  @Test("the cap holds for streams too")
  func cap() async throws {
    let policy = SourcePolicy(retry: .never, maxBodyBytes: 5)
    try await withServer(policy: policy) { _ in
      [.text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n0\r\n\r\n")]
    } _: { server, source in
      let response = try await source.stream(HTTPRequest(.get, server.origin))
      let error = try await failure { for try await _ in response.body {} }
      #expect(error.code == .tooLarge)
    }
  }
}
