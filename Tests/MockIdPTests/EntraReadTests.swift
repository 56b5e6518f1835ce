import MockIdP
import Testing

@Suite("Entra mock") struct EntraReadTests {
  private static let tenantID = EntraTenant().tenantID

  private static func scenario(_ change: (inout EntraTenant) -> Void = { _ in }) -> Scenario {
    var tenant = EntraTenant()
    tenant.users = (0..<5).map { EntraUser("u\($0)@acme.com") }
    tenant.groups = [
      EntraGroup("Outer", members: ["Inner", "u0@acme.com"]),
      EntraGroup("Inner", members: ["u1@acme.com", "Outer"]),
    ]
    tenant.roles = [EntraRoleAssignment(EntraRoleAssignment.globalAdministrator, "u2@acme.com")]
    tenant.policies = [["displayName": "MFA", "grantControls": ["builtInControls": ["mfa"]]]]
    change(&tenant)
    var scenario = Scenario()
    scenario[EntraTenant.self] = tenant
    return scenario
  }

  private static func token(
    _ mock: MockIdP, tenant: String = tenantID, secret: String? = nil,
    scope: String = "https%3A%2F%2Fgraph.microsoft.com%2F.default"
  ) async throws -> Answer {
    let client = Client(baseURL: mock[.entra]?.baseURL ?? "", headers: [:])
    let form =
      "grant_type=client_credentials&client_id=\(EntraClient().id)&scope=\(scope)"
      + "&client_secret=\(secret ?? mock[.entra]?.token ?? "")"
    return try await client.send(
      "POST", "/\(tenant)/oauth2/v2.0/token",
      ["Content-Type": "application/x-www-form-urlencoded"], body: form)
  }

  private static func graph(_ mock: MockIdP) async throws -> Client {
    let token = try await token(mock).json()["access_token"]?.text ?? ""
    return Client(
      baseURL: mock[.entra]?.baseURL ?? "", headers: ["Authorization": "Bearer \(token)"])
  }

  @Test("gives tokens to its tenant, secret and scope only")
  func tokens() async throws {
    try await withMock(Self.scenario()) { mock async throws in
      #expect(try await Self.token(mock).status == 200)
      #expect(try await Self.token(mock, tenant: "other").status == 400)
      #expect(try await Self.token(mock, scope: "User.Read").status == 400)
      let refused = try await Self.token(mock, secret: "wrong")
      #expect(refused.status == 401)
      #expect(try refused.json()["error"] == "invalid_client")
      #expect(try refused.json()["error_codes"] == [7_000_215])
    }
  }

  @Test("pages by a link in the body, at most 999 a page, selected fields only")
  func pages() async throws {
    try await withMock(Self.scenario()) { mock async throws in
      let client = try await Self.graph(mock)
      var rows: [JSON] = []
      var link: String? = "/v1.0/users?$select=id,mail&$top=2"
      while let next = link {
        let page = try await client.get(next).json()
        rows += page["value"]?.elements ?? []
        link = page["@odata.nextLink"]?.text
      }
      #expect(rows.count == 5)
      #expect(rows.allSatisfy { $0.properties?.count == 2 })
      #expect(try await client.get("/v1.0/users?$top=1000").status == 400)
      #expect(try await client.get("/v1.0/users?$select=shoeSize").status == 400)
      #expect(try await client.get("/v1.0/users?$skiptoken=6161").status == 400)
    }
  }

  @Test("lists members however deep, once each, though groups lie inside each other")
  func members() async throws {
    try await withMock(Self.scenario()) { mock async throws in
      let client = try await Self.graph(mock)
      let group = EntraGroup("Outer").id
      let direct = try await client.get("/v1.0/groups/\(group)/members").json()["value"]?.elements
      let deep = try await client.get("/v1.0/groups/\(group)/transitiveMembers").json()
      #expect(direct?.count == 2)
      #expect(deep["value"]?.elements?.count == 4)
      let missing = try await client.get("/v1.0/groups/\(group.dropLast())0/members")
      #expect(missing.status == 404)
      #expect(try missing.json()["error"]?["code"] == "Request_ResourceNotFound")
    }
  }

  @Test("role assignments want a filter, and eligible ones are no assignments")
  func roles() async throws {
    let scenario = Self.scenario {
      var role = EntraRoleAssignment(EntraRoleAssignment.globalAdministrator, "u3@acme.com")
      role.isEligible = true
      $0.roles.append(role)
    }
    try await withMock(scenario) { mock async throws in
      let client = try await Self.graph(mock)
      let path = "/v1.0/roleManagement/directory/roleAssignments"
      #expect(try await client.get(path).status == 400)
      let filter = "roleDefinitionId%20eq%20'\(EntraRoleAssignment.globalAdministrator)'"
      let rows = try await client.get("\(path)?$filter=\(filter)").json()["value"]?.elements
      #expect(rows?.count == 1)
    }
  }

