import CurlTransport
import Foundation
import IdentityCore
import Logging
import Synchronization
import Testing

@testable import Alerts

@Suite("The dispatcher of alerts")
struct AlertDispatcherTests {
  private func dispatch(
    _ channels: [any AlertChannel], _ outbox: any Outbox, clock: ManualClock = ManualClock(),
    deadline: Duration = .seconds(120), patience: Duration = .zero, batch: Int = 50
  ) async -> DeliverySummary {
    await AlertDispatcher(
      channels: channels, outbox: outbox,
      options: .init(deadline: deadline, patience: patience, batch: batch), clock: clock.clock,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ).dispatch()
  }

  private func messages(_ count: Int, channel: String = "mail") -> [AlertMessage] {
    (0..<count).map { Fixtures.message("\(channel)-\($0)", channel: channel) }
  }

  @Test("everything due is delivered once, in order, batch after batch")
  func inOrder() async {
    let outbox = MemoryOutbox(messages(7))
    let channel = ScriptedChannel()
    let summary = await dispatch([channel], outbox, batch: 3)
    #expect(channel.ids == (0..<7).map { "mail-\($0)" })
    #expect(summary.delivered == 7 && summary.isComplete)
    #expect(await outbox.messages.allSatisfy { $0.deliveredAt != nil && $0.attempts == 0 })
    #expect(await dispatch([channel], outbox).delivered == 0)
  }

  @Test("channels do not wait for each other")
  func parallel() async {
    let gate = AsyncStream<Void>.makeStream()
    let slow = ScriptedChannel("slow") { _, _ in
      for await _ in gate.stream { break }
    }
    let fast = ScriptedChannel("fast") { _, _ in gate.continuation.finish() }
    let outbox = MemoryOutbox(messages(1, channel: "slow") + messages(1, channel: "fast"))
    #expect(await dispatch([slow, fast], outbox).delivered == 2)
  }

  @Test("a message of a channel that is not configured is left alone")
  func otherChannels() async {
    let outbox = MemoryOutbox(messages(1, channel: "gone"))
    #expect(await dispatch([ScriptedChannel()], outbox).isComplete)
    #expect(await outbox["gone-0"]?.attempts == 0)
  }

