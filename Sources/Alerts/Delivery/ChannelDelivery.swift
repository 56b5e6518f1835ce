internal import CurlTransport
internal import IdentityCore
internal import Logging

/// One delivery on one channel: what is due, oldest first, until nothing is left or nothing more can be done.
struct ChannelDelivery: Sendable {
  private enum Step {
    /// Go on with the next message.
    case next
    /// Leave the rest of the channel for another time.
    case stop
    /// Give up the rest of the channel without asking the receiver.
    case giveUp(AlertError)
  }

  let channel: any AlertChannel
  let outbox: any Outbox
  let options: AlertDispatcher.Options
  let clock: TransportClock
  let logger: Logger
  /// When the time is over, by the clock's uptime.
  let end: Duration

  /// Delivers.
  func run() async -> DeliverySummary.Channel {
    var result = DeliverySummary.Channel(name: channel.name)
    do {
      try await deliverAll(&result)
    } catch {
      result.outboxError =
        error as? AlertError
        ?? AlertError(
          .outbox, channel: channel.name,
          detail: "The outbox failed, and what is due stays due: \(error)")
    }
    return result
  }

  private func deliverAll(_ result: inout DeliverySummary.Channel) async throws {
    var seen: Set<String> = []
    var verdict: AlertError?
    while true {
      let batch = try await outbox.due(channel: channel.name, at: now, limit: options.batch)
      // A message that stays due although it was marked would otherwise be sent for ever.
      let fresh = batch.filter { seen.insert($0.id).inserted }
      if fresh.isEmpty { return }
      for message in fresh {
        if let verdict {
          try await giveUp(message, verdict, &result)
          continue
        }
        switch try await deliver(message, &result) {
        case .next: continue
        case .stop: return
        case .giveUp(let error): verdict = error
        }
      }
    }
  }

  /// Delivers one message, sitting out short waits.
  private func deliver(
    _ first: AlertMessage, _ result: inout DeliverySummary.Channel
  ) async throws -> Step {
    let content: AlertContent
    do {
      content = try await outbox.content(of: first).atLeast(channel.minimumSeverity)
    } catch {
      // One message that cannot be read must not hold up those behind it.
      let failure = AlertError(
        .outbox, channel: channel.name, detail: "What the message tells cannot be read: \(error)")
      _ = try await fail(first, failure, &result)
      return .next
    }
    if content.isEmpty {
      try await mark { try await outbox.markDelivered(first, at: now) }
      result.skipped += 1
      return .next
    }
    var message = first
    while true {
      guard !Task.isCancelled, end > clock.uptime() else {
        result.isCutShort = true
        return .stop
      }
      switch await attempt(message, content) {
      case .success(let receipt):
        try await mark { [message] in try await outbox.markDelivered(message, at: now) }
        result.delivered += 1
        result.warnings += receipt.warnings
        logger.debug("alert delivered", metadata: metadata(message, "result", receipt.summary))
        return .next
      case .failure(let error) where error.code == .cancelled:
        result.isCutShort = true
        return .stop
      case .failure(let error):
        let wait = try await fail(message, error, &result)
        if error.isFinal { return .giveUp(error) }
        guard let wait, wait <= options.patience, clock.uptime() + wait < end else {
          return error.concernsOneMessage ? .next : .stop
        }
        message.attempts += 1
        guard (try? await clock.sleep(wait)) != nil else {
          result.isCutShort = true
          return .stop
        }
      }
    }
  }

  /// Records a failed try; returns the wait until the next one, nil when there is none.
  private func fail(
    _ message: AlertMessage, _ error: AlertError, _ result: inout DeliverySummary.Channel
  ) async throws -> Duration? {
    let wait =
      error.isFinal
      ? nil
      : options.schedule.wait(
        afterTries: message.attempts + 1, retryAfter: error.retryAfter, random: clock.random())
    let next = wait.map { now.adding($0) }
    try await mark {
      try await outbox.markFailed(message, error: error.description, next: next)
    }
    result.failures.append(.init(message: message, error: error, next: next))
    logger.debug("alert not delivered", metadata: metadata(message, "error", error.description))
    return wait
  }

  private func giveUp(
    _ message: AlertMessage, _ cause: AlertError, _ result: inout DeliverySummary.Channel
  ) async throws {
    let error = AlertError(
      cause.code, channel: channel.name, status: cause.status,
      detail: "Not sent, since the receiver has just refused for good. \(cause.detail)")
    try await mark {
      try await outbox.markFailed(message, error: error.description, next: nil)
    }
    result.failures.append(.init(message: message, error: error, next: nil))
  }

  /// Tries once, and cancels the try when the time is over.
  private func attempt(
    _ message: AlertMessage, _ content: AlertContent
  ) async -> Result<AlertReceipt, AlertError> {
    let left = end - clock.uptime()
    return await withTaskGroup(of: Result<AlertReceipt, AlertError>?.self) { group in
      group.addTask {
        do throws(AlertError) {
          return .success(try await channel.deliver(message, content))
        } catch {
          return .failure(error)
        }
      }
      group.addTask {
        try? await clock.sleep(left)
        return nil
      }
      // Whichever ends first ends the other; a try that succeeds while it is being cancelled has succeeded.
      var outcome: Result<AlertReceipt, AlertError>?
      for await result in group {
        group.cancelAll()
        if let result { outcome = result }
      }
      return outcome
        ?? .failure(AlertError(.cancelled, channel: channel.name, detail: "The time is over."))
    }
  }

  /// Writes a mark even when the delivery is being cancelled: the receiver has the message.
  private func mark(_ write: @escaping @Sendable () async throws -> Void) async throws {
    try await Task { try await write() }.value
  }

  private var now: Timestamp { Timestamp(clock.now()) }

  private func metadata(_ message: AlertMessage, _ key: String, _ text: String) -> Logger.Metadata {
    ["channel": "\(channel.name)", "message": "\(message.id)", "\(key)": "\(text)"]
  }
}

extension Timestamp {
  /// Moves by a duration, rounded up to the millisecond.
  fileprivate func adding(_ duration: Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    return Timestamp(
      milliseconds: milliseconds + seconds * 1000 + (attoseconds + 999_999_999_999_999)
        / 1_000_000_000_000_000)
  }
}