  @Test("a batch takes twenty requests with different ids, and each has its own status")
  func batch() async throws {
    func request(_ id: Int, _ url: String) -> JSON {
      ["id": .string(String(id)), "method": "GET", "url": .string(url)]
    }
    try await withMock(Self.scenario()) { mock async throws in
      let client = try await Self.graph(mock)
      let good = [
        request(1, "/groups/\(EntraGroup("Inner").id)"), request(2, "/groups/nowhere"),
      ]
      let answer = try await client.send(
        "POST", "/v1.0/$batch", json: ["requests": .array(good)])
      let statuses = try answer.json()["responses"]?.elements?.map { $0["status"]?.int }
      #expect(Set(statuses ?? []) == [200, 404])
      let many = (0..<21).map { request($0, "/groups") }
      let twice = [request(1, "/groups"), request(1, "/groups")]
      for requests in [many, twice, []] {
        let refused = try await client.send(
          "POST", "/v1.0/$batch", json: ["requests": .array(requests)])
        #expect(refused.status == 400)
      }
    }
  }

  @Test("refuses what the application has no permission or the tenant no licence for")
  func permissions() async throws {
    let scenario = Self.scenario {
      $0.clients[0].permissions = ["Policy.Read.All"]
      $0.isPremium = false
    }
    try await withMock(scenario) { mock async throws in
      let client = try await Self.graph(mock)
      let users = try await client.get("/v1.0/users")
      #expect(users.status == 403)
      #expect(try users.json()["error"]?["code"] == "Authorization_RequestDenied")
      let policies = try await client.get("/v1.0/identity/conditionalAccess/policies")
      #expect(
        try policies.json()["error"]?["code"]
          == "Authentication_RequestFromNonPremiumTenantOrB2CTenant")
      let stranger = client.with("Authorization", "Bearer x")
      #expect(try await stranger.get("/v1.0/users").status == 401)
    }
  }

  @Test("a tenant is read from YAML, and an unknown key is told")
  func yaml() throws {
    let text = """
      entra:
        users: [{ name: ana@acme.com, userType: Guest }]
        apps: [{ appID: e1, name: Heroku, requiresAssignment: true }]
      """
    let scenario = try Scenario(yaml: text)
    #expect(scenario[EntraTenant.self].users.first?.userType == "Guest")
    #expect(scenario[EntraTenant.self].apps.first?.requiresAssignment == true)
    #expect(throws: ScenarioError.self) { try Scenario(yaml: text + "\n  sisers: []") }
  }

  @Test("counts as a number alone, only for who takes what may lag, and in a batch as a text")
  func counts() async throws {
    try await withMock(Self.scenario()) { mock async throws in
      let client = try await Self.graph(mock)
      #expect(try await client.get("/v1.0/users/$count").status == 400)
      let header = ["ConsistencyLevel": "eventual"]
      let users = try await client.send("GET", "/v1.0/users/$count", header)
      #expect(users.status == 200)
      #expect(users.text == "5")
      let outer = EntraGroup("Outer").id
      let body = """
        {"requests":[{"id":"1","method":"GET","url":"/groups/\(outer)/transitiveMembers/$count",
        "headers":{"ConsistencyLevel":"eventual"}}]}
        """
      let batch = try await client.send(
        "POST", "/v1.0/$batch", ["Content-Type": "application/json"], body: body
      ).json()
      let count = batch["responses"]?.elements?.first?["body"]?.text.flatMap { Int($0) } ?? 0
      let listed = try await client.get("/v1.0/groups/\(outer)/transitiveMembers").json()
      #expect(count == listed["value"]?.elements?.count)
    }
  }

  @Test("finds groups by name, and shows all addresses of a user")
  func groupsByName() async throws {
    let scenario = Self.scenario {
      $0.users[0].proxyAddresses = ["SMTP:u0@acme.com", "smtp:zero@acme.com"]
      $0.users[0].otherMails = ["u0@home.example"]
    }
    try await withMock(scenario) { mock async throws in
      let client = try await Self.graph(mock)
      let found = try await client.get("/v1.0/groups?$filter=displayName%20eq%20'inner'").json()
      #expect(found["value"]?.elements?.map { $0["displayName"] } == ["Inner"])
      let users = try await client.get("/v1.0/users?$select=proxyAddresses,otherMails").json()
      let first = users["value"]?.elements?.first
      #expect(first?["proxyAddresses"] == ["SMTP:u0@acme.com", "smtp:zero@acme.com"])
      #expect(first?["otherMails"] == ["u0@home.example"])
    }
  }
}
