public import Logging
internal import Synchronization

/// HTTP and SMTP over one libcurl thread, for all sources of a process.
///
/// Connections are pooled and kept alive across sources, HTTP/2 streams share a connection, and TLS is always
/// verified. The logger gets lines at debug level, which hold neither queries nor headers nor bodies.
public final class HTTPTransport: Sendable {
  let configuration: TransportConfiguration
  let logger: Logger
  let loop: CurlLoop
  /// When it was made, by its clock: from then its deadline runs.
  let start: Duration
  private let gates = Mutex<[String: SecretGate]>([:])
  private let skews = Mutex<[String: ClockSkew]>([:])

  /// Starts the thread.
  public init(
    configuration: TransportConfiguration = TransportConfiguration(), logger: Logger
  ) {
    self.configuration = configuration
    self.logger = logger
    start = configuration.clock.uptime()
    loop = CurlLoop(maxIdleConnections: configuration.maxIdleConnections)
  }

  deinit {
    loop.shutdown()
  }

  /// A source with its own rules, limits and figures.
  public func source(_ name: String, policy: SourcePolicy = SourcePolicy()) -> HTTPSource {
    HTTPSource(name, policy: policy, owner: self)
  }

  /// The gate that what is sent back to a source passes; the same one every time.
  ///
  /// Whoever fetches a secret for the source adds it.
  public func secrets(of source: String) -> SecretGate {
    gates.withLock { gates in
      if let gate = gates[source] { return gate }
      let gate = SecretGate()
      gates[source] = gate
      return gate
    }
  }

  /// How far our clock is from that of the servers of a source; nil while no reply named a date.
  public func clockSkew(of source: String) -> ClockSkew? { skews.withLock { $0[source] } }

  /// Takes in what a reply shows; the smallest difference counts, since nothing but a clock makes it smaller.
  func note(_ skew: ClockSkew, of source: String) {
    skews.withLock { skews in
      guard let known = skews[source], known.seconds.magnitude <= skew.seconds.magnitude else {
        skews[source] = skew
        return
      }
    }
  }

  /// Ends all transfers with `.closed` and waits for the end of the thread.
  ///
  /// Requests that come later fail with `.closed` too. Without this call the same happens when the last source
  /// and the transport itself are gone.
  public func shutdown() {
    loop.shutdown()
  }
}
