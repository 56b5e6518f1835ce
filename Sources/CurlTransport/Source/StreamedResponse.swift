/// The head of a reply, and its body as it comes in.
public struct StreamedResponse: Sendable {
  /// The status.
  public let status: Int

  /// The header fields.
  public let headers: HTTPHeaders

  /// The id under which the vendor logged the request, or ours.
  public let requestID: String?

  /// The URL that gave the reply: not to be printed.
  public let url: String

  /// The body, piece by piece.
  public let body: BodyStream
}

/// The body of a reply, piece by piece, each with the padding of ``ResponseBody``.
///
/// It is read once, by one reader. While the reader is slow the transfer is paused, so that at most a mebibyte
/// waits here; when the last copy of the value goes away, the transfer ends.
public struct BodyStream: AsyncSequence, Sendable {
  /// A piece of the body.
  public typealias Element = ResponseBody

  /// How the body fails: as a whole reply does, but without another try.
  public typealias Failure = TransportError

  let reading: StreamReading

  /// Steps through the pieces.
  public struct Iterator: AsyncIteratorProtocol {
    let reading: StreamReading

    /// The next piece, or nil behind the last one.
    public mutating func next() async throws -> ResponseBody? {
      try await next(isolation: nil)
    }

    /// The next piece, or nil behind the last one.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(TransportError) -> ResponseBody? {
      try await reading.next()
    }
  }

  /// Reads on where the last iterator stopped.
  public func makeAsyncIterator() -> Iterator { Iterator(reading: reading) }
}

/// One transfer that streams, and its reader.
final class StreamReading: Sendable {
  private let call: Call
  private let pipe: BodyPipe
  private let transfer: Transfer
  private let loop: CurlLoop

  init(_ call: Call, _ pipe: BodyPipe, _ transfer: Transfer, _ loop: CurlLoop) {
    self.call = call
    self.pipe = pipe
    self.transfer = transfer
    self.loop = loop
  }

  deinit {
    pipe.abandon()
    loop.cancel(transfer)
  }

  func next() async throws(TransportError) -> ResponseBody? {
    let piece = await withTaskCancellationHandler {
      await pipe.read()
    } onCancel: {
      loop.cancel(transfer)
    }
    switch piece {
    case .bytes(let body, let wasPaused):
      call.clear(body)
      if wasPaused { loop.resume(transfer) }
      return body
    case .end(nil):
      return nil
    case .end(let failure?):
      throw call.failure(failure.code, failure.detail)
    }
  }
}
