internal import ConnectorKit
internal import CurlTransport
internal import JSONQuery

/// Reads the pages of an endpoint: JSON, or one JSON value a line.
struct EndpointPage: Sendable {
  let list: ListPlan

  // MARK: Items

  /// Calls a closure with every item of a page.
  ///
  /// Items that a pointer leads to are made into values one at a time.
  /// - Returns: how many there are.
  @discardableResult
  func forEachItem(
    _ response: HTTPResponse, _ body: (JSONValue) throws(WireError) -> Void
  ) throws(WireError) -> Int {
    var count = 0
    if Self.isLines(response) {
      try Self.forEachLine(try Self.text(response)) { value throws(WireError) in
        count += 1
        try body(value)
      }
      return count
    }
    if case .path(let path) = list.items {
      for item in try items(path, try JSONReader().value(try Self.text(response))) {
        count += 1
        try body(item)
      }
      return count
    }
    try JSONReader().withRoot(try Self.text(response)) { root throws(WireError) in
      guard let array = try self.array(root) else { return }
      try array.forEach { key, value throws(WireError) in
        count += 1
        let item = try JSONValue(value)
        try body(list.isKeyed ? Self.keyed(item, key) : item)
      }
    }
    return count
  }

  /// Where the items are; nil when there are none and the total agrees.
  private func array(_ root: JSONElement) throws(WireError) -> JSONElement? {
    guard case .pointer(let pointer) = list.items else { return nil }
    let place = pointer.tokens.joined(separator: "/")
    guard let element = try pointer.find(in: root), element.type != .null else {
      if case .pointer(let total)? = list.total, try total.find(in: root)?.integer == 0 {
        return nil
      }
      throw WireError.expected(.array, found: .missing, path: place)
    }
    let expected = list.isKeyed ? JSONType.object : .array
    guard element.type == expected else {
      throw WireError.expected(expected, found: element.type, path: place)
    }
    return element
  }

  private func items(
    _ path: JSONPath, _ document: JSONValue
  ) throws(WireError) -> [JSONValue] {
    let found: (values: [JSONValue], lacking: Int)?
    do throws(JSONPathEvaluator.Exhausted) {
      found = try path.list(in: document)
    } catch {
      throw WireError(.shape, path: "items", detail: "the query visits too many values")
    }
    // A list that is not there is no empty list: `$.data` must find one, and `$.data[*]` the list before the star.
    guard let found, !found.values.isEmpty || found.lacking == 0 else {
      throw WireError.expected(list.isKeyed ? .object : .array, found: .missing, path: "items")
    }
    if list.isKeyed {
      guard found.values.count == 1, let members = found.values[0].object else {
        throw WireError.expected(
          .object, found: found.values.first?.type ?? .missing, path: "items")
      }
      return members.sorted { $0.key < $1.key }.map { Self.keyed($0.value, $0.key) }
    }
    if found.values.count == 1, case .array(let values) = found.values[0] { return values }
    return found.values
  }

  /// How many rows a page has for its paging, and the last of them: those that a filter leaves out count as well.
  func received(_ response: HTTPResponse) throws(WireError) -> (count: Int, last: JSONValue?) {
    if isBeyondEnd(response) { return (0, nil) }
    if case .path(let path) = list.items, !Self.isLines(response) {
      let rows = try items(path.unfiltered, try JSONReader().value(try Self.text(response)))
      return (rows.count, rows.last)
    }
    var last: JSONValue?
    let count = try forEachItem(response) { last = $0 }
    return (count, last)
  }

  /// Whether a reply says that there is no such page: 204, where a list ends at a page without rows.
  func isBeyondEnd(_ response: HTTPResponse) -> Bool {
    guard response.status == 204 else { return false }
    return switch list.paging.style {
    case .page: list.paging.stop == .empty
    case .offset, .keyset: true
    case .none, .link, .cursor, .nextURL, .tokenInBody: false
    }
  }

  private static func keyed(_ item: JSONValue, _ key: String) -> JSONValue {
    var members = item.object ?? ["@value": item]
    members[ListPlan.key] = .string(key)
    return .object(members)
  }

  // MARK: Single values

