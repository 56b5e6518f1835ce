internal import Foundation
internal import JWTKit

/// Where an app's assertion is exchanged for a token of its installation.
enum GitHubAppEndpoint {
  typealias Context = GitHubAPI.Context

  static let routes: [Route<Context>] = [
    Route("POST /app/installations/{installation}/access_tokens", scope: GitHubAPI.app, token)
  ]

  private struct Claims: JWTPayload {
    var iss: String
    var iat: Int
    var exp: Int

    func verify(using algorithm: some JWTAlgorithm) async throws {}
  }

  private static func token(_ call: Call, _ context: Context) async throws -> Reply {
    let parts = (call.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw Refusal(
        status: 401, code: "unauthorized", message: "A JSON web token could not be decoded")
    }
    let app = try await app(of: parts[1], context)
    guard app.installation == call.capture("installation") else {
      throw Refusal(status: 404, code: "not_found", message: "Not Found")
    }
    let ends = Date().addingTimeInterval(3600)
    let text = await context.state.issue(
      .init(
        client: OAuthClient(app.clientID, keys: []), scopes: Set(app.permissions), expires: ends))
    var permissions: [String: JSON] = [:]
    for permission in app.permissions { permissions[permission] = "read" }
    var reply = Reply(json: [
      "token": .string(text), "expires_at": .string(ends.formatted(.iso8601)),
      "permissions": .object(permissions), "repository_selection": "all",
    ])
    reply.status = 201
    return reply
  }

  private static func app(of assertion: String, _ context: Context) async throws -> GitHubApp {
    for app in context.platform.apps {
      let keys = JWTKeyCollection()
      guard let key = try? Insecure.RSA.PublicKey(pem: app.publicKey) else { continue }
      await keys.add(rsa: key, digestAlgorithm: .sha256)
      guard let claims = try? await keys.verify(assertion, as: Claims.self),
        claims.iss == app.clientID
      else { continue }
      let now = Int(Date().timeIntervalSince1970)
      guard claims.iat <= now else {
        throw Refusal(
          status: 401, code: "unauthorized",
          message:
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        )
      }
      guard claims.exp > now, claims.exp <= now + 600 else {
        throw Refusal(
          status: 401, code: "unauthorized",
          message: "'Expiration time' claim ('exp') is too far in the future")
      }
      return app
    }
    throw Refusal(
      status: 401, code: "unauthorized", message: "A JSON web token could not be decoded")
  }
}
