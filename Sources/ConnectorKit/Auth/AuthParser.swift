internal import CurlTransport
internal import Foundation
internal import JSONQuery

/// Reads `auth`: what requests prove themselves with.
package struct AuthParser {
  package enum Word: String, CaseIterable, Sendable {
    case none, basic, bearer, header, query
    case clientCredentials = "oauth2_client_credentials"
    case mtls
    case awsSigV4 = "aws-sigv4"
    case duoV5 = "hmac-duo-v5"
    case login
  }

  /// Makes the credentials once secrets can be fetched.
  package typealias Maker = @Sendable (SourceContext) throws -> EndpointAuth

  /// Reads the section; nil after what is wrong was told.
  ///
  /// - Parameter allowed: the kinds that make sense here.
  package static func maker(_ keys: (any SourceKeys)?, allowed: Set<Word> = Set(Word.allCases))
    -> Maker?
  {
    guard let keys else { return { _ in .none } }
    if !keys.names.contains("kind") { keys.missing("kind") }
    guard let word = keys.choice("kind", Word.self) else { return nil }
    guard allowed.contains(word) else {
      let words = Word.allCases.filter(allowed.contains).map(\.rawValue).joined(separator: ", ")
      keys.reject("kind", "expected \(words)")
      return nil
    }
    let maker = maker(word, keys)
    keys.finish()
    return maker
  }

  private static func maker(_ word: Word, _ keys: any SourceKeys) -> Maker? {
    switch word {
    case .none: return { _ in .none }
    case .basic:
      let user = keys.requiredString("user")
      let password = keys.requiredSecret("password")
      if user?.contains(":") == true { keys.reject("user", "a user name has no colon") }
      guard let user, let password else { return nil }
      return { .fixed(.basic(user: user, password: try $0.secret(password))) }
    case .bearer:
      guard let token = keys.requiredSecret("token") else { return nil }
      return { .fixed(.bearer(try $0.secret(token))) }
    case .header:
      let name = keys.requiredString("name")
      let value = keys.requiredSecret("value")
      guard let name, let value else { return nil }
      return { .fixed(.header(name: name, value: try $0.secret(value))) }
    case .query:
      let name = keys.requiredString("name")
      let value = keys.requiredSecret("value")
      guard let name, let value else { return nil }
      return { .query(name: name, value: try $0.secret(value)) }
    case .awsSigV4: return awsSigV4(keys)
    case .mtls: return certificate(keys)
    case .duoV5:
      let key = keys.requiredString("integration_key")
      let secret = keys.requiredSecret("secret_key")
      guard let key, let secret else { return nil }
      return { context in
        let signature = DuoV5Signature(
          integrationKey: key, secretKey: try context.secret(secret), clock: context.clock)
        return .fixed(.computed { signature.fields($0, $1, $2) })
      }
    case .clientCredentials: return clientCredentials(keys)
    case .login: return login(keys)
    }
  }

  private static func login(_ keys: any SourceKeys) -> Maker? {
    let url = keys.url("url")
    let path = keys.string("path") ?? ""
    if !path.isEmpty, !path.hasPrefix("/") {
      keys.reject("path", "a path begins with / and is added to url")
    }
    let user = keys.requiredString("user")
    let password = keys.requiredSecret("password")
    let token = keys.requiredQuery("token")
    let lifetime = keys.query("expires")
    let encoding = keys.choice("body_format", ClientCredentialsGrant.Encoding.self) ?? .json
    let body = RequestPlan.Node.template(
      keys.value("body")
        ?? .object(["username": .string("{{user}}"), "password": .string("{{password}}")]),
      keys, allowed: ["user", "password"])
    let header = keys.string("header") ?? "Authorization"
    let prefix =
      keys.string("prefix") ?? (header.lowercased() == "authorization" ? "Bearer " : "")
    guard let user, let password, let token, let body else { return nil }
    return { context in
      .login(
        LoginGrant.Plan(
          url: try url.map { try context.url($0) } ?? context.url, path: path, body: body,
          encoding: encoding, token: token, lifetime: lifetime, header: header, prefix: prefix,
          user: user, password: try context.secret(password)))
    }
  }

  private static func certificate(_ keys: any SourceKeys) -> Maker? {
    for key in ["certificate", "private_key"] where !keys.names.contains(key) { keys.missing(key) }
    let certificate = keys.file("certificate")
    let key = keys.file("private_key")
    let passphrase = keys.secret("passphrase")
    guard let certificate, let key else { return nil }
    return { context in
      try checkKey(key, context.name)
      return .certificate(
        ClientCertificate(
          file: certificate, keyFile: key,
          passphrase: try passphrase.map { try context.secret($0) }))
    }
  }

  /// A private key that others can read is none.
  private static func checkKey(_ path: String, _ source: String) throws(ConnectorError) {
    func refuse(_ message: String) -> ConnectorError {
      ConnectorError(.configuration, source: source, call: "private_key", message: message)
    }
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    guard let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue else {
      throw refuse("The private key \(path) is not there or cannot be read.")
    }
    guard mode & 0o077 == 0 else {
      throw refuse("The private key \(path) can be read by others: chmod 600 \(path)")
    }
  }

  private static func awsSigV4(_ keys: any SourceKeys) -> Maker? {
    let region = keys.requiredString("region")
    let service = keys.requiredString("service")
    let id = keys.requiredString("access_key_id")
    let secret = keys.requiredSecret("secret_access_key")
    let session = keys.secret("session_token")
    guard let region, let service, let id, let secret else { return nil }
    return { context in
      .fixed(
        .sigV4(
          provider: "aws:amz:\(region):\(service)", id: id, secret: try context.secret(secret),
          session: try session.map { try context.secret($0) }))
    }
  }

  private static func clientCredentials(_ keys: any SourceKeys) -> Maker? {
    if !keys.names.contains("token_url") { keys.missing("token_url") }
    let url = keys.url("token_url")
    let id = keys.requiredString("client_id")
    let secret = keys.requiredSecret("client_secret")
    let proof = keys.choice("client_auth", ClientCredentialsGrant.Proof.self) ?? .basic
    let encoding = keys.choice("body", ClientCredentialsGrant.Encoding.self) ?? .form
    let scope = keys.string("scope")
    let audience = keys.string("audience")
    var extra: [(String, String)] = []
    if let section = keys.mapping("extra") {
      for name in section.names {
        if let value = section.string(name) { extra.append((name, value)) }
      }
      section.finish()
    }
    guard let url, let id, let secret else { return nil }
    let parameters = extra
    return { context in
      .clientCredentials(
        EndpointAuth.Client(
          url: try context.url(url), id: id, secret: try context.secret(secret), proof: proof,
          encoding: encoding, scope: scope, audience: audience, extra: parameters))
    }
  }
}
