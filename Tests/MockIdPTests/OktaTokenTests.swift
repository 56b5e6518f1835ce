import Foundation
import JWTKit
import MockIdP
import Testing

@Suite("Okta tokens") struct OktaTokenTests {
  private struct Claims: JWTPayload {
    var iss: String
    var sub: String
    var aud: String
    var exp: Int

    func verify(using algorithm: some JWTAlgorithm) async throws {}
  }

  /// What an assertion gets wrong.
  enum Flaw: String, CaseIterable, Sendable {
    case otherKey, otherKid, audience, issuer, subject, expired, tooLong, noAssertion, secret
  }

  private let key = ES256PrivateKey()

  private func scenario(_ keys: [ClientKey]) -> Scenario {
    var scenario = smallOrganisation()
    scenario.okta.clients = [
      OAuthClient("0oaclient", keys: keys, scopes: ["okta.users.read", "okta.apps.read"])
    ]
    return scenario
  }

  private var registered: ClientKey {
    ClientKey("k1", algorithm: "ES256", pem: key.publicKey.pemRepresentation)
  }

  private func claims(_ mock: MockIdP) -> Claims {
    Claims(
      iss: "0oaclient", sub: "0oaclient", aud: mock.okta.baseURL + "/oauth2/v1/token",
      exp: Int(Date().timeIntervalSince1970) + 300)
  }

  private func sign(_ claims: Claims, _ key: ES256PrivateKey, kid: String) async throws -> String {
    let keys = JWTKeyCollection()
    await keys.add(ecdsa: key, kid: JWKIdentifier(string: kid))
    return try await keys.sign(claims, kid: JWKIdentifier(string: kid))
  }

  private func request(
    _ mock: MockIdP, assertion: String?, scope: String = "okta.users.read"
  ) async throws -> Answer {
    var form = "grant_type=client_credentials&scope=\(scope.replacing(" ", with: "+"))"
    form +=
      "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
    if let assertion { form += "&client_assertion=\(assertion)" }
    return try await Client(baseURL: mock.okta.baseURL, headers: [:]).send(
      "POST", "/oauth2/v1/token", ["Content-Type": "application/x-www-form-urlencoded"], body: form)
  }

  @Test("a signed assertion gives a token for one hour that reads what was granted")
  func granted() async throws {
    try await withMock(scenario([registered])) { mock async throws in
      let assertion = try await sign(claims(mock), key, kid: "k1")
      let answer = try await request(mock, assertion: assertion)
      #expect(answer.status == 200)
      let json = try answer.json()
      #expect(json["expires_in"] == 3600)
      #expect(json["scope"] == "okta.users.read")
      let token = try #require(json["access_token"]?.text)
      let client = Client.okta(mock).with("Authorization", "Bearer \(token)")
      #expect(try await client.get("/api/v1/users").status == 200)
      // Granted to the app, but not asked for.
      #expect(try await client.get("/api/v1/apps").status == 403)
      await mock.revokeAccessTokens()
      let refused = try await client.get("/api/v1/users")
      #expect(refused.status == 401)
      #expect(refused.headers["www-authenticate"]?.contains("invalid_token") == true)
    }
  }

  @Test("RS256 works as well")
  func rsa() async throws {
    let rsa = try Insecure.RSA.PrivateKey(pem: Self.rsaKey)
    let registered = ClientKey("r1", algorithm: "RS256", pem: rsa.publicKey.pemRepresentation)
    try await withMock(scenario([registered])) { mock async throws in
      let keys = JWTKeyCollection()
      await keys.add(rsa: rsa, digestAlgorithm: .sha256, kid: "r1")
      let assertion = try await keys.sign(claims(mock), kid: "r1")
      #expect(try await request(mock, assertion: assertion).status == 200)
    }
  }

  @Test("an assertion with a flaw is invalid_client", arguments: Flaw.allCases)
  func flawed(flaw: Flaw) async throws {
    try await withMock(scenario([registered])) { mock async throws in
      var claims = claims(mock)
      switch flaw {
      case .audience: claims.aud = mock.okta.baseURL
      case .issuer: claims.iss = "somebody"
      case .subject: claims.sub = "somebody"
      case .expired: claims.exp -= 600
      case .tooLong: claims.exp += 7200
      default: break
      }
      let assertion = try await sign(
        claims, flaw == .otherKey ? ES256PrivateKey() : key, kid: flaw == .otherKid ? "k2" : "k1")
      var answer = try await request(mock, assertion: flaw == .noAssertion ? nil : assertion)
      if flaw == .secret {
        answer = try await Client(baseURL: mock.okta.baseURL, headers: [:]).send(
          "POST", "/oauth2/v1/token", ["Content-Type": "application/x-www-form-urlencoded"],
          body: "grant_type=client_credentials&client_id=0oaclient&client_secret=x&scope=a")
      }
      #expect(answer.status == 401)
      #expect(try answer.json()["error"]?.text == "invalid_client")
    }
  }

