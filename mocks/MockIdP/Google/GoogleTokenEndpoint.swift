internal import Foundation
internal import JWTKit

/// The token endpoint: a service account's assertion for an administrator is exchanged for a token.
enum GoogleTokenEndpoint {
  typealias Context = GoogleAPI.Context

  static let routes: [Route<Context>] = [Route("POST /token", scope: GoogleAPI.open, token)]

  private static let audience = "https://oauth2.googleapis.com/token"

  private struct Claims: JWTPayload {
    var iss: String
    var sub: String?
    var scope: String
    var aud: String
    var iat: Int
    var exp: Int

    func verify(using algorithm: some JWTAlgorithm) async throws {}
  }

  private static func refuse(_ code: String, _ message: String, status: Int = 400) -> Refusal {
    Refusal(status: status, code: code, message: message, isOAuth: true)
  }

  private static func token(_ call: Call, _ context: Context) async throws -> Reply {
    guard call.headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true
    else { throw refuse("invalid_request", "The content type must be a form.") }
    let form = Dictionary(
      Call.form(String(decoding: call.body, as: UTF8.self)).map { ($0.name, $0.value) },
      uniquingKeysWith: { first, _ in first })
    guard form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" else {
      throw refuse("unsupported_grant_type", "Invalid grant_type")
    }
    let (account, claims) = try await verified(form["assertion"] ?? "", context)
    let now = Int(Date().timeIntervalSince1970 + context.account.clockOffset)
    guard claims.aud == audience else { throw refuse("invalid_grant", "Invalid JWT audience.") }
    guard claims.exp > now, claims.iat <= now + 300, claims.exp - claims.iat <= 3600 else {
      throw refuse(
        "invalid_grant",
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
      )
    }
    let scopes = Set(claims.scope.split(separator: " ").map(String.init))
    guard !scopes.isEmpty, scopes.allSatisfy({ $0.hasPrefix(GoogleAPI.scopePrefix) }) else {
      throw refuse("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    }
    // One scope that was not delegated fails the whole request.
    let delegated = account.scopes.map { GoogleAPI.scopePrefix + $0 }
    guard let subject = claims.sub, scopes.isSubset(of: delegated) else {
      throw refuse(
        "unauthorized_client",
        "Client is unauthorized to retrieve access tokens using this method, or client not "
          + "authorized for any of the scopes requested.", status: 401)
    }
    guard context.account.isAdministrator(subject) else {
      throw refuse("invalid_grant", "Invalid email or User ID")
    }
    let text = await context.state.issue(
      .init(
        client: OAuthClient(subject, keys: []), scopes: scopes,
        expires: Date().addingTimeInterval(3600)))
    return Reply(json: [
      "access_token": .string(text), "expires_in": 3599, "token_type": "Bearer",
    ])
  }

  private static func verified(
    _ assertion: String, _ context: Context
  ) async throws -> (GoogleServiceAccount, Claims) {
    guard let header = assertion.split(separator: ".").first.flatMap({ json(String($0)) }),
      header["alg"]?.text == "RS256", header["typ"]?.text == "JWT"
    else { throw refuse("invalid_grant", "Bad Request: the assertion is no RS256 JWT.") }
    let kid = header["kid"]?.text
    for account in context.account.serviceAccounts where account.keyID == kid {
      guard let pem = account.publicKey else { continue }
      let keys = JWTKeyCollection()
      await keys.add(
        rsa: try Insecure.RSA.PublicKey(pem: pem), digestAlgorithm: .sha256,
        kid: JWKIdentifier(string: account.keyID))
      guard let claims = try? await keys.verify(assertion, as: Claims.self),
        claims.iss == account.email
      else { continue }
      return (account, claims)
    }
    throw refuse("invalid_grant", "Invalid JWT Signature.")
  }

  private static func json(_ text: String) -> JSON? {
    var text = text.replacing("-", with: "+").replacing("_", with: "/")
    while !text.count.isMultiple(of: 4) { text += "=" }
    return Data(base64Encoded: text).flatMap { try? JSON(parsing: $0) }
  }
}
