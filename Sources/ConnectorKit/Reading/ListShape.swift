package import CurlTransport
internal import JSONQuery

/// How a vendor writes a list: where the rows of a page stand, where the next page is named, and what it counts.
package struct ListShape: Sendable {
  /// Where the rows of a page stand.
  package enum Rows: Sendable, Hashable {
    /// The page is the list.
    case root
    /// Under a key that is left out where the list is empty; null, or anything else said in its place, is damage.
    case omissible(String)
    /// Under a path of keys that are always there.
    case under([String])
  }

  /// How many rows a list says it has.
  package enum Total: Sendable {
    /// It does not say.
    case untold
    /// In a header of a page; where the header is missing, it does not say.
    case header(String)
    /// In the document of a page; the closure gives nil where it does not say.
    case document(@Sendable (JSONElement) throws(WireError) -> Int?)
  }

  /// How rows that come again are noticed.
  package enum Repeats: Sendable, Hashable {
    /// By the id of every row.
    case byRow
    /// By the first row of a page only: for lists of a million rows whose reader tells rows apart itself.
    case byPage
  }

  package var style: PagingStyle
  package var rows: Rows
  package var total: Total
  package var repeats: Repeats

  /// Describes a list.
  package init(
    _ style: PagingStyle, rows: Rows = .root, total: Total = .untold, repeats: Repeats = .byRow
  ) {
    self.style = style
    self.rows = rows
    self.total = total
    self.repeats = repeats
  }

  /// Whether a page names the next one, so that a row that comes again is no sign of one that was passed over.
  var isCursored: Bool { !style.countsPages }

  /// The list of a page.
  func list(_ page: JSONElement) throws(WireError) -> JSONElement? {
    switch rows {
    case .root:
      guard page.type == .array else { throw WireError.expected(.array, found: page.type) }
      return page
    case .omissible(let key): return try page.list(key)
    case .under(let path):
      var place = page
      for (depth, key) in path.enumerated() {
        let isLast = depth == path.count - 1
        let way = path[...depth].joined(separator: "/")
        guard let next = try place.member(key) else {
          throw WireError.expected(isLast ? .array : .object, found: .missing, path: way)
        }
        guard next.type == (isLast ? .array : .object) else {
          throw WireError.expected(isLast ? .array : .object, found: next.type, path: way)
        }
        place = next
      }
      return place
    }
  }

  /// How many rows a page says the list has.
  func declared(_ response: HTTPResponse, _ page: JSONElement) throws(WireError) -> Int? {
    switch total {
    case .untold: return nil
    case .header(let name): return response.headers[name].flatMap { Int($0) }
    case .document(let count): return try count(page)
    }
  }
}
