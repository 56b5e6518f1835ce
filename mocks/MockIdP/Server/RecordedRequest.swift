/// A vendor that the mock speaks for.
///
/// Each vendor's folder declares its own; see ``MockVendors``.
public struct Vendor: RawRepresentable, Codable, Sendable, Hashable {
  /// Its name in scenarios, faults and request logs.
  public let rawValue: String

  /// Makes a vendor of a name.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Heroku's Platform API.
  public static let heroku = Vendor(rawValue: "heroku")
  /// Okta's management API and its org authorization server.
  public static let okta = Vendor(rawValue: "okta")
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

/// One reply of the mock, as it left.
public struct RecordedReply: Sendable, Hashable {
  /// The vendor that was asked.
  public var vendor: Vendor
  /// The endpoint with placeholders.
  public var endpoint: String
  /// What was asked for: method, target and body; the same for the same page of another reading.
  public var request: String
  /// The status that was sent.
  public var status: Int
  /// The body; nil when it is no JSON.
  public var body: JSON?
  /// The elements of an XML body, in the order in which they begin.
  public var elements: [Element]

  /// An element of an XML body.
  public struct Element: Sendable, Hashable {
    /// The names on the way to it, each after a slash.
    public var path: String
    /// What it holds, as it is written; nil where that is elements.
    public var text: String?
  }
}
