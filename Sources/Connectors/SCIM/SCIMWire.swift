internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// What we read of SCIM (RFC 7643, RFC 7644, RFC 9865).
enum SCIMWire {
  /// A user.
  struct User: Sendable {
    var id: String
    var userName: String?
    var name: String?
    /// Nil when the server does not say, or says nothing that makes sense.
    var active: Bool?
    /// The chosen address first: primary, else work, else the first.
    var emails: [String]
    /// The ids of its groups, where the server tells them.
    var groups: [String]
    /// All of it, for mapped attributes.
    var resource: JSONValue

    init(_ resource: JSONValue) throws(WireError) {
      guard let id = resource.attribute("id")?.scalarText, !id.isEmpty else {
        throw WireError.expected(
          .string, found: resource.attribute("id")?.type ?? .missing, path: "id")
      }
      self.id = id
      self.resource = resource
      userName = resource.attribute("userName")?.string
      name =
        resource.attribute("displayName")?.string
        ?? resource.attribute("name")?.attribute("formatted")?.string
      active = resource.attribute("active")?.lenientBool
      emails = try Self.emails(resource.attribute("emails"))
      groups = (resource.attribute("groups")?.array ?? []).compactMap {
        $0.attribute("value")?.scalarText
      }
    }

    /// The address: of the e-mails the chosen one, else the user name.
    var address: String? { emails.first ?? userName }

    private static func emails(_ value: JSONValue?) throws(WireError) -> [String] {
      guard let value else { return [] }
      guard let entries = value.array else {
        throw WireError.expected(.array, found: value.type, path: "emails")
      }
      let all = entries.compactMap { entry -> (text: String, rank: Int)? in
        guard let text = entry.attribute("value")?.string, !text.isEmpty else { return nil }
        if entry.attribute("primary")?.lenientBool == true { return (text, 0) }
        return (text, entry.attribute("type")?.string?.lowercased() == "work" ? 1 : 2)
      }
      // Of several primary ones the first counts.
      guard
        let chosen = all.enumerated().min(by: {
          ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
        })
      else { return [] }
      return [chosen.element.text]
        + all.enumerated().filter { $0.offset != chosen.offset }.map(\.element.text)
    }
  }

  /// A group.
  struct Group: Sendable {
    var id: String
    var displayName: String
    var users: [String] = []
    var groups: [String] = []
    /// Those of the users that are not said to be users: one may be a group.
    var untyped: Set<String> = []
    /// Whether it says who is in it, be it nobody.
    var saysMembers = false

    init(_ resource: JSONValue) throws(WireError) {
      guard let id = resource.attribute("id")?.scalarText, !id.isEmpty else {
        throw WireError.expected(
          .string, found: resource.attribute("id")?.type ?? .missing, path: "id")
      }
      self.id = id
      displayName = resource.attribute("displayName")?.string ?? ""
      guard let members = resource.attribute("members") else { return }
      saysMembers = true
      guard let entries = members.array else {
        throw WireError.expected(.array, found: members.type, path: "members")
      }
      for entry in entries {
        guard let value = entry.attribute("value")?.scalarText, !value.isEmpty else {
          throw WireError(.shape, path: "members/value", detail: "a member has no id")
        }
        let type = entry.attribute("type")?.string?.lowercased()
        let isGroup =
          type == "group"
          || type == nil && (entry.attribute("$ref")?.string ?? "").contains("/Groups/")
        if isGroup { groups.append(value) } else { users.append(value) }
        if type == nil, entry.attribute("$ref") == nil { untyped.insert(value) }
      }
    }
  }

  /// What a server says it can do; a hint only.
  struct Provider: Sendable {
    var filters = false
    var cursors = false
    /// The largest page it says it gives.
    var maxPage: Int?

    init() {}

    init(_ json: JSONValue) {
      filters = json.attribute("filter")?.attribute("supported")?.lenientBool ?? false
      let pagination = json.attribute("pagination")
      cursors = pagination?.attribute("cursor")?.lenientBool ?? false
      let limits = [
        pagination?.attribute("maxPageSize"),
        json.attribute("filter")?.attribute("maxResults"),
      ]
      maxPage = limits.compactMap { $0?.integer }.filter { $0 > 0 }.min().map { Int($0) }
    }
  }

  /// How many resources there are in all.
  static func total(_ response: HTTPResponse) throws(WireError) -> Int? {
    try JSONReader().withRoot(response.body) { root throws(WireError) in
      guard let total = try member("totalResults", of: root) else { return nil }
      return try JSONValue(total).count("totalResults")
    }
  }

  /// The cursor of the next page.
  static func nextCursor(_ response: HTTPResponse) throws(WireError) -> String? {
    try JSONReader().withRoot(response.body) { root throws(WireError) in
      guard let cursor = try member("nextCursor", of: root), cursor.type != .null else {
        return nil
      }
      guard let text = cursor.string else {
        throw WireError.expected(.string, found: cursor.type, path: "nextCursor")
      }
      return text
    }
  }

  /// How many resources a page has.
  static func count(_ response: HTTPResponse) throws(WireError) -> Int {
    var count = 0
    try forEachResource(response) { _ throws(WireError) in count += 1 }
    return count
  }

  /// Calls a closure with every resource of a page; a page without any need not have the list.
  static func forEachResource(
    _ response: HTTPResponse, _ body: (JSONElement) throws(WireError) -> Void
  ) throws(WireError) {
    try JSONReader().withRoot(response.body) { root throws(WireError) in
      guard root.type == .object else { throw WireError.expected(.object, found: root.type) }
      guard let list = try member("Resources", of: root), list.type != .null else {
        // Without the list only a page that says so is empty.
        if try member("totalResults", of: root) != nil { return }
        if try member("schemas", of: root) != nil { return }
        throw WireError.expected(.array, found: .missing, path: "Resources")
      }
      guard list.type == .array else {
        throw WireError.expected(.array, found: list.type, path: "Resources")
      }
      try list.forEach { _, value throws(WireError) in try body(value) }
    }
  }

  private static func member(
    _ name: String, of root: JSONElement
  ) throws(WireError) -> JSONElement? {
    var found: JSONElement?
    let folded = name.lowercased()
    try root.forEach { key, value throws(WireError) in
      guard key == name || key.lowercased() == folded else { return }
      if let found, try JSONValue(found) != JSONValue(value) { throw WireError.twice(name) }
      found = value
    }
    return found
  }
}
