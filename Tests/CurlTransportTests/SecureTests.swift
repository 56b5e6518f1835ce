import CurlTransport
import Foundation
import Logging
import TestSupport
import Testing

@Suite("Transport: TLS and proxies") struct SecureTests {
  private func withSource<R>(
    caFile: String?, proxy: TransportConfiguration.Proxy = .none,
    _ body: (HTTPSource) async throws -> R
  ) async throws -> R {
    let transport = HTTPTransport(
      configuration: TransportConfiguration(
        userAgent: "idsync/test", extraCAFile: caFile, proxy: proxy),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    defer { transport.shutdown() }
    return try await body(transport.source("test", policy: SourcePolicy(retry: .never)))
  }

  private func request(_ url: String) -> HTTPRequest {
    var request = HTTPRequest(.get, url)
    request.authorization = .bearer(Secret("SECRET-TOKEN"))
    return request
  }

  @Test("a certificate of an authority that is named is trusted, with TLS 1.2 or newer")
  func trusted() async throws {
    let server = try await SecureServer.start()
    try await withSource(caFile: server.caFile) { source in
      let response = try await source.send(request("https://localhost:\(server.port)/users"))
      #expect(response.status == 200)
    }
    let entry = try #require(try server.entries.first)
    #expect(entry.headers["authorization"] == "Bearer SECRET-TOKEN")
    #expect(entry.tls == "TLSv1.2" || entry.tls == "TLSv1.3")
  }

  @Test(
    "no other certificate is trusted, and nothing is sent",
    arguments: [
      ("an unknown authority", [] as [String], false),
      ("another name", ["--name", "acme.test"], true),
      ("an old certificate", ["--expired"], true), ("TLS 1.1", ["--old"], true),
    ])
  func untrusted(what: String, options: [String], isKnown: Bool) async throws {
    let server = try await SecureServer.start(options)
    try await withSource(caFile: isKnown ? server.caFile : nil) { source in
      let error = try await failure {
        try await source.send(request("https://localhost:\(server.port)/users"))
      }
      #expect(error.code == .tls, "\(error)")
      #expect(!"\(error)".contains("SECRET"))
    }
    #expect(try server.entries.isEmpty, "not a byte of the request")
  }

  // The server's pace decides whether libcurl ever comes back by itself: at full speed it does not.
  @Test(
    "a server that sends empty HTTP/2 frames for ever costs seconds, not minutes",
    .timeLimit(.minutes(1)))
  func emptyFrames() async throws {
    let server = try await SecureServer.start(["--empty-frames"])
    try await withSource(caFile: server.caFile) { source in
      let error = try await failure {
        try await source.send(request("https://localhost:\(server.port)/users"))
      }
      #expect(error.code == .protocolViolation, "\(error)")
      #expect(error.detail.contains("processor time"))
      #expect(!error.isTransient, "nobody asks five times for that")
    }
  }

  @Test("an authority file that cannot be used is an error, not trust in everybody")
  func noAuthority() async throws {
    let server = try await SecureServer.start()
    for file in ["/nowhere/ca.pem", "/etc/hostname"] {
      try await withSource(caFile: file) { source in
        _ = try await failure {
          try await source.send(request("https://localhost:\(server.port)/users"))
        }
      }
    }
    #expect(try server.entries.isEmpty)
  }

  @Test("a proxy sees the host and nothing else; TLS is checked through it")
  func proxied() async throws {
    let server = try await SecureServer.start(["--name", "acme.test"])
    let proxy = TransportConfiguration.Proxy.url("http://127.0.0.1:\(server.proxyPort)")
    try await withSource(caFile: server.caFile, proxy: proxy) { source in
      let response = try await source.send(request("https://acme.test/users?x=1"))
      #expect(response.status == 200)
      // The certificate is for acme.test only.
      let error = try await failure { try await source.send(request("https://evil.test/")) }
      #expect(error.code == .tls)
    }
    let seen = try server.entries
    let connects = seen.filter { $0.kind == "proxy" }
    #expect(
      connects.map(\.line) == ["CONNECT acme.test:443 HTTP/1.1", "CONNECT evil.test:443 HTTP/1.1"])
    #expect(connects.allSatisfy { $0.headers["authorization"] == nil })
    #expect(seen.filter { $0.kind == "request" }.count == 1)
  }

  @Test("the password of a proxy goes to the proxy only, and loopback goes straight")
  func proxyPassword() async throws {
    let server = try await SecureServer.start(["--name", "acme.test", "--name", "localhost"])
    let proxy = TransportConfiguration.Proxy.url(
      "http://127.0.0.1:\(server.proxyPort)", user: "me", password: Secret("PROXY-PASS"))
    try await withSource(caFile: server.caFile, proxy: proxy) { source in
      _ = try await source.send(request("https://acme.test/users"))
      _ = try await source.send(request("https://localhost:\(server.port)/straight"))
    }
    let seen = try server.entries
    let basic = "Basic " + Data("me:PROXY-PASS".utf8).base64EncodedString()
    #expect(seen.filter { $0.kind == "proxy" }.map { $0.headers["proxy-authorization"] } == [basic])
    let requests = seen.filter { $0.kind == "request" }
    #expect(requests.map(\.line).last == "GET /straight HTTP/1.1")
    #expect(requests.allSatisfy { $0.headers["proxy-authorization"] == nil })
  }

