internal import CurlTransport
internal import IdentityCore

/// What requests to an endpoint prove themselves with.
enum EndpointAuth: Sendable {
  case none
  case fixed(Authorization)
  case query(name: String, value: Secret)
  case certificate(ClientCertificate)
  case clientCredentials(Client)
  case login(LoginGrant.Plan)

  /// A client of an authorization server.
  struct Client: Sendable {
    var url: String
    var id: String
    var secret: Secret
    var proof = ClientCredentialsGrant.Proof.basic
    var encoding = ClientCredentialsGrant.Encoding.form
    var scope: String?
    var audience: String?
    /// Further parameters.
    var extra: [(String, String)] = []
  }

  /// The origins that requests may go to.
  func origins(_ url: String) -> [String] {
    switch self {
    case .clientCredentials(let client): [url, client.url]
    case .login(let plan): [url, plan.url]
    case .none, .fixed, .query, .certificate: [url]
    }
  }

  /// The client's certificate, where that is the proof.
  var certificate: ClientCertificate? {
    if case .certificate(let certificate) = self { certificate } else { nil }
  }

  /// What goes with every request, other than tokens and keys in the query.
  var authorization: Authorization? {
    if case .fixed(let authorization) = self { authorization } else { nil }
  }

  /// Puts the key into the query of a URL, where that is the proof.
  var completing: (@Sendable (String) -> String)? {
    guard case .query(let name, let value) = self else { return nil }
    return { url in value.withExposed { URLText.setting(name, to: $0, in: url) } }
  }

  /// Where tokens come from, where they are the proof.
  func tokens(
    _ source: HTTPSource, _ vendor: String, clock: @escaping @Sendable () -> Timestamp
  ) -> AccessTokenSource? {
    if case .login(let plan) = self {
      let login = LoginGrant(source: source, vendor: vendor, plan: plan)
      return AccessTokenSource(
        clock: clock, margin: 30, authorize: { login.authorization($0) }
      ) { () async throws(ConnectorError) in try await login.token() }
    }
    guard case .clientCredentials(let client) = self else { return nil }
    let grant = ClientCredentialsGrant(
      source: source, vendor: vendor, url: client.url, call: "POST token_url",
      clientID: client.id, secret: client.secret, proof: client.proof, encoding: client.encoding,
      scope: client.scope, audience: client.audience, extra: client.extra)
    return AccessTokenSource(clock: clock, margin: 30) { () async throws(ConnectorError) in
      try await grant.token()
    }
  }
}