  /// The first value at a place; null counts as missing.
  func value(_ query: JSONQuery, _ response: HTTPResponse) throws(WireError) -> JSONValue? {
    guard !Self.isLines(response) else { return nil }
    let body = try Self.text(response)
    switch query {
    case .pointer(let pointer):
      return try JSONReader().withRoot(body) { root throws(WireError) in
        guard let found = try pointer.find(in: root), found.type != .null else { return nil }
        return try JSONValue(found)
      }
    case .path:
      let document = try JSONReader().value(body)
      do throws(JSONQuery.Failure) {
        return try query.nodes(in: document).first { $0 != .null }
      } catch {
        throw WireError(.shape, detail: error.text)
      }
    }
  }

  /// How many items there are, where the source says so.
  func total(_ response: HTTPResponse) throws(WireError) -> Int? {
    guard let query = list.total else { return nil }
    guard let value = try value(query, response) else {
      throw WireError.expected(.integer, found: .missing, path: "total")
    }
    return try value.count("total")
  }

  /// Whether a page of the list is a failure in spite of its status: by `error_path`, else where APIs name errors.
  func isFailure(_ response: HTTPResponse) throws(WireError) -> Bool {
    guard list.errorPath == nil else { return try isFailure(list.errorPath, response) }
    return !list.isKeyed && !Self.isLines(response) && UnpagedList.failure(response) != nil
  }

  /// Where a reply that is taken for a whole list says that there is more of it; nil where it does not.
  func more(_ response: HTTPResponse, received count: Int) throws(WireError) -> String? {
    guard list.paging.style == .none else { return nil }
    guard list.total == nil else { return UnpagedList.more(response, rows: nil) }
    // Rows that a filter leaves out are counted by the source as well.
    if case .path = list.items {
      return UnpagedList.more(response, rows: try received(response).count)
    }
    return UnpagedList.more(response, rows: count)
  }

  /// Whether a reply with status 200 is a failure all the same.
  func isFailure(_ query: JSONQuery?, _ response: HTTPResponse) throws(WireError) -> Bool {
    guard let query, let value = try value(query, response) else { return false }
    switch value {
    case .null, .bool(false): return false
    case .array(let values): return !values.isEmpty
    case .object(let members): return !members.isEmpty
    case .string(let text): return !text.isEmpty
    default: return true
    }
  }

  // MARK: Text

  private static func isLines(_ response: HTTPResponse) -> Bool {
    let type = response.headers["Content-Type"]?.prefix { $0 != ";" }.lowercased()
      .filter { $0 != " " }
    return ["application/x-ndjson", "application/jsonl", "application/x-jsonlines"].contains(type)
  }

  private static func forEachLine(
    _ body: ResponseBody, _ work: (JSONValue) throws(WireError) -> Void
  ) throws(WireError) {
    let reader = JSONReader()
    var row = 0
    for line in body.bytes.split(separator: 0x0A) {
      guard line.contains(where: { $0 > 0x20 }) else { continue }
      row += 1
      do throws(WireError) {
        try work(try reader.value(ResponseBody(copying: line)))
      } catch {
        throw error.row == nil ? error.inRow(row) : error
      }
    }
  }

  /// The body as UTF-8; Latin-1 is turned into it, other encodings are refused.
  static func text(_ response: HTTPResponse) throws(WireError) -> ResponseBody {
    guard let charset = charset(response.headers["Content-Type"] ?? "") else {
      return response.body
    }
    switch charset {
    case "utf-8", "utf8", "us-ascii", "ascii": return response.body
    case "iso-8859-1", "latin1", "latin-1":
      return ResponseBody(
        copying: response.body.bytes.flatMap { byte -> [UInt8] in
          byte < 0x80 ? [byte] : [0xC0 | byte >> 6, 0x80 | byte & 0x3F]
        })
    default:
      throw WireError(.damaged, detail: "the text is neither UTF-8 nor ISO 8859-1")
    }
  }

  private static func charset(_ type: String) -> String? {
    for part in type.split(separator: ";").dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, pair[0].lowercased().filter({ $0 != " " }) == "charset" else {
        continue
      }
      return pair[1].lowercased().filter { $0 != " " && $0 != "\"" }
    }
    return nil
  }
}
