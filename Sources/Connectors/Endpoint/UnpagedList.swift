internal import ConnectorKit
internal import CurlTransport
internal import JSONQuery

/// Looks whether a reply that is taken for a whole list says that there is more of it.
///
/// A list for which no paging is configured ends with its first reply; a next page that is named there, in whatever form APIs
/// have for it, says that it does not.
enum UnpagedList {
  /// Where the reply names more; nil when it does not.
  static func more(_ response: HTTPResponse) -> String? {
    if response.headers["Link"].map(namesNext) == true { return "a Link header with rel=\"next\"" }
    if response.headers["Next-Range"] != nil || response.status == 206 {
      return "a reply in part (206, Next-Range)"
    }
    for name in ["X-Next-Page", "X-Next-Cursor", "X-Next-Token", "After-Cursor", "X-Next-Link"] {
      if let value = response.headers[name], !value.allSatisfy({ $0 == " " }) {
        return "the header \(name)"
      }
    }
    if let pages = response.headers["X-Total-Pages"].flatMap({ Int($0) }), pages > 1 {
      return "the header X-Total-Pages (\(pages))"
    }
    let found = try? JSONReader().withRoot(response.body) { root throws(WireError) in
      try inside(root, depth: 0)
    }
    return found ?? nil
  }

  /// How many rows the list has by a header, where one says so.
  static func total(_ response: HTTPResponse) -> Int? {
    for name in ["X-Total-Count", "X-Total"] {
      if let count = response.headers[name].flatMap({ Int($0) }) { return count }
    }
    return nil
  }

  private static let containers: Set<String> = [
    "meta", "metadata", "paging", "pagination", "page", "pageinfo", "links", "cursor", "cursors",
    "responsemetadata", "next",
  ]
  private static let flags: Set<String> = [
    "hasmore", "hasnext", "hasnextpage", "moreavailable", "moredataavailable", "istruncated",
  ]
  private static let tokens: Set<String> = [
    "nextpagetoken", "nextcursor", "nexttoken", "nextlink", "nexturl", "nextpage", "nexthref",
    "odatanextlink", "nextpageurl", "nextpagelink", "nextmarker",
  ]

  private static func inside(_ root: JSONElement, depth: Int) throws(WireError) -> String? {
    guard root.type == .object else { return nil }
    var found: String?
    try root.forEach { key, value throws(WireError) in
      guard found == nil else { return }
      let word = String(key.lowercased().filter { $0.isLetter || $0.isNumber })
      // Under `next` the page stands as `href`; `self.href` beside it names this one.
      let isNext = tokens.contains(word) || word == (depth == 2 ? "href" : "next")
      if flags.contains(word), value.bool == true || value.string?.lowercased() == "true" {
        found = key
      } else if isNext, isSomewhere(value) {
        found = key
      } else if word == "totalpages" || word == "pagecount", (value.integer ?? 0) > 1 {
        found = key
      } else if word == "links", value.type == .array {
        try value.forEach { _, link throws(WireError) in
          guard link.type == .object, try JSONValue(link)["rel"]?.string == "next" else { return }
          found = "\(key), rel next"
        }
      } else if depth < 2, value.type == .object, containers.contains(word) {
        if let inner = try inside(value, depth: word == "next" ? 2 : 1) {
          found = "\(key)/\(inner)"
        }
      }
    }
    return found
  }

  /// Whether a value names a page: a text that is not empty, or a number.
  private static func isSomewhere(_ value: JSONElement) -> Bool {
    if let text = value.string { return !text.isEmpty }
    return (value.integer ?? 0) > 0
  }

  private static func namesNext(_ header: String) -> Bool {
    header.lowercased().split { $0 == ";" || $0 == "," }.contains { part in
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, pair[0].filter({ !$0.isWhitespace }) == "rel" else { return false }
      return pair[1].split { $0 == " " || $0 == "\"" }.contains("next")
    }
  }
}
