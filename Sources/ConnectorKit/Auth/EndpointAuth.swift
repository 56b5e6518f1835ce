package import CurlTransport
package import IdentityCore

/// What requests to an endpoint prove themselves with.
package enum EndpointAuth: Sendable {
  case none
  case fixed(Authorization)
  case query(name: String, value: Secret)
  case certificate(ClientCertificate)
  case clientCredentials(Client)
  case login(LoginGrant.Plan)

  /// A client of an authorization server.
  package struct Client: Sendable {
    package var url: String
    package var id: String
    package var secret: Secret
    package var proof = ClientCredentialsGrant.Proof.basic
    package var encoding = ClientCredentialsGrant.Encoding.form
    package var scope: String?
    package var audience: String?
    /// Further parameters.
    package var extra: [(String, String)] = []

    package init(
      url: String,
      id: String,
      secret: Secret,
      proof: ClientCredentialsGrant.Proof = .basic,
      encoding: ClientCredentialsGrant.Encoding = .form,
      scope: String? = nil,
      audience: String? = nil,
      extra: [(String, String)] = []
    ) {
      self.url = url
      self.id = id
      self.secret = secret
      self.proof = proof
      self.encoding = encoding
      self.scope = scope
      self.audience = audience
      self.extra = extra
    }
  }

  /// The origins that requests may go to.
  package func origins(_ url: String) -> [String] {
    switch self {
    case .clientCredentials(let client): [url, client.url]
    case .login(let plan): [url, plan.url]
    case .none, .fixed, .query, .certificate: [url]
    }
  }

  /// The client's certificate, where that is the proof.
  package var certificate: ClientCertificate? {
    if case .certificate(let certificate) = self { certificate } else { nil }
  }

  /// What goes with every request, other than tokens and keys in the query.
  package var authorization: Authorization? {
    if case .fixed(let authorization) = self { authorization } else { nil }
  }

  /// Puts the key into the query of a URL, where that is the proof.
  package var completing: (@Sendable (String) -> String)? {
    guard case .query(let name, let value) = self else { return nil }
    return { url in value.withExposed { URLText.setting(name, to: $0, in: url) } }
  }

  /// Where tokens come from, where they are the proof.
  package func tokens(
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
