import CurlTransport
import Foundation
import IdentityCore
import TestSupport
import Testing

@testable import Alerts

@Suite("The signature of a webhook")
struct WebhookSigningTests {
  @Test("the vector of Standard Webhooks gives the published signature")
  func vector() throws {
    // From the reference implementations: libraries/go/webhook_test.go.
    let secret = try WebhookSecret(
      Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), channel: "hook")
    let signature = secret.signature(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330,
      body: Array(#"{"test": 2432232314}"#.utf8))
    #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
  }

  @Test("Python computes the same signature", arguments: [24, 32, 64])
  func independent(size: Int) async throws {
    let base64 = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 * 37) }).base64EncodedString()
    let body = try WebhookPayload.alert(Fixtures.message(), Fixtures.typical)
    let secret = try WebhookSecret(Secret("whsec_\(base64)"), channel: "hook")
    let expected = try await Python.run(
      "import base64, hashlib, hmac, sys; k = base64.b64decode(sys.argv[1]);"
        + "m = b'msg_1.1780387200.' + sys.stdin.buffer.read();"
        + "print('v1,' + base64.b64encode(hmac.new(k, m, hashlib.sha256).digest()).decode())",
      [base64], input: body)
    #expect(
      secret.signature(id: "msg_1", timestamp: 1_780_387_200, body: body) + "\n"
        == String(decoding: expected, as: UTF8.self))
  }

  @Test(
    "a secret is whsec_ and 24 to 64 bytes in base64",
    arguments: [
      "", "whsec_", "secret", "a plain pass phrase of enough length",
      "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      "whsec_not base64 at all !!!!!!!!!!!!!!!!!!!!", "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      "whsec_" + Data(repeating: 1, count: 23).base64EncodedString(),
      "whsec_" + Data(repeating: 1, count: 65).base64EncodedString(),
      "whsk_" + Data(repeating: 1, count: 64).base64EncodedString(),
    ])
  func refused(text: String) {
    let error = #expect(throws: AlertError.self) {
      try WebhookSecret(Secret(text), channel: "hook")
    }
    #expect(error?.code == .configuration)
    #expect(error?.description.contains("openssl rand -base64 32") == true)
    if text.count > 6 { #expect(error?.description.contains(text) == false) }
  }

  @Test("a secret from a file may end with a line feed or lack its padding, and never shows")
  func tolerated() throws {
    let base64 = Data(repeating: 7, count: 32).base64EncodedString()
    let bare = base64.replacing("=", with: "")
    var signatures: Set<String> = []
    for text in ["whsec_\(base64)", "whsec_\(base64)\n", "whsec_\(bare)"] {
      let secret = try WebhookSecret(Secret(text), channel: "hook")
      signatures.insert(secret.signature(id: "a", timestamp: 1, body: []))
      var dumped = ""
      dump(secret, to: &dumped)
      #expect(!"\(secret)\(String(reflecting: secret))\(dumped)".contains(bare))
    }
    #expect(signatures.count == 1)
  }
}

@Suite("The body of a webhook")
struct WebhookPayloadTests {
  private func object(_ bytes: [UInt8]) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  @Test("type, timestamp and data are there, with every field of the public format")
  func format() throws {
    let body = try object(WebhookPayload.alert(Fixtures.message(part: 1), Fixtures.typical))
    #expect(Set(body.keys) == ["type", "timestamp", "data"])
    #expect(body["type"] as? String == "idsync.findings")
    #expect(body["timestamp"] as? String == "2026-06-02T08:00:00.000Z")
    let data = try #require(body["data"] as? [String: Any])
    #expect(data["team"] as? String == "acme-widgets")
    #expect(data["part"] as? Int == 1)
    #expect(data["severity"] as? String == "critical")
    #expect(data["incomplete_sources"] as? [String] == ["okta"])
    #expect(
      data["counts"] as? [String: Int]
        == [
          "opened": 4, "resolved": 1, "opened_in_run": 4, "resolved_in_run": 1, "open_gaps": 4,
          "members": 25,
        ])
    let opened = try #require(data["opened"] as? [[String: Any]])
    #expect(opened.count == 4)
    #expect(
      Set(opened[3].keys)
        == [
          "id", "email", "kind", "severity", "summary", "reason", "witness", "exempt", "opened_at",
          "resolved_at", "remedy", "standing",
        ])
    #expect(opened[3]["witness"] is NSNull)
    #expect(opened[0]["kind"] as? String == "no-mfa")
    #expect(opened[0]["severity"] as? String == "critical")
    let resolved = try #require(data["resolved"] as? [[String: Any]])
    #expect(resolved[0]["resolved_at"] as? String == "2026-06-02T08:00:00.000Z")
  }

  @Test("a second try has the same body")
  func stability() throws {
    let first = try WebhookPayload.alert(Fixtures.message(), Fixtures.typical)
    #expect(try WebhookPayload.alert(Fixtures.message(attempts: 5), Fixtures.typical) == first)
  }

  @Test(
    "hostile names come through unchanged, bounded, and harmless to look at",
    arguments: Fixtures.hostile)
  func hostile(name: String) throws {
    let content = Fixtures.content(
      team: name, opened: [Fixtures.finding(name, .noMFA, reason: name, witness: name)])
    let bytes = try WebhookPayload.alert(Fixtures.message(), content)
    #expect(bytes.count < 20_000)
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      #expect(InertText.isVisible(scalar))
    }
    let data = try #require(try object(bytes)["data"] as? [String: Any])
    let team = try #require(data["team"] as? String)
    #expect(name.unicodeScalars.count > 320 ? team.hasSuffix("…") : team == name)
  }
}
