internal import CurlTransport
internal import JSONQuery

/// How a list is cut into pages, as the configuration says.
struct PagingPlan: Sendable {
  enum Style: String, CaseIterable, Sendable {
    case none, link, cursor, page, offset, keyset
    case nextURL = "next_url"
    case tokenInBody = "token_in_body"
  }

  /// When a list that is counted in pages ends.
  enum Stop: String, CaseIterable, Sendable {
    /// At a page without items: right even where the server caps the size of pages.
    case empty
    /// When as many items were read as the total says.
    case total
    /// After as many pages as the reply names.
    case pages
  }

  var style = Style.none
  /// Where the next page, cursor or token stands.
  var next: JSONQuery?
  var nextHeader: String?
  /// Where it stands whether there is more.
  var more: JSONQuery?
  var parameter = ""
  /// What the parameter is at first; not sent when nil.
  var first: String?
  var start = 0
  var sizeParameter: String?
  var size = 100
  var stop = Stop.empty
  var pageCount: JSONQuery?
  /// Where the last key stands in an item.
  var field: JSONQuery?
  /// Where the token goes in the body.
  var bodyPlace: JSONPointer?

  /// The first request of a list.
  func first(_ request: HTTPRequest) -> HTTPRequest {
    var request = request
    if style == .cursor || style == .keyset || style == .nextURL || style == .link {
      if let first, !parameter.isEmpty {
        request.url = URLText.setting(parameter, to: first, in: request.url)
      }
      if let sizeParameter {
        request.url = URLText.setting(sizeParameter, to: "\(size)", in: request.url)
      }
    }
    return request
  }

  /// The request of the first page as it is sent, the parameters of counted pages included.
  func firstPage(_ request: HTTPRequest) -> HTTPRequest {
    var request = first(request)
    if isCounted {
      request.url = URLText.setting(parameter, to: "\(start)", in: request.url)
      if let sizeParameter {
        request.url = URLText.setting(sizeParameter, to: "\(size)", in: request.url)
      }
    }
    return request
  }
}
