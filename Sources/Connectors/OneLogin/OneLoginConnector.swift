internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// Reads a OneLogin account: which policy stands before an application, and which group's before a person.
///
/// What a policy asks for is the operator's word. No request is made for a single person on the way to a verdict.
final class OneLoginConnector: ProviderConnector, Diagnosable {
  /// The kind of source.
  let kind = "onelogin"
  /// How to reach OneLogin.
  let configuration: OneLoginConfiguration
  let client: APIClient
  let tokens: AccessTokenSource
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  init(
    configuration: OneLoginConfiguration, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    let source = transport.source(
      configuration.name,
      policy: SourcePolicy(
        origins: [configuration.url], maxConcurrent: configuration.maxConcurrent,
        rateShare: configuration.rateShare, rateHeaders: .oneLogin, requestIDHeader: nil))
    let tokens = AccessTokenSource(clock: clock, margin: 300) {
      () async throws(ConnectorError) in try await Self.token(configuration, source)
    }
    self.tokens = tokens
    client = APIClient(
      source: source, vendor: "OneLogin", baseURL: configuration.url,
      headers: HTTPHeaders([("Accept", "application/json")]), credentials: tokens,
      vendorCode: Self.word)
  }

  /// Reads policies and accounts.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    await tokens.beginRun()
    return await OneLoginRun(self, progress).read(query)
  }

  /// OneLogin's own word for a refusal, in the old form of its errors and the new one.
  @Sendable private static func word(_ body: ResponseBody) -> String? {
    let json = try? JSONReader().value(body)
    return json?["name"]?.string ?? json?["status"]?["type"]?.string
  }

  private static let tokenCall = "POST /auth/oauth2/v2/token"

  private static func token(
    _ configuration: OneLoginConfiguration, _ source: HTTPSource
  ) async throws(ConnectorError) -> AccessTokenSource.Token {
    let request = HTTPRequest(
      .post, configuration.url + "/auth/oauth2/v2/token", endpoint: tokenCall,
      headers: HTTPHeaders([
        ("Accept", "application/json"), ("Content-Type", "application/json"),
      ]),
      body: Array(#"{"grant_type":"client_credentials"}"#.utf8),
      authorization: .basic(user: configuration.clientID, password: configuration.clientSecret),
      isIdempotent: true, expectedContentType: .json)
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await source.send(request)
    } catch {
      throw ConnectorError(error, vendor: "OneLogin", call: tokenCall, vendorCode: word)
    }
    guard response.isSuccess else {
      throw ConnectorError(
        response, request: request, source: source.name, vendor: "OneLogin", vendorCode: word)
    }
    let json = try? JSONReader().value(response.body)
    guard let text = json?["access_token"]?.string, !text.isEmpty,
      json?["expires_in"].map({ $0.integer != nil }) != false
    else {
      throw ConnectorError(
        .malformed, source: source.name, call: tokenCall, status: response.status,
        message: "OneLogin answered \(tokenCall) without a token.")
    }
    return AccessTokenSource.Token(
      text: Secret(text), lifetime: max(json?["expires_in"]?.integer ?? 300, 1))
  }

  /// Checks credentials, clock and the right to read users and applications: four requests.
  func diagnose() async -> [DiagnosticLine] {
    await tokens.beginRun()
    var lines: [DiagnosticLine] = []
    do throws(ConnectorError) {
      let response = try await client.send(client.get("/api/2/users", query: [("limit", "1")]))
      lines.append(
        DiagnosticLine(
          source: name, check: "credentials", outcome: .good,
          message: "OneLogin accepts the API credentials."))
      lines.append(ServerClock.line(name, response, now: clock()))
    } catch {
      return [line("credentials", error)]
    }
    do throws(ConnectorError) {
      _ = try await client.send(client.get("/api/2/apps", query: [("limit", "1")]))
      lines.append(
        DiagnosticLine(
          source: name, check: "scope Read All", outcome: .good,
          message: "The credentials may read applications."))
    } catch {
      lines.append(line("scope Read All", error))
    }
    let attestation = configuration.attestation
    if attestation.apps.isEmpty, attestation.groups.isEmpty, attestation.fallback == nil {
      lines.append(
        DiagnosticLine(
          source: name, check: "policies", outcome: .warning,
          message: "Nobody vouches for what policies ask for, so no verdict can be given.",
          remedy: "Name the policies and what they ask for under policies of \(name)."))
    }
    return lines
  }

  private func line(_ check: String, _ error: ConnectorError) -> DiagnosticLine {
    DiagnosticLine(
      source: name, check: check, outcome: .failure, message: error.message,
      remedy: configuration.remedy(for: error))
  }
}

extension RateHeaders {
  /// `X-RateLimit-*` with the reset in seconds from now.
  static let oneLogin = RateHeaders(
    .triple(prefix: "X-RateLimit-", reset: .secondsFromNow))
}
