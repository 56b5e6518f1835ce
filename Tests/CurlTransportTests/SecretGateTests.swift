import Foundation
import Testing

@testable import CurlTransport

@Suite("Transport: the gate for secrets")
struct SecretGateTests {
  private static let token = "HRKU-AAbb/cc+dd ee\"ff_0123456789"

  /// The ways in which a server may give a secret back.
  private static let echoes: [String] = {
    let data = Data(token.utf8)
    let percent = URLText.encoded(token)
    return [
      token, percent, percent.replacingOccurrences(of: "%20", with: "+"),
      percent.replacing(/%../) { $0.output.lowercased() },
      token.replacingOccurrences(of: "\"", with: "\\\""),
      token.replacingOccurrences(of: "\"", with: "\\\"").replacingOccurrences(
        of: "/", with: "\\/"),
      token.replacingOccurrences(of: " ", with: ""), data.base64EncodedString(),
      Data("u:\(token)".utf8).base64EncodedString(), Data("me:\(token)".utf8).base64EncodedString(),
      Data("ada:\(token)x".utf8).base64EncodedString(),
      data.base64EncodedString().replacingOccurrences(of: "+", with: "-")
        .replacingOccurrences(of: "/", with: "_"),
      String(token.prefix(20)),
    ]
  }()

  /// Whether any six characters in a row of the secret, or of its Base64, are left.
  private func leaks(_ text: String) -> Bool {
    let squeezed = Self.token.filter { $0 != " " }
    let known =
      [Self.token, squeezed]
      + [0, 1, 2].map { shift in
        let data = Data(repeating: 0x41, count: shift) + Data(Self.token.utf8)
        return String(data.base64EncodedString().dropFirst(4).dropLast(4))
      }
    return known.contains { secret in
      let characters = Array(secret)
      return (0...(characters.count - 8)).contains {
        text.contains(String(characters[$0..<$0 + 8]))
      }
    }
  }

  @Test("a secret is struck out in every form, wherever it stands", arguments: echoes)
  func forms(echo: String) {
    let gate = SecretGate()
    gate.add(Secret(Self.token))
    for text in [echo, "before \(echo)", "\(echo) after", "a \(echo) b \(echo) c"] {
      let struck = gate.strike(text)
      #expect(!leaks(struck), "\(struck)")
      #expect(struck.contains("<redacted>"))
    }
    var bytes = Array("{\"message\":\"\(echo)\"}".utf8)
    let count = bytes.count
    bytes.withUnsafeMutableBytes { gate.mask($0, .data, carried: nil) }
    #expect(bytes.count == count)
    #expect(!leaks(String(decoding: bytes, as: UTF8.self)))
  }

  @Test("what is no secret stays, and a short password changes nothing that is read")
  func others() {
    let gate = SecretGate()
    gate.add(Secret("admin-password"))
    gate.add(Secret("abc"))
    #expect(gate.strike("abc admins may") == "abc admins may")
    #expect(gate.strike("the admin-password") == "the <redacted>")
    var bytes = Array("{\"role\":\"admin-password\"}".utf8)
    let before = bytes
    bytes.withUnsafeMutableBytes { gate.mask($0, .data, carried: nil) }
    #expect(bytes == before)
    bytes.withUnsafeMutableBytes { gate.mask($0, .message, carried: nil) }
    #expect(bytes != before)
  }

  private static let bearer = "eyJhbGciOiJSUzI1NiJ9.c2VjcmV0LXNlY3JldA.c2ln"

  @Test(
    "what a server gives back of a token is in no part of a reply",
    arguments: [200, 400, 401, 403, 404, 429, 500, 302])
  func replies(status: Int) async throws {
    let log = LogRecorder()
    try await withServer(log: log.logger()) { request in
      let token = request["authorization"]?.replacingOccurrences(of: "Bearer ", with: "") ?? ""
      let base = Data("x:\(token)".utf8).base64EncodedString()
      let fields = ["X-Request-Id: \(token)", "Location: /\(token)?t=\(token)", "X-Echo: \(base)"]
      return [
        .reply(status, fields, "{\"error\":\"\(token)\",\"message\":\"not \(base) but \(token)\"}")
      ]
    } _: { server, source in
      let request = HTTPRequest(
        .get, server.origin + "/a", authorization: .bearer(Secret(Self.bearer)))
      var told: [String] = []
      do throws(TransportError) {
        let response = try await source.send(request)
        told += [response.body.text, "\(response.headers.pairs)", response.requestID ?? ""]
      } catch {
        told += ["\(error)", error.detail, "\(error.response?.headers.pairs as Any)"]
        told.append(error.response?.body.text ?? "")
      }
      told += log.lines
      for text in told {
        #expect(!text.contains(Self.bearer) && !text.contains("c2VjcmV0"), "\(text)")
        #expect(!text.contains(Data(Self.bearer.utf8).base64EncodedString().prefix(12)), "\(text)")
      }
    }
  }

  @Test("a token that is minted twice comes through, and what it was asked for with does not")
  func minting() async throws {
    try await withServer { request in
      request.target == "/token"
        ? [
          .reply(
            200, [], "{\"access_token\":\"\(Self.bearer)\",\"echo\":\"client-secret-0123456789\"}")
        ]
        : [.reply(200, [], "[]")]
    } _: { server, source in
      source.secrets.add(Secret("client-secret-0123456789"))
      for _ in 0..<2 {
        let token = try await source.send(
          HTTPRequest(.post, server.origin + "/token", body: Array("a=b".utf8))
        ).body.text
        #expect(token.contains(Self.bearer))
        #expect(!token.contains("client-secret"))
        _ = try await source.send(
          HTTPRequest(.get, server.origin + "/x", authorization: .bearer(Secret(Self.bearer))))
      }
    }
  }

  @Test("a next page's address with a token in it is shown without")
  func links() async throws {
    try await withServer { request in
      request.index == 0
        ? [.reply(200, ["Link: </p/\(Self.bearer)>; rel=next"], "[]")] : [.reply(403)]
    } _: { server, source in
      let error = try await failure {
        let first = HTTPRequest(.get, server.origin, authorization: .bearer(Secret(Self.bearer)))
        for try await _ in source.pages(first, .link) {}
      }
      #expect(error.status == 403)
      #expect(!"\(error)".contains("c2VjcmV0"), "\(error)")
    }
  }
}
