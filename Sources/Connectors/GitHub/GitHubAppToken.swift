internal import ConnectorKit
internal import CurlTransport
internal import Foundation
internal import IdentityCore
internal import JSONQuery
internal import JWTKit

/// Tokens of a GitHub App's installation: an hour long, asked for with a signed assertion of the app.
///
/// - SeeAlso: <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app>
struct GitHubAppToken: Sendable {
  static let call = "POST /app/installations/{installation}/access_tokens"

  let source: HTTPSource
  let baseURL: String
  let headers: HTTPHeaders
  let clientID: String
  let keyPEM: Secret
  let installation: String
  let clock: @Sendable () -> Timestamp

  private struct Claims: JWTPayload {
    var iss: String
    var iat: IssuedAtClaim
    var exp: ExpirationClaim

    func verify(using algorithm: some JWTAlgorithm) throws {}
  }

  /// Asks for a token.
  func token() async throws(ConnectorError) -> AccessTokenSource.Token {
    let request = HTTPRequest(
      .post,
      baseURL + "/app/installations/\(URLText.encoded(installation))/access_tokens",
      endpoint: Self.call, headers: headers, body: [],
      authorization: .bearer(Secret(try await assertion())), isIdempotent: true,
      expectedContentType: .json)
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await source.send(request)
    } catch {
      throw ConnectorError(error, vendor: "GitHub", call: Self.call) { _ in nil }
    }
    guard response.isSuccess else {
      throw ConnectorError(
        response, request: request, source: source.name, vendor: "GitHub"
      ) { _ in nil }
    }
    let json = try? JSONReader().value(response.body)
    guard let text = json?["token"]?.string, !text.isEmpty,
      let ends = json?["expires_at"]?.string.flatMap({ Timestamp($0) })
    else {
      throw ConnectorError(
        .malformed, source: source.name, call: Self.call, status: response.status,
        message: "GitHub answered \(Self.call) without a token and its end.")
    }
    let lifetime = (ends.milliseconds - clock().milliseconds) / 1000
    return AccessTokenSource.Token(text: Secret(text), lifetime: max(lifetime, 1))
  }

  /// An assertion of the app: dated a minute back for clocks that differ, and nine minutes ahead.
  private func assertion() async throws(ConnectorError) -> String {
    let now = Date(timeIntervalSince1970: Double(clock().milliseconds / 1000))
    let claims = Claims(
      iss: clientID, iat: IssuedAtClaim(value: now.addingTimeInterval(-60)),
      exp: ExpirationClaim(value: now.addingTimeInterval(540)))
    do {
      let keys = JWTKeyCollection()
      await keys.add(
        rsa: try keyPEM.withExposed { try Insecure.RSA.PrivateKey(pem: $0) },
        digestAlgorithm: .sha256)
      return try await keys.sign(claims)
    } catch {
      // What the parser says about a key stays here: it may quote the key.
      throw ConnectorError(
        .configuration, source: source.name, call: Self.call,
        message: "The private key of the GitHub App is no RSA key in PEM.")
    }
  }
}
