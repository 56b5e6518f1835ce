internal import Alerts
internal import CurlTransport
public import IdentityCore
internal import Storage

/// What a delivery came to.
public struct AlertOutcome: Sendable {
  /// Messages that receivers took.
  public var delivered = 0
  /// What went wrong, one sentence each; the messages stay in the outbox.
  public var problems: [String] = []
  /// Channels that could not be set up for want of a secret, one sentence each; also among the problems.
  public var misconfigured: [String] = []
}

extension SyncWorker {
  /// The messages in the outbox.
  public func alerts(includingDelivered: Bool) throws -> [AlertMessage] {
    guard hasStore else { return [] }
    let store = try storeToRead()
    return try naming { try store.alerts(pendingOnly: !includingDelivered) }
  }

  /// Delivers what is due.
  ///
  /// - Parameter ignoringSchedule: also what waits for its next try or was given up.
  public func deliverAlerts(ignoringSchedule: Bool) async throws -> AlertOutcome {
    return try await deliverAlerts(try store(), ignoringSchedule: ignoringSchedule)
  }

  /// Sends a test message over one channel.
  ///
  /// - Returns: who took it, for people.
  /// - Throws: ``WorkerError`` with `.badInput` for an unknown channel, `.nothingRead` when it was not taken.
  public func testChannel(_ name: String) async throws -> String {
    guard let alert = configuration.alerts.first(where: { $0.name == name }) else {
      throw unknown("alert channel", name, configuration.alerts.map(\.name))
    }
    let admins = (try? teamAdmins()) ?? []
    do {
      let receipt = try await withChannels { factory in
        try await factory.channel(alert).test(including: admins)
      }
      return ([receipt.summary] + receipt.warnings).joined(separator: "; ")
    } catch let error as AlertError {
      throw WorkerError(.nothingRead, error.description)
    }
  }

  /// Makes every channel once, so that settings that cannot work are told before anything is contacted.
  ///
  /// A secret that cannot be had costs only its channel, and is told by the delivery.
  /// - Throws: ``WorkerError`` with `.configuration`, naming the channel.
  func checkChannels() throws {
    let transport = transport()
    defer { transport.shutdown() }
    let factory = ChannelFactory(setting: setting, transport: transport, mailTransport: transport)
    for alert in configuration.alerts {
      do {
        _ = try factory.channel(alert)
      } catch let error as AlertError {
        throw WorkerError(.configuration, "alerts.\(alert.name): \(error.description)")
      } catch is WorkerError {
        continue
      }
    }
  }

  /// Delivers what is due after a commit; that another process delivers for long is a problem, and no failure of the run.
  func tell(_ store: Store, within deadline: Deadline? = nil) async throws -> AlertOutcome {
    do {
      return try await deliverAlerts(store, ignoringSchedule: false, within: deadline)
    } catch let error as WorkerError where error.code == .locked {
      var outcome = AlertOutcome()
      outcome.problems = [error.description]
      return outcome
    }
  }

  private func deliverAlerts(
    _ store: Store, ignoringSchedule: Bool, within deadline: Deadline? = nil
  ) async throws -> AlertOutcome {
    guard !configuration.alerts.isEmpty else { return AlertOutcome() }
    let patience = min(Self.patienceForDelivery, deadline?.duration ?? Self.patienceForDelivery)
    let lock = try await lock(within: patience) {
      try naming { try DeliveryLock(storePath: configuration.storePath) }
    }
    guard let lock else {
      throw WorkerError(
        .locked, "Another idsync is still delivering alerts. What is due stays in the outbox.")
    }
    defer { withExtendedLifetime(lock) {} }
    return try await withChannels(within: deadline) { factory in
      try await deliver(store, factory, ignoringSchedule: ignoringSchedule)
    }
  }

  /// Longer than a delivery may take, so that whoever waits finds what another one left.
  private static let patienceForDelivery = AlertDispatcher.Options().deadline + .seconds(15)

  /// Makes the transports of the channels and ends them afterwards.
  private func withChannels<R: Sendable>(
    within deadline: Deadline? = nil, _ body: (ChannelFactory) async throws -> R
  ) async throws -> R {
    let transports = (transport(deadline), transport(deadline))
    defer {
      transports.0.shutdown()
      transports.1.shutdown()
    }
    return try await body(
      ChannelFactory(setting: setting, transport: transports.0, mailTransport: transports.1))
  }

  private func deliver(
    _ store: Store, _ factory: ChannelFactory, ignoringSchedule: Bool
  ) async throws -> AlertOutcome {
    var outcome = AlertOutcome()
    var channels: [any AlertChannel] = []
    for alert in configuration.alerts {
      do {
        channels.append(try factory.channel(alert))
      } catch {
        outcome.misconfigured.append(Self.named(alert.name, "\(error)"))
      }
    }
    outcome.problems = outcome.misconfigured
    let dispatcher = AlertDispatcher(
      channels: channels,
      outbox: StoreOutbox(
        store: store, ignoresSchedule: ignoringSchedule,
        staleAfter: configuration.policy.staleAfter,
        rosterPlace: { [configuration] in configuration.rosterPlace(of: $0) }),
      logger: setting.logger)
    let summary = await dispatcher.dispatch()
    outcome.delivered = summary.delivered
    for channel in summary.channels {
      outcome.problems += channel.failures.map { failure in
        let next =
          failure.next.map { "tried again from \($0.text)" } ?? "given up; see idsync alerts"
        return "\(Self.named(channel.name, failure.error.description)) (\(next))"
      }
      outcome.problems += channel.warnings.map { Self.named(channel.name, $0) }
      if let error = channel.outboxError {
        outcome.problems.append(Self.named(channel.name, error.description))
      }
    }
    return outcome
  }

  /// A sentence with the name of its channel before it, once.
  private static func named(_ channel: String, _ text: String) -> String {
    text.hasPrefix("\(channel):") ? text : "\(channel): \(text)"
  }

  /// The admins of all teams, for test messages.
  private func teamAdmins() throws -> [String] {
    let store = try storeToRead()
    var admins: Set<String> = []
    for team in configuration.teams {
      try store.members(MemberQuery(team: team.name)) { status in
        if status.record.role.isAdministrator, !status.record.isPending {
          admins.insert(status.record.email)
        }
      }
    }
    return admins.sorted()
  }
}
