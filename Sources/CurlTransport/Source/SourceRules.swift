/// A source's policy, read once: which origins its requests may go to, and what libcurl is told.
struct SourceRules: Sendable {
  let policy: SourcePolicy
  let wire: WireSettings
  private let origins: Set<WebURL.Origin>
  private let hasBadOrigin: Bool
  private let allowsLoopbackHTTP: Bool

  init(_ policy: SourcePolicy, _ configuration: TransportConfiguration) {
    self.policy = policy
    let parsed = policy.origins.map { WebURL($0)?.origin }
    origins = Set(parsed.compactMap { $0 })
    hasBadOrigin = parsed.contains { $0 == nil }
    allowsLoopbackHTTP = configuration.allowLoopbackHTTP
    wire = WireSettings(
      userAgent: configuration.userAgent, caFile: configuration.extraCAFile,
      proxy: configuration.proxy, connectTimeout: policy.connectTimeout,
      totalTimeout: policy.totalTimeout, lowSpeed: policy.lowSpeed,
      clientCertificate: policy.clientCertificate)
  }

  /// Refuses what must not be sent.
  func check(
    _ url: WebURL, _ refuse: (TransportError.Code, String) -> TransportError
  ) throws(TransportError) {
    if url.origin.scheme != "https" {
      guard url.origin.isLoopback, allowsLoopbackHTTP else {
        throw refuse(.insecure, AddressProblem.plainHTTP.explanation)
      }
    }
    guard !hasBadOrigin else {
      throw refuse(.invalidRequest, "The policy names an origin that is no http or https URL.")
    }
    guard origins.isEmpty || origins.contains(url.origin) else {
      throw refuse(
        .foreignOrigin, "\(url.origin) is not among the origins of this source; nothing was sent.")
    }
  }
}
