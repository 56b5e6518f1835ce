internal import ConnectorKit
internal import CurlTransport
internal import JSONQuery

/// A list's pages in the terms of the transport.
struct EndpointPaging: Sendable {
  let page: EndpointPage
  /// The body of the first request, for tokens that go into it.
  let body: JSONValue
  /// Puts back into a next URL what the source leaves out of it, a key in the query; nil where nothing is left out.
  let complete: (@Sendable (String) -> String)?
  private var plan: PagingPlan { page.list.paging }

  init(
    _ list: ListPlan, body: JSONValue,
    complete: (@Sendable (String) -> String)?
  ) {
    page = EndpointPage(list: list)
    self.body = body
    self.complete = complete
  }

  var style: PagingStyle {
    let page = page
    let plan = plan
    let complete = complete
    let received: @Sendable (HTTPResponse) throws -> Int = { try page.received($0).count }
    switch plan.style {
    case .none: return .single
    case .link: return complete.map { .link(completing: $0) } ?? .link
    case .nextURL:
      return .nextURL { response in
        let next =
          try plan.nextHeader.map { response.headers[$0] } ?? Self.next(page, plan, response)
        return next.map { $0.isEmpty ? $0 : complete?($0) ?? $0 }
      }
    case .cursor:
      if let header = plan.nextHeader {
        return .cursorHeader(parameter: plan.parameter, header: header)
      }
      return .cursor(parameter: plan.parameter) { try Self.next(page, plan, $0) }
    case .page:
      let stop: PagingStyle.Stop
      switch plan.stop {
      case .empty: stop = .empty(received: received)
      case .total:
        stop = .total({ try page.total($0) ?? 0 }, received: received)
      case .pages:
        stop = .pageCount { response in
          guard let query = plan.pageCount, let value = try page.value(query, response) else {
            throw WireError.expected(.integer, found: .missing, path: "pages")
          }
          return try value.count("pages")
        }
      }
      return .page(
        parameter: plan.parameter, start: plan.start, sizeParameter: plan.sizeParameter,
        size: plan.size, stop: stop)
    case .offset:
      let total: @Sendable (HTTPResponse) throws -> Int? = { try page.total($0) }
      return .offset(
        parameter: plan.parameter, limitParameter: plan.sizeParameter, limit: plan.size,
        base: plan.start, received: received, total: page.list.total == nil ? nil : total)
    case .keyset:
      return .keyset(parameter: plan.parameter) { response in
        guard let last = try page.received(response).last, let field = plan.field else {
          return nil
        }
        guard let key = try field.nodes(in: last).first?.scalarText, !key.isEmpty else {
          throw WireError.expected(.string, found: .missing, path: "paging field of the last item")
        }
        return key
      }
    case .tokenInBody:
      let body = body
      return .tokenInBody { response in
        guard let token = try Self.next(page, plan, response), !token.isEmpty,
          let place = plan.bodyPlace
        else { return nil }
        return Array(place.setting(.string(token), in: body).text.utf8)
      }
    }
  }

  /// The next cursor, URL or token; nil or empty at the end.
  private static func next(
    _ page: EndpointPage, _ plan: PagingPlan, _ response: HTTPResponse
  ) throws -> String? {
    if let more = plan.more {
      guard let flag = try page.value(more, response)?.lenientBool else {
        throw WireError.expected(.bool, found: .missing, path: "paging more")
      }
      guard flag else { return nil }
    }
    guard let query = plan.next, let value = try page.value(query, response) else {
      if plan.more == nil { return nil }
      throw WireError(.shape, path: "paging next", detail: "more is announced, but not where")
    }
    guard let text = value.scalarText else {
      throw WireError.expected(.string, found: value.type, path: "paging next")
    }
    if text.isEmpty, plan.more != nil {
      throw WireError(.shape, path: "paging next", detail: "more is announced, but not where")
    }
    return text
  }
}
