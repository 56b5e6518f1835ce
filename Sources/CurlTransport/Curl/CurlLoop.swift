internal import CCurl
internal import Dispatch
internal import Foundation
internal import Synchronization

/// The one thread that owns the multi handle and every easy handle.
///
/// Tasks put transfers, cancellations and resumptions into an inbox and wake the thread; each transfer ends in
/// exactly one call of its closure. The thread waits in `curl_multi_poll`, and `curl_multi_wakeup`, under the
/// inbox's lock, is the only call that other threads make on a handle.
///
/// Unchecked because of `active` and `idle`, which only the loop thread touches.
final class CurlLoop: @unchecked Sendable {
  private struct Multi: @unchecked Sendable {
    // Unchecked: passed once to the loop thread, and to `curl_multi_wakeup` under the lock.
    let raw: UnsafeMutableRawPointer
  }

  private struct Inbox {
    var multi: Multi?
    var starts: [Transfer] = []
    var cancels: [Transfer] = []
    var resumes: [Transfer] = []
    var isClosed = false
    var isWaiting = false

    var isEmpty: Bool { starts.isEmpty && cancels.isEmpty && resumes.isEmpty && !isClosed }

    /// Wakes the thread if it waits; once is enough.
    mutating func wake() {
      guard isWaiting, let multi else { return }
      isWaiting = false
      curl_multi_wakeup(multi.raw)
    }
  }

  /// How many easy handles are kept for the next transfers.
  private static let maxIdleHandles = 32

  private let inbox: Mutex<Inbox>
  private let ended = DispatchSemaphore(value: 0)
  private let threadID = Mutex<ObjectIdentifier?>(nil)

  // The loop thread's.
  private var active: [ObjectIdentifier: Transfer] = [:]
  private var idle: [EasyHandle] = []
  private let meter: ProcessorMeter
  private let stallGuard: StallGuard

  /// What a process that speaks through libcurl does once.
  private static let isPrepared: Bool = {
    // NOSIGNAL stops libcurl from ignoring it, and a write to a dead connection must not end the process.
    signal(SIGPIPE, SIG_IGN)
    // The TLS libraries would write the keys of every session there: whoever sets it could read the tokens.
    unsetenv("SSLKEYLOGFILE")
    return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
  }()

