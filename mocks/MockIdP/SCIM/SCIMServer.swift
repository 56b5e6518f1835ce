/// A SCIM 2.0 server (RFC 7643, RFC 7644, RFC 9865) under `/scim/v2`.
public struct SCIMServer: VendorScenario {
  /// The vendor.
  public static let vendor = Vendor.scim

  /// The bearer tokens that are accepted.
  public var tokens: [String] = ["scim-Mock-Token-1"]
  /// The users, as the server shows them.
  public var users: [JSON] = []
  /// The groups, as the server shows them.
  public var groups: [JSON] = []
  /// Whether pages are asked for by cursor.
  public var hasCursors = false
  /// Whether replies by cursor say how many resources there are.
  public var hasTotalWithCursor = false
  /// Whether filters are supported.
  public var hasFilters = false
  /// Whether filters are announced; nil is the truth.
  public var announcesFilters: Bool?
  /// Whether `/ServiceProviderConfig` is there.
  public var hasServiceProviderConfig = true
  /// How many resources a page has at most, whatever is asked for.
  public var maxPageSize = 100
  /// Whether the capabilities name that.
  public var announcesPageSize = true
  /// How many resources the first page has; nil as many as others.
  public var firstPageSize: Int?
  /// Whether `startIndex` is ignored.
  public var ignoresStartIndex = false
  /// Whether `totalResults` is the size of the page.
  public var countsPages = false
  /// What is added to `totalResults`.
  public var surplus = 0
  /// Whether errors carry their status as a number.
  public var hasNumericStatus = false
  /// Whether `members` comes only when it is asked for.
  public var hidesMembers = false

  /// The ids of users whom lists do not show, though they are there.
  public var hiddenUsers: [String] = []
  /// Whether `count` makes lists fail with 500.
  public var failsOverCount = false

  /// Properties laid over every list read by index.
  public var extra: JSON?

  /// Makes a server without people.
  public init() {}

  /// The first token.
  public var token: String { tokens.first ?? "" }

  /// Reads a server; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.tokens, into: &tokens)
    try values.read(.users, into: &users)
    try values.read(.groups, into: &groups)
    try values.read(.hasCursors, into: &hasCursors)
    try values.read(.hasTotalWithCursor, into: &hasTotalWithCursor)
    try values.read(.hasFilters, into: &hasFilters)
    try values.read(.announcesFilters, into: &announcesFilters)
    try values.read(.hasServiceProviderConfig, into: &hasServiceProviderConfig)
    try values.read(.maxPageSize, into: &maxPageSize)
    try values.read(.announcesPageSize, into: &announcesPageSize)
    try values.read(.firstPageSize, into: &firstPageSize)
    try values.read(.ignoresStartIndex, into: &ignoresStartIndex)
    try values.read(.countsPages, into: &countsPages)
    try values.read(.surplus, into: &surplus)
    try values.read(.hasNumericStatus, into: &hasNumericStatus)
    try values.read(.hidesMembers, into: &hidesMembers)
    try values.read(.hiddenUsers, into: &hiddenUsers)
    try values.read(.failsOverCount, into: &failsOverCount)
    try values.read(.extra, into: &extra)
  }

  /// Makes a user of the core schema.
  public static func user(
    _ id: String, _ userName: String, active: JSON? = true, groups: [String] = [],
    with more: JSON? = nil
  ) -> JSON {
    var user: [String: JSON] = [
      "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": .string(id),
      "userName": .string(userName),
      "emails": [["value": .string(userName), "type": "work", "primary": true]],
      "meta": ["resourceType": "User", "version": "W/\"a1\""],
    ]
    user["active"] = active
    if !groups.isEmpty { user["groups"] = .array(groups.map { ["value": .string($0)] }) }
    return JSON.object(user).merging(more)
  }

  /// Makes a group.
  public static func group(
    _ id: String, _ name: String, users: [String] = [], groups: [String] = []
  ) -> JSON {
    [
      "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": .string(id),
      "displayName": .string(name),
      "members": .array(
        users.map { ["value": .string($0), "type": "User"] }
          + groups.map { ["value": .string($0), "type": "Group"] }),
      "meta": ["resourceType": "Group"],
    ]
  }
}

extension Vendor {
  /// A SCIM server.
  public static let scim = Vendor(rawValue: "scim")
}
