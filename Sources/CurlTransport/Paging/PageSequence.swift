/// The pages of a list, in order; each pass over it reads the list anew.
///
/// A sequence that ends without an error was read to its declared end. Whoever stops early, or lets the iterator
/// go, ends the requests that run ahead.
public struct PageSequence: AsyncSequence, Sendable {
  /// A page: a 2xx, or the one in the cache.
  public typealias Element = HTTPResponse

  /// How reading fails; the error carries the number of the page.
  public typealias Failure = TransportError

  let source: HTTPSource
  let first: HTTPRequest
  let style: PagingStyle
  let items: (@Sendable (HTTPResponse) throws -> PageItems)?

  /// Steps through the pages.
  public struct Iterator: AsyncIteratorProtocol {
    private let lease: Lease

    /// Ends the requests that run ahead when nobody reads any more.
    private final class Lease: Sendable {
      let reader: PageReader
      init(_ reader: PageReader) { self.reader = reader }
      deinit { reader.stop(nil) }
    }

    init(_ reader: PageReader) { lease = Lease(reader) }

    /// The next page, or nil behind the last one.
    public mutating func next() async throws -> HTTPResponse? {
      try await next(isolation: nil)
    }

    /// The next page, or nil behind the last one.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(TransportError) -> HTTPResponse? {
      try await lease.reader.next()
    }
  }

  /// Begins at the first page, which is asked for with the first call of `next`.
  public func makeAsyncIterator() -> Iterator {
    Iterator(PageReader(source: source, first: first, style: style, items: items))
  }
}
