import Foundation
import MockIdP
import Testing

@Suite("PingOne's mock is as strict as PingOne") struct PingOneMockTests {
  private static let tenant = PingOneTenant()
  private static let form = ["Content-Type": "application/x-www-form-urlencoded"]
  private static let base = "/v1/environments/\(tenant.environment)"

  private static func withPingOne(
    _ change: (inout PingOneTenant) -> Void = { _ in },
    _ body: @Sendable (Client) async throws -> Void
  ) async throws {
    var tenant = tenant
    tenant.users = (0..<5).map { number in
      PingOneUser("person\(number)@acme.com") { if number < 3 { $0.groups = ["g-1"] } }
    }
    tenant.apps = [PingOneApp("a1", name: "Heroku")]
    change(&tenant)
    var scenario = Scenario()
    scenario[PingOneTenant.self] = tenant
    try await withMock(scenario) { mock async throws in
      try await body(Client(baseURL: mock[.pingOne]?.baseURL ?? "", headers: [:]))
    }
  }

  private static func token(
    _ client: Client, secret: String = tenant.clientSecret, environment: String? = nil,
    type: [String: String] = form, body: String = "grant_type=client_credentials"
  ) async throws -> Answer {
    let encoded = secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let basic = Data("\(tenant.clientID):\(encoded)".utf8).base64EncodedString()
    return try await client.with("Authorization", "Basic \(basic)").send(
      "POST", "/\(environment ?? tenant.environment)/as/token", type, body: body)
  }

  private static func signedIn(_ client: Client) async throws -> Client {
    let text = try #require(try await token(client).json()["access_token"]?.text)
    return client.with("Authorization", "Bearer \(text)")
  }

  @Test("a token takes the right environment, secret, form and grant")
  func tokens() async throws {
    try await Self.withPingOne { client in
      #expect(try await Self.token(client).status == 200)
      let answers = [
        try await Self.token(client, secret: "other"),
        try await Self.token(client, environment: "other"),
        try await Self.token(client, type: ["Content-Type": "application/json"]),
        try await Self.token(client, body: "grant_type=password"),
        try await Self.token(
          client.with("X-Test", "1"), secret: "", body: "grant_type=client_credentials"),
      ]
      #expect(answers.map(\.status) == [401, 404, 400, 400, 401])
      #expect(try answers[0].json()["error"]?.text == "invalid_client")
    }
  }

  @Test("an endpoint takes a live token, its environment, its role, its method and its parameters")
  func refusals() async throws {
    try await Self.withPingOne({ $0.roles = ["Identity Data Read Only"] }) { client in
      let known = try await Self.signedIn(client)
      let none = try await client.get("\(Self.base)/users")
      #expect(none.status == 401)
      #expect(try none.json()["code"]?.text == "INVALID_TOKEN")
      #expect(try await known.get("/v1/environments/other/users").status == 404)
      #expect(try await known.get("\(Self.base)/applications").status == 403)
      #expect(try await known.send("DELETE", "\(Self.base)/users").status == 405)
      for query in ["limit=0", "limit=101", "page=2", "cursor=zz", "filter=email%20sw%20%22a%22"] {
        #expect(try await known.get("\(Self.base)/users?\(query)").status == 400, "\(query)")
      }
    }
  }

  @Test("a list of users names its next page until its last one, and takes a group")
  func pages() async throws {
    try await Self.withPingOne { client in
      let known = try await Self.signedIn(client)
      var next: String? = "\(Self.base)/users?limit=2"
      var ids: [String] = []
      while let target = next {
        let page = try await known.get(target).json()
        ids += (page["_embedded"]?["users"]?.elements ?? []).compactMap { $0["id"]?.text }
        next = page["_links"]?["next"]?["href"]?.text
      }
      #expect(ids.count == 5 && Set(ids).count == 5)
      let filter = "memberOfGroups%5Bid%20eq%20%22g-1%22%5D"
      let group = try await known.get("\(Self.base)/users?filter=\(filter)").json()
      #expect(group["_embedded"]?["users"]?.elements?.count == 3)
    }
  }
}
