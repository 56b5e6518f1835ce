import MockIdP
import Testing

/// Seven people, two groups, two apps and a policy with rules.
func smallOrganisation() -> Scenario {
  Scenario(
    people: [
      Person("ana@acme.com", name: "Ana Lima", groups: ["Engineers"], factors: ["webauthn"]),
      Person("ben@acme.com", name: "Ben Costa", groups: ["Engineers", "Contractors"]),
      Person("carl@acme.com", name: "Carl Weber", status: "SUSPENDED", groups: ["Engineers"]),
      Person("dora@acme.com", status: "DEPROVISIONED", groups: ["Engineers"]),
      Person("eve@acme.com", identityProviders: ["Partner"]),
      Person("ana@acme.com", name: "Ana Lima", login: "ana.admin@acme.com"),
      Person("fred@acme.com", lastUpdated: "2026-06-10T00:00:00.000Z"),
    ],
    okta: OktaOrganisation(
      groups: ["Engineers", "Contractors"].map { Group($0) },
      apps: [
        OktaApp(
          "Heroku", id: "0oa1", accessPolicy: "Two factors",
          users: ["eve@acme.com", AppUser("fred@acme.com", userName: "freddy")],
          groups: ["Engineers"]),
        OktaApp("Wiki", id: "0oa2", name: "wiki", accessPolicy: "Two factors"),
      ],
      policies: [
        Policy(
          "Two factors",
          rules: [
            Rule("Office") {
              $0.zones = ["HQ"]
              $0.groups = ["Engineers"]
              $0.factors = "1FA"
            }, .catchAll("2FA"),
          ])
      ],
      zones: [Zone("HQ"), Zone("Lab")],
      identityProviders: [InboundIdentityProvider("Partner", trustsClaims: true)]))
}

