import CurlTransport
import Foundation
import Testing

@Suite("Transport: one request")
struct SendTests {
  @Test("a GET gives status, headers in any case, body and request id")
  func get() async throws {
    var policy = SourcePolicy(retry: .never)
    policy.replyIDHeaders = ["X-Acme-Request-Id"]
    try await withServer(policy: policy) { _ in
      let ids = ["X-Request-Id: other", "X-Acme-Request-Id: req-1"]
      return [.reply(200, ids + ["X-Two: a", "x-two: b"], "[1,2]")]
    } _: { server, source in
      let response = try await source.send(HTTPRequest(.get, server.origin + "/api/v1/users?q=1"))
      #expect(response.status == 200)
      #expect(response.body.text == "[1,2]")
      #expect(response.requestID == "req-1")
      #expect(response.headers["content-TYPE"] == "application/json")
      #expect(response.headers.all("X-Two") == ["a", "b"])
      #expect(response.headers["missing"] == nil)
      #expect(response.url == server.origin + "/api/v1/users?q=1")
      let request = try #require(server.requests.first)
      #expect(request.method == "GET")
      #expect(request.target == "/api/v1/users?q=1")
      #expect(request["user-agent"] == "idsync/test")
      #expect(request["accept-encoding"]?.contains("gzip") == true)
      #expect(UUID(uuidString: request["request-id"] ?? "") != nil)
      #expect(request["expect"] == nil)
    }
  }

