/// What holds for every source of a transport.
public struct TransportConfiguration: Sendable {
  /// The way out of the network.
  public enum Proxy: Sendable {
    /// Straight to the host; proxy variables of the environment are not read.
    case none

    /// Through a proxy, `http://proxy.acme.com:3128`; loopback and the hosts listed go straight.
    case url(String, user: String? = nil, password: Secret? = nil, except: [String] = [])
  }

  /// What we call ourselves, `idsync/1.0`.
  public var userAgent: String

  /// Certificates to trust beside those of the system, a PEM file.
  public var extraCAFile: String?

  /// The way out of the network.
  public var proxy: Proxy

  /// Whether plain http and mail without TLS are allowed on loopback; elsewhere they never are.
  public var allowLoopbackHTTP: Bool

  /// How many idle connections are kept.
  public var maxIdleConnections: Int

  /// How long all requests together may take, from the making of the transport; without end when nil.
  public var deadline: Deadline?

  /// How long the requests of single sources may take, by their name.
  public var sourceDeadlines: [String: Deadline]

  /// Time, sleep and chance.
  public var clock: TransportClock

  /// Sets what holds for every source.
  public init(
    userAgent: String = "idsync", extraCAFile: String? = nil, proxy: Proxy = .none,
    allowLoopbackHTTP: Bool = true, maxIdleConnections: Int = 32, deadline: Deadline? = nil,
    sourceDeadlines: [String: Deadline] = [:], clock: TransportClock = .system
  ) {
    self.userAgent = userAgent
    self.extraCAFile = extraCAFile
    self.proxy = proxy
    self.allowLoopbackHTTP = allowLoopbackHTTP
    self.maxIdleConnections = maxIdleConnections
    self.deadline = deadline
    self.sourceDeadlines = sourceDeadlines
    self.clock = clock
  }
}
