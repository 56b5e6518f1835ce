internal import ConnectorKit
internal import CurlTransport
internal import Foundation
internal import IdentityCore
internal import JSONQuery
internal import JWTKit

/// Asks for the access tokens of a service app, with a signed assertion.
///
/// A scope that is optional is left out from then on when the organisation does not grant it.
/// - SeeAlso: <https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/>
actor OktaTokenGrant {
  /// The scopes that may be missing.
  private static let optionalScopes: Set<String> = ["okta.idps.read"]
  private static let call = "POST /oauth2/v1/token"

  private let source: HTTPSource
  private let url: String
  private let clientID: String
  private let keyPEM: Secret
  private let keyID: String
  private let clock: @Sendable () -> Timestamp

  private var scopes: [String]

  init(
    source: HTTPSource, baseURL: String, clientID: String, keyPEM: Secret, keyID: String,
    scopes: [String], clock: @escaping @Sendable () -> Timestamp
  ) {
    self.source = source
    url = baseURL + "/oauth2/v1/token"
    self.clientID = clientID
    self.keyPEM = keyPEM
    self.keyID = keyID
    self.scopes = scopes
    self.clock = clock
  }

  /// Asks for a token.
  func token() async throws(ConnectorError) -> AccessTokenSource.Token {
    var reply = try await exchange()
    if ["invalid_scope", "consent_required"].contains(reply.error),
      scopes.contains(where: Self.optionalScopes.contains)
    {
      scopes.removeAll(where: Self.optionalScopes.contains)
      reply = try await exchange()
    }
    if reply.error == "invalid_client", reply.wasRepeated {
      // A repeated request may meet its own assertion, which counts once only.
      reply = try await exchange()
    }
    return try accept(reply)
  }

  /// What the token endpoint answered.
  private struct Reply {
    var status: Int
    var json: JSONValue?
    var error: String?
    var wasRepeated: Bool
  }

  private func exchange() async throws(ConnectorError) -> Reply {
    let form = [
      ("grant_type", "client_credentials"), ("scope", scopes.joined(separator: " ")),
      ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
      ("client_assertion", try await assertion()),
    ]
    let body = form.map { "\($0.0)=\(URLText.encoded($0.1))" }.joined(separator: "&")
    let request = HTTPRequest(
      .post, url, endpoint: Self.call,
      headers: HTTPHeaders([
        ("Accept", "application/json"), ("Content-Type", "application/x-www-form-urlencoded"),
      ]),
      body: Array(body.utf8), isIdempotent: true)
    let retries = source.statistics.retries
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await source.send(request)
    } catch {
      throw ConnectorError(error, vendor: "Okta", call: Self.call) { _ in nil }
    }
    let json = try? JSONReader().value(response.body)
    return Reply(
      status: response.status, json: json, error: json?["error"]?.string,
      wasRepeated: source.statistics.retries != retries)
  }

  private func accept(_ reply: Reply) throws(ConnectorError) -> AccessTokenSource.Token {
    guard reply.status == 200 else { throw refusal(reply) }
    guard let text = reply.json?["access_token"]?.string, !text.isEmpty,
      reply.json?["token_type"]?.string?.lowercased() == "bearer"
    else {
      throw ConnectorError(
        .malformed, source: source.name, call: Self.call, status: reply.status,
        message: "Okta answered \(Self.call) without a bearer token.")
    }
    // RFC 6749 leaves the lifetime open; five minutes are then assumed.
    return AccessTokenSource.Token(
      text: Secret(text), lifetime: reply.json?["expires_in"]?.integer ?? 300)
  }

  private func refusal(_ reply: Reply) -> ConnectorError {
    let code: ConnectorError.Code =
      switch (reply.status, reply.error) {
      case (429, _): .rateLimited
      case (500..., _): .serverError
      case (_, "use_dpop_nonce"?), (_, "invalid_dpop_proof"?): .configuration
      default: .unauthorised
      }
    let word = reply.error.map { String($0.filter { $0.isLetter || $0 == "_" }.prefix(40)) }
    let facts = [String(reply.status), word].compactMap { $0 }.joined(separator: ", ")
    let message =
      switch reply.error {
      case "use_dpop_nonce"?, "invalid_dpop_proof"?:
        "Okta gives this service app tokens with proof of possession (DPoP) only (\(facts))."
      case "invalid_scope"?, "consent_required"?:
        "Okta does not grant the service app all of \(scopes.joined(separator: ", ")) (\(facts))."
      default: "Okta did not accept the service app's assertion (\(facts))."
      }
    return ConnectorError(
      code, source: source.name, call: Self.call, status: reply.status, vendorCode: word,
      message: message)
  }

  private struct Assertion: JWTPayload {
    var iss: IssuerClaim
    var sub: SubjectClaim
    var aud: AudienceClaim
    var iat: IssuedAtClaim
    var exp: ExpirationClaim
    var jti: IDClaim

    func verify(using algorithm: some JWTAlgorithm) throws {}
  }

  /// A fresh assertion: five minutes long, for the token URL, good for one use.
  private func assertion() async throws(ConnectorError) -> String {
    let now = clock()
    // Whole seconds: a date with a fraction is no NumericDate to every reader.
    let issued = Date(timeIntervalSince1970: Double(now.milliseconds / 1000))
    let payload = Assertion(
      iss: IssuerClaim(value: clientID), sub: SubjectClaim(value: clientID),
      aud: AudienceClaim(value: url), iat: IssuedAtClaim(value: issued),
      exp: ExpirationClaim(value: issued.addingTimeInterval(300)),
      jti: IDClaim(value: UUID().uuidString))
    do {
      let keys = JWTKeyCollection()
      let kid = JWKIdentifier(string: keyID)
      let rsa = keyPEM.withExposed { try? Insecure.RSA.PrivateKey(pem: $0) }
      if let rsa {
        await keys.add(rsa: rsa, digestAlgorithm: .sha256, kid: kid)
      } else {
        await keys.add(
          ecdsa: try keyPEM.withExposed { try ES256PrivateKey(pem: $0) }, kid: kid)
      }
      return try await keys.sign(payload, kid: kid)
    } catch {
      // What the parser says about a key stays here: it may quote the key.
      throw ConnectorError(
        .configuration, source: source.name, call: Self.call,
        message:
          "The private key of \(source.name) is neither an RSA key of 2048 bits or more nor an EC P-256 key in PEM."
      )
    }
  }
}
