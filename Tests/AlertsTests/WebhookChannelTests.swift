import Crypto
import CurlTransport
import Foundation
import IdentityCore
import Logging
import Testing

@testable import Alerts

@Suite("Alerts by webhook, to a real receiver", .serialized, .timeLimit(.minutes(10)))
struct WebhookChannelTests {
  private static let key = Data((0..<32).map { UInt8($0) })
  private let transport = HTTPTransport(
    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

  private func channel(
    _ url: String, keys: [Data] = [key], timeout: Duration = .seconds(20),
    clock: TransportClock = .system
  ) throws -> WebhookChannel {
    try WebhookChannel(
      settings: WebhookSettings(
        name: "hook", url: url,
        secrets: keys.map { Secret("whsec_\($0.base64EncodedString())") }, timeout: timeout),
      transport: transport, clock: clock)
  }

  private func receiver<R>(
    _ answers: [WebhookReceiver.Answer] = [.init()],
    _ body: (WebhookReceiver) async throws -> R
  ) async throws -> R {
    let receiver = try await WebhookReceiver(answers)
    do {
      let result = try await body(receiver)
      await receiver.stop()
      return result
    } catch {
      await receiver.stop()
      throw error
    }
  }

  private func failure(
    _ channel: WebhookChannel, _ message: AlertMessage = Fixtures.message(channel: "hook")
  ) async -> AlertError? {
    do {
      _ = try await channel.deliver(message, Fixtures.typical)
      return nil
    } catch {
      return error
    }
  }

  private func isSigned(_ delivery: WebhookReceiver.Delivery, _ key: Data) -> Bool {
    guard let id = delivery.headers["webhook-id"], let time = delivery.headers["webhook-timestamp"]
    else { return false }
    let signed = Array("\(id).\(time).".utf8) + delivery.body
    let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: key))
    return delivery.headers["webhook-signature"]?.split(separator: " ")
      .contains("v1,\(Data(code).base64EncodedString())") == true
  }

  @Test("the receiver gets a signed POST of JSON", arguments: [200, 201, 202, 204])
  func delivered(status: Int) async throws {
    try await receiver([.init(status: status)]) { receiver in
      let before = Int(Date().timeIntervalSince1970)
      let channel = try channel(receiver.url)
      let receipt = try await channel.deliver(Fixtures.message("m-1"), Fixtures.typical)
      #expect(receipt == AlertReceipt(summary: "status \(status)"))
      let delivery = try #require(receiver.deliveries.first)
      #expect(receiver.deliveries.count == 1)
      #expect(delivery.headers["content-type"] == "application/json")
      #expect(delivery.headers["webhook-id"] == "m-1")
      let time = try #require(delivery.headers["webhook-timestamp"].flatMap { Int($0) })
      #expect((before...before + 60).contains(time))
      #expect(isSigned(delivery, Self.key))
      let body = try WebhookPayload.alert(Fixtures.message("m-1"), Fixtures.typical)
      #expect(delivery.body == body)
    }
  }

  @Test("a second try has the same id and body, and a timestamp and signature of its own")
  func secondTry() async throws {
    try await receiver([.init(status: 503), .init()]) { receiver in
      let clock = ManualClock()
      let channel = try channel(receiver.url, clock: clock.clock)
      #expect(await failure(channel)?.code == .busy)
      clock.advance(.seconds(300))
      #expect(await failure(channel, Fixtures.message(channel: "hook", attempts: 1)) == nil)
      let both = receiver.deliveries
      #expect(both.count == 2 && both[0].body == both[1].body)
      #expect(both[0].headers["webhook-id"] == both[1].headers["webhook-id"])
      #expect(both.map { $0.headers["webhook-timestamp"] } == ["1780387200", "1780387500"])
      #expect(both.allSatisfy { isSigned($0, Self.key) })
    }
  }

  @Test("while secrets change over, both sign")
  func rotation() async throws {
    let old = Data(repeating: 9, count: 24)
    try await receiver { receiver in
      let channel = try channel(receiver.url, keys: [Self.key, old])
      #expect(await failure(channel) == nil)
      let delivery = try #require(receiver.deliveries.first)
      #expect(isSigned(delivery, Self.key) && isSigned(delivery, old))
      #expect(!isSigned(delivery, Data(repeating: 8, count: 24)))
    }
  }

  @Test(
    "an answer other than 2xx is a failure of its kind, tried once, and shows neither path nor words",
    arguments: [
      (410, AlertError.Code.gone), (429, .busy), (500, .busy), (502, .busy), (503, .busy),
      (504, .busy),
      (408, .busy), (400, .rejected), (413, .rejected), (422, .rejected), (401, .denied),
      (403, .denied),
      (404, .denied), (418, .denied), (301, .denied), (302, .denied), (307, .denied),
      (304, .denied),
    ])
  func refused(status: Int, code: AlertError.Code) async throws {
    let answer = WebhookReceiver.Answer(
      status: status, headers: ["Location": "http://127.0.0.1:9/other"],
      body: status == 304 ? "" : "Cannot POST /hook/SECRET-PATH: SECRET-WORDS")
    try await receiver([answer]) { receiver in
      let error = try #require(await failure(try channel(receiver.url)))
      #expect(error.code == code)
      #expect(error.status == status)
      #expect(receiver.deliveries.count == 1)
      var dumped = ""
      dump(error, to: &dumped)
      #expect(!(error.description + dumped).contains("SECRET"))
    }
  }

  @Test(
    "Retry-After is read in both forms, and bounded",
    arguments: [
      ("120", Duration.seconds(120)), ("Tue, 02 Jun 2026 08:10:00 GMT", .seconds(600)),
      ("Mon, 01 Jun 2026 08:10:00 GMT", .zero), ("99999999999", .seconds(86_400)), ("0", .zero),
      ("-5", nil), ("soon", nil), ("", nil),
    ])
  func retryAfter(text: String, wait: Duration?) async throws {
    try await receiver([.init(status: 503, headers: ["Retry-After": text])]) { receiver in
      let channel = try channel(receiver.url, clock: ManualClock().clock)
      #expect(await failure(channel)?.retryAfter == wait)
    }
  }

  @Test("a receiver that does not answer is given up in time, one that is not there at once")
  func silent() async throws {
    try await receiver([.init(hangs: true)]) { receiver in
      let error = try #require(await failure(try channel(receiver.url, timeout: .seconds(1))))
      #expect(error.code == .unreachable)
      #expect(!error.description.contains("SECRET"))
    }
    let error = try #require(await failure(try channel("http://127.0.0.1:1/SECRET")))
    #expect(error.code == .unreachable)
    #expect(!error.description.contains("SECRET"))
  }

  @Test("a delivered webhook whose answer is too long has been delivered")
  func longAnswer() async throws {
    let body = String(repeating: "x", count: 3_000_000)
    try await receiver([.init(status: 200, body: body)]) { receiver in
      let channel = try channel(receiver.url)
      #expect(await failure(channel) == nil)
    }
  }

  @Test(
    "only https, or http on loopback, is posted to",
    arguments: [
      "", "acme.com/hook", "http://acme.com/hook", "ftp://acme.com/hook", "https:///hook",
      "https://user:pass@acme.com/hook", "https://acme.com/hook#x", "http://127.evil.com/hook",
      "http://localhost.evil.com/", "https://acme.com/a b", "https://acme.com/\r\nX: y",
      "file:///etc/passwd",
    ])
  func urls(url: String) {
    let error = #expect(throws: AlertError.self) { try channel(url) }
    #expect(error?.code == .configuration)
    if url.count > 10 { #expect(error?.description.contains(url) == false) }
  }

  @Test("https URLs and those of loopback are taken, with their origin")
  func origins() {
    #expect(WebhookChannel.origin(of: "https://acme.com/hook?x=1") == "https://acme.com")
    #expect(WebhookChannel.origin(of: "HTTPS://acme.com:8443/") == "https://acme.com:8443")
    #expect(WebhookChannel.origin(of: "http://127.0.0.1:80/") == "http://127.0.0.1:80")
    #expect(WebhookChannel.origin(of: "http://[::1]:80/") == "http://[::1]:80")
  }

  @Test("a channel without a secret is refused, and a test says that it is one")
  func testMessage() async throws {
    #expect(throws: AlertError.self) { try channel("https://acme.com", keys: []) }
    try await receiver { receiver in
      _ = try await channel(receiver.url).test(including: [])
      let delivery = try #require(receiver.deliveries.first)
      #expect(isSigned(delivery, Self.key))
      let body = try JSONSerialization.jsonObject(with: Data(delivery.body)) as? [String: Any]
      #expect(body?["type"] as? String == "idsync.test")
    }
  }

  @Test("the dispatcher brings messages through a receiver that fails, each id once in the end")
  func throughDispatcher() async throws {
    let answers = [503, 204, 400, 204, 204, 204].map { WebhookReceiver.Answer(status: $0) }
    try await receiver(answers) { receiver in
      let clock = ManualClock(sleepingUpTo: .seconds(10))
      let outbox = MemoryOutbox((0..<3).map { Fixtures.message("m-\($0)", channel: "hook") })
      let dispatcher = AlertDispatcher(
        channels: [try channel(receiver.url, clock: clock.clock)], outbox: outbox,
        clock: clock.clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      let summary = await dispatcher.dispatch()
      #expect(summary.delivered == 3)
      #expect(
        receiver.deliveries.map { $0.headers["webhook-id"] } == ["m-0", "m-0", "m-1", "m-1", "m-2"])
      #expect(await outbox.messages.allSatisfy { $0.deliveredAt != nil })
    }
  }
}
