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

/// The body of a reply, piece by piece.
public struct BodyStream: AsyncSequence, Sendable {
  /// Pieces.
  public typealias Element = ResponseBody
  /// How it fails.
  public typealias Failure = TransportError

  /// Steps through the pieces.
  public struct Iterator: AsyncIteratorProtocol {
    /// The next piece.
    public mutating func next() async throws -> ResponseBody? {
      try await next(isolation: nil)
    }
    /// The next piece.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(TransportError) -> ResponseBody? { nil }
  }

  /// Begins to read; once only.
  public func makeAsyncIterator() -> Iterator { Iterator() }
}
