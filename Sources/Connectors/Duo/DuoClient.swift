internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// Calls Duo's Admin API; every request carries a signature of its own.
struct DuoClient: Sendable {
  static let vendor = "Duo"

  let source: HTTPSource
  let baseURL: String
  let signature: DuoSignature
  let clock: @Sendable () -> Timestamp

  /// The document of a reply, and what stands beside it.
  struct Page: Sendable {
    let response: HTTPResponse
    let request: HTTPRequest
  }

  /// Sends one read.
  ///
  /// - Parameters:
  ///   - template: the path with `{names}`, for counting and messages.
  ///   - values: what stands in for the names, in order.
  func send(
    _ template: String, _ values: [String] = [], _ parameters: [(String, String)] = []
  ) async throws(ConnectorError) -> Page {
    do throws(ConnectorError) {
      return try await sendOnce(template, values, parameters)
    } catch {
      // After a long wait for a limit the signed time may be too old; a new one is worth a try.
      guard error.vendorCode == "40105", source.statistics.waited > .seconds(60) else {
        throw error
      }
      return try await sendOnce(template, values, parameters)
    }
  }

  private func sendOnce(
    _ template: String, _ values: [String], _ parameters: [(String, String)]
  ) async throws(ConnectorError) -> Page {
    var rest = values[...]
    let path = template.split(separator: "/", omittingEmptySubsequences: false)
      .map { part in part.hasPrefix("{") ? URLText.encoded(rest.popFirst() ?? "") : String(part) }
      .joined(separator: "/")
    let query = DuoSignature.canonical(parameters)
    let date = DuoSignature.date(seconds: clock().milliseconds / 1000)
    let text = DuoSignature.text(
      .v5, date: date, method: "GET", host: host, path: path, query: query)
    let request = HTTPRequest(
      .get, baseURL + path + (query.isEmpty ? "" : "?" + query), endpoint: "GET \(template)",
      headers: HTTPHeaders([("Date", date), ("Accept", "application/json")]),
      authorization: .basic(
        user: signature.integrationKey, password: Secret(signature.digest(text))),
      expectedContentType: .json)
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await source.send(request)
    } catch {
      throw ConnectorError(
        error, vendor: Self.vendor, call: request.endpoint, vendorCode: Self.vendorCode)
    }
    guard response.isSuccess else {
      throw ConnectorError(
        response, request: request, source: source.name, vendor: Self.vendor,
        vendorCode: Self.vendorCode)
    }
    return Page(response: response, request: request)
  }

  /// What a reply holds under `response`.
  func value(
    _ template: String, _ values: [String] = [], _ parameters: [(String, String)] = []
  ) async throws(ConnectorError) -> (JSONValue, HTTPRequest) {
    let page = try await send(template, values, parameters)
    do throws(WireError) {
      let json = try JSONReader().value(page.response.body).inOneOrder
      try Self.check(json["stat"]?.string)
      return (try json.required("response", .object) { $0 }, page.request)
    } catch {
      throw malformed(error, page.request)
    }
  }

  /// Reads a list page by page, and hands over the elements of each.
  ///
  /// Pages are counted, so the list may move under the reader: rows must be told apart by their ids.
  /// - Returns: how many rows the last page says there are.
  func list(
    _ template: String, limit: Int,
    _ read: (JSONElement) throws(WireError) -> Void
  ) async throws(ConnectorError) -> Int {
    let reader = JSONReader()
    var offset: Int64 = 0
    var seen: Set<Int64> = [0]
    for number in 1...max(1, source.policy.maxPages) {
      let page: Page
      do throws(ConnectorError) {
        page = try await send(
          template, [], [("limit", String(limit)), ("offset", String(offset))])
      } catch {
        throw error.onPage(number)
      }
      let next: Int64?
      let total: Int64?
      do throws(WireError) {
        (next, total) = try reader.withRoot(page.response.body) { root throws(WireError) in
          try Self.page(root, read)
        }
      } catch {
        throw malformed(error, page.request, page: number)
      }
      guard let next else {
        guard let total else {
          // Without the count nobody can say that this is the end.
          throw malformed(
            WireError.expected(.integer, found: .missing, path: "metadata/total_objects"),
            page.request, page: number)
        }
        return Int(total)
      }
      guard seen.insert(next).inserted else {
        throw ConnectorError(
          .cursorLoop, source: source.name, call: page.request.endpoint, page: number, status: 200,
          message:
            "\(page.request.endpoint) names a next page that was read before (page \(number)).")
      }
      offset = next
    }
    throw ConnectorError(
      .tooLarge, source: source.name, call: "GET \(template)",
      message: "GET \(template) has more than \(source.policy.maxPages) pages.")
  }

  /// Reads one page; gives the offset of the next one, and how many rows all pages have.
  private static func page(
    _ root: JSONElement, _ read: (JSONElement) throws(WireError) -> Void
  ) throws(WireError) -> (next: Int64?, total: Int64?) {
    var stat: String?
    var rows: JSONElement?
    var metadata: JSONValue?
    guard root.type == .object else { throw WireError.expected(.object, found: root.type) }
    try root.forEach { key, value throws(WireError) in
      switch key {
      case "stat": stat = value.string
      case "response": rows = value
      case "metadata": metadata = try JSONValue(value)
      default: break
      }
    }
    try check(stat)
    guard let rows, rows.type == .array else {
      throw WireError.expected(.array, found: rows?.type ?? .missing, path: "response")
    }
    try read(rows)
    guard let metadata, metadata != .null else { return (nil, nil) }
    return (
      try metadata.optional("next_offset", .integer, \.integer),
      try metadata.optional("total_objects", .integer, \.integer)
    )
  }

  /// Makes the error of a list that came to its end, twice, with other rows than it says there are.
  func unsettled(_ template: String, _ count: Int, of total: Int) -> ConnectorError {
    ConnectorError(
      count == total ? .duplicateIDs : .paging, source: source.name, call: "GET \(template)",
      status: 200,
      message: count == total
        ? "Duo named rows of \(template) twice, in two readings; the list is not read to its end."
        : "Duo listed \(count) of the \(total) rows of \(template) that it says it has.")
  }

  private static func check(_ stat: String?) throws(WireError) {
    guard stat == "OK" else {
      throw WireError(.shape, path: "stat", detail: "expected OK")
    }
  }

  private var host: String {
    let host = SourceHost.of(baseURL) ?? ""
    // The signed host has no port.
    return host.lastIndex(of: ":").map { String(host[..<$0]) } ?? host
  }

  /// Makes an error of a document that is not as documented.
  func malformed(_ error: WireError, _ request: HTTPRequest, page: Int? = nil) -> ConnectorError {
    ConnectorError(
      error, source: source.name, vendor: Self.vendor, call: request.endpoint, page: page)
  }

  @Sendable private static func vendorCode(_ body: ResponseBody) -> String? {
    (try? JSONReader().value(body))?["code"]?.integer.map(String.init)
  }
}
