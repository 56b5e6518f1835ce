import MockIdP
import Testing

@Suite("Scenarios") struct ScenarioTests {
  @Test("the demo organisation can be read, and every reference in it leads somewhere")
  func acme() throws {
    let acme = try Scenario.acme()
    let groups = Set(acme.okta.groups.map(\.name))
    #expect(acme.people.allSatisfy { groups.isSuperset(of: $0.groups) })
    for rule in acme.okta.policies.flatMap(\.rules) {
      #expect(groups.isSuperset(of: rule.groups))
      #expect(rule.zones.allSatisfy { zone in acme.okta.zones.contains { $0.name == zone } })
    }
    for app in acme.okta.apps {
      #expect(acme.okta.policies.contains { $0.name == app.accessPolicy })
    }
    #expect(Set(acme.people.map(\.login)).count == acme.people.count)
    let team = try #require(acme.heroku.teams.first)
    #expect(team.members.count == 28)
    #expect(team.members.first { $0.email == "olga.popova@partner.example" }?.twoFactor == nil)
  }

  @Test(
    "an unknown key or a wrong type is an error that names its place",
    arguments: [
      ("people: [{ email: a@b.c, nmae: A }]", "nmae"),
      ("okta: { policies: [{ name: P, rules: [{ name: R, grops: [X] }] }] }", "grops"),
      ("heroku: { teams: 3 }", "teams"), ("colour: blue", "colour"),
    ])
  func unknownKeys(yaml: String, key: String) {
    let error = #expect(throws: (any Error).self) { try Scenario(yaml: yaml) }
    #expect(error.map { "\($0)" }?.contains(key) == true)
  }

  @Test("the vendor's own JSON passes through as it is, nulls included")
  func passThrough() async throws {
    let scenario = try Scenario(
      yaml: """
        okta:
          policies:
            - name: Odd
              id: rstOdd
              raw: { _embedded: { resourceType: END_USER_ACCOUNT_MANAGEMENT } }
              rules:
                - name: Chain
                  conditions: { elCondition: { condition: "device.x" }, novel: { a: [1, 2.5, null] } }
                  actions: { appSignOn: { access: ALLOW, verificationMethod: { type: AUTH_METHOD_CHAIN, chains: [] } } }
                  raw: { priority: null }
        """)
    try await withMock(scenario) { mock async throws in
      let policy = try await Client.okta(mock).get("/api/v1/policies/rstOdd?expand=rules").json()
      #expect(policy["_embedded"]?["resourceType"] == "END_USER_ACCOUNT_MANAGEMENT")
      let rule = try #require(policy["_embedded"]?["rules"]?.elements?.first)
      #expect(rule["conditions"]?["novel"] == ["a": [1, 2.5, nil]])
      #expect(rule["priority"] == .null)
      #expect(rule["actions"]?["appSignOn"]?["verificationMethod"]?["chains"] == [])
    }
  }

  @Test("a seed gives the same people every time, another seed others")
  func deterministic() async throws {
    func pages(_ seed: UInt64) async throws -> [[UInt8]] {
      var pages: [[UInt8]] = []
      try await withMock(.generate(seed: seed, people: 100, teamSize: 20)) { mock async throws in
        pages.append(try await Client.heroku(mock).get("/teams/acme-widgets/members").body)
        pages.append(
          try await Client.okta(mock).get("/api/v1/users?fields=id,status,profile").body)
      }
      return pages
    }
    let first = try await pages(7)
    #expect(try await pages(7) == first)
    #expect(try await pages(8) != first)
  }

  @Test(
    "generated organisations of every size page completely and agree with themselves",
    arguments: [(10, 3), (25, 25), (1000, 10), (2050, 1030)])
  func consistent(people: Int, teamSize: Int) async throws {
    try await withMock(.generate(people: people, teamSize: teamSize)) { mock async throws in
      let everyone = try await all(Client.okta(mock), "/api/v1/users?search=id+pr")
      #expect(everyone.count == people)
      #expect(Set(everyone.map { $0["id"] }).count == people)
      let assigned = try await all(
        Client.okta(mock), "/api/v1/apps/\(Scenario.generatedApp)/users?limit=500")
      let ids = Set(everyone.compactMap { $0["id"]?.text })
      #expect(assigned.allSatisfy { ids.contains($0["id"]?.text ?? "") })
      #expect(assigned.count <= teamSize && assigned.count >= teamSize * 9 / 10 - 1)

      var members: [String] = []
      var range: String? = "email ..; max=1000"
      while let sent = range {
        let answer = try await Client.heroku(mock).get(
          "/teams/acme-widgets/members", ["Range": sent])
        members += try answer.rows().compactMap { $0["email"]?.text }
        range = answer.headers["next-range"]
      }
      #expect(members.count == teamSize)
      #expect(members == members.sorted())
      let emails = Set(everyone.compactMap { $0["profile"]?["email"]?.text })
      #expect(emails.isSuperset(of: members))
    }
  }

  private func all(_ client: Client, _ path: String) async throws -> [JSON] {
    var rows: [JSON] = []
    var next: String? = path
    while let url = next {
      let answer = try await client.get(url)
      rows += (try? answer.rows()) ?? []
      next = answer.link("next")
    }
    return rows
  }

  @Test("somebody far inside a million people is found at once")
  func million() async throws {
    try await withMock(.generate(people: 1_000_000, teamSize: 1000)) { mock async throws in
      let members = try await Client.heroku(mock).get(
        "/teams/acme-widgets/members", ["Range": "email ..; max=2, order=desc"])
      let email = try #require(try members.rows().first?["email"]?.text)
      let encoded = email.replacing("@", with: "%40")
      let client = Client.okta(mock)
      let user = try await client.get("/api/v1/users/" + encoded)
      #expect(try user.json()["profile"]?["email"]?.text == email)
      let found = try await client.get(
        "/api/v1/users?filter=profile.email+eq+%22\(encoded)%22"
      ).rows()
      #expect(found.count == 1)
      #expect(try await client.get("/api/v1/users?limit=200").rows().count == 200)
    }
  }
}
