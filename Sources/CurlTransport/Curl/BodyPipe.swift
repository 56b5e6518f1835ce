internal import Synchronization

/// A body on its way from the loop thread to a reader, with a bound on what lies between them.
final class BodyPipe: Sendable {
  /// What became of a piece.
  enum Written {
    case taken, full, abandoned
  }

  /// What the reader finds.
  enum Piece: Sendable {
    case bytes(ResponseBody, wasPaused: Bool)
    case end(CurlFailure?)
  }

  private struct State {
    var buffer = ByteBuffer()
    var isPaused = false
    var isAbandoned = false
    var end: TransferOutcome?
    var reader: CheckedContinuation<Void, Never>?
    var head: ResponseHead?
    var headReader: CheckedContinuation<Void, Never>?
  }

  /// How many bytes may wait for the reader.
  private let mark: Int
  private let state = Mutex(State())

  init(mark: Int = 1024 * 1024) {
    self.mark = mark
  }

  deinit {
    state.withLock { $0.buffer.discard() }
  }

  // MARK: The loop thread's side

  func write(_ piece: UnsafeRawBufferPointer) -> Written {
    let (written, reader) = state.withLock {
      state -> (Written, CheckedContinuation<Void, Never>?) in
      if state.isAbandoned { return (.abandoned, nil) }
      if state.buffer.count > 0, state.buffer.count + piece.count > mark {
        state.isPaused = true
        return (.full, nil)
      }
      guard state.buffer.append(piece) else { return (.abandoned, nil) }
      defer { state.reader = nil }
      return (.taken, state.reader)
    }
    reader?.resume()
    return written
  }

  func begin(_ head: ResponseHead) {
    let reader = state.withLock { state in
      state.head = head
      defer { state.headReader = nil }
      return state.headReader
    }
    reader?.resume()
  }

  func finish(_ outcome: TransferOutcome) {
    let readers = state.withLock { state in
      state.end = outcome
      defer {
        state.reader = nil
        state.headReader = nil
      }
      return [state.reader, state.headReader]
    }
    for reader in readers { reader?.resume() }
  }

  // MARK: The reader's side

  /// Waits for the head or the end, whichever comes first.
  func head() async -> (head: ResponseHead?, end: TransferOutcome?) {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.head != nil || state.end != nil { return true }
        state.headReader = continuation
        return false
      }
      if isThere { continuation.resume() }
    }
    return state.withLock { ($0.head, $0.end) }
  }

  /// Waits for bytes or the end; all bytes that are there come in one piece.
  func read() async -> Piece {
    while true {
      if let piece = take() { return piece }
      await withCheckedContinuation { continuation in
        let previous: CheckedContinuation<Void, Never>? = state.withLock { state in
          if state.buffer.count > 0 || state.end != nil { return continuation }
          // A second reader takes the place of the first, which then looks again.
          defer { state.reader = continuation }
          return state.reader
        }
        previous?.resume()
      }
    }
  }

  /// Tells the loop thread that nobody reads any more.
  func abandon() {
    state.withLock { state in
      state.isAbandoned = true
      state.buffer.discard()
    }
  }

  private func take() -> Piece? {
    state.withLock { state in
      if state.buffer.count > 0 {
        let body = ResponseBody(taking: &state.buffer)
        defer { state.isPaused = false }
        return .bytes(body, wasPaused: state.isPaused)
      }
      return state.end.map { .end($0.failure) }
    }
  }
}
