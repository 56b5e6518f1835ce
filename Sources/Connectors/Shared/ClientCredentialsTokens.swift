internal import CurlTransport
internal import IdentityCore

/// Access tokens by OAuth 2.0 client credentials: asked for when needed, renewed before they end and once when refused.
///
/// - SeeAlso: RFC 6749, sections 2.3.1 and 4.4
actor ClientCredentialsTokens: CredentialSource {
  private let source: HTTPSource
  private let vendor: String
  private let url: String
  private let call: String
  private let clientID: String
  private let clientSecret: Secret
  private let clock: @Sendable () -> Timestamp

  private var token: (credential: Credential, ends: Timestamp)?
  private var generation = 0
  private var hasRenewed = false
  private var asking: Task<Result<Credential, ConnectorError>, Never>?

  /// Makes a source of tokens; nothing is sent yet.
  ///
  /// - Parameters:
  ///   - url: the token endpoint.
  ///   - call: its method and path template, for messages.
  init(
    source: HTTPSource, vendor: String, url: String, call: String, clientID: String,
    clientSecret: Secret, clock: @escaping @Sendable () -> Timestamp
  ) {
    self.source = source
    self.vendor = vendor
    self.url = url
    self.call = call
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.clock = clock
  }

  /// Begins a run: one renewal is allowed again.
  func beginRun() {
    hasRenewed = false
  }

  func current() async throws(ConnectorError) -> Credential {
    if let token, clock() < token.ends { return token.credential }
    return try await ask()
  }

  func renewed(after refused: Credential) async throws(ConnectorError) -> Credential? {
    if refused.generation < generation || asking != nil { return try await current() }
    guard !hasRenewed else { return nil }
    hasRenewed = true
    token = nil
    return try await ask()
  }

  /// Several streams may want a token at a time; one asks, all wait.
  private func ask() async throws(ConnectorError) -> Credential {
    let task: Task<Result<Credential, ConnectorError>, Never>
    if let asking {
      task = asking
    } else {
      task = Task { await self.fetch() }
      asking = task
    }
    let result = await task.result()
    if asking == task { asking = nil }
    return try result.get()
  }

  private func fetch() async -> Result<Credential, ConnectorError> {
    // RFC 6749 has id and secret encoded as in a form before they are put together.
    let secret = clientSecret.withExposed { Secret(URLText.encoded($0)) }
    let request = HTTPRequest(
      .post, url, endpoint: call,
      headers: HTTPHeaders([
        ("Accept", "application/json"), ("Content-Type", "application/x-www-form-urlencoded"),
      ]),
      body: Array("grant_type=client_credentials".utf8),
      authorization: .basic(user: URLText.encoded(clientID), password: secret), isIdempotent: true)
    do throws(ConnectorError) {
      let response: HTTPResponse
      do throws(TransportError) {
        response = try await source.send(request)
      } catch {
        throw ConnectorError(error, vendor: vendor, call: call) { _ in nil }
      }
      return .success(try accept(response))
    } catch {
      return .failure(error)
    }
  }

  private func accept(_ response: HTTPResponse) throws(ConnectorError) -> Credential {
    let json = try? JSONReader().value(response.body)
    guard response.status == 200 else { throw refusal(response.status, json?["error"]?.string) }
    guard let text = json?["access_token"]?.string, !text.isEmpty,
      json?["token_type"]?.string.map({ $0.lowercased() == "bearer" }) != false
    else {
      throw ConnectorError(
        .malformed, source: source.name, call: call, status: response.status,
        message: "\(vendor) answered \(call) without a bearer token.")
    }
    // Renewed at three quarters of the lifetime; RFC 6749 leaves it open, a minute is then assumed.
    let lifetime = max(json?["expires_in"]?.integer ?? 60, 4)
    generation += 1
    let credential = Credential(authorization: .bearer(Secret(text)), generation: generation)
    token = (credential, clock().adding(seconds: lifetime * 3 / 4))
    return credential
  }

  private func refusal(_ status: Int, _ error: String?) -> ConnectorError {
    let code: ConnectorError.Code =
      switch status {
      case 429: .rateLimited
      case 500...: .serverError
      case 404: .notFound
      default: .unauthorised
      }
    let word = error.map { String($0.filter { $0.isLetter || $0 == "_" }.prefix(40)) }
    let facts = [String(status), word].compactMap { $0 }.joined(separator: ", ")
    return ConnectorError(
      code, source: source.name, call: call, status: status, vendorCode: word,
      message: "\(vendor) gave no token to the client of \(source.name) (\(facts)).")
  }
}
