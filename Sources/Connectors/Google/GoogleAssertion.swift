internal import ConnectorKit
internal import CurlTransport
internal import Foundation
internal import IdentityCore
internal import JSONQuery
internal import JWTKit

/// Tokens of a service account that acts as an administrator: an assertion signed with its key is exchanged for one.
///
/// - SeeAlso: <https://developers.google.com/identity/protocols/oauth2/service-account>
struct GoogleAssertion: Sendable {
  static let call = "POST /token"
  /// The longest life that Google allows an assertion, in seconds.
  private static let lifetime = 3600.0
  /// The `error` words that mean "not now".
  static let transientErrors: Set<String> = [
    "internal_failure", "temporarily_unavailable", "server_error",
  ]

  let source: HTTPSource
  let account: Secret
  /// Where to send it; nil takes what the key file names.
  let tokenURL: String?
  let subject: String
  let scopes: [String]
  let clock: @Sendable () -> Timestamp

  private struct Key {
    var email: String
    var pem: String
    var id: String
    var tokenURL: String?
  }

  private struct Claims: JWTPayload {
    var iss: String
    var sub: String
    var scope: String
    var aud: String
    var iat: IssuedAtClaim
    var exp: ExpirationClaim

    func verify(using algorithm: some JWTAlgorithm) throws {}
  }

  /// Asks for a token.
  func token() async throws(ConnectorError) -> AccessTokenSource.Token {
    let key = try key()
    let form = [
      ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
      ("assertion", try await assertion(key)),
    ]
    let body = form.map { "\($0.0)=\(URLText.encoded($0.1))" }.joined(separator: "&")
    let request = HTTPRequest(
      .post, tokenURL ?? key.tokenURL ?? GoogleConfiguration.tokenEndpoint, endpoint: Self.call,
      headers: HTTPHeaders([
        ("Accept", "application/json"), ("Content-Type", "application/x-www-form-urlencoded"),
      ]),
      body: Array(body.utf8), isIdempotent: true, expectedContentType: .json)
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await source.send(request)
    } catch {
      throw ConnectorError(error, vendor: "Google", call: Self.call) { _ in nil }
    }
    return try accept(response)
  }

  private func accept(_ response: HTTPResponse) throws(ConnectorError) -> AccessTokenSource.Token {
    let json = try? JSONReader().value(response.body)
    guard response.status == 200 else { throw refusal(response.status, json?["error"]?.string) }
    guard let text = json?["access_token"]?.string, !text.isEmpty,
      json?["token_type"]?.string?.lowercased() == "bearer",
      json?["expires_in"].map({ $0.integer != nil }) != false
    else {
      throw ConnectorError(
        .malformed, source: source.name, call: Self.call, status: response.status,
        message: "Google answered \(Self.call) without a bearer token.")
    }
    // RFC 6749 leaves the lifetime open; five minutes are then assumed.
    return AccessTokenSource.Token(
      text: Secret(text), lifetime: max(json?["expires_in"]?.integer ?? 300, 1))
  }

  private func refusal(_ status: Int, _ error: String?) -> ConnectorError {
    let word = error.map { String($0.filter { $0.isLetter || $0 == "_" }.prefix(40)) }
    let facts = [String(status), word].compactMap { $0 }.joined(separator: ", ")
    let code: ConnectorError.Code =
      switch (status, error) {
      case (429, _): .rateLimited
      case (500..., _): .serverError
      case (_, .some(let error)) where Self.transientErrors.contains(error): .serverError
      case (_, "unauthorized_client"?), (_, "access_denied"?): .forbidden
      default: .unauthorised
      }
    let names = scopes.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    let message =
      switch error {
      case "unauthorized_client"?:
        "Google has not delegated \(names.joined(separator: ", ")) to the service account (\(facts))."
      case "invalid_grant"?:
        "Google did not accept the service account's assertion for its administrator (\(facts))."
      case "invalid_scope"?:
        "Google does not know all of \(names.joined(separator: ", ")) (\(facts))."
      case "access_denied"?: "A policy of the account keeps the service account out (\(facts))."
      default: "Google gave no token to the service account (\(facts))."
      }
    return ConnectorError(
      code, source: source.name, call: Self.call, status: status, vendorCode: word,
      message: message)
  }

  // MARK: Signing

  private func key() throws(ConnectorError) -> Key {
    let json = account.withExposed { text in
      try? JSONReader().value(ResponseBody(copying: Array(text.utf8)))
    }
    guard let email = json?["client_email"]?.string, let pem = json?["private_key"]?.string,
      let id = json?["private_key_id"]?.string
    else {
      throw configuration(
        "The service account's key is not the JSON key file that Google Cloud gives out: client_email, private_key or private_key_id is missing."
      )
    }
    return Key(email: email, pem: pem, id: id, tokenURL: json?["token_uri"]?.string)
  }

  private func assertion(_ key: Key) async throws(ConnectorError) -> String {
    // Whole seconds: a date with a fraction is no NumericDate to every reader.
    let now = Date(timeIntervalSince1970: Double(clock().milliseconds / 1000))
    let claims = Claims(
      iss: key.email, sub: subject, scope: scopes.joined(separator: " "),
      aud: GoogleConfiguration.tokenEndpoint, iat: IssuedAtClaim(value: now),
      exp: ExpirationClaim(value: now.addingTimeInterval(Self.lifetime)))
    do {
      let keys = JWTKeyCollection()
      let kid = JWKIdentifier(string: key.id)
      await keys.add(
        rsa: try Insecure.RSA.PrivateKey(pem: key.pem), digestAlgorithm: .sha256, kid: kid)
      return try await keys.sign(claims, kid: kid)
    } catch {
      // What the parser says about a key stays here: it may quote the key.
      throw configuration("The private key in the service account's key file is no RSA key in PEM.")
    }
  }

  private func configuration(_ message: String) -> ConnectorError {
    ConnectorError(.configuration, source: source.name, call: Self.call, message: message)
  }
}
