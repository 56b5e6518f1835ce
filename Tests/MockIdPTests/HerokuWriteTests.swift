import MockIdP
import Testing

@Suite("Heroku writes") struct HerokuWriteTests {
  @Test("members are added, changed and removed")
  func members() async throws {
    try await withMock(smallTeam()) { mock async throws in
      let client = Client.heroku(mock)
      let path = "/teams/acme-widgets/members"
      let new: JSON = ["email": "zoe@acme.com", "role": "member"]
      #expect(try await client.send("PATCH", path, json: new).status == 404)
      #expect(try await client.send("POST", path, json: new).status == 201)
      #expect(try await client.send("POST", path, json: new).status == 422)
      let changed = try await client.send(
        "PUT", path, json: ["email": "zoe@acme.com", "role": "viewer"])
      #expect(changed.status == 200)
      #expect(try changed.json()["role"]?.text == "viewer")
      #expect(try await client.send("DELETE", path + "/zoe%40acme.com").status == 200)
      #expect(try await client.send("DELETE", path + "/zoe%40acme.com").status == 404)
      #expect(await mock.scenario()[team: "acme-widgets"].members.count == 5)
    }
  }

  @Test("a role outside admin, viewer and member is 422", arguments: ["owner", "collaborator", ""])
  func roles(role: String) async throws {
    try await withMock(smallTeam()) { mock async throws in
      let answer = try await Client.heroku(mock).send(
        "PUT", "/teams/acme-widgets/members",
        json: ["email": "zoe@acme.com", "role": .string(role)])
      #expect(answer.status == 422)
      #expect(try answer.json()["id"]?.text == "invalid_params")
    }
  }

  @Test("the last admin stays, until there is another")
  func lastAdmin() async throws {
    try await withMock(smallTeam()) { mock async throws in
      let client = Client.heroku(mock)
      let path = "/teams/acme-widgets/members"
      let demote: JSON = ["email": "ana@acme.com", "role": "member"]
      #expect(try await client.send("PATCH", path, json: demote).status == 422)
      #expect(try await client.send("DELETE", path + "/ana%40acme.com").status == 422)
      let promote: JSON = ["email": "carl@acme.com", "role": "admin"]
      #expect(try await client.send("PATCH", path, json: promote).status == 200)
      #expect(try await client.send("PATCH", path, json: demote).status == 200)
    }
  }

  @Test("only admins change members, and only with a token that may write")
  func rights() async throws {
    var scenario = smallTeam()
    scenario.heroku.tokens = [
      HerokuToken("member", role: "member"), HerokuToken("reader", scopes: ["read"]),
    ]
    try await withMock(scenario) { mock async throws in
      for token in ["member", "reader"] {
        let answer = try await Client.heroku(mock).with("Authorization", "Bearer \(token)").send(
          "PUT", "/teams/acme-widgets/members", json: ["email": "z@acme.com", "role": "member"])
        #expect(answer.status == 403)
      }
    }
  }

  @Test("an app is locked with exactly one key, and a locked one cannot be joined")
  func locks() async throws {
    var scenario = smallTeam()
    scenario.heroku.tokens.append(
      HerokuToken("carl", email: "carl@acme.com", role: nil))
    try await withMock(scenario) { mock async throws in
      let admin = Client.heroku(mock)
      let carl = admin.with("Authorization", "Bearer carl")
      let join: JSON = ["user": "carl@acme.com"]
      let people = "/teams/apps/acme-api/collaborators"
      #expect(try await carl.send("POST", people, json: join).status == 403)
      let two: JSON = ["locked": false, "owner": "x"]
      #expect(try await admin.send("PATCH", "/teams/apps/acme-api", json: two).status == 422)
      let answer = try await admin.send("PATCH", "/teams/apps/acme-api", json: ["locked": false])
      #expect(try answer.json()["locked"] == false)
      #expect(try await carl.send("POST", people, json: join).status == 201)
    }
  }

  @Test("permissions are names, and view is always among them")
  func permissions() async throws {
    try await withMock(smallTeam()) { mock async throws in
      let client = Client.heroku(mock)
      let path = "/teams/apps/acme-api/collaborators"
      let added = try await client.send(
        "POST", path, json: ["user": "kim@outside.example", "permissions": ["deploy"]])
      #expect(added.status == 201)
      let names = try added.json()["permissions"]?.elements?.compactMap { $0["name"]?.text }
      #expect(names == ["deploy", "view"])
      let wrong = try await client.send(
        "PATCH", path + "/kim%40outside.example", json: ["permissions": ["everything"]])
      #expect(wrong.status == 422)
      let changed = try await client.send(
        "PATCH", path + "/kim%40outside.example", json: ["permissions": ["operate"]])
      #expect(changed.status == 200)
      #expect(try await client.send("DELETE", path + "/kim%40outside.example").status == 200)
    }
  }

