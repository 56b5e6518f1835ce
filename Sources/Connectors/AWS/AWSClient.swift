internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// Calls the operations of one AWS service and turns whatever goes wrong into a ``ConnectorError``.
///
/// Every call is `POST /` without a query, which libcurl's signer does right in all versions.
struct AWSClient: Sendable {
  static let vendor = "AWS"

  let service: AWSService
  let source: HTTPSource
  /// The address of the service, without a trailing slash.
  let url: String
  /// The region that requests are signed for.
  let region: String
  /// Nil for a client whose caller brings the key.
  let keyring: AWSKeyring?

  // MARK: Requests

  /// A call of a Query service.
  func request(_ operation: String, query parameters: [(String, String)] = []) -> HTTPRequest {
    guard case .query(let version) = service.wire else { return request(operation, json: [:]) }
    let form = [("Action", operation), ("Version", version)] + parameters
    let body = form.map { "\(URLText.encoded($0.0))=\(URLText.encoded($0.1))" }
      .joined(separator: "&")
    return HTTPRequest(
      .post, url + "/", endpoint: service.call(operation),
      headers: HTTPHeaders([
        ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
      ]),
      body: Array(body.utf8), isIdempotent: true)
  }

  /// A call of a JSON service.
  func request(_ operation: String, json: [String: JSONValue]) -> HTTPRequest {
    guard case .json(let target) = service.wire else { return request(operation) }
    return HTTPRequest(
      .post, url + "/", endpoint: service.call(operation),
      headers: HTTPHeaders([
        ("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", "\(target).\(operation)"),
      ]),
      body: Array(JSONValue.object(json).text.utf8), isIdempotent: true)
  }

  // MARK: Calls

  /// Sends one call; an expired key of a role is replaced once.
  func send(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse {
    guard let keyring else {
      throw ConnectorError(
        .configuration, source: source.name, call: request.endpoint, message: "No key is given.")
    }
    let key = try await keyring.current()
    do throws(ConnectorError) {
      return try await send(request, with: key)
    } catch {
      guard error.vendorCode.map(AWSErrors.expired.contains) == true,
        let other = try await keyring.renewed(after: key)
      else { throw error }
      return try await send(request, with: other)
    }
  }

  /// Sends one call with a key.
  func send(
    _ request: HTTPRequest, with key: AWSKeyring.Key
  ) async throws(ConnectorError) -> HTTPResponse {
    var signed = request
    signed.authorization = .sigV4(
      provider: "aws:amz:\(region):\(service.signingName)", id: key.id, secret: key.secret,
      session: key.session)
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await source.send(signed)
    } catch {
      throw recoded(
        ConnectorError(
          error, vendor: Self.vendor, call: request.endpoint, vendorCode: AWSErrors.code))
    }
    if response.isSuccess {
      guard isWebPage(response.body) else { return response }
      throw ConnectorError(
        .notJSON, source: source.name, call: request.endpoint, status: response.status,
        message: "\(Self.vendor) answered \(request.endpoint) with a web page.",
        request: request.redacted)
    }
    throw recoded(
      ConnectorError(
        response, request: request, source: source.name, vendor: Self.vendor,
        vendorCode: AWSErrors.code))
  }

  /// Whether a reply is a page for people, by its beginning: its type of content is not always told right.
  private func isWebPage(_ body: ResponseBody) -> Bool {
    let start = String(decoding: body.bytes.drop { $0 <= 0x20 }.prefix(9), as: UTF8.self)
      .lowercased()
    if case .json = service.wire { return start.hasPrefix("<") }
    return start.hasPrefix("<!doctype") || start.hasPrefix("<html")
  }

  /// The document of a JSON reply.
  func value(_ request: HTTPRequest) async throws(ConnectorError) -> JSONValue {
    let response = try await send(request)
    do throws(WireError) {
      return try JSONReader().value(response.body).inOneOrder
    } catch {
      throw malformed(error, request)
    }
  }

  /// The result in an XML reply: what `<Operation>Response/<Operation>Result` holds.
  func result(_ request: HTTPRequest) async throws(ConnectorError) -> XMLElement {
    try xml(try await send(request), request)
  }

