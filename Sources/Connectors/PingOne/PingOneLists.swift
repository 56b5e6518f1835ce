internal import ConnectorKit
internal import CurlTransport
internal import JSONQuery

/// Lists as PingOne gives them: rows under `_embedded`, the next page's URL under `_links`, and a count.
extension ListShape {
  /// A list whose rows stand under a key of `_embedded`.
  static func hal(_ key: String) -> ListShape {
    ListShape(
      halPaging, rows: .under(["_embedded", key]),
      total: .document { root throws(WireError) in try count(root) })
  }

  private static let halPaging = PagingStyle.nextURL { response in
    try JSONReader().withRoot(response.body) { root throws(WireError) -> String? in
      guard let links = try root.member("_links"), links.type != .null,
        let next = try links.member("next"), next.type != .null
      else { return nil }
      // A next page without an address would be an end that nobody declared.
      guard let address = try next.member("href") else {
        throw WireError.expected(.string, found: .missing, path: "_links/next/href")
      }
      guard let text = address.string else {
        throw WireError.expected(.string, found: address.type, path: "_links/next/href")
      }
      return text
    }
  }

  /// How many rows a list says it has; nil when it says nothing, and then at least its links do.
  private static func count(_ root: JSONElement) throws(WireError) -> Int? {
    guard let count = try root.member("count"), count.type != .null else {
      guard let links = try root.member("_links"), links.type == .object else {
        throw WireError.expected(.integer, found: .missing, path: "count")
      }
      return nil
    }
    guard let number = count.integer else {
      throw WireError.expected(.integer, found: count.type, path: "count")
    }
    return Int(number)
  }
}
