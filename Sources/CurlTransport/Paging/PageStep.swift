/// One page of a list as it is to be asked for, and how far the list has come.
struct PageStep: Sendable {
  var request: HTTPRequest

  /// What names the page among the pages of the list; nil where pages are counted and cannot repeat.
  var key: String?

  /// The number of the page, or the items before it, for the styles that count.
  var position = 0

  /// The items before it, for pages that end at a total.
  var received = 0

  /// The first page of a list.
  static func first(_ request: HTTPRequest, _ style: PagingStyle) -> PageStep {
    var step = PageStep(request: request, key: "url:\(request.url)")
    switch style {
    case .single, .link, .nextURL, .cursor, .cursorHeader, .keyset, .tokenInBody:
      break
    case .range(let property, let max, let order):
      guard let property else { break }
      var options: [String] = []
      if let max { options.append("max=\(max)") }
      if let order { options.append("order=\(order)") }
      let range = "\(property) ..\(options.isEmpty ? "" : "; " + options.joined(separator: ", "))"
      step.request.headers.set("Range", range)
      step.key = "range:\(range)"
    case .page(let parameter, let start, let sizeParameter, let size, _):
      step.position = start
      step.request.url = URLText.setting(parameter, to: "\(start)", in: request.url)
      if let sizeParameter {
        step.request.url = URLText.setting(sizeParameter, to: "\(size)", in: step.request.url)
      }
    case .offset(let parameter, let limitParameter, let limit, let base, _, _):
      step.request.url = URLText.setting(parameter, to: "\(base)", in: request.url)
      if let limitParameter {
        step.request.url = URLText.setting(limitParameter, to: "\(limit)", in: step.request.url)
      }
    }
    return step
  }
}

/// What comes behind a page.
enum PagePlan: Sendable {
  case end
  case page(PageStep)
  case failure(TransportError)

  /// What two plans must share to be the same: the next page's name.
  var name: String? {
    switch self {
    case .end: "end"
    case .page(let step): step.key.map { "page:\($0)" } ?? "count:\(step.position)"
    case .failure: nil
    }
  }
}

extension PagingStyle {
  /// Whether the next page stands in the headers, so that it can be asked for before the body is there.
  var readsHeaders: Bool {
    switch self {
    case .link, .range, .cursorHeader: true
    default: false
    }
  }

  /// Whether a 304 for one page may stand beside a fresh reply for another.
  ///
  /// A page that a cursor, a link or a key names is the same slice of the list, so confirming it is as good as reading
  /// it. Counted pages shift under the reader, and bodies of their own have no URL to keep them under.
  var isConditional: Bool {
    switch self {
    case .single, .link, .range, .nextURL, .cursor, .cursorHeader, .keyset: true
    case .page, .offset, .tokenInBody: false
    }
  }

  /// The next page by the headers of a page.
  func plan(
    after step: PageStep, head: ResponseHead,
    _ failure: (TransportError.Code, String) -> TransportError
  ) -> PagePlan {
    switch self {
    case .link:
      do throws(LinkHeader.Malformed) {
        guard let next = try LinkHeader(head.headers).next else { return .end }
        return Self.plan(step, nextURL: next, from: head.url, failure)
      } catch {
        return .failure(
          failure(
            .protocolViolation,
            "The Link header cannot be read, so it is unknown whether there is a next page."))
      }
    case .range:
      guard head.status == 206 else { return .end }
      guard let range = head.headers.firstBytes("Next-Range"), !range.isEmpty else {
        return .failure(
          failure(
            .protocolViolation,
            "206 Partial Content came without Next-Range: there is more, and no way to ask for it.")
        )
      }
      var next = step
      next.request.headers.remove("Range")
      next.request.headers.add("Range", bytes: range)
      next.key = "range:" + range.map { String(UnicodeScalar($0)) }.joined()
      return .page(next)
    case .cursorHeader(let parameter, let header):
      return Self.plan(step, parameter, cursor: head.headers[header])
    default:
      return .end
    }
  }

  /// The next page by a whole page.
  func plan(
    after step: PageStep, _ response: HTTPResponse,
    _ failure: (TransportError.Code, String) -> TransportError
  ) throws -> PagePlan {
    switch self {
    case .single:
      return .end
    case .link, .range, .cursorHeader:
      let head = ResponseHead(
        status: response.status, headers: response.headers, url: response.url)
      return plan(after: step, head: head, failure)
    case .nextURL(let find):
      guard let next = try find(response), !next.isEmpty else { return .end }
      return Self.plan(step, nextURL: next, from: response.url, failure)
    case .cursor(let parameter, let find), .keyset(let parameter, let find):
      return Self.plan(step, parameter, cursor: try find(response))
    case .tokenInBody(let make):
      guard let body = try make(response) else { return .end }
      var next = step
      next.request.body = body
      next.key = "body:" + String(decoding: body, as: UTF8.self)
      return .page(next)
    case .page(let parameter, let start, _, _, let stop):
      return try Self.plan(step, parameter, start, stop, response, failure)
    case .offset(let parameter, _, _, let base, let received, let total):
      let count = try received(response)
      let soFar = step.position + max(0, count)
      if let total = try total?(response) {
        if soFar >= total { return .end }
        guard count > 0 else { return Self.fellShort(soFar, total, failure) }
      } else if count <= 0 {
        return .end
      }
      var next = step
      next.position = soFar
      next.key = nil
      next.request.url = URLText.setting(parameter, to: "\(base + soFar)", in: step.request.url)
      return .page(next)
    }
  }

  // MARK: Helpers

  private static func plan(
    _ step: PageStep, nextURL next: String, from url: String,
    _ failure: (TransportError.Code, String) -> TransportError
  ) -> PagePlan {
    guard let base = WebURL(url), let target = base.resolving(next) else {
      return .failure(failure(.protocolViolation, "The next link is no URL."))
    }
    guard target.origin == base.origin else {
      return .failure(
        failure(
          .foreignOrigin,
          "The next link leads to another origin, \(target.origin); nothing was sent there."))
    }
    var following = step
    following.request.url = target.absolute
    following.key = "url:\(target.absolute)"
    return .page(following)
  }

  private static func plan(
    _ step: PageStep, _ parameter: String, cursor: String?
  ) -> PagePlan {
    guard let cursor, !cursor.isEmpty else { return .end }
    var next = step
    next.request.url = URLText.setting(parameter, to: cursor, in: step.request.url)
    next.key = "cursor:\(cursor)"
    return .page(next)
  }

  private static func plan(
    _ step: PageStep, _ parameter: String, _ start: Int, _ stop: Stop, _ response: HTTPResponse,
    _ failure: (TransportError.Code, String) -> TransportError
  ) throws -> PagePlan {
    var next = step
    next.position += 1
    next.key = nil
    next.request.url = URLText.setting(parameter, to: "\(next.position)", in: step.request.url)
    switch stop {
    case .empty(let received):
      return try received(response) > 0 ? .page(next) : .end
    case .pageCount(let count):
      return next.position - start < (try count(response)) ? .page(next) : .end
    case .total(let total, let received):
      let count = try received(response)
      next.received += max(0, count)
      let total = try total(response)
      if next.received >= total { return .end }
      return count > 0 ? .page(next) : fellShort(next.received, total, failure)
    }
  }

  private static func fellShort(
    _ received: Int, _ total: Int, _ failure: (TransportError.Code, String) -> TransportError
  ) -> PagePlan {
    .failure(
      failure(
        .protocolViolation,
        "The list ended after \(received) of the \(total) items that it says it has."))
  }
}
