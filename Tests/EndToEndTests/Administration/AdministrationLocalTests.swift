import Foundation
import MockIdP
import Testing

@Suite("Managing a team of our own, end to end", .serialized)
struct AdministrationLocalTests {
  /// No source at all but our own store.
  static func configuration(_ mock: MockIdP) -> String {
    """
    store: sqlite:idsync.db
    teams:
      tools: { roster: local }
      other: { roster: local }
    actors:
      \(AdministrationBench.user): { address: ops@acme.com, role: admin, may_act_as: anybody }
    """
  }

  static func run(_ body: (Workbench) async throws -> Void) async throws {
    try await AdministrationBench.run(Scenario(), configuration: configuration) { bench in
      for line in [
        "members add ana@acme.com --role admin --team tools",
        "members add bo@acme.com --role member --team tools",
        "members add vi@acme.com --role viewer --team tools",
        "apps create billing --team tools --as bo@acme.com",
      ] { try await bench.expect(line, 0) }
      try await body(bench)
    }
  }

  @Test("a day's work: add, promote, lock, grant, remove, in the words of the platform's tool")
  func day() async throws {
    try await Self.run { bench in
      try await bench.expect(
        "members:add joe@acme.com --role member --team tools", 0,
        "Adding joe@acme.com to tools as member... done", output: "")
      try await bench.expect(
        "members:set joe@acme.com --role admin --team tools", 0,
        "Adding joe@acme.com to tools as admin... done")
      try await bench.expect("lock -a billing", 0, "Locking ⬢ billing... done")
      try await bench.expect(
        "access:add cy@out.example -a billing -p deploy", 0,
        "Adding cy@out.example access to the app ⬢ billing with deploy, view permissions... done")
      try await bench.expect(
        "access:update cy@out.example -a billing -p operate", 0,
        "Updating cy@out.example in application ⬢ billing with operate,view permissions... done")
      try await bench.expect(
        "access:remove cy@out.example -a billing", 0,
        "Removing cy@out.example access from the app ⬢ billing... done")
      try await bench.expect("unlock -a billing", 0, "Unlocking ⬢ billing... done")
      try await bench.expect(
        "members:remove joe@acme.com --team tools --yes", 0,
        "Removing joe@acme.com from tools... done")
      #expect(await bench.mock.requests().isEmpty, "nobody else is asked")
    }
  }

