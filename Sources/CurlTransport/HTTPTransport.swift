public import Logging

/// HTTP and SMTP over one libcurl thread, for all sources of a process.
///
/// Connections are pooled and kept alive across sources, HTTP/2 streams share a connection, and TLS is always
/// verified. The logger gets lines at debug level, which hold neither queries nor headers nor bodies.
public final class HTTPTransport: Sendable {
  let configuration: TransportConfiguration
  let logger: Logger
  let loop: CurlLoop

  /// Starts the thread.
  public init(
    configuration: TransportConfiguration = TransportConfiguration(), logger: Logger
  ) {
    self.configuration = configuration
    self.logger = logger
    loop = CurlLoop(maxIdleConnections: configuration.maxIdleConnections)
  }

  deinit {
    loop.shutdown()
  }

  /// A source with its own rules, limits and figures.
  public func source(_ name: String, policy: SourcePolicy = SourcePolicy()) -> HTTPSource {
    HTTPSource(name, policy: policy, owner: self)
  }

  /// Ends all transfers with `.closed` and waits for the end of the thread.
  ///
  /// Requests that come later fail with `.closed` too. Without this call the same happens when the last source
  /// and the transport itself are gone.
  public func shutdown() {
    loop.shutdown()
  }
}
