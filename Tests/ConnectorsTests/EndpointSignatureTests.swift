import CurlTransport
import Foundation
import IdentityCore
import MockIdP
import TestSupport
import Testing

@testable import ConnectorKit
@testable import Endpoint

@Suite("JSON endpoints: signatures and certificates") struct EndpointSignatureTests {
  private typealias E = Endpoints

  private let signature = DuoV5Signature(
    integrationKey: "DIACME0000000000TEST",
    secretKey: Secret("acmeSecretKeyForDocsOnly0123456789abcdef"),
    clock: { Timestamp("2026-11-03T09:15:00Z") ?? Timestamp(milliseconds: 0) })

  @Test("a known request has the known signature of version 5")
  func vector() throws {
    let fields = signature.fields(
      "GET", "https://API-ACME0001.duosecurity.com/admin/v1/users?offset=0&limit=300", [])
    #expect(fields.map(\.name) == ["Date", "Authorization"])
    #expect(fields[0].value.withExposed { $0 } == "Tue, 03 Nov 2026 09:15:00 -0000")
    let sent = fields[1].value.withExposed { $0 }
    let data = try #require(Data(base64Encoded: String(sent.dropFirst("Basic ".count))))
    #expect(
      String(decoding: data, as: UTF8.self)
        == "DIACME0000000000TEST:c2ef82e7d83bd00e65199a79c108960682b003412dc7f893f88a85b8faa7f1b156b845f939173d2b2be8f2c532825b364f7121755762684e0baa7e0336e4e3f6"
    )
  }

  @Test("parameters are encoded anew and sorted")
  func canonical() {
    #expect(
      DuoV5Signature.canonical("x%20y=a%2Fb~c*%C3%A9&username=ana.o'neil%2Bvpn@acme.com")
        == "username=ana.o%27neil%2Bvpn%40acme.com&x%20y=a%2Fb~c%2A%C3%A9")
    #expect(DuoV5Signature.canonical("b=2&a=2&a=1&c") == "a=1&a=2&b=2&c=")
  }

  @Test("every page is signed for itself")
  func pages() async throws {
    let scenario = E.scenario(E.people(25)) {
      $0.credentials = .none
      $0.paging = .offset
      $0.firstPage = 0
      $0.maxPageSize = 10
    }
    try await EndpointBench.run(scenario) { bench in
      let text = E.configuration(
        paging: #"{"style": "offset", "param": "offset", "size_param": "limit"}"#,
        auth: #"{"kind": "hmac-duo-v5", "integration_key": "DI1", "secret_key": "env:S"}"#,
        more: #""total": "/meta/total""#)
      let judged = await EndpointJudged(try bench.endpoint(text), ["p0024@acme.com"])
      #expect(judged.isComplete, "\(judged.issues)")
      let requests = await bench.mock.requests(.json)
      #expect(requests.count == 3)
      let signer = DuoV5Signature(
        integrationKey: "DI1", secretKey: Secret(scenario[JSONEndpoint.self].secret),
        clock: { Timestamp(milliseconds: 0) })
      for request in requests {
        let date = try #require(request.headers["date"])
        let url = "http://127.0.0.1:1\(request.path)?\(request.query)"
        #expect(
          request.headers["authorization"] == signer.authorization(date, "GET", url, []))
      }
      #expect(Set(requests.compactMap { $0.headers["authorization"] }).count == 3)
    }
  }

  @Test("a server that asks for a certificate gets it; without one nobody is told anything")
  func certificate() async throws {
    try await TestSlots.run {
      let server = try await CertificateServer.start()
      defer { server.stop() }
      let transport = HTTPTransport(
        configuration: TransportConfiguration(
          userAgent: "idsync/test", extraCAFile: server.path("ca.pem"), clock: .hurried()),
        logger: TestLog().logger)
      defer { transport.shutdown() }
      let good = try endpoint(server, transport, "server.pem")
      let judged = await EndpointJudged(good, [E.ana])
      #expect(judged.isComplete, "\(judged.issues)")
      #expect(judged[E.ana]?.verdict == .enforced)
      let keys = try EndpointKeys(E.configuration(auth: #"{"kind": "none"}"#))
      let maker = try #require(EndpointKind().configure(keys))
      let made = try maker(context(server, transport))
      let bare = try #require(made as? EndpointConnector)
      let refused = await EndpointJudged(bare, [E.ana])
      #expect(!refused.isComplete && refused[E.ana]?.verdict == .cannotTell)
      #expect(throws: ConnectorError.self) { try endpoint(server, transport, "ca.pem") }
    }
  }

  private func endpoint(
    _ server: CertificateServer, _ transport: HTTPTransport, _ key: String
  ) throws -> EndpointConnector {
    let auth =
      #"{"kind": "mtls", "certificate": "\#(server.path("server.pem"))", "private_key": "\#(server.path(key))"}"#
    let keys = try EndpointKeys(E.configuration(auth: auth))
    let maker = try #require(EndpointKind().configure(keys))
    #expect(keys.told == [])
    let made = try maker(context(server, transport))
    return try #require(made as? EndpointConnector)
  }

  private func context(_ server: CertificateServer, _ transport: HTTPTransport) -> SourceContext {
    SourceContext(
      name: "json", url: "https://localhost:\(server.port)", transport: transport,
      clock: { Timestamp(Date()) }, logger: TestLog().logger, secrets: { _ in Secret("") },
      addresses: { $0.text })
  }
}

/// A server on loopback that speaks only with whom the test authority has given a certificate.
final class CertificateServer: Sendable {
  let port: Int
  private let process: ChildProcess
  private let directory: URL

  private static let script = """
    import http.server, json, os, ssl, sys, smtp_sink
    ca, pem = smtp_sink.make_certificate(sys.argv[1])
    os.chmod(pem, 0o600)
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def log_message(self, *_): pass
        def do_GET(self):
            person = {"uid": "u-1", "mail": "ana@acme.com", "state": "ACTIVE", "security": {"mfa": {"policy": "REQUIRED"}}}
            body = json.dumps({"data": [person]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    context.load_verify_locations(ca)
    context.verify_mode = ssl.CERT_REQUIRED
    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_): pass
        def get_request(self):
            connection, address = self.socket.accept()
            return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
    """

  struct DidNotStart: Error {}

  /// Starts a server and waits until it listens, on a thread that no other test needs.
  static func start() async throws -> CertificateServer {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try CertificateServer() })
      }
    }
  }

  private init() throws {
    directory = FileManager.default.temporaryDirectory.appending(
      path: "idsync-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let output = Pipe()
    process = try ChildProcess(
      Python.interpreter, ["-W", "ignore", "-c", Self.script, directory.path],
      environment: ["PYTHONPATH": Repository.support.path, "PYTHONDONTWRITEBYTECODE": "1"],
      output: output)
    var line = Data()
    while line.last != 0x0A {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw DidNotStart() }
      line += more
    }
    guard let port = Int(String(decoding: line.dropLast(), as: UTF8.self)) else {
      throw DidNotStart()
    }
    self.port = port
  }

  func path(_ name: String) -> String { directory.appending(path: name).path }

  func stop() {
    // Children inherit what the threads of libdispatch block, and that is SIGTERM too.
    process.signal(SIGKILL)
    try? FileManager.default.removeItem(at: directory)
  }
}
