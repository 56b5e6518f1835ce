import Foundation
import MockIdP
import Testing

/// The page about the JSON source: each of its examples does what it says.
@Suite("The examples of the JSON source")
struct JSONSourcePageTests {
  /// An entry of `sources`, what the endpoint answers, and a verdict for each person.
  struct Example: Sendable, CustomTestStringConvertible {
    var number: Int
    var entry: String
    var endpoint: String
    var verdicts: [String: String]
    var testDescription: String { "example \(number)" }
  }

  static let examples: [Example] = {
    let page = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "docs/reference/json.md")
    guard let text = try? String(contentsOf: page, encoding: .utf8) else { return [] }
    var blocks: [(kind: String, text: String)] = []
    var open: (kind: String, lines: [String])?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      guard line.hasPrefix("```") else {
        open?.lines.append(line)
        continue
      }
      if let block = open {
        blocks.append((block.kind, block.lines.joined(separator: "\n")))
        open = nil
      } else {
        open = (String(line.dropFirst(3)), [])
      }
    }
    return stride(from: 0, to: blocks.count - 2, by: 3).enumerated().map { number, place in
      let verdicts = blocks[place + 2].text.split(separator: "\n").map { $0.split(separator: " ") }
      return Example(
        number: number + 1, entry: blocks[place].text, endpoint: blocks[place + 1].text,
        verdicts: Dictionary(verdicts.map { (String($0[0]), String($0[1])) }) { $1 })
    }
  }()

  @Test("there are examples of the list, of fields, join, detail and rules")
  func all() {
    #expect(Self.examples.count == 5)
    let text = Self.examples.map(\.entry).joined()
    for word in ["paging:", "compose:", "join:", "detail:", "rules:"] {
      #expect(text.contains(word), "\(word)")
    }
  }

  @Test("each does what the page says", arguments: examples)
  func example(_ example: Example) async throws {
    var scenario = Scenario()
    scenario[JSONEndpoint.self] = try JSONDecoder().decode(
      JSONEndpoint.self, from: Data(example.endpoint.utf8))
    let isRoster = !example.entry.contains("\n  mfa:")
    let entry = example.entry
    let bench = try await Workbench(scenario) { mock in
      let indented =
        entry.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
        .replacingOccurrences(of: "https://api.acme.com", with: mock[.json]?.baseURL ?? "")
      return """
        store: sqlite:idsync.db
        sources:
          people: { kind: csv, file: people.csv }
        \(indented)
        teams:
          acme: \(isRoster ? "{ roster: directory }" : "{ roster: people, sign_in: [ { provider: directory, app: any } ] }")
        """
    }
    let rows = example.verdicts.keys.sorted().map { "acme,\($0),member" }
    try bench.write("team,email,role\n" + rows.joined(separator: "\n") + "\n", to: "people.csv")
    let secrets = ["JSON_TOKEN": bench.mock[.json]?.token ?? ""]
    let sync = try await bench.run(["sync"], adding: secrets)
    #expect(sync.status == 0, "\(sync.output)\(sync.errors)")
    let status = try await bench.run("status", "--format", "json").json()["members"]
    var found: [String: String] = [:]
    for member in status as? [[String: Any]] ?? [] {
      found[member["email"] as? String ?? ""] = member["verdict"] as? String
    }
    #expect(found == example.verdicts)
    await bench.close()
  }
}
