import Foundation
import IdentityCore
import Logging
import Testing

@testable import CSV
@testable import ConnectorKit

@Suite("CSV rosters") struct CSVRosterTests {
  private func read(
    _ bytes: [UInt8], _ teams: [TeamName] = ["acme"]
  ) async throws -> RosterReading {
    let path = FileManager.default.temporaryDirectory.appending(
      path: "idsync-csv-\(UUID().uuidString).csv"
    ).path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return await connector(path).readRoster(of: teams, progress: .none)
  }

  private func read(_ text: String, _ teams: [TeamName] = ["acme"]) async throws -> RosterReading {
    try await read(Array(text.utf8), teams)
  }

  private func connector(_ path: String) -> CSVConnector {
    CSVConnector(
      name: "people", path: path, clock: { Timestamp(milliseconds: 0) }, logger: TestLog().logger)
  }

  private func members(_ reading: RosterReading, _ team: Int = 0) -> [RosterMember] {
    let roster = reading.teams[team].roster
    return (0..<roster.count).map { roster[$0] }
  }

  @Test("a plain file gives every person of the teams asked for, and no others")
  func plain() async throws {
    let reading = try await read(
      "team,email,role,name\nacme,ana@acme.com,Admin,Ana Lima\nother,bo@acme.com,member,\nacme,cy@acme.com,collaborator,\n",
      ["acme"])
    #expect(reading.source.isComplete && reading.source.fetched == 2)
    let people = members(reading)
    #expect(people.map(\.email) == ["ana@acme.com", "cy@acme.com"])
    #expect(people[0].role == .admin && people[0].name == "Ana Lima" && people[1].name == nil)
    #expect(people[1].kind == .collaborator && people[0].kind == .member)
    #expect(!reading.teams[0].saysSignIn && people[0].federated == .unknown)
  }

  @Test(
    "line ends, marks, quotes, order and case of columns do not matter",
    arguments: [
      "team,email,role,name\r\nacme,a@x.y,admin,\"Lima, Ana \"\"A\"\"\"\r\n",
      "\u{FEFF}team,email,role,name\nacme,a@x.y,admin,\"Lima, Ana \"\"A\"\"\"",
      "Email,NAME,role,Team\na@x.y,\"Lima, Ana \"\"A\"\"\",admin,acme\n\n",
      "team , email,role,name\racme,  a@x.y ,admin,\"Lima, Ana \"\"A\"\"\"\r",
      "\"team\",\"email\",\"role\",\"name\"\n\"acme\",\"a@x.y\",\"admin\",\"Lima, Ana \"\"A\"\"\"\n",
    ])
  func spellings(_ text: String) async throws {
    let reading = try await read(text)
    #expect(reading.source.isComplete, "\(reading.source.issues)")
    let people = members(reading)
    #expect(people.map(\.email) == ["a@x.y"])
    #expect(people.first?.name == #"Lima, Ana "A""# && people.first?.role == .admin)
  }

  @Test("a line break inside quotes belongs to the field, and later lines keep their numbers")
  func multiline() async throws {
    let reading = try await read(
      "team,email,role,name\nacme,a@x.y,admin,\"Ana\r\nLima\"\nacme,nonsense,member,\n")
    #expect(members(reading).first?.name == "Ana\r\nLima")
    #expect(reading.source.issues.first?.message.contains("Line 4 of ") == true)
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var words: [String]
    var testDescription: String { name }
  }