  /// Starts the thread; without libcurl's help the loop is closed from the beginning.
  init(maxIdleConnections: Int) {
    let meter = ProcessorMeter()
    self.meter = meter
    stallGuard = StallGuard(meter)
    guard Self.isPrepared, let raw = curl_multi_init() else {
      inbox = Mutex(Inbox(isClosed: true))
      ended.signal()
      return
    }
    ccurl_multi_setopt_long(raw, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    ccurl_multi_setopt_long(raw, CURLMOPT_MAXCONNECTS, max(1, maxIdleConnections))
    let multi = Multi(raw: raw)
    inbox = Mutex(Inbox(multi: multi))
    let thread = Thread { [self] in run(multi) }
    thread.name = "idsync-curl"
    threadID.withLock { $0 = ObjectIdentifier(thread) }
    thread.start()
  }

  /// Makes a transfer and waits for its end; cancelling the task ends it.
  func run(_ transfer: Transfer) async -> TransferOutcome {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        transfer.whenEnded { continuation.resume(returning: $0) }
        start(transfer)
      }
    } onCancel: {
      cancel(transfer)
    }
  }

  /// Hands a transfer over; its end is told through its closure, also when it never starts.
  func start(_ transfer: Transfer) {
    let refusal: CurlFailure? = inbox.withLock { inbox in
      // Inside the lock: a cancellation that comes later finds the transfer in the inbox, and one that
      // came earlier is seen here.
      if Task.isCancelled { return .cancelled }
      if inbox.isClosed { return .closed }
      inbox.starts.append(transfer)
      inbox.wake()
      return nil
    }
    if let refusal { transfer.end(TransferOutcome(failure: refusal)) }
  }

  /// Ends a transfer; one that has ended or never started is left alone.
  func cancel(_ transfer: Transfer) {
    inbox.withLock { inbox in
      guard !inbox.isClosed else { return }
      inbox.cancels.append(transfer)
      inbox.wake()
    }
  }

  /// Lets a paused transfer go on.
  func resume(_ transfer: Transfer) {
    inbox.withLock { inbox in
      guard !inbox.isClosed else { return }
      inbox.resumes.append(transfer)
      inbox.wake()
    }
  }

  /// Ends every transfer and waits for the end of the thread.
  func shutdown() {
    inbox.withLock { inbox in
      inbox.isClosed = true
      inbox.wake()
    }
    // The last owner may let go on the loop thread itself, which then ends after this.
    guard ObjectIdentifier(Thread.current) != threadID.withLock({ $0 }) else { return }
    ended.wait()
    ended.signal()
  }

  // MARK: The loop thread

  private func run(_ multi: Multi) {
    meter.attach()
    stallGuard.start()
    while drain(multi) {
      var running: Int32 = 0
      meter.restart()
      curl_multi_perform(multi.raw, &running)
      meter.stop()
      collect(multi, stallGuard.cause())
      let mayWait = inbox.withLock { inbox in
        inbox.isWaiting = inbox.isEmpty
        return inbox.isWaiting
      }
      // libcurl shortens the wait to its own next timer.
      if mayWait { curl_multi_poll(multi.raw, nil, 0, 10_000, nil) }
    }
    for transfer in active.values { finish(transfer, .closed, multi) }
    for handle in idle { handle.destroy() }
    idle = []
    let left = inbox.withLock { inbox in
      inbox.multi = nil
      defer { inbox.starts = [] }
      return inbox.starts
    }
    for transfer in left { transfer.end(TransferOutcome(failure: .closed)) }
    curl_multi_cleanup(multi.raw)
    stallGuard.stop()
    ended.signal()
  }

  /// Takes what is in the inbox; false when the loop is to end.
  private func drain(_ multi: Multi) -> Bool {
    let (starts, cancels, resumes, isClosed) = inbox.withLock { inbox in
      inbox.isWaiting = false
      guard !inbox.isEmpty else { return ([Transfer](), [Transfer](), [Transfer](), false) }
      let taken = (inbox.starts, inbox.cancels, inbox.resumes, inbox.isClosed)
      inbox.starts = []
      inbox.cancels = []
      inbox.resumes = []
      return taken
    }
    if isClosed {
      for transfer in starts { transfer.end(TransferOutcome(failure: .closed)) }
      return false
    }
    for transfer in starts { begin(transfer, multi) }
    for transfer in cancels where active[ObjectIdentifier(transfer)] != nil {
      finish(transfer, .cancelled, multi)
    }
    for transfer in resumes where active[ObjectIdentifier(transfer)] != nil {
      if let easy = transfer.easy { curl_easy_pause(easy.raw, CURLPAUSE_CONT) }
    }
    return true
  }

  private func begin(_ transfer: Transfer, _ multi: Multi) {
    guard let easy = idle.popLast() ?? EasyHandle() else {
      transfer.end(
        TransferOutcome(failure: CurlFailure(code: .transfer, detail: "Out of memory.")))
      return
    }
    do throws(CurlFailure) {
      try TransferSetup.prepare(transfer, easy)
      try stallGuard.watch(easy)
      let code = curl_multi_add_handle(multi.raw, easy.raw)
      guard code == CURLM_OK else {
        throw CurlFailure(
          code: .transfer, detail: "libcurl refused the transfer (curlm \(code.rawValue)).")
      }
      transfer.easy = easy
      transfer.meter = meter
      active[ObjectIdentifier(transfer)] = transfer
    } catch {
      recycle(easy)
      transfer.end(TransferOutcome(failure: error))
    }
  }

  /// Ends the transfers that libcurl is done with; those that failed have the cause that is given, or their own.
  private func collect(_ multi: Multi, _ cause: CurlFailure?) {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi.raw, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let raw = message.pointee.easy_handle else {
        continue
      }
      let code = ccurl_message_result(message)
      var context: UnsafeMutableRawPointer?
      guard ccurl_getinfo_pointer(raw, CURLINFO_PRIVATE, &context) == CURLE_OK, let context
      else { continue }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      let failure = code == CURLE_OK ? nil : cause ?? transfer.easy?.failure(code)
      finish(transfer, failure, multi)
    }
  }

  private func finish(_ transfer: Transfer, _ failure: CurlFailure?, _ multi: Multi) {
    active[ObjectIdentifier(transfer)] = nil
    let outcome = transfer.outcome(failure)
    if let easy = transfer.easy {
      curl_multi_remove_handle(multi.raw, easy.raw)
      transfer.easy = nil
      recycle(easy)
    }
    transfer.lists = []
    transfer.end(outcome)
  }

  private func recycle(_ easy: EasyHandle) {
    guard idle.count < Self.maxIdleHandles else { return easy.destroy() }
    easy.reset()
    idle.append(easy)
  }
}
