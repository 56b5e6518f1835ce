internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// How to reach a privacyIDEA server, and what its operator vouches for.
struct PrivacyIDEAConfiguration: Sendable {
  /// What remembered sign-ins make of a verdict.
  enum Remember: String, Sendable, CaseIterable {
    /// They are noted: the operator takes them for harmless.
    case note
    /// Enforced on the condition that nothing is remembered.
    case conditional = "enforced-conditionally"
  }

  /// The name in the configuration.
  var name: SourceName
  /// The base URL, without a trailing slash; the root may have a prefix.
  var url: String
  /// The administrator that the worker signs in as; one without a second factor of its own.
  var username: String
  /// The administrator's password.
  var password: Secret
  /// The administrator's realm; nil for local ones.
  var adminRealm: String?
  /// The realm of the people.
  var realm: String
  /// What asks privacyIDEA before it lets anybody in, such as `keycloak flow browser`; nil when nobody says.
  var front: String?
  /// What remembered sign-ins make of a verdict; nil: those that count for longer than a day make it conditional.
  var remember: Remember?
  /// What the operator vouches for beside the front end.
  var vouches: [Vouch]
  /// How many requests may be under way at a time.
  var maxConcurrent: Int

  /// Makes a configuration.
  init(
    name: SourceName, url: String, username: String, password: Secret, adminRealm: String? = nil,
    realm: String, front: String? = nil, remember: Remember? = nil, vouches: [Vouch] = [],
    maxConcurrent: Int = 4
  ) {
    self.name = name
    self.url = url
    self.username = username
    self.password = password
    self.adminRealm = adminRealm
    self.realm = realm
    self.front = front
    self.remember = remember
    self.vouches = vouches
    self.maxConcurrent = maxConcurrent
  }

  /// What to do about a call that privacyIDEA refused.
  func remedy(for error: ConnectorError) -> String {
    switch error.code {
    case .forbidden:
      let right =
        error.call.contains("/policy")
        ? "policyread"
        : error.call.contains("/event")
          ? "eventhandling_read" : error.call.contains("/user") ? "userlist" : "tokenlist"
      return "Allow \(username) the admin action \(right)."
    case .unauthorised:
      return "Check username and password of \(name); the administrator must need no token itself."
    case .notFound: return "Check the URL and the realm of \(name)."
    default: return "Check the URL of \(name), and run again."
    }
  }
}

/// Reads a privacyIDEA server: whether it can be passed with one factor once it is asked.
final class PrivacyIDEAConnector: ProviderConnector, Diagnosable {
  /// The kind of source.
  let kind = "privacyidea"
  /// How to reach privacyIDEA.
  let configuration: PrivacyIDEAConfiguration
  let client: APIClient
  let tokens: AccessTokenSource
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  init(
    configuration: PrivacyIDEAConfiguration, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    let source = transport.source(
      configuration.name,
      policy: SourcePolicy(maxConcurrent: configuration.maxConcurrent, requestIDHeader: nil))
    let login = PrivacyIDEALogin(source: source, configuration: configuration)
    // A token lives for an hour unless a policy says otherwise; it does not say how long itself.
    tokens = AccessTokenSource(clock: clock, margin: 0) { () async throws(ConnectorError) in
      try await login.token()
    }
    client = APIClient(
      source: source, vendor: "privacyIDEA", baseURL: configuration.url,
      headers: HTTPHeaders([("Accept", "application/json")]),
      credentials: PrivacyIDEACredentials(tokens: tokens)
    ) { body in
      (try? JSONReader().value(body))?["result"]?["error"]?["code"]?.integer.map(String.init)
    }
  }

