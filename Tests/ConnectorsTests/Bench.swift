import ConnectorKit
import CurlTransport
import Foundation
import IdentityCore
import Logging
import MockIdP
import Synchronization
import TestSupport

@testable import Heroku
@testable import Okta

/// A mock organisation and connectors that read it, for one test.
struct Bench: Sendable {
  static let app = "0oaAcmeHeroku1"
  static let team = "acme-widgets"
  static let now = Timestamp(milliseconds: 1_790_000_000_000)

  let mock: MockIdP
  let transport: HTTPTransport
  let log: TestLog
  private let skipped: SkippedTime

  /// How long the transport has waited so far, in time that jumps.
  var waited: Duration { skipped.total }

  /// Starts everything, runs the body, ends everything.
  static func run<R>(
    _ scenario: Scenario, _ body: (Bench) async throws -> R
  ) async throws -> R {
    try await TestSlots.run {
      let mock = try await MockIdP.start(scenario)
      let log = TestLog()
      let skipped = SkippedTime()
      let transport = HTTPTransport(
        configuration: TransportConfiguration(userAgent: "idsync/test", clock: .hurried(skipped)),
        logger: log.logger)
      if !scenario.faults.isEmpty { await mock.setFaults(scenario.faults) }
      let bench = Bench(mock: mock, transport: transport, log: log, skipped: skipped)
      do {
        let result = try await body(bench)
        transport.shutdown()
        await mock.stop()
        return result
      } catch {
        transport.shutdown()
        await mock.stop()
        throw error
      }
    }
  }

  func okta(_ change: (inout OktaConfiguration) -> Void = { _ in }) -> OktaConnector {
    var configuration = OktaConfiguration(
      name: "okta", url: mock.okta.baseURL, credentials: .token(Secret(mock.okta.token)))
    change(&configuration)
    return OktaConnector(
      configuration: configuration, transport: transport, clock: { Timestamp(Date()) },
      logger: log.logger)
  }

  func heroku(_ change: (inout HerokuConfiguration) -> Void = { _ in }) -> HerokuConnector {
    var configuration = HerokuConfiguration(
      name: "heroku", url: mock.heroku.baseURL, token: Secret(mock.heroku.token))
    change(&configuration)
    return HerokuConnector(
      configuration: configuration, transport: transport, clock: { Timestamp(Date()) },
      logger: log.logger)
  }

  /// Reads the team and judges everybody on it.
  func judge(
    apps: [AppID] = [Bench.app], collectFactors: Bool = false, exemptions: [Exemption] = [],
    okta change: (inout OktaConfiguration) -> Void = { _ in },
    heroku changeHeroku: (inout HerokuConfiguration) -> Void = { _ in }
  ) async -> Judged {
    let roster = await heroku(changeHeroku).readRoster(of: [Self.team], progress: .none)
    let people = roster.teams[0].roster
    let keys = (0..<people.count).map { people.key(at: $0) }
    let provider = await okta(change).readProvider(
      ProviderQuery(apps: apps, collectFactors: collectFactors) { WatchList(keys: keys) },
      progress: .none)
    return Judged(roster: roster, provider: provider, app: apps[0], exemptions: exemptions)
  }
}

/// What was read of both sides, and what it means.
struct Judged {
  let roster: RosterReading
  let provider: ProviderReading
  let records: [String: MemberRecord]

  init(
    roster: RosterReading, provider: ProviderReading, app: AppID = Bench.app,
    exemptions: [Exemption] = []
  ) {
    self.roster = roster
    self.provider = provider
    var adjudicator = Adjudicator(
      settings: TeamSettings(
        name: Bench.team, roster: "heroku",
        signIn: [SignInTarget(provider: "okta", app: app)], exemptions: exemptions),
      reading: roster.teams[0], providers: ["okta": provider], now: Bench.now)
    var records: [String: MemberRecord] = [:]
    for person in 0..<adjudicator.count {
      let record = adjudicator.person(person).record
      records[record.key] = record
    }
    self.records = records
  }

  subscript(email: String) -> MemberRecord? { records[email] }

  /// The model of the first application.
  var model: SignInModel? {
    if case .readable(let model)? = provider.apps.first?.state { model } else { nil }
  }
}

/// Keeps what is logged, so that tests can look for secrets in it.
final class TestLog: Sendable {
  private let lines = Mutex<[String]>([])

  var logger: Logger {
    var logger = Logger(label: "test") { _ in Handler(log: self) }
    logger.logLevel = .trace
    return logger
  }

  var text: String { lines.withLock { $0.joined(separator: "\n") } }

  private struct Handler: LogHandler {
    let log: TestLog
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      log.lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
    }
  }
}

extension TransportClock {
  /// Time that jumps over every wait.
  static func hurried(_ skipped: SkippedTime = SkippedTime()) -> TransportClock {
    let start = ContinuousClock.now
    return TransportClock(
      now: { Date().addingTimeInterval(skipped.total / .seconds(1)) },
      uptime: { ContinuousClock.now - start + skipped.total },
      sleep: { duration in
        try Task.checkCancellation()
        skipped.add(duration)
        await Task.yield()
      }, random: { 0.5 })
  }
}

/// The waits that were jumped over.
final class SkippedTime: Sendable {
  private let sum = Mutex(Duration.zero)
  var total: Duration { sum.withLock { $0 } }
  func add(_ duration: Duration) { sum.withLock { $0 += duration } }
}
