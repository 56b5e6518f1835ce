internal import ConnectorKit
internal import CurlTransport
internal import JSONQuery

/// Looks whether a reply that is taken for a whole list says that there is more of it.
///
/// A list for which no paging is configured ends with its first reply; a next page that is named there, in whatever form APIs
/// have for it, says that it does not.
enum UnpagedList {
  /// Where the reply names more; nil when it does not.
  ///
  /// - Parameter rows: how many rows came; nil where a count in the reply says nothing about them.
  static func more(_ response: HTTPResponse, rows: Int?) -> String? {
    if response.linksToNext { return "a Link header with rel=\"next\"" }
    if response.headers["Next-Range"] != nil || response.status == 206 {
      return "a reply in part (206, Next-Range)"
    }
    for name in ["X-Has-More", "X-Has-Next", "X-More"] where isTrue(response.headers[name]) {
      return "the header \(name)"
    }
    for name in ["X-Next-Page", "X-Next-Cursor", "X-Next-Token", "After-Cursor", "X-Next-Link"] {
      if let value = response.headers[name], !value.allSatisfy({ $0 == " " }) {
        return "the header \(name)"
      }
    }
    for name in ["X-Total-Pages", "X-WP-TotalPages", "Total-Pages"] {
      if let pages = response.headers[name].flatMap({ Int($0) }), pages > 1 {
        return "the header \(name) (\(pages))"
      }
    }
    let found = try? JSONReader().withRoot(response.body) { root throws(WireError) in
      try inside(root, rows, depth: 0)
    }
    return found ?? nil
  }

  /// Where a reply that succeeded names an error beside its rows, which are then a part of them.
  static func failure(_ response: HTTPResponse) -> String? {
    let found = try? JSONReader().withRoot(response.body) { root throws(WireError) -> String? in
      guard root.type == .object else { return nil }
      var found: String?
      try root.forEach { key, value throws(WireError) in
        guard found == nil, ["error", "errors"].contains(key.lowercased()) else { return }
        switch try JSONValue(value) {
        case .null, .bool(false), .integer(0), .string(""), .array([]), .object([:]): break
        default: found = key
        }
      }
      return found
    }
    return found ?? nil
  }

  /// How many rows the list has by a header, where one says so.
  static func total(_ response: HTTPResponse) -> Int? {
    for name in ["X-Total-Count", "X-Total", "Total-Count", "X-WP-Total", "X-Total-Results"] {
      if let count = response.headers[name].flatMap({ Int($0) }) { return count }
    }
    // `items 0-1/7`; a star stands where the whole is not known.
    return response.headers["Content-Range"]?.split(separator: "/").last.flatMap { Int($0) }
  }

  private static let containers: Set<String> = [
    "meta", "metadata", "paging", "pagination", "page", "pageinfo", "links", "cursor", "cursors",
    "responsemetadata", "next",
  ]
  private static let flags: Set<String> = [
    "hasmore", "hasnext", "hasnextpage", "moreavailable", "moredataavailable", "istruncated",
    "more", "truncated", "hasmoreitems", "hasmoreresults", "moreresults", "incomplete",
    "isincomplete", "incompleteresults", "partial", "ispartial",
  ]
  /// What says by false that there is more.
  private static let ends: Set<String> = [
    "lastpage", "islastpage", "islast", "last", "final", "isfinal", "complete", "iscomplete",
  ]
  /// How many rows there are; more than came are a part.
  private static let counts: Set<String> = [
    "total", "totalresults", "totalcount", "totalitems", "totalelements", "totalrecords",
    "totalrows", "totalentries", "totalsize", "totalhits", "count", "itemcount", "recordcount",
    "resultcount", "rowcount", "numfound", "odatacount", "recordstotal",
  ]
  private static let tokens: Set<String> = [
    "nextpagetoken", "nextcursor", "nexttoken", "nextlink", "nexturl", "nextpage", "nexthref",
    "odatanextlink", "nextpageurl", "nextpagelink", "nextmarker", "marker", "continuation",
    "continuationtoken", "nextcontinuationtoken", "continuationkey", "lastevaluatedkey",
  ]

  private static func isTrue(_ text: String?) -> Bool {
    ["true", "1", "yes"].contains(text?.lowercased().filter { $0 != " " })
  }

  private static func inside(
    _ root: JSONElement, _ rows: Int?, depth: Int
  ) throws(WireError) -> String? {
    guard root.type == .object else { return nil }
    var found: String?
    try root.forEach { key, value throws(WireError) in
      guard found == nil else { return }
      let word = String(key.lowercased().filter { $0.isLetter || $0.isNumber })
      // Under `next` the page stands as `href`; `self.href` beside it names this one.
      let isNext = tokens.contains(word) || word == (depth == 2 ? "href" : "next")
      if flags.contains(word), value.bool == true || value.string?.lowercased() == "true" {
        found = key
      } else if isNext, try isSomewhere(value) {
        found = key
      } else if ends.contains(word), value.bool == false || value.string?.lowercased() == "false" {
        found = "\(key) (false)"
      } else if ["totalpages", "pagecount", "lastpage", "numpages"].contains(word),
        number(value) > 1
      {
        found = key
      } else if let rows, counts.contains(word), number(value) > rows {
        found = "\(key) (\(number(value)))"
      } else if word == "links", value.type == .array {
        try value.forEach { _, link throws(WireError) in
          guard link.type == .object, try JSONValue(link)["rel"]?.string == "next" else { return }
          found = "\(key), rel next"
        }
      } else if depth < 2, value.type == .object, containers.contains(word) {
        if let inner = try inside(value, rows, depth: word == "next" ? 2 : 1) {
          found = "\(key)/\(inner)"
        }
      }
    }
    return found
  }

  /// Whether a value names a page: a text that is not empty, a number, or a key of several parts.
  private static func isSomewhere(_ value: JSONElement) throws(WireError) -> Bool {
    if let text = value.string { return !text.isEmpty }
    if value.type == .object { return try JSONValue(value) != .object([:]) }
    return (value.integer ?? 0) > 0
  }

  /// A number, which some servers write as a text; 0 for anything else.
  private static func number(_ value: JSONElement) -> Int64 {
    value.integer ?? value.string.flatMap { Int64($0) } ?? 0
  }
}