  /// Reads policies, people and their tokens.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    await tokens.beginRun()
    return await PrivacyIDEARun(self, progress).read(query)
  }

  /// Checks credentials, clock, rights and the declared front end: five requests or fewer.
  func diagnose() async -> [DiagnosticLine] {
    await tokens.beginRun()
    var lines: [DiagnosticLine] = []
    let probes: [(check: String, request: HTTPRequest)] = [
      ("right policyread", PrivacyIDEARun.policies(client)),
      ("right eventhandling_read", PrivacyIDEARun.handlers(client)),
      ("right userlist", PrivacyIDEARun.users(client, configuration.realm)),
      ("right tokenlist", PrivacyIDEARun.tokens(client, configuration.realm)),
    ]
    for (check, request) in probes {
      do throws(ConnectorError) {
        let response = try await client.send(request)
        if lines.isEmpty { lines.append(ServerClock.line(name, response, now: clock())) }
        lines.append(
          DiagnosticLine(
            source: name, check: check, outcome: .good, message: "\(request.endpoint) is allowed."))
      } catch {
        lines.append(
          DiagnosticLine(
            source: name, check: error.code == .unauthorised ? "credentials" : check,
            outcome: .failure, message: error.message,
            remedy: error.code.remedy ?? configuration.remedy(for: error)))
        if error.code == .unauthorised { return lines }
      }
    }
    if configuration.front == nil {
      lines.append(
        DiagnosticLine(
          source: name, check: "front end", outcome: .warning,
          message: "Nobody says what asks privacyIDEA, so every verdict is cannot-tell.",
          remedy: PrivacyIDEARun.frontRemedy(name)))
    }
    return lines
  }
}

/// Signs an administrator in.
struct PrivacyIDEALogin: Sendable {
  private static let call = "POST /auth"
  /// How long a token is used, in seconds: less than the hour it lives.
  private static let lifetime: Int64 = 2700

  let source: HTTPSource
  let configuration: PrivacyIDEAConfiguration

  func token() async throws(ConnectorError) -> AccessTokenSource.Token {
    var pairs = [
      ("username", configuration.username), ("password", configuration.password.withExposed { $0 }),
    ]
    if let realm = configuration.adminRealm { pairs.append(("realm", realm)) }
    let body = pairs.map { "\($0.0)=\(URLText.encoded($0.1))" }.joined(separator: "&")
    var base = configuration.url
    while base.hasSuffix("/") { base.removeLast() }
    let request = HTTPRequest(
      .post, base + "/auth", endpoint: Self.call,
      headers: HTTPHeaders([
        ("Accept", "application/json"), ("Content-Type", "application/x-www-form-urlencoded"),
      ]),
      body: Array(body.utf8), isIdempotent: true)
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await source.send(request)
    } catch {
      throw ConnectorError(error, vendor: "privacyIDEA", call: Self.call) { _ in nil }
    }
    guard response.isSuccess else {
      throw ConnectorError(
        response, request: request, source: source.name, vendor: "privacyIDEA"
      ) { _ in nil }
    }
    let json = try? JSONReader().value(response.body)
    let value = json?["result"]?["value"]
    if value?.bool == false || json?["detail"]?["multi_challenge"] != nil {
      throw ConnectorError(
        .unauthorised, source: source.name, call: Self.call, status: response.status,
        message: "privacyIDEA asks \(configuration.username) for a token of its own.")
    }
    guard let text = value?["token"]?.string, !text.isEmpty else {
      throw ConnectorError(
        .malformed, source: source.name, call: Self.call, status: response.status,
        message: "privacyIDEA answered \(Self.call) without a token.")
    }
    return AccessTokenSource.Token(text: Secret(text), lifetime: Self.lifetime)
  }
}

/// Puts tokens into the header that privacyIDEA reads them from.
struct PrivacyIDEACredentials: CredentialSource {
  let tokens: AccessTokenSource

  func current() async throws(ConnectorError) -> Credential {
    Self.header(try await tokens.current())
  }

  func renewed(after refused: Credential) async throws(ConnectorError) -> Credential? {
    try await tokens.renewed(after: refused).map(Self.header)
  }

  private static func header(_ credential: Credential) -> Credential {
    guard case .bearer(let token)? = credential.authorization else { return credential }
    return Credential(
      authorization: .header(name: "PI-Authorization", value: token),
      generation: credential.generation)
  }
}
