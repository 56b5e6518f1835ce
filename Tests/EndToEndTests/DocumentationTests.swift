import Foundation
import Testing

/// The README, the example files and `--help` tell of one and the same program.
@Suite("Documentation", .serialized)
struct DocumentationTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// A command line as somebody would type it: its words up to the first comment, pipe or redirection.
  private struct ShownCommand: Hashable {
    var names: [String]
    var options: [String]

    init?(_ line: String) {
      var text = line.trimmingCharacters(in: .whitespaces)
      if text.hasPrefix("$ ") { text = String(text.dropFirst(2)) }
      guard text.hasPrefix("idsync ") else { return nil }
      let end = text.firstIndex { "#|>;&".contains($0) } ?? text.endIndex
      let words = text[..<end].split(separator: " ").dropFirst()
        .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "[]")) }
      // Both spellings: `members:add` is `members add`.
      names = words.prefix { !$0.hasPrefix("-") }.flatMap { word in
        word.split(separator: ":").map(String.init)
      }
      options = words.filter { $0.hasPrefix("-") && $0 != "-" }
    }
  }

  private static func commands(in document: String) -> [ShownCommand] {
    var isCode = false
    var found: [ShownCommand] = []
    for line in document.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isCode.toggle()
      } else if isCode, let command = ShownCommand(String(line)), !found.contains(command) {
        found.append(command)
      }
    }
    return found
  }

  private func run(_ arguments: [String]) async throws -> Workbench.Outcome {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "idsync-docs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let command = try RunningCommand(
      executable: Workbench.binary, arguments: arguments,
      environment: ["PATH": "/usr/bin:/bin", "COLUMNS": "200"], directory: directory)
    return await command.outcome()
  }

  /// The help of the deepest command that some words name, and how many words that took.
  private func help(_ names: [String]) async throws -> (text: String, depth: Int) {
    for depth in stride(from: min(names.count, 2), through: 0, by: -1) {
      let path = Array(names.prefix(depth))
      let outcome = try await run(["help"] + path)
      let usage = (["USAGE: idsync"] + path).joined(separator: " ")
      if outcome.status == 0, outcome.output.contains(usage) { return (outcome.output, depth) }
    }
    return ("", 0)
  }

  @Test("every command the README shows is one the program has, with the options it takes")
  func readmeCommands() async throws {
    let commands = try Self.commands(in: Self.text("README.md"))
    #expect(commands.count > 10)
    for command in commands {
      let help = try await help(command.names)
      #expect(help.depth > 0, "idsync \(command.names.joined(separator: " ")) is no command")
      for option in command.options {
        let name = option.prefix { $0 != "=" }
        #expect(
          help.text.contains(name), "\(command.names.joined(separator: " ")) takes no \(name)")
      }
    }
  }

  @Test("every command of --help is shown in the README")
  func helpCommands() async throws {
    let help = try await run(["--help"])
    let section = help.output.components(separatedBy: "SUBCOMMANDS:").last ?? ""
    let names = section.split(separator: "\n")
      .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
      .filter { $0 != "See" }
    #expect(names.contains("sync") && names.count > 5, "\(names)")
    let shown = Set(try Self.commands(in: Self.text("README.md")).compactMap(\.names.first))
    for name in names { #expect(shown.contains(name), "the README does not show idsync \(name)") }
  }

  @Test("the README and --help give the same exit status the same meaning")
  func exitStatus() async throws {
    let help = try await run(["--help"])
    let lines = help.output.components(separatedBy: "EXIT STATUS").last?
      .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .prefix { $0.isEmpty || $0.first?.isNumber == true }
    let readme = try Self.text("README.md")
    let numbers = (lines ?? []).compactMap { line in
      line.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
    }
    #expect(numbers.contains(0) && numbers.contains(78), "\(help.output)")
    for number in numbers {
      #expect(readme.contains("\n| \(number) |"), "the README does not tell exit status \(number)")
    }
  }

  @Test(
    "the configurations that come with the program are right",
    arguments: ["config/idsync.example.yaml", "config/demo.yaml"])
  func configurations(path: String) async throws {
    // Without a store a listing ends with 65; with a configuration that is wrong, before that, with 78.
    let outcome = try await run(["runs", "--config", Self.root.appending(path: path).path])
    #expect(outcome.status == 65, "\(outcome.errors)")
  }

  @Test("the README's table of providers is the program's")
  func providers() async throws {
    let table = try await run(["providers", "--format", "markdown"]).output
    #expect(table.contains("| `okta` (provider) |"))
    #expect(try Self.text("README.md").contains(table))
  }

  @Test("the entries of all kinds of sources are those of the program, and right")
  func sourceExamples() async throws {
    let outcome = try await run(["providers", "--format", "yaml"])
    #expect(try Self.text("config/sources.example.yaml") == outcome.output)
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "idsync.yaml")
    let teams = """
      store: sqlite:idsync.db
      teams:
        acme-widgets: { roster: heroku, sign_in: [ { provider: okta, app: 0oa1b2c3d4 } ] }

      """
    try Data((teams + outcome.output).utf8).write(to: file)
    let check = try await run(["runs", "--config", file.path])
    #expect(check.status == 65, "\(check.errors)")
  }

  @Test("the crontab line and the service start a command the program has")
  func schedules() async throws {
    for path in ["config/idsync.crontab", "config/idsync.service"] {
      let starts = try Self.text(path).split(separator: "\n")
        .filter { !$0.hasPrefix("#") }
        .compactMap { line in line.range(of: "idsync sync").map { String(line[$0.lowerBound...]) } }
        .compactMap { ShownCommand($0) }
      #expect(starts.count == 1, "\(path)")
      for command in starts {
        let help = try await help(command.names)
        for option in command.options { #expect(help.text.contains(option), "\(path): \(option)") }
      }
    }
  }
}
