/// The pages of a list, in order.
public struct PageSequence: AsyncSequence, Sendable {
  /// Pages.
  public typealias Element = HTTPResponse
  /// How it fails.
  public typealias Failure = TransportError

  /// Steps through the pages.
  public struct Iterator: AsyncIteratorProtocol {
    /// The next page, or nil behind the last one.
    public mutating func next() async throws -> HTTPResponse? {
      try await next(isolation: nil)
    }
    /// The next page, or nil behind the last one.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(TransportError) -> HTTPResponse? { nil }
  }

  /// Begins at the first page.
  public func makeAsyncIterator() -> Iterator { Iterator() }
}
