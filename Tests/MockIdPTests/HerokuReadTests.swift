import MockIdP
import Testing

/// A team of five, one of them from outside the identity provider.
func smallTeam() -> Scenario {
  Scenario(
    heroku: HerokuPlatform(
      teams: [
        HerokuTeam(
          "acme-widgets", enterpriseAccount: "acme-corp",
          members: [
            HerokuMember("dora@acme.com", role: "viewer"),
            HerokuMember("ana@acme.com", name: "Ana Lima", role: "admin"),
            HerokuMember("carl@acme.com"),
            HerokuMember("ben@acme.com", isFederated: false, twoFactor: nil),
            HerokuMember("eve@acme.com", raw: ["identity_provider": nil]),
          ],
          invitations: [HerokuInvitation("new@acme.com")],
          apps: [
            HerokuApp("acme-api", isLocked: true, collaborators: [.init("raj@outside.example")])
          ])
      ],
      enterpriseAccounts: [
        EnterpriseAccount("acme-corp", identityProvider: .okta("acme-okta", app: "0oa1"))
      ]))
}

@Suite("Heroku reads") struct HerokuReadTests {
  @Test(
    "the version, the user agent and the token are required",
    arguments: [
      ("Accept", "application/json", 404, "not_found"),
      ("Accept", "application/vnd.heroku+json; version=2", 404, "not_found"),
      ("Authorization", "Bearer wrong", 401, "unauthorized"),
      ("Authorization", "Basic YTpi", 401, "unauthorized"),
      ("User-Agent", "", 400, "bad_request"),
    ])
  func strictHeaders(name: String, value: String, status: Int, id: String) async throws {
    try await withMock(smallTeam()) { mock async throws in
      let answer = try await Client.heroku(mock).with(name, value).get("/teams/acme-widgets")
      #expect(answer.status == status)
      #expect(try answer.json()["id"]?.text == id)
    }
  }