@Suite("Okta reads") struct OktaReadTests {
  @Test("the well-known page needs no token, everything else does")
  func openPage() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      let client = Client.okta(mock).with("Authorization", nil)
      let page = try await client.get("/.well-known/okta-organization")
      #expect(try page.json()["pipeline"]?.text == "idx")
      let refused = try await client.get("/api/v1/users")
      #expect(refused.status == 401)
      #expect(try refused.json()["errorCode"]?.text == "E0000011")
      #expect(refused.headers["x-okta-request-id"] != nil)
    }
  }

  @Test("a plain list hides deprovisioned people; a filter shows them")
  func deprovisioned() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      let client = Client.okta(mock)
      let plain = try await client.get("/api/v1/users").rows()
      #expect(plain.count == 6)
      let filter = "status%20eq%20%22DEPROVISIONED%22"
      let gone = try await client.get("/api/v1/users?filter=" + filter).rows()
      #expect(gone.compactMap { $0["profile"]?["email"]?.text } == ["dora@acme.com"])
    }
  }

  @Test(
    "filters compare, join and refuse what is not supported",
    arguments: [
      ("status eq \"ACTIVE\" or status eq \"SUSPENDED\"", 6),
      ("profile.email eq \"ana@acme.com\"", 2), ("profile.login eq \"ANA@acme.com\"", 1),
      ("lastUpdated gt \"2026-06-01T00:00:00.000Z\"", 1),
      ("status eq \"ACTIVE\" and lastUpdated lt \"2026-06-01T00:00:00.000Z\"", 4),
      ("(profile.firstName eq \"Ana\" or profile.firstName eq \"Ben\")", 3),
      ("profile.email sw \"ana\"", -1), ("profile.city eq \"Porto\"", -1), ("status", -1),
      ("id pr", -1),
      ("status eq ACTIVE", -1), ("status eq \"ACTIVE", -1), ("status gt \"ACTIVE\"", -1),
    ])
  func filters(filter: String, count: Int) async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      let encoded = filter.replacing("\"", with: "%22").replacing(" ", with: "+")
      let answer = try await Client.okta(mock).get("/api/v1/users?filter=" + encoded)
      if count < 0 {
        #expect(answer.status == 400)
        #expect(try answer.json()["errorCode"]?.text == "E0000031")
      } else {
        #expect(try answer.rows().count == count)
      }
    }
  }

  @Test("search knows more attributes and operators")
  func search() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      let answer = try await Client.okta(mock).get(
        "/api/v1/users?search=profile.email+sw+%22a%22+and+status+eq+%22ACTIVE%22")
      #expect(try answer.rows().count == 2)
    }
  }

  @Test("fields trims users")
  func fields() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      let answer = try await Client.okta(mock).get(
        "/api/v1/users?limit=1&fields=id,status,profile:(login,email)")
      let row = try #require(try answer.rows().first)
      #expect(row.properties?.keys.sorted() == ["id", "profile", "status"])
      #expect(row["profile"]?.properties?.keys.sorted() == ["email", "login"])
    }
  }

  @Test(
    "links lead through all pages, each row once",
    arguments: [
      ("/api/v1/users?limit=2", 6), ("/api/v1/groups?limit=1", 3),
      ("/api/v1/apps?limit=1", 2), ("/api/v1/apps/0oa1/users?limit=2", 5),
      ("/api/v1/policies?type=ACCESS_POLICY&limit=1", 1), ("/api/v1/zones?limit=1", 2),
    ])
  func pages(path: String, count: Int) async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      var next: String? = path
      var ids: [String] = []
      var pages = 0
      while let url = next {
        let answer = try await Client.okta(mock).get(url)
        #expect(answer.status == 200)
        #expect(answer.link("self")?.hasPrefix(mock.okta.baseURL) == true)
        ids += try answer.rows().compactMap { $0["id"]?.text }
        next = answer.link("next")
        pages += 1
      }
      #expect(ids.count == count)
      #expect(Set(ids).count == count)
      let limit = path.hasSuffix("2") ? 2 : 1
      #expect(pages == (count + limit - 1) / limit)
    }
  }

  @Test("each relation of Link has a header line of its own")
  func linkLines() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      let outcome = await RawClient.get(
        mock.okta.baseURL, "/api/v1/users?limit=2",
        headers: ["Authorization": "SSWS \(mock.okta.token)"])
      let links = outcome.text.split(separator: "\r\n").filter { $0.hasPrefix("Link: <") }
      #expect(links.count == 2)
      #expect(links.allSatisfy { $0.split(separator: "rel=").count == 2 })
    }
  }

  @Test(
    "a limit outside the range, or a cursor made up, is 400",
    arguments: [
      "/api/v1/users?limit=201", "/api/v1/users?limit=0", "/api/v1/apps/0oa1/users?limit=501",
      "/api/v1/apps/0oa1/groups?limit=19", "/api/v1/groups?limit=10001",
      "/api/v1/users?after=200", "/api/v1/users?after=3230302e302e30", "/api/v1/policies",
      "/api/v1/policies?type=NO_SUCH",
    ])
  func refused(path: String) async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      let answer = try await Client.okta(mock).get(path)
      #expect(answer.status == 400)
      #expect(try answer.json()["errorCode"]?.text == "E0000001")
    }
  }

  @Test("people have an app directly or through a group, deprovisioned ones only directly")
  func assignments() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      let rows = try await Client.okta(mock).get("/api/v1/apps/0oa1/users").rows()
      let scopes = rows.map { row in
        "\(row["credentials"]?["userName"]?.text ?? "") \(row["scope"]?.text ?? "")"
      }
      #expect(
        scopes == [
          "ana@acme.com GROUP", "ben@acme.com GROUP", "carl@acme.com GROUP", "eve@acme.com USER",
          "freddy USER",
        ])
      let one = Person("ana@acme.com", login: "ana.admin@acme.com").id
      #expect(try await Client.okta(mock).get("/api/v1/apps/0oa1/users/\(one)").status == 404)
    }
  }

  @Test("Classic has no app policies and no link to one")
  func classic() async throws {
    var scenario = smallOrganisation()
    scenario.okta.pipeline = "v1"
    try await withMock(scenario) { mock async throws in
      let client = Client.okta(mock)
      let policies = try await client.get("/api/v1/policies?type=ACCESS_POLICY")
      #expect(policies.status == 400)
      #expect(try policies.json()["errorCode"]?.text == "E0000001")
      #expect(try await client.get("/api/v1/authenticators").status == 404)
      let app = try await client.get("/api/v1/apps/0oa1").json()
      #expect(app["_links"]?["accessPolicy"] == nil)
      #expect(try await client.get("/api/v1/policies?type=OKTA_SIGN_ON").rows().count == 1)
    }
  }

  @Test("rules are spelt out with ids, alone and embedded")
  func rules() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      let client = Client.okta(mock)
      let policies = try await client.get("/api/v1/policies?type=ACCESS_POLICY&expand=rules").rows()
      let policy = try #require(policies.first)
      let id = try #require(policy["id"]?.text)
      let rules = try await client.get("/api/v1/policies/\(id)/rules").rows()
      #expect(policy["_embedded"]?["rules"]?.elements == rules)
      #expect(policy["conditions"] == nil)
      #expect(rules[0]["conditions"]?["network"]?["include"] == [.string(Zone("HQ").id)])
      #expect(
        rules[0]["conditions"]?["people"]?["groups"]?["include"]
          == [.string(Group("Engineers").id)])
      #expect(rules[1]["priority"] == 99)
      #expect(rules[1]["conditions"] == .null)
      let mappings = try await client.get("/api/v1/policies/\(id)/mappings").rows()
      let apps = mappings.compactMap { $0["_links"]?["application"]?["href"]?.text }
      #expect(apps.map { $0.suffix(4) } == ["0oa1", "0oa2"])
      let app = try await client.get("/api/v1/apps/0oa1").json()
      #expect(app["_links"]?["accessPolicy"]?["href"]?.text?.hasSuffix(id) == true)
    }
  }

  @Test("factors, groups and inbound providers of one person")
  func onePerson() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      let client = Client.okta(mock)
      let factors = try await client.get("/api/v1/users/ana%40acme.com/factors").rows()
      #expect(factors.map { $0["factorType"]?.text } == ["webauthn"])
      let groups = try await client.get("/api/v1/users/ben%40acme.com/groups").rows()
      #expect(
        groups.map { $0["profile"]?["name"]?.text } == ["Everyone", "Engineers", "Contractors"])
      let providers = try await client.get("/api/v1/users/eve%40acme.com/idps").rows()
      #expect(providers.first?["policy"]?["trustClaims"] == true)
      let id = try #require(providers.first?["id"]?.text)
      #expect(try await client.get("/api/v1/idps/\(id)/users").rows().count == 1)
      #expect(try await client.get("/api/v1/users/nobody%40acme.com").status == 404)
    }
  }

  @Test("a bucket counts by family and says when it is full again")
  func limits() async throws {
    var scenario = smallOrganisation()
    scenario.okta.rateLimits = ["/api/v1/users": 2]
    try await withMock(scenario) { mock async throws in
      let client = Client.okta(mock)
      let first = try await client.get("/api/v1/users")
      #expect(first.headers["x-rate-limit-limit"] == "2")
      #expect(first.headers["x-rate-limit-remaining"] == "1")
      _ = try await client.get("/api/v1/users")
      let refused = try await client.get("/api/v1/users")
      #expect(refused.status == 429)
      #expect(try refused.json()["errorCode"]?.text == "E0000047")
      #expect(refused.headers["x-rate-limit-remaining"] == "0")
      #expect((Int(refused.headers["x-rate-limit-reset"] ?? "") ?? 0) > 1_700_000_000)
      #expect(refused.headers["date"]?.hasSuffix("GMT") == true)
      #expect(try await client.get("/api/v1/groups").status == 200)
    }
  }

  @Test("a token's role limits what it may read")
  func tokenScopes() async throws {
    var scenario = smallOrganisation()
    scenario.okta.tokens[0].scopes = ["okta.users.read"]
    try await withMock(scenario) { mock async throws in
      let client = Client.okta(mock)
      #expect(try await client.get("/api/v1/users").status == 200)
      let refused = try await client.get("/api/v1/policies?type=ACCESS_POLICY")
      #expect(refused.status == 403)
      #expect(try refused.json()["errorCode"]?.text == "E0000006")
    }
  }

  @Test("simulation answers only where it is enabled, and leaves open what is not given")
  func simulation() async throws {
    let person = Person("ana@acme.com").id
    let body: JSON = [
      "policyTypes": ["ACCESS_POLICY"], "appInstance": "0oa1",
      "policyContext": ["user": ["id": .string(person)]],
    ]
    try await withMock(smallOrganisation()) { mock async throws in
      let client = Client.okta(mock)
      #expect(try await client.send("POST", "/api/v1/policies/simulate", json: body).status == 404)
      await mock.update { $0.okta.simulates = true }
      let answer = try await client.send("POST", "/api/v1/policies/simulate", json: body)
      let evaluation = try #require(try answer.json()["evaluation"]?.elements?.first)
      let rule = { (part: String) in
        evaluation[part]?["policies"]?.elements?.first?["rules"]?.elements?.first?["name"]?.text
      }
      #expect(rule("result") == "Catch-all Rule")
      #expect(rule("undefined") == "Office")
    }
  }

  @Test("unknown paths and wrong methods have Okta's error body; unknown parameters are ignored")
  func plumbing() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      let client = Client.okta(mock)
      #expect(try await client.get("/api/v1/nothing").json()["errorCode"]?.text == "E0000007")
      #expect(try await client.send("DELETE", "/api/v1/users").status == 405)
      #expect(try await client.get("/api/v1/users?colour=blue").status == 200)
    }
  }
}