  @Test(
    "requests to a server with HTTP/2 share one connection",
    .enabled("needs nginx") { FileManager.default.fileExists(atPath: "/usr/sbin/nginx") })
  func multiplexed() async throws {
    let keys = try await SecureServer.start()
    try await Nginx.run(
      certificate: keys.caFile.replacingOccurrences(of: "ca.pem", with: "server.pem")
    ) {
      port, log in
      try await withSource(caFile: keys.caFile) { source in
        // The first one opens the connection; the rest find it there, and their handles are used again.
        _ = try await source.send(request("https://localhost:\(port)/"))
        for _ in 0..<3 {
          try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
              group.addTask {
                try await source.send(HTTPRequest(.get, "https://localhost:\(port)/")).status
              }
            }
            for try await status in group { #expect(status == 200) }
          }
        }
      }
      // nginx writes a line when the request is over, which may be after the client has read the reply.
      let deadline = ContinuousClock.now + .seconds(20)
      var lines: [[Substring]] = []
      while lines.count < 61, ContinuousClock.now < deadline {
        lines = try log().split(separator: "\n").map { $0.split(separator: " ") }
        await Task.yield()
      }
      #expect(lines.count == 61)
      #expect(lines.allSatisfy { $0.first == "HTTP/2.0" }, "\(lines)")
      #expect(Set(lines.map { $0.last }).count == 1, "one connection")
    }
  }

  @Test(
    "large bodies come whole and in order, whoever else reads slowly or lets go",
    .enabled("needs nginx") { FileManager.default.fileExists(atPath: "/usr/sbin/nginx") })
  func largeBodies() async throws {
    let keys = try await SecureServer.start()
    try await Nginx.run(
      certificate: keys.caFile.replacingOccurrences(of: "ca.pem", with: "server.pem")
    ) {
      port, log in
      try await withSource(caFile: keys.caFile) { source in
        let big = HTTPRequest(.get, "https://localhost:\(port)/big")
        try await withThrowingTaskGroup(of: Data?.self) { group in
          for number in 0..<18 {
            group.addTask {
              var body = Data()
              switch number % 3 {
              case 0:
                try await source.send(big).body.withUnsafeBytes { body.append(contentsOf: $0) }
              case 1:
                for try await piece in try await source.stream(big).body {
                  piece.withUnsafeBytes { body.append(contentsOf: $0) }
                  await Task.yield()
                }
              default:
                // Let go in the middle.
                for try await _ in try await source.stream(big).body { break }
                return nil
              }
              return body
            }
          }
          for try await body in group where body != nil {
            #expect(body == Nginx.big, "\(body?.count ?? 0) bytes")
          }
        }
      }
      let deadline = ContinuousClock.now + .seconds(20)
      var versions: [Substring] = []
      while versions.filter({ $0 == "HTTP/2.0" }).count < 6, ContinuousClock.now < deadline {
        versions = try log().split(separator: "\n").map { $0.prefix(8) }
        await Task.yield()
      }
      #expect(
        versions.filter { $0 == "HTTP/2.0" }.count == 6, "what is collected shares a connection")
      #expect(Set(versions) == ["HTTP/2.0", "HTTP/1.1"], "what is paused has one of its own")
    }
  }
}

/// nginx on loopback, as Debian has it.
private enum Nginx {
  struct DidNotStart: Error {}

  /// What `/big` holds: numbers in order, so that what is missing, moved or doubled is seen.
  static let big = (0..<UInt32(3 << 18)).map(\.bigEndian).withUnsafeBytes { Data($0) }

  static func run(
    certificate: String, _ body: (Int, () throws -> String) async throws -> Void
  ) async throws {
    try await withTemporaryDirectory { directory in
      try big.write(to: URL(filePath: directory + "/big"))
      // Its workers are another user's when the tests run as root.
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory)
      for _ in 0..<5 {
        let port = Int.random(in: 20_000..<32_000)
        let text = """
          daemon off; pid \(directory)/pid; error_log \(directory)/errors; worker_processes 1;
          events {}
          http {
            log_format short '$server_protocol $connection';
            access_log \(directory)/access short;
            client_body_temp_path \(directory)/1; proxy_temp_path \(directory)/2;
            fastcgi_temp_path \(directory)/3; uwsgi_temp_path \(directory)/4; scgi_temp_path \(directory)/5;
            server {
              listen 127.0.0.1:\(port) ssl http2;
              ssl_certificate \(certificate); ssl_certificate_key \(certificate);
              location = /big { root \(directory); }
              location / { default_type application/json; return 200 '{}'; }
            }
          }
          """
        try Data(text.utf8).write(to: URL(filePath: directory + "/nginx.conf"))
        let process = try ChildProcess(
          URL(filePath: "/usr/sbin/nginx"), ["-p", directory, "-c", directory + "/nginx.conf"])
        defer { process.signal(SIGTERM) }
        // It writes its pid once it listens; a port that is taken ends it.
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline,
          !FileManager.default.fileExists(atPath: directory + "/pid")
        {
          try await Task.sleep(for: .milliseconds(10))
        }
        let errors = (try? String(contentsOfFile: directory + "/errors", encoding: .utf8)) ?? ""
        if errors.contains("emerg") { continue }
        return try await body(port) {
          try String(contentsOfFile: directory + "/access", encoding: .utf8)
        }
      }
      throw DidNotStart()
    }
  }
}
