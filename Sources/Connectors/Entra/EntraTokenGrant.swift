internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// Asks for access tokens by client credentials, with a secret or a signed assertion.
///
/// - SeeAlso: <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>
struct EntraTokenGrant: Sendable {
  private static let call = "POST /{tenant}/oauth2/v2.0/token"

  private let source: HTTPSource
  private let url: String
  private let scope: String
  private let configuration: EntraConfiguration
  private let clock: @Sendable () -> Timestamp

  init(
    source: HTTPSource, configuration: EntraConfiguration,
    clock: @escaping @Sendable () -> Timestamp
  ) {
    self.source = source
    self.configuration = configuration
    self.clock = clock
    url =
      "\(configuration.loginURL)/\(URLText.encoded(configuration.tenant))/oauth2/v2.0/token"
    // On loopback the scope stays that of the vendor: a mock is asked as the vendor is.
    scope =
      (configuration.isOnLoopback ? EntraConfiguration.graph : configuration.url) + "/.default"
  }

  /// Asks for a token.
  func token() async throws(ConnectorError) -> AccessTokenSource.Token {
    let response = try await exchange()
    let json = try? JSONReader().value(response.body)
    guard response.status == 200 else { throw refusal(response.status, json) }
    guard let text = json?["access_token"]?.string, !text.isEmpty,
      json?["token_type"]?.string?.lowercased() == "bearer"
    else {
      throw ConnectorError(
        .malformed, source: source.name, call: Self.call, status: response.status,
        message: "Entra ID answered \(Self.call) without a bearer token.")
    }
    return AccessTokenSource.Token(
      text: Secret(text), lifetime: json?["expires_in"]?.integer ?? 600)
  }

  private func exchange() async throws(ConnectorError) -> HTTPResponse {
    var form = [
      ("client_id", configuration.clientID), ("scope", scope),
      ("grant_type", "client_credentials"),
    ]
    switch configuration.credentials {
    case .secret(let secret): secret.withExposed { form.append(("client_secret", $0)) }
    case .certificate(let certificate, let key, let algorithm):
      form.append(
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))
      let assertion = EntraAssertion(
        clientID: configuration.clientID, audience: url, certificatePEM: certificate,
        keyPEM: key, algorithm: algorithm)
      do throws(EntraAssertion.Failure) {
        form.append(("client_assertion", try await assertion.signed(at: clock())))
      } catch {
        throw unusable(error)
      }
    }
    let body = form.map { "\($0.0)=\(URLText.encoded($0.1))" }.joined(separator: "&")
    let request = HTTPRequest(
      .post, url, endpoint: Self.call,
      headers: HTTPHeaders([
        ("Accept", "application/json"), ("Content-Type", "application/x-www-form-urlencoded"),
      ]),
      body: Array(body.utf8), isIdempotent: true)
    do throws(TransportError) {
      return try await source.send(request)
    } catch {
      throw ConnectorError(error, vendor: "Entra ID", call: Self.call) { _ in nil }
    }
  }

  private func unusable(_ failure: EntraAssertion.Failure) -> ConnectorError {
    let message =
      switch failure {
      case .certificate: "The certificate of \(source.name) is not in PEM."
      case .key: "The private key of \(source.name) is no RSA key of 2048 bits or more in PEM."
      }
    return ConnectorError(
      .configuration, source: source.name, call: Self.call, message: message)
  }

  private func refusal(_ status: Int, _ json: JSONValue?) -> ConnectorError {
    let code: ConnectorError.Code =
      switch status {
      case 429: .rateLimited
      case 500...: .serverError
      default: .unauthorised
      }
    // The description quotes what was sent; its number says as much.
    let number = (json?["error_codes"]?.array?.first?.integer).map { "AADSTS\($0)" }
    let word = json?["error"]?.string.map {
      String($0.filter { $0.isASCII && ($0.isLetter || $0 == "_") }.prefix(40))
    }
    let facts = [String(status), word, number].compactMap { $0 }.joined(separator: ", ")
    return ConnectorError(
      code, source: source.name, call: Self.call, status: status, vendorCode: number ?? word,
      message: "Entra ID gave the registered application no token (\(facts)).")
  }
}