  @Test(
    "each method is sent with the body that belongs to it",
    arguments: [
      (HTTPRequest.Method.post, "{\"a\":1}"), (.put, "x"), (.patch, "{}"), (.delete, "{}"),
      (.delete, nil), (.post, nil), (.put, nil), (.patch, nil), (.post, ""),
    ] as [(HTTPRequest.Method, String?)])
  func methods(method: HTTPRequest.Method, body: String?) async throws {
    try await withServer { _ in
      [.reply()]
    } _: { server, source in
      var request = HTTPRequest(method, server.origin + "/x")
      request.body = body.map { Array($0.utf8) }
      _ = try await source.send(request)
      let seen = try #require(server.requests.first)
      #expect(seen.method == method.rawValue)
      #expect(String(decoding: seen.body, as: UTF8.self) == body ?? "")
      if body != nil { #expect(seen["content-type"] == "application/json") }
      if body == nil {
        #expect(seen["content-type"] == nil)
        // Okta answers 411 without it.
        #expect(seen["content-length"] == (method == .delete ? nil : "0"))
      }
    }
  }

  @Test("HEAD gives the headers and no body")
  func head() async throws {
    try await withServer { _ in
      [.text("HTTP/1.1 200 OK\r\nContent-Length: 500\r\nX-A: b\r\n\r\n")]
    } _: { server, source in
      let response = try await source.send(HTTPRequest(.head, server.origin + "/x"))
      #expect(response.status == 200)
      #expect(response.headers["x-a"] == "b")
      #expect(response.body.count == 0)
    }
  }

  @Test(
    "credentials become the header that the vendor wants",
    arguments: [
      (Authorization.bearer(Secret("tok")), "Authorization", "Bearer tok"),
      (.scheme("SSWS", Secret("tok")), "Authorization", "SSWS tok"),
      (.basic(user: "u", password: Secret("p:w")), "Authorization", "Basic dTpwOnc="),
      (.header(name: "x-api-key", value: Secret("k")), "X-API-Key", "k"),
    ])
  func authorization(authorization: Authorization, name: String, value: String) async throws {
    try await withServer { _ in
      [.reply()]
    } _: { server, source in
      _ = try await source.send(HTTPRequest(.get, server.origin, authorization: authorization))
      #expect(server.requests.first?[name] == value)
    }
  }

  @Test("a header without value is sent, and one with a line break is refused")
  func oddHeaders() async throws {
    try await withServer { _ in
      [.reply()]
    } _: { server, source in
      var request = HTTPRequest(.get, server.origin)
      request.headers = HTTPHeaders([("X-Empty", ""), ("X-Full", "a: b;c")])
      _ = try await source.send(request)
      #expect(server.requests.first?["x-empty"] == "")
      #expect(server.requests.first?["x-full"] == "a: b;c")
      request.headers.set("X-Full", "a\r\nX-Injected: 1")
      let error = try await failure { try await source.send(request) }
      #expect(error.code == .invalidRequest)
      let token = Authorization.bearer(Secret("a\nb"))
      let other = try await failure {
        try await source.send(HTTPRequest(.get, server.origin, authorization: token))
      }
      #expect(other.code == .invalidRequest)
      #expect(server.requests.count == 1)
    }
  }

  @Test("connections are kept alive and reused")
  func keepAlive() async throws {
    try await withServer { _ in
      [.reply()]
    } _: { server, source in
      for _ in 0..<20 { _ = try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(server.connectionCount == 1)
      #expect(source.statistics.connections == 1)
      #expect(source.statistics.requests == ["GET /": [200: 20]])
    }
  }

  @Test(
    "a body of any size comes whole, with zeros behind it", arguments: [0, 1, 63, 4096, 3_000_001])
  func bodies(size: Int) async throws {
    let body = String(repeating: "x", count: size)
    try await withServer { _ in
      [.reply(200, [], body)]
    } _: { server, source in
      let response = try await source.send(HTTPRequest(.get, server.origin))
      #expect(response.body.count == size)
      response.body.withUnsafeBytes { bytes in
        #expect(bytes.allSatisfy { $0 == UInt8(ascii: "x") })
        let padding = UnsafeRawBufferPointer(
          start: bytes.baseAddress.map { $0 + bytes.count }, count: ResponseBody.padding)
        #expect(padding.allSatisfy { $0 == 0 })
      }
    }
  }

  @Test("chunked bodies and interim replies are understood")
  func chunked() async throws {
    try await withServer { _ in
      [
        .text("HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=next\r\n\r\n"),
        .text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n"),
        .text("3\r\nabc\r\n"), .text("2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n"),
      ]
    } _: { server, source in
      let response = try await source.send(HTTPRequest(.get, server.origin))
      #expect(response.body.text == "abcde")
      #expect(response.headers["link"] == nil)
      #expect(response.headers["x-trailer"] == nil)
      #expect(response.headers["x-a"] == "1")
    }
  }

  @Test(
    "statuses are returned, not thrown", arguments: [201, 204, 400, 401, 403, 404, 416, 422, 500])
  func statuses(status: Int) async throws {
    try await withServer { _ in
      [.reply(status, [], "{\"errorCode\":\"E1\"}")]
    } _: { server, source in
      let response = try await source.send(HTTPRequest(.get, server.origin))
      #expect(response.status == status)
      if status != 204 { #expect(response.body.text.contains("E1")) }
    }
  }

  @Test("a web page where JSON is expected is an error with status and type")
  func html() async throws {
    try await withServer { request in
      switch request.target {
      case "/typed": [.reply(200, ["Content-Type: text/html; charset=utf-8"], "<html>")]
      case "/scim": [.reply(200, ["Content-Type: application/scim+json"], "{}")]
      case "/untyped": [.text("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n <html>")]
      default: [.reply(403, ["Content-Type: text/html"], "<html>")]
      }
    } _: { server, source in
      for path in ["/typed", "/untyped"] {
        let error = try await failure {
          try await source.send(
            HTTPRequest(.get, server.origin + path, expectedContentType: .json))
        }
        #expect(error.code == .unexpectedContent)
        #expect(error.status == 200)
      }
      for (path, status) in [("/scim", 200), ("/denied", 403)] {
        let response = try await source.send(
          HTTPRequest(.get, server.origin + path, expectedContentType: .json))
        #expect(response.status == status)
      }
    }
  }

  @Test(
    "what is no usable URL is refused before anything is sent",
    arguments: [
      ("ftp://127.0.0.1/x", TransportError.Code.invalidRequest), ("127.0.0.1", .invalidRequest),
      ("http://user:pw@127.0.0.1/", .invalidRequest), ("", .invalidRequest),
      ("http://127.0.0.1\\@evil.example/", .invalidRequest), ("https:///x", .invalidRequest),
      ("http://127.0.0.1/a b", .invalidRequest), ("http://example.com/", .insecure),
      ("http://127.0.0.1.example.com/", .insecure), ("http://10.0.0.1/", .insecure),
      ("http://localhost.example.com/", .insecure), ("file:///etc/passwd", .invalidRequest),
    ])
  func badURLs(url: String, code: TransportError.Code) async throws {
    try await withServer { _ in
      [.reply()]
    } _: { _, source in
      let error = try await failure { try await source.send(HTTPRequest(.get, url)) }
      #expect(error.code == code)
    }
  }

  @Test("requests stay on the origins of the policy")
  func origins() async throws {
    let policy = SourcePolicy(origins: ["https://acme.okta.com"], retry: .never)
    try await withServer(policy: policy) { _ in
      [.reply()]
    } _: { server, source in
      let error = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(error.code == .foreignOrigin)
      #expect(server.requests.isEmpty)
    }
  }

  @Test("the transport closes with its last owner and fails what comes later")
  func closing() async throws {
    let server = try RawServer { _ in [.hold] }
    defer { server.stop() }
    let transport = HTTPTransport(logger: LogRecorder().logger())
    let source = transport.source("test", policy: SourcePolicy(retry: .never))
    async let pending = failure { try await source.send(HTTPRequest(.get, server.origin)) }
    while server.requests.isEmpty { await Task.yield() }
    transport.shutdown()
    transport.shutdown()
    #expect(try await pending.code == .closed)
    let late = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
    #expect(late.code == .closed)
  }
}
