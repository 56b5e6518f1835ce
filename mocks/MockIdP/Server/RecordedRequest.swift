/// A vendor that the mock speaks for.
public enum Vendor: String, Codable, Sendable, Hashable, CaseIterable {
  /// Heroku's Platform API.
  case heroku
  /// Okta's management API and its org authorization server.
  case okta
}

/// One request that the mock answered, as it was seen.
public struct RecordedRequest: Codable, Sendable, Hashable {
  /// The vendor that was asked.
  public var vendor: Vendor
  /// The HTTP method.
  public var method: String
  /// The path as sent, percent-encoded.
  public var path: String
  /// The query as sent, percent-encoded; empty when there was none.
  public var query: String
  /// The headers by lower-case name.
  public var headers: [String: String]
  /// The endpoint with placeholders, such as `GET /teams/{team}/members`; `unknown` when none fits.
  public var endpoint: String
  /// The status that was sent.
  public var status: Int
  /// The fault that was applied.
  public var fault: Fault.Kind?
}
