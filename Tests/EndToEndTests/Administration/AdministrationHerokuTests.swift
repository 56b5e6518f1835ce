import Foundation
import MockIdP
import Testing

@Suite("Managing a team at Heroku, end to end", .serialized)
struct AdministrationHerokuTests {
  @Test("members are added, set and removed in the words a Heroku user knows, in both spellings")
  func members() async throws {
    try await AdministrationBench.run { bench in
      try await bench.expect(
        "members:add joe@acme.com --role member --team acme-widgets", 0,
        "Adding joe@acme.com to acme-widgets as member... done", output: "")
      try await bench.expect(
        "members set joe@acme.com -r admin -t acme-widgets", 0,
        "Adding joe@acme.com to acme-widgets as admin... done", output: "")
      try await bench.expect(
        "members:remove joe@acme.com --team acme-widgets --yes", 0,
        "Removing joe@acme.com from acme-widgets... done", output: "")
      let writes = await bench.mock.requests().filter { $0.method != "GET" }
      #expect(
        writes.map(\.endpoint) == [
          "PUT /teams/{team}/members", "PATCH /teams/{team}/members",
          "DELETE /teams/{team}/members/{member}",
        ])
      #expect(writes.last?.path == "/teams/acme-widgets/members/joe%40acme.com")
    }
  }

  @Test("adding twice is no error and writes nothing; another role by add is said to be a change")
  func addingTwice() async throws {
    try await AdministrationBench.run { bench in
      try await bench.expect(
        "members add bo@acme.com --role member --team acme-widgets", 0,
        "Adding bo@acme.com to acme-widgets as member... done\n"
          + "bo@acme.com is on acme-widgets as member already; nothing is changed.")
      #expect(await bench.mock.requests().allSatisfy { $0.method == "GET" })
      try await bench.expect(
        "members add bo@acme.com --role viewer --team acme-widgets", 0,
        "Adding bo@acme.com to acme-widgets as viewer... done\n"
          + "bo@acme.com was on acme-widgets as member: the role is changed to viewer.")
    }
  }

  @Test("a team that invites gets invitations: pending in the list, taken back by remove")
  func invitations() async throws {
    try await AdministrationBench.run { bench in
      try await bench.expect(
        "members:add new@acme.com --role member --team startup", 0,
        "Inviting new@acme.com to startup as member... done")
      let list = try await bench.idsync("members --team startup")
      #expect(list.output.contains("STATUS") && list.output.contains("pending"))
      let json = try await bench.idsync("members --team startup --pending --json")
      #expect(json.output.contains("\n      \"status\": \"pending\""), "\(json.output)")
      try await bench.expect(
        "members:remove new@acme.com --team startup", 0,
        "Revoking invite for new@acme.com in startup... done")
      #expect(await bench.mock.scenario()[team: "startup"].invitations.isEmpty)
      let viewer = try await bench.expect(
        "members:add vi@acme.com --role viewer --team startup", 65)
      #expect(viewer.errors.contains("no Enterprise Team"))
    }
  }

  @Test("the only admin cannot change or go until there is another: refused in words with 77")
  func lastAdmin() async throws {
    try await AdministrationBench.run { bench in
      for line in [
        "members:set ana@acme.com --role member --team acme-widgets",
        "members:add ANA@acme.com --role viewer --team acme-widgets",
        "members:remove ana@acme.com --team acme-widgets --yes",
      ] {
        let outcome = try await bench.expect(line, 77)
        #expect(outcome.errors.contains("the last admin of acme-widgets"), "\(outcome.errors)")
      }
      #expect(await bench.mock.requests().allSatisfy { $0.method == "GET" })
      try await bench.expect("members:set bo@acme.com --role admin --team acme-widgets", 0)
      try await bench.expect("members:remove ana@acme.com --team acme-widgets --yes", 0)
    }
  }

  @Test("set gives admin and member only; who has app permissions only is refused until added")
  func setting() async throws {
    try await AdministrationBench.run { bench in
      let viewer = try await bench.expect(
        "members set bo@acme.com --role viewer --team acme-widgets", 65)
      #expect(viewer.errors.contains("admin and member only"))
      let outsider = try await bench.expect(
        "members set out@contractor.example --role member --team acme-widgets", 65)
      #expect(outsider.errors.contains("app permissions only (⬢ acme-api)"), "\(outsider.errors)")
      try await bench.expect(
        "members add out@contractor.example --role member --team acme-widgets", 0)
      try await bench.expect(
        "members set out@contractor.example --role admin --team acme-widgets", 0)
    }
  }

  @Test("removing lists the access to apps that stays, and --with-access takes it too")
  func removing() async throws {
    try await AdministrationBench.run { bench in
      let asked = try await bench.expect("members remove bo@acme.com --team acme-widgets", 64)
      #expect(asked.errors.contains("--yes") && asked.errors.contains("Nothing was changed"))
      try await bench.expect(
        "members remove bo@acme.com --team acme-widgets --yes", 0,
        "Removing bo@acme.com from acme-widgets... done\n"
          + "bo@acme.com keeps deploy, view on ⬢ acme-api: idsync access remove bo@acme.com --app acme-api"
      )
      let only = try await bench.expect("members remove bo@acme.com --team acme-widgets --yes", 65)
      #expect(only.errors.contains("--with-access"))
      try await bench.expect(
        "members remove bo@acme.com --team acme-widgets --with-access --yes", 0,
        "Removing bo@acme.com access from the app ⬢ acme-api... done")
      #expect(
        await bench.mock.scenario()[team: "acme-widgets"][app: "acme-api"].collaborators.map(
          \.email)
          == ["out@contractor.example"])
    }
  }

  @Test("access is given, changed and taken in the known words; view is implied")
  func access() async throws {
    try await AdministrationBench.run { bench in
      try await bench.expect(
        "access:add joe@acme.com -a acme-api -p deploy,view", 0,
        "Adding joe@acme.com access to the app ⬢ acme-api with deploy, view permissions... done",
        output: "")
      try await bench.expect(
        "access:update joe@acme.com -a acme-api -p deploy,operate", 0,
        "Updating joe@acme.com in application ⬢ acme-api with deploy,operate,view permissions... done"
      )
      try await bench.expect(
        "access:remove joe@acme.com -a acme-api", 0,
        "Removing joe@acme.com access from the app ⬢ acme-api... done")
      try await bench.expect(
        "access:add joe@acme.com -a acme-api", 64, "Missing argument: permissions")
      try await bench.expect(
        "access:add joe@acme.com -a startup-site", 0,
        "Adding joe@acme.com access to the app ⬢ startup-site... done")
      try await bench.expect(
        "access:add joe@acme.com -a mine", 0, "Adding joe@acme.com access to the app ⬢ mine... done"
      )
      try await bench.expect(
        "access:update joe@acme.com -a mine -p deploy", 65,
        "Error: cannot update permissions. The app ⬢ mine is not owned by a team")
      try await bench.expect(
        "members add zed@out.example --role collaborator --app acme-api --team acme-widgets", 0,
        "Adding zed@out.example access to the app ⬢ acme-api with view permissions... done")
    }
  }

  @Test(
    "the list of access names admins with every permission, and outsiders as a class of their own")
  func accessList() async throws {
    try await AdministrationBench.run { bench in
      let table = try await bench.expect("access -a acme-api", 0)
      let lines = table.output.split(separator: "\n").map {
        $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
      }
      #expect(lines[0] == "EMAIL ROLE PERMISSIONS SSO MFA VERDICT")
      #expect(lines[1].hasPrefix("ana@acme.com admin deploy, manage, operate, view"))
      #expect(lines[2].hasPrefix("bo@acme.com member deploy, view"))
      #expect(
        lines[3].hasPrefix(
          "out@contractor.example collaborator view cannot be enforced cannot be enforced"))
      #expect(!table.output.contains("herokumanager.com"))
      let json = try await bench.expect("access -a acme-api --json", 0)
      #expect(json.output.hasPrefix("[\n  {\n    \"email\": \"ana@acme.com\""), "\(json.output)")
      let rows = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
      #expect(rows?.map { $0["class"] as? String } == ["member", "member", "collaborator"])
    }
  }

  @Test("who manages an app but may not see the team still sees the app's access")
  func accessWithoutTeam() async throws {
    try await AdministrationBench.run { bench in
      await bench.mock.setFaults([
        Fault(.heroku, "GET /teams/{team}/members", .forbidden, times: nil)
      ])
      let table = try await bench.expect("access -a acme-api", 0)
      #expect(table.output.contains("bo@acme.com") && !table.output.contains("ana@acme.com"))
      #expect(table.errors.contains("may not be read"))
    }
  }

  @Test("apps are locked and unlocked, once each, in the known words")
  func locks() async throws {
    try await AdministrationBench.run { bench in
      let before = await bench.mock.scenario()[team: "acme-widgets"][app: "acme-api"].collaborators
      try await bench.expect("apps:lock -a acme-api", 0, "Locking ⬢ acme-api... done", output: "")
      try await bench.expect(
        "lock -a acme-api", 65, "Error: cannot lock ⬢ acme-api.\nThis app is already locked.")
      let list = try await bench.expect("apps --team acme-widgets", 0)
      #expect(list.output == "⬢ acme-api (locked)\n⬢ acme-web (locked)\n")
      try await bench.expect("unlock -a acme-api", 0, "Unlocking ⬢ acme-api... done")
      try await bench.expect(
        "apps unlock -a acme-api", 65, "cannot unlock ⬢ acme-api\nThis app is not locked.")
      let after = await bench.mock.scenario()[team: "acme-widgets"][app: "acme-api"].collaborators
      #expect(after == before, "locking touches nobody's access")
    }
  }

  @Test("members join unlocked apps by themselves, and locked ones not")
  func joining() async throws {
    var scenario = AdministrationBench.scenario()
    scenario.heroku.tokens = [HerokuToken("bo", email: "bo@acme.com", role: nil)]
    scenario[team: "acme-widgets"].apps.append(HerokuApp("acme-new"))
    try await AdministrationBench.run(scenario) { bench in
      try await bench.expect("apps:join -a acme-new", 0, "Joining ⬢ acme-new... done")
      let refused = try await bench.expect("join -a acme-web", 77)
      #expect(refused.errors.contains("⬢ acme-web is locked"), "\(refused.errors)")
    }
  }

  @Test(
    "an outsider can appear through somebody who holds manage on an app, and through nobody else")
  func manage() async throws {
    var scenario = AdministrationBench.scenario()
    scenario.heroku.tokens = [HerokuToken("out", email: "out@contractor.example", role: nil)]
    scenario[team: "acme-widgets"][app: "acme-api"].collaborators[1].permissions = [
      "view", "manage",
    ]
    try await AdministrationBench.run(scenario) { bench in
      let add = "access:add pal@contractor.example -a acme-api -p deploy"
      let outcome = try await bench.expect(add, 0)
      #expect(outcome.errors.contains("done"))
      await bench.mock.update {
        $0[team: "acme-widgets"][app: "acme-api"].collaborators[1].permissions = ["view", "deploy"]
      }
      let refused = try await bench.expect(
        "access:add zed@contractor.example -a acme-api -p deploy", 77)
      #expect(refused.errors.contains("403") && refused.errors.contains("Nothing was changed"))
    }
  }

  @Test(
    "what does not exist gets the nearest that does, and nothing is changed",
    arguments: [
      ("members --team acme-widgts", "did you mean \"acme-widgets\"?"),
      ("members add x@acme.com --role membr --team acme-widgets", "Did you mean member?"),
      ("members set boo@acme.com --role admin --team acme-widgets", "Did you mean bo@acme.com?"),
      ("members remove vj@acme.com --team acme-widgets --yes", "Did you mean vi@acme.com?"),
      ("access -a acme-aip", "Did you mean acme-api?"),
      ("lock -a acme-wb", "Did you mean acme-web?"),
      ("access add x@acme.com -a acme-api -p deplyo", "Did you mean deploy?"),
      ("access remove boo@acme.com -a acme-api", "Did you mean bo@acme.com?"),
      ("members add nobody --role member --team acme-widgets", "no e-mail address"),
    ])
  func unknown(line: String, hint: String) async throws {
    try await AdministrationBench.run { bench in
      let outcome = try await bench.expect(line, 65)
      #expect(outcome.errors.contains(hint), "\(outcome.errors)")
      #expect(await bench.mock.requests().allSatisfy { $0.method == "GET" })
    }
  }

  @Test("addresses in other spellings are the same people: case, white space, plus, unicode")
  func addresses() async throws {
    var scenario = AdministrationBench.scenario()
    scenario[team: "acme-widgets"].members += [
      HerokuMember("zoë+ci@acme.com"), HerokuMember("zoë@acme.com"),
    ]
    try await AdministrationBench.run(scenario) { bench in
      let outcome = try await bench.run(
        "members", "set", "  ZOE\u{308}+CI@Acme.COM ", "--role", "admin", "--team", "acme-widgets")
      #expect(outcome.errors == "Adding zoë+ci@acme.com to acme-widgets as admin... done\n")
      let team = await bench.mock.scenario()[team: "acme-widgets"]
      #expect(team[member: "zoë+ci@acme.com"].role == "admin")
      #expect(team[member: "zoë@acme.com"].role == "member")
      try await bench.expect("members remove zoë+ci@acme.com --team acme-widgets --yes", 0)
    }
  }

  @Test("a dry run shows what would be done, sends no write and leaves no trace in the history")
  func dryRun() async throws {
    try await AdministrationBench.run { bench in
      for line in [
        "members add joe@acme.com --role member --team acme-widgets",
        "members set bo@acme.com --role admin --team acme-widgets",
        "members remove bo@acme.com --with-access --team acme-widgets", "lock -a acme-api",
        "access update bo@acme.com -a acme-api -p manage",
      ] {
        let outcome = try await bench.expect(line + " --dry-run", 0)
        #expect(outcome.output.hasSuffix("Dry run: nothing was changed.\n"), "\(outcome.output)")
        #expect(outcome.output.contains("→"), "\(outcome.output)")
      }
      #expect(await bench.mock.requests().allSatisfy { $0.method == "GET" })
      #expect(try await bench.attempts().isEmpty)
    }
  }

  @Test("JSON says what was done: steps with before, after, outcome and request id")
  func json() async throws {
    try await AdministrationBench.run { bench in
      let outcome = try await bench.expect(
        "members set bo@acme.com --role admin --team acme-widgets --json -q", 0, nil)
      let document = try outcome.json()
      let step = try #require((document["steps"] as? [[String: Any]])?.first)
      #expect(document["schema"] as? String == "idsync.change/1")
      #expect(step["before"] as? String == "member" && step["after"] as? String == "admin")
      let write = await bench.mock.requests().first { $0.method == "PATCH" }
      #expect(step["request_id"] as? String == write?.headers["request-id"])
      #expect(outcome.errors.isEmpty)
    }
  }

  @Test("apps of Heroku are not made here, and --as means nothing there")
  func notOurs() async throws {
    try await AdministrationBench.run { bench in
      let create = try await bench.expect("apps create new-app --team acme-widgets", 65)
      #expect(create.errors.contains("at heroku itself"))
      let acting = try await bench.expect(
        "members add x@acme.com --role member --team acme-widgets --as ana@acme.com", 65)
      #expect(acting.errors.contains("the account of the token acts"))
    }
  }

  @Test("the list shows role, SSO, MFA and the verdict that only a run can know")
  func list() async throws {
    try await AdministrationBench.run { bench in
      let before = try await bench.expect("members --team acme-widgets", 0)
      #expect(before.output.contains("not judged yet") && before.errors.contains("idsync sync"))
      #expect(!before.output.contains("STATUS"))
      _ = try await bench.idsync("sync")
      let after = try await bench.expect("members list --team acme-widgets", 0)
      #expect(after.output.contains("cannot-tell") && after.output.contains("cannot be enforced"))
      try await bench.expect(
        "members --team startup --role viewer", 0, nil,
        output: "No members in startup with role viewer\n")
      let json = try await bench.expect("members --team acme-widgets --json", 0)
      #expect(json.output.hasPrefix("[\n   {\n      \"created_at\""), "\(json.output)")
      let rows = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
      #expect(
        rows?.map { $0["email"] as? String } == [
          "ana@acme.com", "bo@acme.com", "out@contractor.example", "vi@acme.com",
        ])
      #expect(rows?.first?["status"] as? String == "")
    }
  }
}