  @Test(
    "what is wrong is told with its line, and the team is incomplete",
    arguments: [
      Wrong(name: "no @", text: "acme,anaacme.com,admin\n", words: ["Line 2", "email"]),
      Wrong(name: "empty address", text: "acme,,admin\n", words: ["Line 2", "email"]),
      Wrong(
        name: "empty team", text: "acme,a@x.y,admin\n,b@x.y,admin\n", words: ["Line 3", "team"]),
      Wrong(
        name: "too few fields", text: "acme,a@x.y\n", words: ["Line 2", "3 fields", "found 2"]),
      Wrong(
        name: "too many fields", text: "acme,a@x.y,admin,x\n", words: ["Line 2", "found 4"]),
      Wrong(name: "open quote", text: "acme,\"a@x.y,admin\n", words: ["Line 2", "never closed"]),
      Wrong(name: "quote inside", text: "acme,a\"@x.y,admin\n", words: ["Line 2", "quote"]),
      Wrong(name: "text behind", text: "acme,\"a@x.y\"z,admin\n", words: ["Line 2", "behind"]),
      Wrong(
        name: "a person twice", text: "acme,a@x.y,admin\nacme,A@X.y,member\n",
        words: ["Line 3", "line 2", "again"]),
      Wrong(name: "no row of the team", text: "other,a@x.y,admin\n", words: ["acme"]),
    ])
  func wrong(_ wrong: Wrong) async throws {
    let reading = try await read("team,email,role\n" + wrong.text)
    #expect(!reading.teams[0].isComplete && !reading.source.isComplete)
    let messages = reading.source.issues.map(\.message).joined(separator: "\n")
    for word in wrong.words { #expect(messages.contains(word), "\(messages)") }
    #expect(reading.source.issues.allSatisfy { !$0.remedy.isEmpty })
  }

  @Test("the same line twice says nothing new")
  func sameLine() async throws {
    let reading = try await read(
      "team,email,role\nacme,a@x.y,admin\nacme,b@x.y,member\nacme,a@x.y,admin\n")
    #expect(reading.source.isComplete, "\(reading.source.issues)")
    #expect(members(reading).map(\.email) == ["a@x.y", "b@x.y"])
  }

  @Test(
    "a wrong first line is refused whole",
    arguments: [
      ("", "empty"), ("team,email,rol\n", "team,email,rol"),
      ("team,email\n", "role is missing"), ("team,email,role,role\n", "twice"),
      ("team;email;role\nacme;a@x.y;admin\n", "commas"),
    ])
  func header(_ text: String, _ word: String) async throws {
    let reading = try await read(text)
    #expect(!reading.teams[0].isComplete)
    #expect(reading.source.issues.first?.message.contains(word) == true, "\(reading.source.issues)")
  }

  @Test("further columns, a separator line and empty fields at the end pass; an id is kept")
  func lenient() async throws {
    for text in [
      "team,email,role,phone,id\nacme,a@x.y,admin,123,u-1\n",
      "sep=;\nteam;email;role;id\nacme;a@x.y;admin;u-1\n",
      "SEP=,\r\nteam,email,role,id\r\nacme,a@x.y,admin,u-1\r\n",
      "sep=\t\nteam\temail\trole\tid\nacme\ta@x.y\tadmin\tu-1\n",
      "team,email,role,id,,\nacme,a@x.y,admin,u-1,,\n",
      "team,email,role,id\nacme,a@x.y,admin,u-1,,,\n",
      "team,email,role,id\n\u{A0}acme,\u{2003}a@x.y\u{A0},Administrator,u-1\n",
    ] {
      let reading = try await read(text)
      #expect(
        reading.source.isComplete && reading.source.issues.isEmpty, "\(reading.source.issues)")
      let people = members(reading)
      #expect(people.map(\.email) == ["a@x.y"] && people.first?.role == .admin)
      #expect(people.first?.userID == "u-1")
    }
  }

  @Test("one id under two addresses is told, and characters that nobody sees are")
  func identities() async throws {
    let twice = try await read("team,email,role,id\nacme,a@x.y,admin,1\nacme,b@x.y,member,1\n")
    #expect(!twice.teams[0].isComplete && twice.source.issues.first?.code == "duplicate-ids")
    #expect(twice.source.issues.first?.message.contains("Line 3") == true)
    let odd = try await read("team,email,role\nacme,a@x.y,admin\nacme,b\u{200B}o@x.y,member\n")
    #expect(odd.teams[0].isComplete && odd.source.issues.first?.affects == .details)
    #expect(odd.source.issues.first?.message.contains("line 3") == true)
    #expect(odd.source.issues.first?.message.contains("U+200B") == true, "\(odd.source.issues)")
  }

