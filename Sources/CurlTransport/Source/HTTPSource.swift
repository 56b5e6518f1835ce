/// One source and the rules for it.
public final class HTTPSource: Sendable {
  /// The name, as in the configuration.
  public let name: String

  init(name: String) { self.name = name }

  /// What the source has cost so far.
  public var statistics: SourceStatistics { SourceStatistics() }

  /// Sends a request and gives the whole reply, whatever its status.
  public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    throw TransportError(.closed, source: name, request: request.redacted, detail: "not yet built")
  }

  /// Sends a request and gives the reply as soon as its headers are there.
  public func stream(_ request: HTTPRequest) async throws(TransportError) -> StreamedResponse {
    throw TransportError(.closed, source: name, request: request.redacted, detail: "not yet built")
  }

  /// Reads a list page by page.
  public func pages(
    _ first: HTTPRequest, _ style: PagingStyle,
    counting items: (@Sendable (HTTPResponse) throws -> PageItems)? = nil
  ) -> PageSequence {
    PageSequence()
  }
}