  @Test("a local team is read by a run like any other roster")
  func roster() async throws {
    try await Self.run { bench in
      try await bench.expect("access add cy@out.example -a billing -p view", 0)
      try await bench.expect("sync", 0)
      let members = try await bench.run("status", "--format", "json").members()
      #expect(
        Set(members.keys) == ["ana@acme.com", "bo@acme.com", "vi@acme.com", "cy@out.example"])
      #expect(members["ana@acme.com"]?["role"] as? String == "admin")
      #expect(members["bo@acme.com"]?["verdict"] as? String == "cannot-tell", "no sign_in is named")
      #expect(members["cy@out.example"]?["sso"] as? String == "unavailable")
      try await bench.expect("members remove bo@acme.com --team tools --with-access --yes", 0)
      try await bench.expect("sync", 0)
      let later = try await bench.run("status", "--format", "json").members()
      #expect(later["bo@acme.com"] == nil)
    }
  }

  @Test("the first person on a team is an admin, and the last admin stays")
  func lastAdmin() async throws {
    try await Self.run { bench in
      let first = try await bench.expect("members add x@acme.com --role member --team other", 77)
      #expect(first.errors.contains("no admin yet"))
      for line in [
        "members remove ana@acme.com --team tools --yes",
        "members set ANA@acme.com --role member --team tools",
        "members add ana@acme.com --role viewer --team tools",
      ] {
        let outcome = try await bench.expect(line, 77)
        #expect(outcome.errors.contains("last admin of tools"), "\(outcome.errors)")
      }
      try await bench.expect("members set bo@acme.com --role admin --team tools", 0)
      try await bench.expect("members remove ana@acme.com --team tools --yes", 0)
    }
  }

  @Test("roles, and who has app permissions only")
  func roles() async throws {
    try await Self.run { bench in
      let viewer = try await bench.expect("members set bo@acme.com --role viewer --team tools", 65)
      #expect(viewer.errors.contains("admin and member only"))
      try await bench.expect("access add cy@out.example -a billing -p view", 0)
      let outsider = try await bench.expect(
        "members set cy@out.example --role member --team tools", 65)
      #expect(outsider.errors.contains("app permissions only (⬢ billing)"))
      let twice = try await bench.expect("members add bo@acme.com --role member --team tools", 0)
      #expect(twice.errors.contains("nothing is changed"))
      let other = try await bench.expect("members add bo@acme.com --role admin --team tools", 0)
      #expect(other.errors.contains("the role is changed to admin"))
      let wide = try await bench.expect("access add vi@acme.com -a billing -p deploy", 65)
      #expect(wide.errors.contains("a viewer only reads"))
    }
  }

  @Test("removing leaves and lists access of one's own; --with-access takes it")
  func removing() async throws {
    try await Self.run { bench in
      let removed = try await bench.expect("members remove bo@acme.com --team tools --yes", 0)
      #expect(
        removed.errors.contains(
          "bo@acme.com keeps deploy, manage, operate, view on ⬢ billing: idsync access remove bo@acme.com --app billing"
        ))
      let list = try await bench.expect("access -a billing", 0)
      #expect(
        list.output.contains("bo@acme.com    collaborator") || list.output.contains("collaborator"))
      try await bench.expect("members remove bo@acme.com --team tools --with-access --yes", 0)
      let after = try await bench.expect("access -a billing --json", 0)
      #expect(!after.output.contains("bo@acme.com"))
    }
  }

  @Test(
    "a locked app: newcomers see it and cannot join, those from before keep what they had, admins may add"
  )
  func locked() async throws {
    try await Self.run { bench in
      try await bench.expect("members add old@acme.com --role member --team tools", 0)
      try await bench.expect(
        "apps join -a billing --as old@acme.com", 0, "Joining ⬢ billing... done")
      try await bench.expect("apps lock -a billing --as bo@acme.com", 0)
      try await bench.expect("members add cy@acme.com --role member --team tools", 0)
      let refused = try await bench.expect("apps join -a billing --as cy@acme.com", 77)
      #expect(refused.errors.contains("⬢ billing is locked"))
      try await bench.expect("access -a billing --as cy@acme.com", 77)
      let kept = try await bench.expect("access -a billing --as old@acme.com", 0)
      #expect(kept.output.contains("old@acme.com"))
      #expect(kept.output.contains("deploy, operate, view"))
      try await bench.expect("access add cy@acme.com -a billing -p deploy", 0)
      try await bench.expect("access -a billing --as cy@acme.com", 0)
      let apps = try await bench.expect("apps --team tools", 0)
      #expect(apps.output == "⬢ billing (locked)\n")
      try await bench.expect(
        "apps lock -a billing", 65, "Error: cannot lock ⬢ billing.\nThis app is already locked.")
      try await bench.expect("apps unlock -a billing", 0)
      try await bench.expect(
        "apps unlock -a billing", 65, "cannot unlock ⬢ billing\nThis app is not locked.")
    }
  }

  @Test("who may do what: members, viewers, outsiders and holders of manage")
  func rights() async throws {
    try await Self.run { bench in
      try await bench.expect("access add kim@out.example -a billing -p manage", 0)
      try await bench.expect("apps create reports --team tools", 0)
      let cases: [(String, String, Int32)] = [
        ("members add x@acme.com --role member --team tools", "bo@acme.com", 77),
        ("members add x@acme.com --role member --team tools", "vi@acme.com", 77),
        ("members add x@acme.com --role member --team tools", "kim@out.example", 77),
        ("members add x@acme.com --role member --team tools", "ana@acme.com", 0),
        ("access add y@acme.com -a billing -p deploy", "kim@out.example", 0),
        ("access add y@acme.com -a reports -p deploy", "kim@out.example", 77),
        ("access add z@acme.com -a billing -p deploy", "vi@acme.com", 77),
        ("access add z@acme.com -a billing -p deploy", "bo@acme.com", 0),
        ("apps create more --team tools", "vi@acme.com", 77),
        ("apps create more --team tools", "bo@acme.com", 0),
        ("apps lock -a reports", "bo@acme.com", 77),
        ("apps lock -a more", "bo@acme.com", 0),
        ("members --team tools", "vi@acme.com", 0),
        ("members --team tools", "kim@out.example", 77),
        ("access remove y@acme.com -a billing", "y@acme.com", 0),
        ("apps remove billing --yes", "vi@acme.com", 64),
      ]
      for (line, actor, status) in cases {
        let outcome = try await bench.idsync(line + " --as \(actor)")
        #expect(outcome.status == status, "\(line) as \(actor): \(outcome.errors)")
      }
    }
  }

  @Test("the user of the operating system counts; --as is for those the configuration names")
  func actors() async throws {
    let user = AdministrationBench.user
    func configuration(_ actors: String) -> (MockIdP) -> String {
      { _ in "store: sqlite:idsync.db\nteams:\n  tools: { roster: local }\n\(actors)\n" }
    }
    let add = "members add ana@acme.com --role admin --team tools"
    try await AdministrationBench.run(Scenario(), configuration: configuration("")) { bench in
      let nobody = try await bench.expect(add, 77)
      #expect(nobody.errors.contains("The user \(user) is not under `actors`"), "\(nobody.errors)")
      try await bench.expect(add + " --as ops@acme.com", 77)
      try await bench.expect("members --team tools", 0, nil, output: "No members in tools\n")
    }
    let some =
      "actors: { \(user): { address: ops@acme.com, role: admin, may_act_as: [ana@acme.com] } }"
    try await AdministrationBench.run(Scenario(), configuration: configuration(some)) { bench in
      try await bench.expect(add, 0)
      try await bench.expect(
        "members add bo@acme.com --role member --team tools --as Ana@acme.com", 0)
      try await bench.expect(
        "members add cy@acme.com --role member --team tools --as bo@acme.com", 77)
      let last = try #require(try await bench.attempts().last)
      #expect(last["actor"] as? String == "\(user) as Ana@acme.com")
    }
    let wrong = "actors: { \(user): { adress: x, role: king, may_act_as: ana } }"
    try await AdministrationBench.run(Scenario(), configuration: configuration(wrong)) { bench in
      let outcome = try await bench.expect(add, 78)
      for word in ["address", "expected admin, member, viewer, collaborator", "expected anybody"] {
        #expect(outcome.errors.contains(word), "\(outcome.errors)")
      }
    }
  }

  @Test("addresses in other spellings are the same people")
  func addresses() async throws {
    try await Self.run { bench in
      try await bench.expect("members add zoë+ci@acme.com --role member --team tools", 0)
      let same = try await bench.run(
        "members", "add", " ZOE\u{308}+CI@ACME.com ", "--role", "member", "--team", "tools")
      #expect(same.errors.contains("zoë+ci@acme.com is on tools as member already"))
      try await bench.expect("members add zoë@acme.com --role member --team tools", 0)
      let list = try await bench.expect("members --team tools --json", 0)
      #expect(list.output.components(separatedBy: "\"email\": \"zoë").count > 2)
    }
  }

  @Test(
    "what does not exist gets the nearest that does",
    arguments: [
      ("members --team toools", "did you mean \"tools\"?"),
      ("access -a biling", "Did you mean billing?"),
      ("members remove boo@acme.com --team tools --yes", "Did you mean bo@acme.com?"),
      ("access update boo@acme.com -a billing -p deploy", "Did you mean bo@acme.com?"),
      ("apps create Billing! --team tools", "no name of an app"),
      ("apps create billing --team other", "There is an app billing already"),
    ])
  func unknown(line: String, hint: String) async throws {
    try await Self.run { bench in
      let outcome = try await bench.expect(line, 65)
      #expect(outcome.errors.contains(hint), "\(outcome.errors)")
    }
  }

  @Test("a dry run changes nothing and tells refusals like the real thing")
  func dryRun() async throws {
    try await Self.run { bench in
      let count = try await bench.attempts().count
      try await bench.expect("members remove bo@acme.com --team tools --dry-run", 0)
      try await bench.expect("members remove ana@acme.com --team tools --dry-run", 77)
      let list = try await bench.expect("members --team tools", 0)
      #expect(list.output.contains("bo@acme.com"))
      #expect(try await bench.attempts().count == count)
    }
  }

  @Test("an app of our own is taken away with all access to it, and only after a yes")
  func removingApps() async throws {
    try await Self.run { bench in
      try await bench.expect("apps remove -a billing", 64)
      try await bench.expect(
        "apps remove -a billing --yes", 0, "Removing ⬢ billing from tools... done")
      try await bench.expect("access -a billing", 65)
      try await bench.expect("apps create billing --team other", 0)
    }
  }
}
