package import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// Asks for access tokens by the client credentials grant.
///
/// - SeeAlso: RFC 6749, sections 2.3.1 and 4.4
package struct ClientCredentialsGrant: Sendable {
  /// Where the id and secret stand.
  package enum Proof: String, Sendable, CaseIterable {
    /// In an `Authorization: Basic` header, form-encoded first.
    case basic
    /// Among the parameters.
    case post
  }

  /// What the body is.
  package enum Encoding: String, Sendable, CaseIterable { case form, json }

  package let source: HTTPSource
  /// The vendor's name, for messages.
  package var vendor: String
  package var url: String
  /// Method and path template, for counting and messages.
  package var call: String
  package var clientID: String
  package var secret: Secret
  package var proof = Proof.basic
  package var encoding = Encoding.form
  package var scope: String?
  package var audience: String?
  /// Further parameters.
  package var extra: [(String, String)] = []

  package init(
    source: HTTPSource,
    vendor: String,
    url: String,
    call: String,
    clientID: String,
    secret: Secret,
    proof: Proof = .basic,
    encoding: Encoding = .form,
    scope: String? = nil,
    audience: String? = nil,
    extra: [(String, String)] = []
  ) {
    self.source = source
    self.vendor = vendor
    self.url = url
    self.call = call
    self.clientID = clientID
    self.secret = secret
    self.proof = proof
    self.encoding = encoding
    self.scope = scope
    self.audience = audience
    self.extra = extra
  }

  /// Asks for a token.
  package func token() async throws(ConnectorError) -> AccessTokenSource.Token {
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await source.send(request())
    } catch {
      throw ConnectorError(error, vendor: vendor, call: call) { _ in nil }
    }
    let json = try? JSONReader().value(response.body)
    guard response.isSuccess else { throw refusal(response, json) }
    guard let text = json?["access_token"]?.string, !text.isEmpty,
      (json?["token_type"]?.string ?? "bearer").lowercased() == "bearer"
    else {
      throw ConnectorError(
        .malformed, source: source.name, call: call, status: response.status,
        message: "\(vendor) answered \(call) without a bearer token.")
    }
    // RFC 6749 leaves the lifetime open; five minutes are then assumed. Some servers write it as a text.
    let said = json?["expires_in"].flatMap { $0.integer ?? $0.string.flatMap { Int64($0) } }
    return AccessTokenSource.Token(text: Secret(text), lifetime: max(said ?? 300, 1))
  }

  private func request() -> HTTPRequest {
    var parameters = [("grant_type", "client_credentials")]
    if let scope { parameters.append(("scope", scope)) }
    if let audience { parameters.append(("audience", audience)) }
    parameters += extra
    var request = HTTPRequest(
      .post, url, endpoint: call, headers: HTTPHeaders([("Accept", "application/json")]),
      isIdempotent: true)
    switch proof {
    case .basic:
      request.authorization = .basic(
        user: URLText.encoded(clientID),
        password: secret.withExposed { Secret(URLText.encoded($0)) })
    case .post:
      parameters.append(("client_id", clientID))
      parameters.append(("client_secret", secret.withExposed { $0 }))
    }
    switch encoding {
    case .form:
      request.headers.set("Content-Type", "application/x-www-form-urlencoded")
      let pairs = parameters.map { "\(URLText.encoded($0.0))=\(URLText.encoded($0.1))" }
      request.body = Array(pairs.joined(separator: "&").utf8)
    case .json:
      request.headers.set("Content-Type", "application/json")
      let members = parameters.map { ($0.0, JSONValue.string($0.1)) }
      request.body = Array(JSONValue.object(Dictionary(members) { $1 }).text.utf8)
    }
    return request
  }

  private func refusal(_ response: HTTPResponse, _ json: JSONValue?) -> ConnectorError {
    let code: ConnectorError.Code =
      switch response.status {
      case 404: .notFound
      case 429: .rateLimited
      case 500...: .serverError
      default: .unauthorised
      }
    let word = json?["error"]?.string.map {
      String($0.filter { $0.isASCII && ($0.isLetter || $0 == "_") }.prefix(40))
    }
    let facts = [String(response.status), word].compactMap { $0 }.joined(separator: ", ")
    return ConnectorError(
      code, source: source.name, call: call, status: response.status, vendorCode: word,
      message: "\(vendor) gave no token to the client of \(source.name) (\(facts)).")
  }
}
