import Foundation
import JWTKit
import MockIdP
import Testing

@Suite("Google's mock is as strict as Google") struct GoogleMockTests {
  struct Claims: JWTPayload {
    var iss = GoogleServiceAccount.standard.email
    var sub: String? = "helpdesk@acme.com"
    var scope = Self.prefix + "admin.directory.user.readonly"
    var aud = "https://oauth2.googleapis.com/token"
    var iat = Int(Date().timeIntervalSince1970)
    var exp = Int(Date().timeIntervalSince1970) + 3600

    static let prefix = "https://www.googleapis.com/auth/"

    func verify(using algorithm: some JWTAlgorithm) async throws {}
  }

  /// What an assertion gets wrong, and the word for it.
  struct Flaw: Sendable, CustomTestStringConvertible {
    var title: String
    var error: String
    var change: @Sendable (inout Claims) -> Void
    var kid = GoogleServiceAccount.standard.keyID
    var testDescription: String { title }
  }

  private static let flaws: [Flaw] = [
    Flaw(title: "another audience", error: "invalid_grant") { $0.aud = "http://127.0.0.1/token" },
    Flaw(title: "more than an hour", error: "invalid_grant") { $0.exp += 60 },
    Flaw(title: "an end that is over", error: "invalid_grant") { $0.exp = 1 },
    Flaw(title: "an unknown issuer", error: "invalid_grant") { $0.iss = "x@acme.com" },
    Flaw(title: "an unknown key", error: "invalid_grant", change: { _ in }, kid: "other"),
    Flaw(title: "nobody's administrator", error: "invalid_grant") { $0.sub = "bo@acme.com" },
    Flaw(title: "no administrator", error: "unauthorized_client") { $0.sub = nil },
    Flaw(title: "a scope that was not delegated", error: "unauthorized_client") {
      $0.scope += " " + Claims.prefix + "gmail.readonly"
    },
    Flaw(title: "a scope that is none", error: "invalid_scope") { $0.scope = "users" },
  ]

  private static func withGoogle(
    _ account: GoogleWorkspace = GoogleWorkspace(),
    _ body: @Sendable (Client) async throws -> Void
  ) async throws {
    var scenario = Scenario()
    scenario[GoogleWorkspace.self] = account
    try await withMock(scenario) { mock async throws in
      try await body(Client(baseURL: mock[.google]?.baseURL ?? "", headers: [:]))
    }
  }

  private static func token(
    _ client: Client, _ flaw: Flaw? = nil, _ change: (inout Claims) -> Void = { _ in }
  ) async throws -> Answer {
    var claims = Claims()
    change(&claims)
    flaw?.change(&claims)
    let keys = JWTKeyCollection()
    let kid = JWKIdentifier(string: flaw?.kid ?? GoogleServiceAccount.standard.keyID)
    let pem = GoogleServiceAccount.standard.privateKey
    await keys.add(
      rsa: try Insecure.RSA.PrivateKey(pem: pem), digestAlgorithm: .sha256, kid: kid)
    let assertion = try await keys.sign(claims, kid: kid)
    return try await client.send(
      "POST", "/token", ["Content-Type": "application/x-www-form-urlencoded"],
      body:
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion)")
  }

  private static func signedIn(
    _ client: Client, as subject: String = "helpdesk@acme.com", scopes: [String]
  ) async throws -> Client {
    let answer = try await token(client) {
      $0.sub = subject
      $0.scope = scopes.map { Claims.prefix + $0 }.joined(separator: " ")
    }
    let text = try #require(try answer.json()["access_token"]?.text)
    return client.with("Authorization", "Bearer \(text)")
  }

  @Test("an assertion with a flaw gets no token", arguments: flaws)
  func flaw(_ flaw: Flaw) async throws {
    try await Self.withGoogle { client in
      let answer = try await Self.token(client, flaw)
      #expect(answer.status == 400 || answer.status == 401)
      #expect(try answer.json()["error"]?.text == flaw.error)
    }
  }

  @Test(
    "requests that Google turns down are turned down",
    arguments: [
      ("/admin/directory/v1/users", 400),
      ("/admin/directory/v1/users?customer=my_customer&maxResults=501", 400),
      ("/admin/directory/v1/users?customer=my_customer&pageSize=5", 400),
      ("/admin/directory/v1/users?customer=my_customer&pageToken=zz", 400),
      ("/admin/directory/v1/users?customer=my_customer&fields=users(id", 400),
      ("/admin/directory/v1/customer/my_customer/orgunits?type=everything", 403),
      ("/v1/inboundSsoAssignments", 403), ("/v1/policies", 403),
    ])
  func refusals(target: String, status: Int) async throws {
    try await Self.withGoogle { client in
      let reader = try await Self.signedIn(client, scopes: ["admin.directory.user.readonly"])
      #expect(try await reader.get(target).status == status)
      #expect(try await client.get(target).status == 401)
    }
  }

  @Test("policies are for super administrators, in pages of a hundred at most, by type")
  func policies() async throws {
    var account = GoogleWorkspace()
    account.policies = (0..<150).map {
      GooglePolicy("enforcement", ["enforcedFrom": "1970-01-01T00:00:00Z"], sortOrder: Double($0))
    }
    try await Self.withGoogle(account) { client in
      let scopes = ["cloud-identity.policies.readonly"]
      let helper = try await Self.signedIn(client, scopes: scopes)
      #expect(try await helper.get("/v1/policies").status == 403)
      let root = try await Self.signedIn(client, as: "admin@acme.com", scopes: scopes)
      let page = try await root.get("/v1/policies?pageSize=1000").json()
      #expect(page["policies"]?.elements?.count == 100)
      #expect(page["nextPageToken"]?.text != nil)
      let filter = "setting.type.matches(%27%5Esettings/gmail%5C..*$%27)"
      let none = try await root.get("/v1/policies?filter=\(filter)").json()
      #expect(none == [:])
    }
  }

  @Test("a mask leaves what it names, and an empty page has no rows at all")
  func mask() async throws {
    var account = GoogleWorkspace()
    account.users = [GoogleUser("ana@acme.com")]
    try await Self.withGoogle(account) { client in
      let reader = try await Self.signedIn(client, scopes: ["admin.directory.user.readonly"])
      let target = "/admin/directory/v1/users?customer=my_customer&fields=users(primaryEmail)"
      #expect(try await reader.get(target).json() == ["users": [["primaryEmail": "ana@acme.com"]]])
    }
    try await Self.withGoogle { client in
      let reader = try await Self.signedIn(client, scopes: ["admin.directory.user.readonly"])
      let list = try await reader.get("/admin/directory/v1/users?customer=my_customer").json()
      #expect(list["users"] == nil)
    }
  }
}