  @Test("a scope that was not granted is invalid_scope")
  func scope() async throws {
    try await withMock(scenario([registered])) { mock async throws in
      let assertion = try await sign(claims(mock), key, kid: "k1")
      let answer = try await request(
        mock, assertion: assertion, scope: "okta.users.read okta.policies.read")
      #expect(answer.status == 400)
      #expect(try answer.json()["error"]?.text == "invalid_scope")
    }
  }

  @Test("without an admin role the token is refused everywhere")
  func noRole() async throws {
    var scenario = scenario([registered])
    scenario.okta.clients[0].hasAdminRole = false
    try await withMock(scenario) { mock async throws in
      let assertion = try await sign(claims(mock), key, kid: "k1")
      let token = try await request(mock, assertion: assertion).json()["access_token"]?.text
      let client = Client.okta(mock).with("Authorization", "Bearer \(token ?? "")")
      #expect(try await client.get("/api/v1/users").status == 403)
    }
  }

  /// A key made for this test alone.
  private static let rsaKey = """
    -----BEGIN PRIVATE KEY-----
    MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCsZbGs4SQFtV2X
    +v/Pa/tUSk5NtU0da1lOK+TTQ1VFuZh/P0H+cTwf77PBKvUH5GtS+YP+biESPvs1
    E240w9SjJxgqIJb9y7ZHdXG7QO8uXpCVzI+L5eUmYiZt5FTx0tjWMc4aesGAKr/w
    KKiwz454WwQPS6EYXK0yCe6rQnsR19Si2Xsw13suhK7vCPkEctSPuwIA4l2Imue7
    q9b0NpwSzK3n7zlngeqi90s4NydI5ETUiRkyzhTYATxMXhBljlgq3AUy/awUn2Ew
    l/8JiriAR0tPlnVlNzqpLxwa0RjQlr8Gsat844CuJh/rhjpRttswvIYdQlQKHirN
    xTa2uq1XAgMBAAECggEAFWnyVmuGynC7RfAHC3A5wUATluJwyDk32BZqr3U7J9SE
    ZTXp0B2nnr3rAZEA67CLRjy5EQcD85zAHlkiBMrYZEWsYjs3FiJSK3EipeRMcWGM
    qxbEM9fkDU7+wAKvLHSIu55nH/HkjDODMOUUAxZc94UyrWWzBnAokUEblMlGuTH2
    K7Ldvp9CCj27Jg47P9x/KJ/4e7riLnP0iCClsVdun7RLecYt+9uHF8YXQ/jYwmoH
    LKyikECKVacBuEGIxVRDXtkviTEVnzo++nLf9nwQd4gAsAIi1Vqay4ORHuaKUsN+
    Z+pOqhLQtsB8weeZAkdDvUCDp20ZRyihlF1hzhhSVQKBgQDf0TnhPvnZCEh0QkBJ
    jfwa7rY1D1l5zvqW9IprbAVpIM+6FnKKI2O3/ZD2ceMcPuSaUbsqgA3D1d7BTaGY
    /EQHJiOBQjIehEFLpF5KJe6MFUtGc8knlIjBH/08yoxxxBNkNgseEt7DWJZCp/Z1
    LLqviMV1YI9j6KH3Xl9QIGILiwKBgQDFL66uq1ARBKwLgpW7BFEM1fT2lvQtGQS+
    hxjvUF5b5s+daeCyKHmeLAmLIU2Ov+IWMn40e/dQ1E3+C4sLqPiHy/zCssbHXueJ
    HKdSAZg2blWnXT8KH9JWDyaQCPCR8BsZrIq8AfVuZfywVBuOzobWrxR81yd+E98E
    j/6rFsZO5QKBgCHDD/YYZ9wDUdqnu8bcsjDl3Xp3jEnBnS90SAUYUGChYHRzumd4
    GyzABUQHvfiezCEzPwaUNn9aHbYPHddUBncFm8l90M2lqavdaZPJ0Qg0lhxUjv13
    fIGVb7/h1fm7WCl/tYGd2xignloDuDvIuYiNGywvmrG5f+UuyTXvDJstAoGAF2Jc
    OOKgECSZspO95fvRENCeyE+GjYKWCXJEBr1lM0jf/i78MqSSJ6vZReKhK/idezxp
    sxewcKl8xk/gIXXcY15Rj1VcNXCPzLbVMOh3gJz9E2f/fdfgPcx2KkalIOl0jUrk
    +P7SeFEn8lFHI1xiqTsCFvv89vqsTAI3lVqSEfECgYBCpqhjwIxofACsOxJktfnN
    QNqZ0YOVCdQb2pnmEt75a+MwK0ETVlV2BLEHFIWktaW2lzKCNE9wdIFh/Wxe28Bo
    jakXpf38MMgxmjrSW84CqEyF6e1orwKIlOwuFK7MydL9zGwyGZLZbI4vNe6OvTT5
    dFmR0F56OyMk74JZkA21eQ==
    -----END PRIVATE KEY-----
    """
}