  @Test("members come in the order of their addresses, with the pages that Next-Range leads to")
  func memberPages() async throws {
    try await withMock(smallTeam()) { mock async throws in
      let client = Client.heroku(mock)
      var range: String? = "email ..; max=2"
      var emails: [String] = []
      var statuses: [Int] = []
      while let sent = range {
        let answer = try await client.get("/teams/acme-widgets/members", ["Range": sent])
        statuses.append(answer.status)
        emails += try answer.rows().compactMap { $0["email"]?.text }
        range = answer.headers["next-range"]
      }
      #expect(statuses == [206, 206, 200])
      #expect(
        emails == [
          "ana@acme.com", "ben@acme.com", "carl@acme.com", "dora@acme.com", "eve@acme.com",
        ])
    }
  }

  @Test("pages can be read backwards")
  func descending() async throws {
    try await withMock(smallTeam()) { mock async throws in
      let answer = try await Client.heroku(mock).get(
        "/teams/acme-widgets/members", ["Range": "email ..; max=1, order=desc"])
      #expect(try answer.rows().first?["email"]?.text == "eve@acme.com")
      let next = try #require(answer.headers["next-range"])
      let second = try await Client.heroku(mock).get(
        "/teams/acme-widgets/members", ["Range": next])
      #expect(try second.rows().first?["email"]?.text == "dora@acme.com")
    }
  }

  @Test(
    "a wrong range is 416",
    arguments: [
      "id ..; max=2", "email ..; max=1001", "email ..; max=0", "email; max=x", "nonsense",
    ])
  func wrongRange(range: String) async throws {
    try await withMock(smallTeam()) { mock async throws in
      let answer = try await Client.heroku(mock).get(
        "/teams/acme-widgets/members", ["Range": range])
      #expect(answer.status == 416)
      #expect(try answer.json()["id"]?.text == "requested_range_not_satisfiable")
    }
  }

  @Test("a list without ranges refuses one, unless it is told to send pages")
  func undeclaredRanges() async throws {
    var scenario = smallTeam()
    scenario[team: "acme-widgets"].apps = ["a", "b", "c"].map { HerokuApp($0) }
    try await withMock(scenario) { mock async throws in
      let client = Client.heroku(mock)
      #expect(try await client.get("/teams/acme-widgets/apps").rows().count == 3)
      let refused = try await client.get("/teams/acme-widgets/apps", ["Range": "id ..; max=2"])
      #expect(refused.status == 416)
      await mock.update { $0.heroku.undeclaredPageSize = 2 }
      let first = try await client.get("/teams/acme-widgets/apps")
      #expect(first.status == 206)
      let next = try #require(first.headers["next-range"])
      let second = try await client.get("/teams/acme-widgets/apps", ["Range": next])
      #expect(second.status == 200)
      #expect(try first.rows().count + second.rows().count == 3)
    }
  }

  @Test("a member's identity provider is the account's, null without federation or when stated")
  func memberShape() async throws {
    try await withMock(smallTeam()) { mock async throws in
      let rows = try await Client.heroku(mock).get("/teams/acme-widgets/members").rows()
      let provider = rows[0]["identity_provider"]
      #expect(provider?["name"]?.text == "acme-okta")
      #expect(provider?["owner"]?["type"]?.text == "enterprise-account")
      #expect(rows[1]["identity_provider"] == .null)
      #expect(rows[1]["two_factor_authentication"] == nil)
      #expect(rows[4]["federated"] == true)
      #expect(rows[4]["identity_provider"] == .null)
    }
  }

  @Test("an ETag gives 304 for the same URL and range only")
  func etag() async throws {
    try await withMock(smallTeam()) { mock async throws in
      let client = Client.heroku(mock)
      let path = "/teams/acme-widgets/members"
      let first = try await client.get(path, ["Range": "email ..; max=2"])
      let tag = try #require(first.headers["etag"])
      let again = try await client.get(path, ["Range": "email ..; max=2", "If-None-Match": tag])
      #expect(again.status == 304)
      #expect(again.body.isEmpty)
      let other = try await client.get(path, ["Range": "email ..; max=3", "If-None-Match": tag])
      #expect(other.status == 206)
      await mock.update { $0[team: "acme-widgets"][member: "ana@acme.com"].role = "member" }
      let changed = try await client.get(path, ["Range": "email ..; max=2", "If-None-Match": tag])
      #expect(changed.status == 206)
      #expect(changed.headers["etag"] != tag)
    }
  }

  @Test("each request costs a token, the probe costs none, and none left is 429")
  func rateLimit() async throws {
    var scenario = smallTeam()
    scenario.heroku.rateLimit = 2
    scenario.heroku.refillPerMinute = 0
    try await withMock(scenario) { mock async throws in
      let client = Client.heroku(mock)
      #expect(try await client.get("/teams").headers["ratelimit-remaining"] == "1")
      let probe = try await client.get("/account/rate-limits")
      #expect(try probe.json() == ["remaining": 1])
      #expect(try await client.get("/teams").headers["ratelimit-remaining"] == "0")
      let refused = try await client.get("/teams")
      #expect(refused.status == 429)
      #expect(refused.headers["retry-after"] == nil)
      #expect(try refused.json()["id"]?.text == "rate_limit")
      #expect(try await client.get("/account/rate-limits").status == 200)
    }
  }

  @Test("scope, role and second factor of the token decide")
  func tokenRights() async throws {
    var scenario = smallTeam()
    scenario.heroku.tokens = [
      HerokuToken("identity-only", scopes: ["identity"]),
      HerokuToken("viewer", role: "viewer"), HerokuToken("elsewhere", teams: ["other"]),
      HerokuToken("collaborator", role: "collaborator"), HerokuToken("second"),
    ]
    scenario.heroku.tokens[4].wantsSecondFactor = true
    try await withMock(scenario) { mock async throws in
      let client = { (token: String) in
        Client.heroku(mock).with("Authorization", "Bearer \(token)")
      }
      #expect(try await client("identity-only").get("/account").status == 200)
      let scope = try await client("identity-only").get("/teams/acme-widgets/members")
      #expect(scope.status == 403)
      #expect(try scope.json()["id"]?.text == "forbidden")
      let path = "/teams/acme-widgets"
      #expect(try await client("viewer").get(path + "/members").status == 200)
      #expect(try await client("viewer").get(path + "/identity-providers").status == 403)
      #expect(try await client("elsewhere").get(path).status == 404)
      #expect(try await client("collaborator").get(path + "/members").status == 403)
      let second = try await client("second").get(path)
      #expect(second.status == 403)
      #expect(try second.json()["id"]?.text == "two_factor")
    }
  }

  @Test("invitations need their own variant of the version")
  func invitations() async throws {
    try await withMock(smallTeam()) { mock async throws in
      let client = Client.heroku(mock)
      #expect(try await client.get("/teams/acme-widgets/invitations").status == 404)
      let variant = "application/vnd.heroku+json; version=3.team-invitations"
      let answer = try await client.with("Accept", variant).get("/teams/acme-widgets/invitations")
      #expect(try answer.rows().first?["user"]?["email"]?.text == "new@acme.com")
    }
  }

  @Test("collaborators include the team's pseudo-account; permissions come in one call")
  func collaborators() async throws {
    try await withMock(smallTeam()) { mock async throws in
      let client = Client.heroku(mock)
      let rows = try await client.get("/teams/apps/acme-api/collaborators").rows()
      #expect(
        rows.compactMap { $0["user"]?["email"]?.text } == [
          "acme-widgets@herokumanager.com", "raj@outside.example",
        ])
      let permissions = try await client.get("/teams/acme-widgets/permissions").rows()
      #expect(permissions.first?["users"]?.elements?.first?["permissions"] == ["view"])
    }
  }

  @Test("enterprise members have no federated flag")
  func enterpriseMembers() async throws {
    try await withMock(smallTeam()) { mock async throws in
      let rows = try await Client.heroku(mock).get("/enterprise-accounts/acme-corp/members").rows()
      #expect(rows.count == 5)
      #expect(rows.allSatisfy { $0["federated"] == nil })
      #expect(rows[1]["identity_provider"] == .null)
    }
  }

  @Test("a request id comes back, unknown paths are 404 and wrong methods 405")
  func plumbing() async throws {
    try await withMock(smallTeam()) { mock async throws in
      let client = Client.heroku(mock)
      let answer = try await client.get("/teams", ["Request-Id": "abc-1"])
      #expect(answer.headers["request-id"] == "abc-1")
      #expect(try await client.get("/nothing").status == 404)
      #expect(try await client.send("DELETE", "/teams").status == 405)
      #expect(await mock.requestCounts(.heroku) == ["GET /teams": 1, "unknown": 2])
    }
  }
}