  /// Takes the result out of an XML reply.
  func xml(
    _ response: HTTPResponse, _ request: HTTPRequest, page: Int? = nil
  ) throws(ConnectorError) -> XMLElement {
    let operation = request.endpoint.split(separator: ":").last.map(String.init) ?? ""
    do throws(WireError) {
      let root = try XMLElement(parsing: response.body.bytes)
      guard root.name == "\(operation)Response", let result = root["\(operation)Result"] else {
        throw WireError(.shape, path: "\(operation)Result", detail: "expected an element")
      }
      return result
    } catch {
      throw malformed(error, request, page: page)
    }
  }

  // MARK: Lists

  /// Reads a list page by page.
  ///
  /// - Parameters:
  ///   - request: makes the call for a token; nil is the first page.
  ///   - read: takes a page and its number from 1, and gives the next page's token.
  func pages(
    _ request: (_ token: String?) -> HTTPRequest,
    _ read: (HTTPResponse, _ request: HTTPRequest, _ page: Int) throws(ConnectorError) -> String?
  ) async throws(ConnectorError) {
    var token: String?
    var seen: Set<String> = []
    for page in 1...max(1, source.policy.maxPages) {
      let call = request(token)
      let response: HTTPResponse
      do throws(ConnectorError) {
        response = try await send(call)
      } catch {
        throw error.onPage(page)
      }
      guard let next = try read(response, call, page), !next.isEmpty else { return }
      guard seen.insert(next).inserted else {
        throw ConnectorError(
          .cursorLoop, source: source.name, call: call.endpoint, page: page, status: 200,
          message: "\(call.endpoint) names a next page that was read before (page \(page)).")
      }
      token = next
    }
    throw ConnectorError(
      .tooLarge, source: source.name, call: request(nil).endpoint,
      message: "\(request(nil).endpoint) has more than \(source.policy.maxPages) pages.")
  }

  /// Reads a short list of a JSON service as values.
  func values<T>(
    _ operation: String, _ body: [String: JSONValue], list: String, token: String = "NextToken",
    _ read: (JSONValue) throws(WireError) -> T
  ) async throws(ConnectorError) -> [T] {
    var result: [T] = []
    try await pages { next in
      var body = body
      if let next { body[token] = .string(next) }
      return request(operation, json: body)
    } _: { response, call, page throws(ConnectorError) in
      do throws(WireError) {
        let json = try JSONReader().value(response.body)
        let rows = try json.required(list, .array) {
          $0.array == nil ? nil : $0.withRowsInOneOrder
        }
        result += try rows.rows(read)
        return try json.optional(token, .string, \.string)
      } catch {
        throw malformed(error, call, page: page)
      }
    }
    return result
  }

  // MARK: Failures

  /// Makes an error of a document that is not as documented.
  func malformed(_ error: WireError, _ request: HTTPRequest, page: Int? = nil) -> ConnectorError {
    ConnectorError(
      error, source: source.name, vendor: Self.vendor, call: request.endpoint, page: page)
  }

  /// What there is to say of a row that came before: the same is one row, another with its id leaves the list unread.
  func repeated(
    _ isSame: Bool, _ request: HTTPRequest, page: Int, row: Int
  ) -> ConnectorError {
    ConnectorError(
      .duplicateIDs, source: source.name, call: request.endpoint, page: page, status: 200,
      message: "AWS named the same row twice in \(request.endpoint) (page \(page), row \(row)); "
        + (isSame
          ? "it counts once."
          : "the two say different things, so the list is not read to its end."))
  }

  /// The error with the meaning of AWS's own code in the place of the status's.
  private func recoded(_ error: ConnectorError) -> ConnectorError {
    guard let meaning = AWSErrors.meaning(error.vendorCode), meaning != error.code else {
      return error
    }
    let facts = [error.status.map(String.init), error.vendorCode].compactMap { $0 }
      .joined(separator: ", ")
    let message =
      switch meaning {
      case .unauthorised: "AWS did not accept the credentials for \(error.call) (\(facts))."
      case .forbidden: "AWS refused \(error.call) (\(facts))."
      case .notFound: "AWS knows nothing under \(error.call) (\(facts))."
      default: "AWS failed to answer \(error.call) (\(facts))."
      }
    return ConnectorError(
      meaning, source: error.source, call: error.call, page: error.page, status: error.status,
      vendorCode: error.vendorCode, message: message, request: error.request, cause: error.cause)
  }
}
