internal import CCurl
internal import Dispatch
internal import Foundation
internal import Synchronization

/// Ends the connection in which libcurl is caught.
///
/// libcurl 7.88 reads an HTTP/2 connection until nothing is left, and calls nobody meanwhile: a server that sends
/// empty frames faster than they are read would keep the thread, and every other transfer, for ever. A thread of its
/// own sees that libcurl does not come back and shuts down the socket that goes on receiving.
final class StallGuard: Sendable {
  /// What a lap of the loop may take; one that gets anywhere takes milliseconds.
  private static let longestLap = Duration.seconds(3)
  private static let look = DispatchTimeInterval.milliseconds(500)

  private let meter: ProcessorMeter
  /// The open sockets of the loop.
  ///
  /// Under the lock they stay open: nobody else's descriptor is shut down.
  private let sockets = Mutex<Set<Int32>>([])
  private let hasStruck = Atomic<Bool>(false)
  private let quit = DispatchSemaphore(value: 0)

  init(_ meter: ProcessorMeter) {
    self.meter = meter
  }

  /// Starts to watch, until `stop()`.
  func start() {
    let thread = Thread { [self] in
      while quit.wait(timeout: .now() + Self.look) == .timedOut {
        if meter.present >= Self.longestLap { strike() }
      }
    }
    thread.name = "idsync-curl-watch"
    thread.start()
  }

  func stop() { quit.signal() }

  /// Lets the sockets of a transfer be known.
  func watch(_ easy: EasyHandle) throws(CurlFailure) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    try easy.set(CURLOPT_SOCKOPTFUNCTION, socket: openedCallback)
    try easy.set(CURLOPT_SOCKOPTDATA, pointer: context)
    try easy.set(CURLOPT_CLOSESOCKETFUNCTION, close: closeCallback)
    try easy.set(CURLOPT_CLOSESOCKETDATA, pointer: context)
  }

  /// What ended the transfers that fail now, if it was this guard: to be asked after each lap.
  func cause() -> CurlFailure? {
    guard hasStruck.exchange(false, ordering: .acquiringAndReleasing) else { return nil }
    return CurlFailure(
      code: .protocolViolation,
      detail: "The server keeps the connection busy and sends nothing: "
        + "\(Int(Self.longestLap.seconds)) s of processor time in one reading.")
  }

  private func strike() {
    let before = received()
    Thread.sleep(forTimeInterval: 0.1)
    let grown = received().compactMap { socket, bytes in
      before[socket].map { (socket: socket, bytes: bytes &- $0) }
    }
    guard let busiest = grown.max(by: { $0.bytes < $1.bytes }), busiest.bytes > 0,
      meter.present >= Self.longestLap
    else { return }
    sockets.withLock { open in
      guard open.contains(busiest.socket) else { return }
      hasStruck.store(true, ordering: .releasing)
      shutdown(busiest.socket, Int32(SHUT_RDWR))
    }
  }

  /// How many bytes each socket received since it was opened.
  private func received() -> [Int32: UInt64] {
    sockets.withLock { open in
      Dictionary(uniqueKeysWithValues: open.map { ($0, ccurl_bytes_received($0)) })
    }
  }

  fileprivate func opened(_ socket: Int32) {
    sockets.withLock { _ = $0.insert(socket) }
  }

  fileprivate func closing(_ socket: Int32) -> Int32 {
    sockets.withLock { open in
      open.remove(socket)
      return close(socket)
    }
  }
}

// They neither throw nor trap. The guard is alive: the loop holds it until libcurl has closed the last connection.

private func openedCallback(
  _ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ purpose: curlsocktype
) -> Int32 {
  if let context {
    Unmanaged<StallGuard>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.opened(socket) }
  }
  return Int32(CURL_SOCKOPT_OK)
}

private func closeCallback(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> Int32 {
  guard let context else { return close(socket) }
  return Unmanaged<StallGuard>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.closing(socket) }
}
