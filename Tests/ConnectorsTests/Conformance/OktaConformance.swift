import Crypto
import CurlTransport
import IdentityCore
import MockIdP

@testable import Okta

extension ConformanceCase {
  static let okta = oktaCase("Okta", []) { bench, people in
    await ConformanceReading(of: bench.okta(), app: Bench.app, people: people)
  }

  /// The same with OAuth 2 client credentials, whose tokens end and are renewed.
  static let oktaOAuth = oktaCase("Okta with OAuth", [.renewsCredential]) { bench, people in
    let connector = bench.okta {
      $0.credentials = .privateKey(
        clientID: oktaClient, keyPEM: Secret(oktaKey.pemRepresentation), keyID: "key-1",
        scopes: OAuthClient.readScopes)
    }
    return await ConformanceReading(of: connector, app: Bench.app, people: people)
  }

  private static let oktaClient = "0oaServiceApp"
  private static let oktaKey = P256.Signing.PrivateKey()

  private static func oktaCase(
    _ name: String, _ capabilities: Set<Capability>,
    _ read: @escaping @Sendable (Bench, [String]) async -> ConformanceReading
  ) -> ConformanceCase {
    let people = [
      "ana@acme.com", "bo@acme.com", "cy@acme.com", "dee@acme.com", "eve@acme.com",
      "fay@acme.com", "nobody@acme.com",
    ]
    var endpoints = [
      Endpoint("GET /.well-known/okta-organization", required: ["pipeline"]),
      Endpoint("GET /api/v1/apps/{app}", required: ["id", "status"], optional: ["label"]),
      Endpoint(
        "GET /api/v1/policies/{policy}", required: ["id", "type", "status"], optional: ["name"]),
      Endpoint("GET /api/v1/policies/{policy}/mappings"),
      Endpoint("GET /api/v1/policies", required: ["id", "type", "status"], optional: ["name"]),
      Endpoint("GET /api/v1/idps", required: ["id"]),
      Endpoint("GET /api/v1/idps/{idp}/users", required: ["id"]),
      Endpoint("GET /api/v1/zones", required: ["id", "status"], optional: ["name"]),
      Endpoint("GET /api/v1/groups/{group}", loses: .details, required: ["id", "type"]),
      Endpoint("GET /api/v1/groups/{group}/users", required: ["id"]),
      Endpoint(
        "GET /api/v1/users", .list,
        required: ["id", "status", "profile.email", "profile.login"], hasUniqueRows: false),
      Endpoint(
        "GET /api/v1/apps/{app}/users", .list, required: ["id", "status"],
        optional: ["credentials.userName"], hasUniqueRows: false),
    ]
    if capabilities.contains(.renewsCredential) {
      endpoints.append(Endpoint("POST /oauth2/v1/token", required: ["access_token"]))
    }
    return ConformanceCase(
      name, vendor: .okta, small: oktaScenario(), paged: oktaScenario(others: 1_000),
      empty: oktaScenario(isEmpty: true), endpoints: endpoints,
      capabilities: capabilities.union([.pagedByLink]),
      untold: [
        "GET /api/v1/policies /*/_embedded/rules/",
        "GET /api/v1/policies/{policy} /_embedded/rules/",
      ],
      secrets: [oktaKey.pemRepresentation.split(separator: "\n").dropFirst().first.map(String.init)]
        .compactMap { $0 }
    ) { await read($0, people) }
  }

  /// People who need two factors, people who need one, one in a zone, one who left and one without the app.
  private static func oktaScenario(others: Int = 0, isEmpty: Bool = false) -> Scenario {
    var scenario = Scenario()
    scenario.okta.rateLimit = 1_000_000
    scenario.okta.clients = [
      OAuthClient(
        oktaClient,
        keys: [
          ClientKey("key-1", algorithm: "ES256", pem: oktaKey.publicKey.pemRepresentation)
        ])
    ]
    scenario.okta.groups = [Group("Contractors"), Group("Office")]
    scenario.okta.zones = [Zone("HQ")]
    scenario.okta.identityProviders = [InboundIdentityProvider("Partner", trustsClaims: true)]
    scenario.okta.apps = [OktaApp("Heroku", id: Bench.app, accessPolicy: "Strict", users: [])]
    scenario.okta.policies = [
      Policy(
        "Strict",
        rules: [
          Rule("Contractors") {
            $0.groups = ["Contractors"]
            $0.factors = "1FA"
          },
          Rule("Office") {
            $0.groups = ["Office"]
            $0.zones = ["HQ"]
            $0.factors = "1FA"
          }, .catchAll("2FA"),
        ])
    ]
    guard !isEmpty else { return scenario }
    scenario.people = [
      Person("ana@acme.com"), Person("bo@acme.com", groups: ["Contractors"]),
      Person("cy@acme.com", groups: ["Office"]), Person("dee@acme.com", status: "DEPROVISIONED"),
      Person("eve@acme.com"), Person("fay@acme.com"),
    ]
    scenario[person: "fay@acme.com"].identityProviders = ["Partner"]
    scenario.people += (0..<others).map { Person("other\($0)@acme.com") }
    scenario[app: Bench.app].users =
      ["ana", "bo", "cy", "dee", "fay"].map { AppUser("\($0)@acme.com") }
      + (0..<others).map { AppUser("other\($0)@acme.com") }
    return scenario
  }
}
