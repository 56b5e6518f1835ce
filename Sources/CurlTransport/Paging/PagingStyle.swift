/// How a list is cut into pages and where a page names the next one.
///
/// A style whose next page stands in the headers asks for it while the body of the page still streams.
/// Closures see whole replies, run once per page and may throw; their error ends the sequence.
public enum PagingStyle: Sendable {
  /// When to stop a list that is counted in pages.
  public enum Stop: Sendable {
    /// At a page without items: right even where the server caps the page size.
    case empty(received: @Sendable (HTTPResponse) throws -> Int)

    /// After the number of pages that the reply names.
    case pageCount(@Sendable (HTTPResponse) throws -> Int)

    /// When as many items were read as the reply says there are; no items before that is an error.
    case total(
      @Sendable (HTTPResponse) throws -> Int, received: @Sendable (HTTPResponse) throws -> Int)
  }

  /// One reply, no pages.
  case single

  /// A `Link` header with `rel="next"` (RFC 8288).
  case link

  /// Heroku's `Range` and `Next-Range`; a 206 without `Next-Range` is an error, 200 is the last page.
  ///
  /// Without a property no `Range` is sent at first, but a 206 is still followed.
  case range(property: String?, max: Int?, order: String?)

  /// A URL in the body, absolute or relative to the request; nil or empty ends the list.
  case nextURL(@Sendable (HTTPResponse) throws -> String?)

  /// A cursor in the body that goes into a query parameter; nil or empty ends the list.
  case cursor(parameter: String, @Sendable (HTTPResponse) throws -> String?)

  /// A cursor in a response header that goes into a query parameter.
  case cursorHeader(parameter: String, header: String)

  /// Pages counted from `start`.
  case page(parameter: String, start: Int, sizeParameter: String?, size: Int, stop: Stop)

  /// Items counted from `base`, moved on by as many as were received.
  ///
  /// Ends when the total is reached, or without a total at the first page without items.
  case offset(
    parameter: String, limitParameter: String?, limit: Int, base: Int,
    received: @Sendable (HTTPResponse) throws -> Int,
    total: (@Sendable (HTTPResponse) throws -> Int?)?)

  /// The last item's key goes into a query parameter; nil or empty ends the list.
  case keyset(parameter: String, @Sendable (HTTPResponse) throws -> String?)

  /// The body of the next request, made from the reply (`NextToken` of AWS); nil ends the list.
  case tokenInBody(@Sendable (HTTPResponse) throws -> [UInt8]?)
}

extension PagingStyle {
  /// A `Link` header whose target lacks something that goes with every request, such as a key in the query.
  ///
  /// What is put back goes nowhere but to the origin of the list.
  public static func link(completing: @escaping @Sendable (String) -> String) -> PagingStyle {
    .nextURL { response in try LinkHeader(response.headers).next.map(completing) }
  }
}

/// What a reader found on a page, for the guards against endless lists.
public struct PageItems: Sendable {
  /// How many items the page has.
  public let count: Int

  /// How many of them were not on an earlier page, if the reader knows.
  public let new: Int?

  /// Counts a page.
  public init(count: Int, new: Int? = nil) {
    self.count = count
    self.new = new
  }
}
