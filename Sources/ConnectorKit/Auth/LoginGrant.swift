package import CurlTransport
internal import IdentityCore
package import JSONQuery

/// Logs in at an endpoint that gives a token for a name and a password.
package struct LoginGrant: Sendable {
  /// What the log-in is, as the configuration says.
  package struct Plan: Sendable {
    package var url: String
    package var path: String
    /// What the body names; `{{user}}` and `{{password}}` stand for the credentials.
    package var body: RequestPlan.Node
    package var encoding = ClientCredentialsGrant.Encoding.json
    /// Where the token stands in the reply.
    package var token: JSONQuery
    /// Where it stands how many seconds it lives.
    package var lifetime: JSONQuery?
    /// The field that the token goes into, and what stands before it there.
    package var header = "Authorization"
    package var prefix = "Bearer "
    package var user: String
    package var password: Secret
  }

  /// So long a token is taken to live where the reply does not say.
  private static let defaultLifetime: Int64 = 300

  package let source: HTTPSource
  package let vendor: String
  package let plan: Plan

  /// The call, for counting and messages.
  package var call: String { "POST \(plan.path.isEmpty ? "/" : plan.path)" }

  /// Asks for a token.
  package func token() async throws(ConnectorError) -> AccessTokenSource.Token {
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await source.send(request())
    } catch {
      throw ConnectorError(error, vendor: vendor, call: call) { _ in nil }
    }
    guard response.isSuccess else {
      let code: ConnectorError.Code =
        switch response.status {
        case 404: .notFound
        case 429: .rateLimited
        case 500...: .serverError
        default: .unauthorised
        }
      throw ConnectorError(
        code, source: source.name, call: call, status: response.status,
        message: "\(vendor) did not take the log-in of \(source.name) (\(response.status)).")
    }
    let json = try? JSONReader().value(response.body)
    guard let text = json.flatMap({ first(plan.token, $0)?.scalarText }), !text.isEmpty else {
      throw ConnectorError(
        .malformed, source: source.name, call: call, status: response.status,
        message: "\(vendor) answered \(call) without a token at auth.token.")
    }
    let said = json.flatMap { document in plan.lifetime.flatMap { first($0, document) } }
    let lifetime = said?.scalarText.flatMap { Int64($0) } ?? Self.defaultLifetime
    return AccessTokenSource.Token(text: Secret(text), lifetime: max(lifetime, 1))
  }

  /// How requests carry a token.
  package func authorization(_ token: Secret) -> Authorization {
    if plan.header.lowercased() == "authorization", plan.prefix == "Bearer " {
      return .bearer(token)
    }
    let prefix = plan.prefix
    return .header(name: plan.header, value: token.withExposed { Secret(prefix + $0) })
  }

  private func first(_ query: JSONQuery, _ document: JSONValue) -> JSONValue? {
    (try? query.nodes(in: document))?.first
  }

  private func request() -> HTTPRequest {
    var request = HTTPRequest(
      .post, plan.url + plan.path, endpoint: call,
      headers: HTTPHeaders([("Accept", "application/json")]), isIdempotent: true)
    let document = plan.password.withExposed { password in
      plan.body.filled(["user": plan.user, "password": password]) ?? .object([:])
    }
    switch plan.encoding {
    case .json:
      request.headers.set("Content-Type", "application/json")
      request.body = Array(document.text.utf8)
    case .form:
      request.headers.set("Content-Type", "application/x-www-form-urlencoded")
      let pairs = (document.object ?? [:]).sorted { $0.key < $1.key }.map { name, value in
        "\(URLText.encoded(name))=\(URLText.encoded(value.scalarText ?? ""))"
      }
      request.body = Array(pairs.joined(separator: "&").utf8)
    }
    return request
  }
}
