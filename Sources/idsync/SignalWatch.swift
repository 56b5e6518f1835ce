internal import Dispatch
internal import Foundation
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#endif

/// Ends the program in good order on SIGINT, SIGTERM and SIGHUP: what is under way is cancelled, so that transfers end,
/// drafts go and the run writes its row; then the status is 128 and the signal's number.
///
/// A second signal ends at once, and so does the first where nothing can be cancelled. A signal that was ignored when the
/// program began (`nohup`) stays ignored. Unchecked because of `sources`, which are set once and only kept alive.
final class SignalWatch: @unchecked Sendable {
  private struct State {
    var received: Int32?
    var cancel: (@Sendable () -> Void)?
  }

  /// How long what was cancelled may take to end.
  private static let grace = 12
  private static let watched: [Int32: ExitStatus] = [
    SIGINT: .interrupted, SIGTERM: .terminated, SIGHUP: .hangup,
  ]
  private let state = Mutex(State())
  private let sources: [any DispatchSourceSignal]

  init() {
    signal(SIGQUIT, SIG_DFL)
    let queue = DispatchQueue(label: "idsync-signals")
    let numbers = Self.watched.keys.filter { !Self.isIgnored($0) }
    for number in numbers { signal(number, SIG_IGN) }
    sources = numbers.map { DispatchSource.makeSignalSource(signal: $0, queue: queue) }
    for (number, source) in zip(numbers, sources) {
      source.setEventHandler { [self] in receive(number, queue) }
      source.resume()
    }
  }

  /// The signal that came, if one did.
  var received: Int32? { state.withLock { $0.received } }

  /// Names what is to be cancelled when a signal comes; at once when one has come.
  func onSignal(_ cancel: @escaping @Sendable () -> Void) {
    let isLate = state.withLock { state in
      state.cancel = cancel
      return state.received != nil
    }
    if isLate { cancel() }
  }

  /// Says which signal it was and ends the process.
  func end(with number: Int32) -> Never {
    let status = Self.watched[number] ?? .internalError
    Console.error(status.meaning)
    _exit(status.rawValue)
  }

  private func receive(_ number: Int32, _ queue: DispatchQueue) {
    let (isFirst, cancel) = state.withLock { state in
      defer { if state.received == nil { state.received = number } }
      return (state.received == nil, state.cancel)
    }
    guard isFirst, let cancel else { end(with: number) }
    cancel()
    queue.asyncAfter(deadline: .now() + .seconds(Self.grace)) { [self] in end(with: number) }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