  @Test("a failed message comes back on the schedule, and is given up after ten tries")
  func schedule() async throws {
    let clock = ManualClock()
    let outbox = MemoryOutbox(messages(1))
    let channel = ScriptedChannel { _, _ throws(AlertError) in throw failure(.unreachable) }
    var waits: [Double] = []
    for number in 1...10 {
      let summary = await dispatch([channel], outbox, clock: clock)
      #expect(channel.ids.count == number)
      let next = try #require(summary.channels.first?.failures.first).next
      guard let next else { break }
      let wait = Double(next.milliseconds - Timestamp(clock.clock.now()).milliseconds) / 1000
      waits.append(wait)
      #expect(await dispatch([channel], outbox, clock: clock).isComplete, "not before its time")
      clock.advance(.milliseconds(Int64(wait * 1000)))
    }
    // Half of the jitter of a tenth.
    let plain = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400].map { $0 * 1.05 }
    #expect(zip(waits, plain).allSatisfy { abs($0 - $1) < 0.01 } && waits.count == plain.count)
    #expect(await outbox.givenUp == ["mail-0"])
    #expect(await outbox["mail-0"]?.attempts == 10)
    #expect(await outbox["mail-0"]?.lastError?.contains("[unreachable]") == true)
    clock.advance(.seconds(1_000_000))
    #expect(await dispatch([channel], outbox, clock: clock).isComplete)
    #expect(channel.ids.count == 10)
  }

  @Test("Retry-After lengthens a wait and never shortens it")
  func retryAfter() {
    let schedule = RetrySchedule.standard
    #expect(schedule.wait(afterTries: 1, retryAfter: .seconds(90), random: 0) == .seconds(90))
    #expect(schedule.wait(afterTries: 2, retryAfter: .seconds(90), random: 0) == .seconds(300))
    // No further ahead than the schedule itself ever goes: beyond that a clock was wrong.
    #expect(
      schedule.wait(afterTries: 1, retryAfter: .seconds(864_000), random: 0) == schedule.longest)
    #expect(schedule.wait(afterTries: 10, retryAfter: .seconds(90), random: 0) == nil)
    for tries in 1...9 {
      let waits = (0..<50).map { Double($0) / 50 }
        .compactMap { schedule.wait(afterTries: tries, retryAfter: nil, random: $0) }
      #expect(Set(waits).count == 50)
      #expect(
        waits.allSatisfy {
          $0 >= schedule.delays[tries - 1] && $0 < schedule.delays[tries - 1] * 1.1
        })
    }
  }

  @Test("a short wait is sat out, and the order is kept")
  func patience() async {
    let clock = ManualClock(sleepingUpTo: .seconds(10))
    let outbox = MemoryOutbox(messages(2))
    let channel = ScriptedChannel { _, number throws(AlertError) in
      if number == 1 { throw failure(.busy) }
    }
    let summary = await dispatch([channel], outbox, clock: clock, patience: .seconds(10))
    #expect(channel.ids == ["mail-0", "mail-0", "mail-1"])
    #expect(clock.slept == [.seconds(5.25)])
    #expect(summary.delivered == 2)
    #expect(await outbox["mail-0"]?.attempts == 1)
    #expect(await outbox["mail-0"]?.deliveredAt != nil)
  }

  @Test(
    "an unreachable channel is asked once, the rest stays due",
    arguments: [
      AlertError.Code.unreachable, .busy, .denied, .configuration,
    ])
  func downChannel(code: AlertError.Code) async {
    let outbox = MemoryOutbox(messages(5))
    let channel = ScriptedChannel { _, _ throws(AlertError) in throw failure(code) }
    let summary = await dispatch([channel], outbox)
    #expect(channel.ids == ["mail-0"])
    #expect(!summary.isComplete)
    #expect(await outbox.messages.map(\.attempts) == [1, 0, 0, 0, 0])
  }

  @Test(
    "one bad message does not hold up the others",
    arguments: [
      AlertError.Code.rejected, .noRecipients,
    ])
  func badMessage(code: AlertError.Code) async {
    let outbox = MemoryOutbox(messages(3))
    let channel = ScriptedChannel { message, _ throws(AlertError) in
      if message.id == "mail-0" { throw failure(code) }
    }
    let summary = await dispatch([channel], outbox)
    #expect(channel.ids == ["mail-0", "mail-1", "mail-2"])
    #expect(summary.delivered == 2)
    #expect(await outbox["mail-0"]?.attempts == 1)
  }

  @Test("a message that cannot be read does not hold up the others either")
  func unreadable() async {
    let outbox = MemoryOutbox(messages(2), unreadable: ["mail-0"])
    let channel = ScriptedChannel()
    let summary = await dispatch([channel], outbox)
    #expect(channel.ids == ["mail-1"])
    #expect(summary.channels.first?.failures.first?.error.code == .outbox)
  }

  @Test("after 410 nothing more is asked, and what is due is given up and kept")
  func gone() async {
    let outbox = MemoryOutbox(messages(5))
    let channel = ScriptedChannel { _, _ throws(AlertError) in throw failure(.gone) }
    let summary = await dispatch([channel], outbox, batch: 2)
    #expect(channel.ids == ["mail-0"])
    #expect(summary.givenUp == 5)
    #expect(await outbox.givenUp.count == 5)
    #expect(await outbox.messages.allSatisfy { $0.deliveredAt == nil && $0.lastError != nil })
  }

  @Test("findings below the floor are left out, and an empty message is not sent")
  func floor() async {
    let mixed = Fixtures.content(opened: [
      Fixtures.finding("a@acme.com", .noMFA), Fixtures.finding("b@acme.com", .lastAdmin),
    ])
    let low = Fixtures.content(
      opened: [Fixtures.finding("b@acme.com", .lastAdmin)],
      resolved: [Fixtures.finding("b@acme.com", .notAssigned, resolvedAfterDays: 1)])
    let outbox = MemoryOutbox(messages(2), contents: ["mail-0": low, "mail-1": mixed])
    let channel = ScriptedChannel(minimumSeverity: .high)
    let summary = await dispatch([channel], outbox)
    #expect(channel.ids == ["mail-1"])
    #expect(channel.contents.first?.opened.map(\.kind) == [.noMFA])
    #expect(summary.channels.first?.skipped == 1)
    #expect(await outbox.messages.allSatisfy { $0.deliveredAt != nil })
  }

  @Test("a crash between delivery and mark sends the same id again")
  func crash() async {
    let channel = ScriptedChannel()
    let broken = MemoryOutbox(messages(2), failsMarks: true)
    let summary = await dispatch([channel], broken)
    #expect(summary.channels.first?.outboxError?.code == .outbox)
    #expect(summary.delivered == 0)
    let mended = MemoryOutbox(await broken.messages)
    #expect(await dispatch([channel], mended).delivered == 2)
    #expect(channel.ids == ["mail-0", "mail-0", "mail-1"])
  }

  @Test("at the deadline what is under way is cancelled, counts as no try and stays due")
  func deadline() async {
    let clock = ManualClock(sleepingUpTo: .seconds(30))
    let outbox = MemoryOutbox(messages(2))
    let channel = ScriptedChannel { _, _ throws(AlertError) in
      do {
        try await Task.sleep(for: .seconds(3600))
      } catch {
        throw failure(.cancelled)
      }
    }
    let summary = await dispatch([channel], outbox, clock: clock, deadline: .seconds(30))
    #expect(channel.ids == ["mail-0"])
    #expect(summary.channels.first?.isCutShort == true && !summary.isComplete)
    #expect(await outbox.messages.allSatisfy { $0.attempts == 0 && $0.deliveredAt == nil })
  }

  @Test("a message that got through while it was being cancelled is marked")
  func lateSuccess() async {
    let clock = ManualClock(sleepingUpTo: .seconds(30))
    let outbox = MemoryOutbox(messages(1))
    let channel = ScriptedChannel { _, _ in try? await Task.sleep(for: .seconds(3600)) }
    let summary = await dispatch([channel], outbox, clock: clock, deadline: .seconds(30))
    #expect(summary.delivered == 1)
    #expect(await outbox["mail-0"]?.deliveredAt != nil)
  }

  @Test("cancelling the delivery ends it, and what got through is marked")
  func cancellation() async {
    let outbox = MemoryOutbox(messages(2))
    let started = AsyncStream<Void>.makeStream()
    let channel = ScriptedChannel { _, _ in
      started.continuation.finish()
      try? await Task.sleep(for: .seconds(3600))
    }
    let task = Task { await dispatch([channel], outbox) }
    for await _ in started.stream {}
    task.cancel()
    let summary = await task.value
    #expect(summary.delivered == 1 && summary.channels.first?.isCutShort == true)
    #expect(await outbox["mail-0"]?.deliveredAt != nil)
    #expect(await outbox["mail-1"]?.attempts == 0)
  }
}
