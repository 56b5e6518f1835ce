package import CurlTransport
internal import IdentityCore
package import JSONQuery

/// Sends the calls of one source and turns whatever goes wrong into a ``ConnectorError``.
package final class APIClient: Sendable {
  package let source: HTTPSource
  /// The vendor's name, for messages.
  package let vendor: String
  /// The base URL, without a trailing slash.
  package let baseURL: String
  package let headers: HTTPHeaders
  package let credentials: any CredentialSource
  /// Finds the vendor's own error code in the body of a refusal.
  package let vendorCode: @Sendable (ResponseBody) -> String?

  package init(
    source: HTTPSource, vendor: String, baseURL: String, headers: HTTPHeaders,
    credentials: any CredentialSource, vendorCode: @escaping @Sendable (ResponseBody) -> String?
  ) {
    self.source = source
    self.vendor = vendor
    self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    self.headers = headers
    self.credentials = credentials
    self.vendorCode = vendorCode
  }

  /// A read of JSON.
  ///
  /// - Parameters:
  ///   - template: the path with `{names}`, for counting and messages.
  ///   - values: what stands in for the names, in order.
  package func get(
    _ template: String, _ values: [String] = [], query: [(String, String)] = []
  ) -> HTTPRequest {
    var request = HTTPRequest(
      .get, baseURL + Self.path(template, values) + Self.query(query),
      endpoint: "GET \(template)", headers: headers)
    request.expectedContentType = .json
    return request
  }

  /// A write with a body of JSON, or none; never repeated by itself, and findable in the vendor's log by `requestID`.
  package func write(
    _ method: HTTPRequest.Method, _ template: String, _ values: [String], _ body: JSONValue? = nil,
    requestID: String
  ) -> HTTPRequest {
    var headers = self.headers
    if let name = source.policy.requestIDHeader { headers.set(name, requestID) }
    if body != nil { headers.set("Content-Type", "application/json") }
    return HTTPRequest(
      method, baseURL + Self.path(template, values), endpoint: "\(method.rawValue) \(template)",
      headers: headers, body: body.map { Array($0.text.utf8) }, isIdempotent: false)
  }

  /// Sends one request; any status but 2xx is an error.
  package func send(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse {
    var credential = try await credentials.current()
    while true {
      var signed = request
      signed.authorization = credential.authorization
      let response: HTTPResponse
      do throws(TransportError) {
        response = try await source.send(signed)
      } catch {
        throw ConnectorError(
          error, vendor: vendor, call: request.endpoint, vendorCode: vendorCode
        ).naming(request)
      }
      if response.isSuccess { return response }
      if response.status == 401, let other = try await credentials.renewed(after: credential) {
        credential = other
        continue
      }
      throw ConnectorError(
        response, request: request, source: source.name, vendor: vendor, vendorCode: vendorCode
      ).naming(request)
    }
  }

  /// Sends one request and gives the document of its reply.
  package func value(_ request: HTTPRequest) async throws(ConnectorError) -> JSONValue {
    let response = try await send(request)
    do throws(WireError) {
      return try JSONReader().value(response.body).inOneOrder
    } catch {
      throw malformed(error, request)
    }
  }

  /// Reads a list page by page.
  ///
  /// A credential refused in the middle is renewed once. Reading then begins anew at the last page that came, for only
  /// that page names the next one, and passes that page over; where its URL does not name the page, at the
  /// first one, and passes all over that came.
  /// - Parameter body: takes a page and its number from 1.
  package func pages(
    _ first: HTTPRequest, _ style: PagingStyle,
    _ body: (HTTPResponse, _ page: Int) async throws(ConnectorError) -> Void
  ) async throws(ConnectorError) {
    var credential = try await credentials.current()
    var request = first
    request.authorization = credential.authorization
    var iterator = source.pages(request, style).makeAsyncIterator()
    var passedOver = 0
    var offset = 0
    var page = 0
    while true {
      let response: HTTPResponse?
      do throws(TransportError) {
        response = try await iterator.next(isolation: nil)
      } catch {
        if error.status == 401, let other = try await credentials.renewed(after: credential) {
          credential = other
          request.authorization = other.authorization
          passedOver = style.beginsAtFirst ? page : min(page, 1)
          offset = page - passedOver
          iterator = source.pages(request, style).makeAsyncIterator()
          continue
        }
        throw ConnectorError(
          error, vendor: vendor, call: first.endpoint, pageOffset: offset, vendorCode: vendorCode
        ).naming(first)
      }
      guard let response else { return }
      if !style.beginsAtFirst, !response.url.isEmpty { request.url = response.url }
      if passedOver > 0 {
        passedOver -= 1
        continue
      }
      page += 1
      do throws(ConnectorError) {
        try await body(response, page)
      } catch {
        throw error.naming(first)
      }
    }
  }

  /// Reads a list whose pages are small enough to be kept as values; the place of a row in it says nothing.
  package func values<T>(
    _ first: HTTPRequest, _ style: PagingStyle, _ read: (JSONValue) throws(WireError) -> T
  ) async throws(ConnectorError) -> [T] {
    let reader = JSONReader()
    var result: [T] = []
    try await pages(first, style) { response, page throws(ConnectorError) in
      do throws(WireError) {
        result += try reader.value(response.body).withRowsInOneOrder.rows(read)
      } catch {
        throw self.malformed(error, first, page: page)
      }
    }
    return result
  }

  /// Reads a list as a table, page by page, without making values of it.
  ///
  /// - Parameter body: takes the rows of a page and its number from 1.
  package func table(
    _ first: HTTPRequest, _ style: PagingStyle, _ plan: TablePlan,
    _ body: (TableRows, _ page: Int) throws(ConnectorError) -> Void
  ) async throws(ConnectorError) {
    let reader = JSONReader()
    try await pages(first, style) { response, page throws(ConnectorError) in
      let outcome: Result<Void, ConnectorError>
      do throws(WireError) {
        outcome = try reader.withTable(response.body, plan) { rows in
          do throws(ConnectorError) {
            return .success(try body(rows, page))
          } catch {
            return .failure(error)
          }
        }
      } catch {
        throw self.malformed(error, first, page: page)
      }
      try outcome.get()
    }
  }

  /// Makes an error of a document that is not as documented.
  package func malformed(_ error: WireError, _ request: HTTPRequest, page: Int? = nil)
    -> ConnectorError
  {
    ConnectorError(
      error, source: source.name, vendor: vendor, call: request.endpoint, page: page
    ).naming(request)
  }

  /// Makes an error of a row that a list names twice.
  package func duplicate(_ call: String, page: Int, row: Int) -> ConnectorError {
    ConnectorError(
      .duplicateIDs, source: source.name, call: call, page: page, status: 200,
      message:
        "\(vendor) named the same row twice in \(call) (page \(page), row \(row)); the list is not read to its end."
    )
  }

  private static func path(_ template: String, _ values: [String]) -> String {
    var rest = values[...]
    return template.split(separator: "/", omittingEmptySubsequences: false)
      .map { part in
        guard part.hasPrefix("{"), let value = rest.popFirst() else { return String(part) }
        return URLText.encoded(value)
      }
      .joined(separator: "/")
  }

  private static func query(_ parameters: [(String, String)]) -> String {
    guard !parameters.isEmpty else { return "" }
    return "?"
      + parameters.map { "\(URLText.encoded($0.0))=\(URLText.encoded($0.1))" }
      .joined(separator: "&")
  }
}

extension PagingStyle {
  /// Whether the URL of a page does not name it, so that a list can only be read from its beginning.
  fileprivate var beginsAtFirst: Bool {
    switch self {
    case .page, .offset, .range, .tokenInBody: true
    case .single, .link, .nextURL, .cursor, .cursorHeader, .keyset: false
    }
  }
}
