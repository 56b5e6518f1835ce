internal import Crypto
internal import Foundation
internal import JWTKit

/// The token endpoint: client credentials with a secret or a certificate's assertion.
enum EntraTokenEndpoint {
  typealias Context = EntraAPI.Context

  static let routes: [Route<Context>] = [
    Route("POST /{tenant}/oauth2/v2.0/token", scope: EntraAPI.open, token)
  ]

  private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

  private struct Claims: JWTPayload {
    var aud: AudienceClaim
    var iss: IssuerClaim
    var sub: SubjectClaim
    var jti: IDClaim
    var nbf: NotBeforeClaim
    var exp: ExpirationClaim

    func verify(using algorithm: some JWTAlgorithm) async throws {
      try exp.verifyNotExpired()
      try nbf.verifyNotBefore()
    }
  }

  private static func refuse(_ code: String, _ message: String, status: Int = 401) -> Refusal {
    Refusal(status: status, code: code, message: message, isOAuth: true)
  }

  private static func token(_ call: Call, _ context: Context) async throws -> Reply {
    guard call.capture("tenant") == context.tenant.tenantID else {
      throw refuse(
        "invalid_request", "AADSTS90002: Tenant was not found.", status: 400)
    }
    guard (call.headers["content-type"] ?? "").hasPrefix("application/x-www-form-urlencoded") else {
      throw refuse("invalid_request", "AADSTS900144: The body must be a form.", status: 400)
    }
    let form = Dictionary(
      Call.form(String(decoding: call.body, as: UTF8.self)).map { ($0.name, $0.value) },
      uniquingKeysWith: { first, _ in first })
    guard form["grant_type"] == "client_credentials" else {
      throw refuse(
        "unsupported_grant_type", "AADSTS70003: The grant type is not supported.", status: 400)
    }
    guard form["scope"] == "https://graph.microsoft.com/.default" else {
      throw refuse(
        "invalid_scope", "AADSTS1002012: The provided value for scope is not valid.", status: 400)
    }
    guard let client = context.tenant.clients.first(where: { $0.id == form["client_id"] }) else {
      throw refuse(
        "unauthorized_client", "AADSTS700016: Application was not found in the directory.",
        status: 400)
    }
    if let secret = form["client_secret"] {
      guard !client.secret.isEmpty, secret == client.secret else {
        throw refuse("invalid_client", "AADSTS7000215: Invalid client secret provided.")
      }
    } else {
      guard form["client_assertion_type"] == assertionType,
        let assertion = form["client_assertion"]
      else {
        throw refuse(
          "invalid_client", "AADSTS7000216: client_assertion or client_secret is required.")
      }
      try await check(assertion, client, audience: call.baseURL + call.path)
    }
    let text = await context.api.state.issue(
      .init(
        client: OAuthClient(client.id, keys: []), scopes: Set(client.permissions),
        expires: Date().addingTimeInterval(3599)))
    return Reply(json: [
      "token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599,
      "access_token": .string(text),
    ])
  }

  /// Checks an assertion from its header to its times.
  private static func check(
    _ assertion: String, _ client: EntraClient, audience: String
  ) async throws {
    let header = assertion.split(separator: ".").first.flatMap { json(base64url: String($0)) }
    guard header?["typ"]?.text == "JWT", let algorithm = header?["alg"]?.text else {
      throw refuse("invalid_client", "AADSTS50027: JWT token is invalid or malformed.")
    }
    for pem in client.certificates {
      guard let der = der(pem) else { continue }
      let named: Bool
      switch algorithm {
      case "PS256": named = header?["x5t#S256"]?.text == base64url(SHA256.hash(data: der))
      case "RS256": named = header?["x5t"]?.text == base64url(Crypto.Insecure.SHA1.hash(data: der))
      default: named = false
      }
      guard named else { continue }
      guard let claims = try? await verify(assertion, pem, algorithm) else {
        throw refuse(
          "invalid_client",
          "AADSTS700027: Client assertion failed signature validation, or it has expired.")
      }
      guard claims.iss.value == client.id, claims.sub.value == client.id,
        claims.aud.value == [audience], UUID(uuidString: claims.jti.value) != nil,
        claims.exp.value.timeIntervalSince(claims.nbf.value) <= 600
      else {
        throw refuse(
          "invalid_client", "AADSTS700021: Client assertion claims do not fit the application.")
      }
      return
    }
    throw refuse(
      "invalid_client",
      "AADSTS700027: The certificate with identifier used to sign is not registered.")
  }

  private static func verify(
    _ assertion: String, _ pem: String, _ algorithm: String
  ) async throws -> Claims {
    let keys = JWTKeyCollection()
    let key = try JWTKit.Insecure.RSA.PublicKey(certificatePEM: pem)
    if algorithm == "PS256" {
      await keys.add(pss: key, digestAlgorithm: .sha256)
    } else {
      await keys.add(rsa: key, digestAlgorithm: .sha256)
    }
    return try await keys.verify(assertion, as: Claims.self)
  }

  private static func der(_ pem: String) -> Data? {
    let lines = pem.split(whereSeparator: \.isNewline)
    guard let start = lines.firstIndex(where: { $0.contains("BEGIN CERTIFICATE") }),
      let end = lines[start...].firstIndex(where: { $0.contains("END CERTIFICATE") })
    else { return nil }
    return Data(base64Encoded: lines[(start + 1)..<end].joined())
  }

  private static func base64url(_ digest: some Sequence<UInt8>) -> String {
    Data(digest).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }

  private static func json(base64url text: String) -> JSON? {
    var text = text.replacing("-", with: "+").replacing("_", with: "/")
    while !text.count.isMultiple(of: 4) { text += "=" }
    return Data(base64Encoded: text).flatMap { try? JSON(parsing: $0) }
  }
}