  @Test("federated and platform_mfa make the roster speak of sign-in")
  func signIn() async throws {
    let reading = try await read(
      "team,email,role,federated,platform_mfa\nacme,a@x.y,admin,yes,no\nacme,b@x.y,member,FALSE,1\nacme,c@x.y,member,,\n"
    )
    let people = members(reading)
    #expect(reading.teams[0].saysSignIn && reading.teams[0].hasIdentityProvider == .yes)
    #expect(people.map(\.federated) == [.yes, .no, .unknown])
    #expect(people.map(\.platformMFA) == [.no, .yes, .unknown])
    let nobody = try await read("team,email,role,federated\nacme,a@x.y,admin,no\n")
    #expect(nobody.teams[0].hasIdentityProvider == .no)
    let half = try await read("team,email,role,federated\nacme,a@x.y,admin,no\nacme,b@x.y,admin,\n")
    #expect(half.teams[0].hasIdentityProvider == .unknown)
    let odd = try await read("team,email,role,federated\nacme,a@x.y,admin,maybe\n")
    #expect(odd.source.issues.first?.message.contains("federated") == true)
  }

  @Test("a wrong row of another team leaves the team asked for complete")
  func otherTeam() async throws {
    let reading = try await read("team,email,role\nacme,a@x.y,admin\nother,nonsense,admin\n")
    #expect(reading.teams[0].isComplete && reading.source.isComplete)
    #expect(reading.source.issues.contains { $0.affects == .details })
  }

  @Test("text that is not UTF-8 is an error")
  func encoding() async throws {
    let latin = Array("team,email,role,name\nacme,a@x.y,admin,".utf8) + [0xC9, 0x6E, 0x0A]
    #expect(try await !read(latin).teams[0].isComplete)
    let wide = "team,email,role\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let reading = try await read([0xFF, 0xFE] + wide)
    #expect(reading.source.issues.first?.message.contains("UTF-8") == true)
  }

  @Test("a file that is not there, or is a folder, is told with the path")
  func missing() async throws {
    for path in ["/nowhere/people.csv", FileManager.default.temporaryDirectory.path] {
      let reading = await connector(path).readRoster(of: ["acme"], progress: .none)
      #expect(!reading.teams[0].isComplete)
      #expect(reading.source.issues.first?.message.contains(path) == true)
    }
  }

  @Test("a quote that is never closed does not swallow a large file")
  func bounded() async throws {
    let rows = (0..<20_000).map { "acme,p\($0)@x.y,member\n" }.joined()
    let reading = try await read("team,email,role\nacme,\"a@x.y,admin\n" + rows)
    #expect(reading.source.issues.first?.message.contains("64 KiB") == true)
    let whole = try await read("team,email,role\n" + rows)
    #expect(whole.source.isComplete && whole.teams[0].roster.count == 20_000)
  }

  @Test("however the pieces are cut, the records are the same")
  func pieces() throws {
    let text = Array("\u{FEFF}a,\"b\"\"\r\nc\",d\r\n\r\ne,,\"\"\nlast".utf8)
    var expected: [[String]]?
    for size in 1...text.count {
      var parser = CSVParser()
      var records: [[String]] = []
      func take(_ record: CSVParser.Record) {
        records.append((0..<record.count).map { record.text($0) ?? "?" })
      }
      for start in stride(from: 0, to: text.count, by: size) {
        try parser.feed(text[start..<min(start + size, text.count)]) { take($0) }
      }
      try parser.finish { take($0) }
      if expected == nil { expected = records }
      #expect(records == expected)
    }
    #expect(expected == [["a", "b\"\r\nc", "d"], ["e", "", ""], ["last"]])
  }

  @Test("a sample shows rows as mapped, and every wrong line")
  func sample() async throws {
    let path = FileManager.default.temporaryDirectory.appending(
      path: "idsync-csv-\(UUID().uuidString).csv"
    ).path
    try Data("team,email,role\nacme,a@x.y,admin\nacme,b,member\n".utf8).write(
      to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let sample = await connector(path).sample(limit: 5)
    #expect(sample.received == 1 && sample.rows.first?.fields.first?.value == "acme")
    #expect(
      sample.notes.first?.hasPrefix("Line 3 of ") == true
        && sample.notes.first?.contains("is no e-mail address") == true)
    let lines = await connector(path).diagnose()
    #expect(lines.contains { $0.outcome == .failure && $0.message.contains("Line 3") })
  }
}
