internal import Foundation
internal import JWTKit

/// The token endpoint of the org authorization server: client credentials with `private_key_jwt`.
enum OktaTokenEndpoint {
  typealias Context = OktaAPI.Context

  static let routes: [Route<Context>] = [
    Route("POST /oauth2/v1/token", scope: OktaAPI.open, token)
  ]

  private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

  private struct Claims: JWTPayload {
    var iss: IssuerClaim
    var sub: SubjectClaim
    var aud: AudienceClaim
    var exp: ExpirationClaim
    var iat: IssuedAtClaim?
    var jti: IDClaim?

    func verify(using algorithm: some JWTAlgorithm) async throws {
      try exp.verifyNotExpired()
    }
  }

  private static func refuse(
    _ code: String, _ message: String, status: Int = 400
  ) -> Refusal {
    Refusal(status: status, code: code, message: message, isOAuth: true)
  }

  private static func token(_ call: Call, _ context: Context) async throws -> Reply {
    let type = call.headers["content-type"] ?? ""
    guard type.hasPrefix("application/x-www-form-urlencoded") else {
      throw refuse("invalid_request", "The content type must be a form.")
    }
    let form = Dictionary(
      Call.form(String(decoding: call.body, as: UTF8.self)).map { ($0.name, $0.value) },
      uniquingKeysWith: { first, _ in first })
    guard form["grant_type"] == "client_credentials" else {
      throw refuse("unsupported_grant_type", "The grant type is not supported.")
    }
    guard form["client_assertion_type"] == assertionType, let assertion = form["client_assertion"]
    else {
      throw refuse("invalid_client", "Only private_key_jwt is supported here.", status: 401)
    }
    let client = try await client(of: assertion, call, context)
    let scopes = Set((form["scope"] ?? "").split(separator: " ").map(String.init))
    guard !scopes.isEmpty else { throw refuse("invalid_scope", "No scope was requested.") }
    guard scopes.isSubset(of: client.scopes) else {
      throw refuse(client.scopeRefusal, "One or more scopes are not granted to the client.")
    }
    let text = await context.state.issue(
      .init(client: client, scopes: scopes, expires: Date().addingTimeInterval(3600)))
    var reply = Reply(json: [
      "token_type": "Bearer", "expires_in": 3600, "access_token": .string(text),
      "scope": .string(scopes.sorted().joined(separator: " ")),
    ])
    reply.setHeader("Pragma", "no-cache")
    return reply
  }

  /// Checks an assertion from its header to its times, and returns the client that signed it.
  private static func client(
    of assertion: String, _ call: Call, _ context: Context
  ) async throws -> OAuthClient {
    let invalid = { refuse("invalid_client", $0, status: 401) }
    let header = assertion.split(separator: ".").first.flatMap { json(base64url: String($0)) }
    guard let kid = header?["kid"]?.text, let algorithm = header?["alg"]?.text else {
      throw invalid("The client_assertion names no key or algorithm.")
    }
    for client in context.okta.clients {
      for key in client.keys where key.id == kid && key.algorithm == algorithm {
        guard let claims = try? await verify(assertion, with: key) else { continue }
        guard claims.iss.value == client.id, claims.sub.value == client.id else {
          throw invalid("iss and sub of the client_assertion must be the client id.")
        }
        guard claims.aud.value == [call.baseURL + call.path] else {
          throw invalid("aud of the client_assertion must be the token endpoint.")
        }
        guard claims.exp.value.timeIntervalSinceNow <= 3600 else {
          throw invalid("The client_assertion is valid for more than an hour.")
        }
        return client
      }
    }
    throw invalid("The client_assertion signature is invalid, or the assertion has expired.")
  }

  private static func verify(_ assertion: String, with key: ClientKey) async throws -> Claims {
    let keys = JWTKeyCollection()
    let kid = JWKIdentifier(string: key.id)
    switch key.algorithm {
    case "ES256": await keys.add(ecdsa: try ES256PublicKey(pem: key.pem), kid: kid)
    case "ES384": await keys.add(ecdsa: try ES384PublicKey(pem: key.pem), kid: kid)
    case "ES512": await keys.add(ecdsa: try ES512PublicKey(pem: key.pem), kid: kid)
    default:
      let digests: [String: DigestAlgorithm] = [
        "RS256": .sha256, "RS384": .sha384, "RS512": .sha512,
      ]
      guard let digest = digests[key.algorithm] else { throw JWTError.noKeyProvided }
      await keys.add(
        rsa: try Insecure.RSA.PublicKey(pem: key.pem), digestAlgorithm: digest, kid: kid)
    }
    return try await keys.verify(assertion, as: Claims.self)
  }

  private static func json(base64url text: String) -> JSON? {
    var text = text.replacing("-", with: "+").replacing("_", with: "/")
    while !text.count.isMultiple(of: 4) { text += "=" }
    return Data(base64Encoded: text).flatMap { try? JSON(parsing: $0) }
  }
}
