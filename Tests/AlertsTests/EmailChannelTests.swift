import CurlTransport
import Foundation
import IdentityCore
import Logging
import TestSupport
import Testing

@testable import Alerts

@Suite("Alerts by mail, through a real server", .serialized, .timeLimit(.minutes(10)))
struct EmailChannelTests {
  private let transport = HTTPTransport(
    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

  private func server(
    _ sink: SMTPSink, _ security: SMTPServer.Security = .none, password: String? = nil,
    timeout: Duration = .seconds(20)
  ) -> SMTPServer {
    SMTPServer(
      host: "localhost", port: sink.port, security: security,
      user: password.map { _ in "idsync" }, password: password.map { Secret($0) },
      extraCAFile: sink.caFile, timeout: timeout)
  }

  private func channel(
    _ server: SMTPServer, to: [String] = ["team-admins"], from: String = "idsync <idsync@acme.com>",
    csv: Bool = false
  ) throws -> EmailChannel {
    try EmailChannel(
      settings: EmailSettings(name: "mail", from: from, to: to, server: server, attachesCSV: csv),
      transport: transport)
  }

  private func failure(
    _ channel: EmailChannel, _ content: AlertContent = Fixtures.typical,
    _ message: AlertMessage = Fixtures.message()
  ) async -> AlertError? {
    do {
      _ = try await channel.deliver(message, content)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "the mail arrives as it was written, protected and authenticated as configured",
    arguments: [
      (SMTPServer.Security.none, [] as [String], nil),
      (.none, ["--auth", "idsync:pass word"], "pass word"),
      (.startTLS, ["--starttls"], nil),
      (.startTLS, ["--starttls", "--auth", "idsync:p@ss:wörd%"], "p@ss:wörd%"),
      (.tls, ["--tls", "--auth", "idsync:secret"], "secret"),
    ])
  func arrives(security: SMTPServer.Security, options: [String], password: String?) async throws {
    let sink = try await SMTPSink.start(options)
    let channel = try channel(server(sink, security, password: password), csv: true)
    let receipt = try await channel.deliver(Fixtures.message(), Fixtures.typical)
    #expect(receipt == AlertReceipt(summary: "2 recipients"))
    let mail = try #require(try sink.messages.first)
    #expect(try sink.messages.count == 1)
    #expect(mail.from == "idsync@acme.com")
    #expect(mail.to == ["ana.lima@acme.com", "root@acme.com"])
    #expect(mail.tls == (security != .none))
    #expect(mail.user == (password == nil ? nil : "idsync"))
    #expect(mail.defects.isEmpty && !mail.bareLineEnds && mail.longestLine <= 78)
    #expect(
      mail.parts.map(\.type)
        == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/csv"])
    #expect(mail.text("text/plain") == AlertText.render(Fixtures.typical))
    #expect(mail["Message-ID"] == "<msg_2KWPBgLlAfxdpx2AI54pPJ85f4W@acme.com>")
  }

  @Test("hostile content arrives whole and adds no header and no recipient")
  func hostile() async throws {
    let sink = try await SMTPSink.start()
    let channel = try channel(server(sink))
    for name in Fixtures.hostile + [".", "..", "From x", "\r\n.\r\nMAIL FROM:<x@y.z>"] {
      let content = Fixtures.content(
        team: name, opened: [Fixtures.finding(name, .noMFA, reason: name, witness: name)],
        admins: ["ana.lima@acme.com"])
      _ = try await channel.deliver(Fixtures.message(name), content)
      let mail = try #require(try sink.messages.last)
      #expect(mail.to == ["ana.lima@acme.com"])
      #expect(mail.defects.isEmpty)
      #expect(mail.parts.count == 3)
      #expect(mail.text("text/plain") == AlertText.render(content))
      #expect(mail.text("text/html") == AlertPage.render(content))
    }
    #expect(try sink.messages.count == Fixtures.hostile.count + 4)
  }

  @Test("recipients are the admins and the configured addresses, each once in any spelling")
  func recipients() async throws {
    let sink = try await SMTPSink.start()
    let to = ["Security <Sec@acme.com>", "team-admins", "sec@ACME.com", "ana.lima@acme.com"]
    let channel = try channel(server(sink), to: to)
    let content = Fixtures.content(
      opened: [Fixtures.finding("x@acme.com", .noMFA)],
      admins: [
        "ANA.LIMA@acme.com", "root@acme.com", "root@acme.com", "not an address", "a@b.c> NOTIFY=x",
      ])
    let receipt = try await channel.deliver(Fixtures.message(), content)
    #expect(try sink.messages.first?.to == ["Sec@acme.com", "ana.lima@acme.com", "root@acme.com"])
    #expect(receipt.summary == "3 recipients")
    #expect(receipt.warnings.count == 2)
    #expect(receipt.warnings[0].contains("not an address"))
  }

  @Test("hundreds of recipients are written to in several goes, each once")
  func manyRecipients() async throws {
    let sink = try await SMTPSink.start()
    let admins = (1...250).map { "admin\($0)@acme.com" }
    let content = Fixtures.content(opened: Fixtures.typical.opened, admins: admins)
    let receipt = try await channel(server(sink)).deliver(Fixtures.message(), content)
    #expect(receipt.summary == "250 recipients")
    #expect(try sink.messages.map { $0.to?.count } == [100, 100, 50])
    #expect(try sink.messages.flatMap { $0.to ?? [] } == admins)
    #expect(Set(try sink.messages.map(\.raw)).count == 1)
  }

  @Test("nobody to write to is an error that says so")
  func noRecipients() async throws {
    let sink = try await SMTPSink.start()
    let error = await failure(try channel(server(sink)), Fixtures.content(admins: ["nobody"]))
    #expect(error?.code == .noRecipients)
    #expect(error?.detail.contains("no admin with an address") == true)
    #expect(error?.detail.contains("nobody is no address") == true)
    #expect(try sink.messages.isEmpty)
  }

  @Test(
    "refusals of the server are told apart",
    arguments: [
      (["--fail-data", "451"], AlertError.Code.busy, 451),
      (["--fail-data", "554"], .rejected, 554),
      (
        ["--fail-rcpt", "ana.lima@acme.com=550", "--fail-rcpt", "root@acme.com=550"], .rejected, 550
      ),
      (["--auth", "idsync:right"], .denied, 535),
    ])
  func refusals(options: [String], code: AlertError.Code, status: Int) async throws {
    let sink = try await SMTPSink.start(options)
    let password = code == .denied ? "wrong-password" : nil
    let error = await failure(try channel(server(sink, password: password)))
    #expect(error?.code == code)
    #expect(error?.status == status)
    #expect(error?.description.contains("wrong-password") == false)
  }

  @Test("a recipient put off is tried again with the rest, and let go after the third try")
  func someRefused() async throws {
    let sink = try await SMTPSink.start(["--fail-rcpt", "root@acme.com=450"])
    let channel = try channel(server(sink))
    for attempts in 0..<2 {
      let error = await failure(channel, Fixtures.typical, Fixtures.message(attempts: attempts))
      #expect(error?.code == .rejected)
      #expect(error?.detail.contains("root@acme.com (450)") == true)
    }
    let receipt = try await channel.deliver(Fixtures.message(attempts: 2), Fixtures.typical)
    #expect(receipt.summary == "1 recipient")
    #expect(receipt.warnings == ["The mail server refused root@acme.com (450)."])
    #expect(try sink.messages.count == 3)
    #expect(Set(try sink.messages.map { $0["Message-ID"] }).count == 1)
  }

  @Test("a recipient refused for good is a warning at once")
  func onePermanentlyRefused() async throws {
    let sink = try await SMTPSink.start(["--fail-rcpt", "root@acme.com=550"])
    let receipt = try await channel(server(sink)).deliver(Fixtures.message(), Fixtures.typical)
    #expect(receipt.warnings == ["The mail server refused root@acme.com (550)."])
    #expect(try sink.messages.map(\.to) == [["ana.lima@acme.com"]])
  }

  @Test("no trusted TLS, no mail")
  func untrusted() async throws {
    let sink = try await SMTPSink.start(["--starttls"])
    var untrusted = server(sink, .startTLS)
    untrusted.extraCAFile = nil
    #expect(try await failure(channel(untrusted))?.code == .unreachable)
    let plain = try await SMTPSink.start()
    let error = await failure(try channel(server(plain, .startTLS, password: "wrong-password")))
    #expect(error?.code == .unreachable, "a server that does not offer STARTTLS gets nothing")
    #expect(try sink.messages.isEmpty)
    #expect(try plain.messages.isEmpty)
  }

  @Test("a server that never answers is given up in time, one that is not there at once")
  func silent() async throws {
    let sink = try await SMTPSink.start(["--hang"])
    let hanging = try channel(server(sink, timeout: .seconds(1)))
    #expect(await failure(hanging)?.code == .unreachable)
    var absent = server(sink)
    absent.port = 1
    #expect(try await failure(channel(absent))?.code == .unreachable)
  }

  @Test("settings that cannot work are refused before anything is contacted")
  func settings() {
    let loopback = SMTPServer(host: "127.0.0.1", port: 25, security: .none)
    let cases: [(SMTPServer, [String], String)] = [
      (loopback, ["team-admins"], "no address"), (loopback, ["team-admins"], "a@b.c\r\nBcc: x@y.z"),
      (loopback, ["nobody"], "idsync@acme.com"), (loopback, [], "idsync@acme.com"),
      (SMTPServer(host: "mail.acme.com", security: .none), ["team-admins"], "idsync@acme.com"),
      (SMTPServer(host: "127.0.0.1.acme.com", security: .none), ["team-admins"], "idsync@acme.com"),
      (SMTPServer(host: "localhost", user: "u"), ["team-admins"], "idsync@acme.com"),
    ]
    for (server, to, from) in cases {
      let error = #expect(throws: AlertError.self) { try channel(server, to: to, from: from) }
      #expect(error?.code == .configuration)
    }
  }

  @Test("a test goes to configured addresses and to those named, not to admins")
  func test() async throws {
    let sink = try await SMTPSink.start()
    let channel = try channel(server(sink), to: ["team-admins", "sec@acme.com"])
    _ = try await channel.test(including: ["me@acme.com"])
    let mail = try #require(try sink.messages.first)
    #expect(mail.to == ["sec@acme.com", "me@acme.com"])
    #expect(mail["Subject"] == "[idsync] test of the channel mail")
    #expect(mail.defects.isEmpty && mail.parts.count == 3)
    let admins = try self.channel(server(sink))
    await #expect(throws: AlertError.self) { try await admins.test(including: []) }
  }
}
