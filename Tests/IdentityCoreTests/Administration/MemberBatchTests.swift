import IdentityCore
import Testing

@Suite("A file of changes")
struct MemberBatchTests {
  @Test("the rows are read with their lines; the team may come from the command")
  func reading() throws {
    let text =
      "\u{FEFF}Email,role,action\r\n joe@acme.com ,Member,\r\n\r\n\"a\"\"b@acme.com\",admin,set\nx@acme.com,,remove"
    let batch = try MemberBatch(csv: text, team: "t")
    #expect(
      batch.rows == [
        .init(line: 2, team: "t", request: .addMember(email: "joe@acme.com", role: .member)),
        .init(line: 4, team: "t", request: .setRole(email: "a\"b@acme.com", role: .admin)),
        .init(line: 5, team: "t", request: .removeMember(email: "x@acme.com", withAccess: false)),
      ])
  }

  @Test(
    "everything that is wrong is told at once, with its line",
    arguments: [
      ("", ["line 1: the file is empty"]),
      (
        "email,rol\nx@a.b,admin",
        ["line 1: unknown column \"rol\"; known here: email, role, team, action"]
      ),
      ("role\nadmin", ["line 1: the column email is missing"]),
      ("email,role\nx@a.b,admin,more", ["line 2: there are 3 fields where the header has 2"]),
      ("email,role\n\"x@a.b,admin", ["line 2: a quote is not closed"]),
      ("email,role\nx@a.b,admin", ["line 2: no team is named, and no --team is given"]),
      ("email,role\n", ["line 2: there is nothing to do"]),
      (
        "email,role,team,action\nx,admin,t,\ny@a.b,king,t,\nz@a.b,admin,t,drop\nv@a.b,admin,t,\nV@A.b,member,t,",
        [
          "line 2: \"x\" is no e-mail address.",
          "line 3: there is no role \"king\"; there are admin, member, viewer (and action remove)",
          "line 4: there is no action \"drop\"; there are add, set, remove",
          "line 6: V@A.b stands in line 5 already",
        ]
      ),
    ])
  func faults(text: String, expected: [String]) {
    do throws(MemberBatch.Faults) {
      _ = try MemberBatch(csv: text, team: nil)
      Issue.record("the file was taken")
    } catch {
      #expect(error.lines == expected)
    }
  }

  @Test(
    "whoever comes or rises goes before whoever falls or leaves, so that an only admin can be replaced"
  )
  func order() throws {
    let state = TeamState(
      "t",
      members: [.init(email: "ana@a.b", role: .admin), .init(email: "bo@a.b", role: .member)])
    let batch = try MemberBatch(
      csv: "email,role,action\nana@a.b,,remove\nbo@a.b,admin,set\ncy@a.b,member,", team: "t")
    let plan = BatchPlan(batch, on: ["t": state])
    #expect(plan.objections.isEmpty)
    #expect(
      plan.items.map(\.step.change) == [
        .setRole(email: "bo@a.b", role: .admin), .addMember(email: "cy@a.b", role: .member),
        .removeMember(email: "ana@a.b"),
      ])
  }

  @Test("a rule against one row is an objection with its line")
  func objections() throws {
    let state = TeamState("t", members: [.init(email: "ana@a.b", role: .admin)])
    let batch = try MemberBatch(
      csv: "email,role,action\nana@a.b,member,set\nnew@a.b,member,\nold@a.b,,remove", team: "t")
    let plan = BatchPlan(batch, on: ["t": state])
    #expect(plan.objections.map(\.row.line) == [2, 4])
    #expect(plan.objections.map(\.refusal.code) == [.lastAdmin, .unknownPerson])
    let repeated = BatchPlan(batch, on: ["t": state], gone: [4])
    #expect(repeated.objections.map(\.row.line) == [2], "who was taken off before is no fault")
  }
}
