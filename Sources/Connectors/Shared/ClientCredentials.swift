internal import CurlTransport
internal import IdentityCore

/// Access tokens by the client credentials grant (RFC 6749 §4.4): kept until they end, renewed once when refused.
actor ClientCredentials: CredentialSource {
  /// How the client proves who it is, and what it asks for.
  struct Setting: Sendable {
    /// Where the id and secret stand.
    enum Proof: String, Sendable, CaseIterable {
      /// In an `Authorization: Basic` header, form-encoded first (RFC 6749 §2.3.1).
      case basic
      /// In the form.
      case post
    }

    /// What the body is.
    enum Encoding: String, Sendable, CaseIterable { case form, json }

    var url: String
    var clientID: String
    var secret: Secret
    var proof = Proof.basic
    var encoding = Encoding.form
    var scope: String?
    var audience: String?
    /// Further parameters.
    var extra: [(String, String)] = []
  }

  static let call = "POST token_url"
  /// A token is renewed this long before it ends.
  private static let margin: Int64 = 30

  private let source: HTTPSource
  private let setting: Setting
  private let clock: @Sendable () -> Timestamp
  private var token: (credential: Credential, ends: Timestamp)?
  private var generation = 0
  private var hasRenewed = false
  private var asking: Task<Result<Credential, ConnectorError>, Never>?

  init(source: HTTPSource, _ setting: Setting, clock: @escaping @Sendable () -> Timestamp) {
    self.source = source
    self.setting = setting
    self.clock = clock
  }

  /// Begins a run: one renewal is allowed again.
  func beginRun() { hasRenewed = false }

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

  /// Several lists may want a token at a time; one asks, all wait.
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
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await source.send(request())
    } catch {
      return .failure(
        ConnectorError(error, vendor: "The token endpoint", call: Self.call) { _ in nil })
    }
    let json = try? JSONReader().value(response.body)
    guard response.isSuccess else { return .failure(refusal(response, json)) }
    guard let text = json?["access_token"]?.string, !text.isEmpty,
      (json?["token_type"]?.string ?? "bearer").lowercased() == "bearer"
    else {
      return .failure(
        ConnectorError(
          .malformed, source: source.name, call: Self.call, status: response.status,
          message: "The token endpoint answered without a bearer token."))
    }
    // RFC 6749 leaves the lifetime open; five minutes are then assumed. Some servers write it as a text.
    let said = json?["expires_in"].flatMap { $0.integer ?? $0.string.flatMap { Int64($0) } }
    let lifetime = max(said ?? 300, 1)
    generation += 1
    let credential = Credential(authorization: .bearer(Secret(text)), generation: generation)
    token = (credential, clock().adding(seconds: max(lifetime - Self.margin, lifetime / 2)))
    return .success(credential)
  }

  private func request() -> HTTPRequest {
    var parameters = [("grant_type", "client_credentials")]
    if let scope = setting.scope { parameters.append(("scope", scope)) }
    if let audience = setting.audience { parameters.append(("audience", audience)) }
    parameters += setting.extra
    var request = HTTPRequest(
      .post, setting.url, endpoint: Self.call,
      headers: HTTPHeaders([("Accept", "application/json")]), isIdempotent: true)
    switch setting.proof {
    case .basic:
      request.authorization = .basic(
        user: URLText.encoded(setting.clientID),
        password: Secret(setting.secret.withExposed { URLText.encoded($0) }))
    case .post:
      parameters.append(("client_id", setting.clientID))
      parameters.append(("client_secret", setting.secret.withExposed { $0 }))
    }
    switch setting.encoding {
    case .form:
      request.headers.set("Content-Type", "application/x-www-form-urlencoded")
      let pairs = parameters.map { "\(URLText.encoded($0.0))=\(URLText.encoded($0.1))" }
      request.body = Array(pairs.joined(separator: "&").utf8)
    case .json:
      request.headers.set("Content-Type", "application/json")
      let members = parameters.map { ($0.0, JSONValue.string($0.1)) }
      request.body = Array(JSONValue.object(Dictionary(members) { $1 }).text.utf8)
    }
    return request
  }

  private func refusal(_ response: HTTPResponse, _ json: JSONValue?) -> ConnectorError {
    let code: ConnectorError.Code =
      switch response.status {
      case 429: .rateLimited
      case 500...: .serverError
      default: .unauthorised
      }
    let word = json?["error"]?.string.map {
      String($0.filter { $0.isASCII && ($0.isLetter || $0 == "_") }.prefix(40))
    }
    let facts = [String(response.status), word].compactMap { $0 }.joined(separator: ", ")
    return ConnectorError(
      code, source: source.name, call: Self.call, status: response.status, vendorCode: word,
      message: "The token endpoint did not accept the client's credentials (\(facts)).")
  }
}