  @Test("invitations are made once and revoked, by teams that invite")
  func invitations() async throws {
    var scenario = smallTeam()
    let path = "/teams/acme-widgets/invitations"
    let invite: JSON = ["email": "kim@acme.com", "role": "member"]
    let accept = "application/vnd.heroku+json; version=3.team-invitations"
    try await withMock(scenario) { mock async throws in
      let client = Client.heroku(mock).with("Accept", accept)
      #expect(try await client.send("PUT", path, json: invite).status == 422)
    }
    scenario[team: "acme-widgets"].features.append("team-invite-acceptance")
    try await withMock(scenario) { mock async throws in
      let client = Client.heroku(mock).with("Accept", accept)
      let member = try await Client.heroku(mock).send(
        "PUT", "/teams/acme-widgets/members", json: invite)
      #expect(member.status == 422, "newcomers are invited there")
      #expect(try await client.send("PUT", path, json: invite).status == 201)
      #expect(try await client.send("PUT", path, json: invite).status == 200)
      #expect(try await client.send("DELETE", path + "/kim%40acme.com").status == 200)
      #expect(try await client.send("DELETE", path + "/kim%40acme.com").status == 404)
    }
  }

  @Test("without org-access-controls apps have no permissions to give or change")
  func withoutPermissions() async throws {
    var scenario = smallTeam()
    scenario[team: "acme-widgets"].features = []
    try await withMock(scenario) { mock async throws in
      let client = Client.heroku(mock)
      let path = "/teams/apps/acme-api/collaborators"
      let body: JSON = ["user": "kim@outside.example", "permissions": ["deploy"]]
      #expect(try await client.send("POST", path, json: body).status == 422)
      let plain: JSON = ["user": "kim@outside.example"]
      #expect(
        try await client.send("POST", "/apps/acme-api/collaborators", json: plain).status == 201)
      let change: JSON = ["permissions": ["deploy"]]
      #expect(
        try await client.send("PATCH", path + "/kim%40outside.example", json: change).status == 422)
    }
  }

  @Test("who holds manage on an app changes that app alone; others do not even see it")
  func manage() async throws {
    var scenario = smallTeam()
    scenario.heroku.tokens.append(HerokuToken("kim", email: "kim@outside.example", role: nil))
    scenario[team: "acme-widgets"][app: "acme-api"].collaborators.append(
      HerokuCollaborator("kim@outside.example", permissions: ["view", "manage"]))
    scenario[team: "acme-widgets"].apps.append(HerokuApp("acme-other"))
    try await withMock(scenario) { mock async throws in
      let kim = Client.heroku(mock).with("Authorization", "Bearer kim")
      let body: JSON = ["user": "lea@outside.example", "permissions": ["deploy"]]
      #expect(
        try await kim.send("POST", "/teams/apps/acme-api/collaborators", json: body).status == 201)
      #expect(try await kim.get("/teams/apps/acme-other").status == 404)
      #expect(try await kim.get("/teams/acme-widgets/members").status == 404)
      let member: JSON = ["email": "lea@outside.example", "role": "member"]
      #expect(
        try await kim.send("PUT", "/teams/acme-widgets/members", json: member).status == 404)
    }
  }

  @Test("a viewer only reads, and a member who joins does not choose the permissions")
  func joining() async throws {
    var scenario = smallTeam()
    scenario[team: "acme-widgets"][app: "acme-api"].isLocked = false
    scenario[team: "acme-widgets"].members.append(HerokuMember("vi@acme.com", role: "viewer"))
    for name in ["carl", "vi"] {
      scenario.heroku.tokens.append(HerokuToken(name, email: "\(name)@acme.com", role: nil))
    }
    try await withMock(scenario) { mock async throws in
      let path = "/teams/apps/acme-api/collaborators"
      let carl = Client.heroku(mock).with("Authorization", "Bearer carl")
      let vi = Client.heroku(mock).with("Authorization", "Bearer vi")
      #expect(try await vi.send("POST", path, json: ["user": "vi@acme.com"]).status == 403)
      let much: JSON = ["user": "carl@acme.com", "permissions": ["manage"]]
      #expect(try await carl.send("POST", path, json: much).status == 403)
      #expect(try await carl.send("POST", path, json: ["user": "carl@acme.com"]).status == 201)
      #expect(
        try await carl.send("PATCH", "/teams/apps/acme-api", json: ["locked": true]).status == 403)
    }
  }

  @Test("generated members can be changed and removed like written ones")
  func generated() async throws {
    try await withMock(.generate(people: 30, teamSize: 10)) { mock async throws in
      let client = Client.heroku(mock)
      let path = "/teams/acme-widgets/members"
      let rows = try await client.get(path).rows()
      #expect(rows.count == 10)
      let email = try #require(rows[3]["email"]?.text)
      let encoded = email.replacing("@", with: "%40")
      _ = try await client.send("PATCH", path, json: ["email": .string(email), "role": "admin"])
      let changed = try await client.get(path).rows()
      #expect(changed.count == 10)
      #expect(changed[3]["role"]?.text == "admin")
      #expect(try await client.send("DELETE", path + "/" + encoded).status == 200)
      #expect(try await client.get(path).rows().count == 9)
    }
  }
}
