internal import ArgumentParser
internal import Foundation
internal import IdentityCore
internal import Reports
internal import Worker

/// What the kinds of sources can prove.
struct ProvidersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "providers",
    abstract:
      "Show the kinds of sources: what each can prove, the least rights, the requests of a run.",
    discussion: """
      With a kind, its annotated entry for the configuration and the doors and modifiers that each of its proofs accounts
      for as well; --format markdown then writes its page, --format yaml writes the entries of all kinds.
      """)

  /// How the kinds are shown.
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown, yaml }

  @Argument(help: "Only these kinds.")
  var kind: [String] = []

  @Option(name: .long, help: "text, json, markdown or yaml.")
  var format: Format = .text

  func validate() throws {
    let words = SourceKindCard.all.map(\.word)
    if let unknown = kind.first(where: { !words.contains($0) }) {
      let nearest = Nearest.word(to: unknown, in: words).map { " Did you mean \($0)?" } ?? ""
      throw ValidationError(
        "There is no kind \"\(unknown)\".\(nearest) There are: \(words.joined(separator: ", "))")
    }
  }

  func run() throws {
    let cards = SourceKindCard.all.filter { kind.isEmpty || kind.contains($0.word) }
    switch format {
    case .text: for card in cards { writeText(card) }
    case .markdown:
      if kind.isEmpty { writeMarkdown(cards) } else { cards.forEach(writePage) }
    case .json: try writeJSON(cards)
    case .yaml: writeYAML(cards)
    }
  }

  private func writeText(_ card: SourceKindCard) {
    let style = Console.style(ProcessInfo.processInfo.environment)
    Console.line("\(card.word)  \(card.title)  (\(card.roles.joined(separator: ", ")))")
    let parts = [
      ("proves", card.proves), ("on a condition", card.conditional),
      ("cannot tell", card.cannotTell), ("least rights", card.rights),
      ("requests", [card.requests]),
    ]
    for (title, lines) in parts where !lines.isEmpty {
      var head = title
      for line in lines.flatMap({ TerminalText.lines($0, style, hanging: 18) }) {
        // The lines hang so far in, that the words before the first one fit.
        let text = line.drop { $0 == " " }
        Console.line("  \(head.padding(to: 15)) \(text)")
        head = ""
      }
    }
    Console.line("")
    guard !kind.isEmpty else { return }
    writeInventory(card, style)
    Console.line("\(indented(card.example))\n")
  }

  private func writeInventory(_ card: SourceKindCard, _ style: TerminalStyle) {
    guard !card.inventory.isEmpty else { return }
    Console.line("  Doors and modifiers that every proof accounts for")
    for row in card.inventory {
      Console.line("    \(row.id)  (\(row.kind.rawValue))")
      for line in TerminalText.lines("\(row.title): \(row.about)", style, hanging: 6) {
        Console.line("      \(line.drop { $0 == " " })")
      }
    }
    Console.line("")
  }

  private func writeYAML(_ cards: [SourceKindCard]) {
    Console.line(
      """
      # Every kind of source with its keys, as `idsync providers --format yaml` writes them; idsync.example.yaml has the rest.
      # Keys of all kinds: max_concurrent, rate_share, sso_hosts, and upstream where sign-ins are left to another provider.

      sources:
      """)
    for card in cards { Console.line("  # \(card.title)\n\(indented(card.example))\n") }
  }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : "  \($0)" }
      .joined(separator: "\n")
  }

  private func writeMarkdown(_ cards: [SourceKindCard]) {
    Console.line("| Kind | Product | Proven | On a condition | Cannot be told |")
    Console.line("|---|---|---|---|---|")
    for card in cards {
      let cells = [
        "`\(card.word)` (\(card.roles.joined(separator: ", ")))", card.title,
        card.proves.joined(separator: "; "), card.conditional.joined(separator: "; "),
        card.cannotTell.joined(separator: "; "),
      ]
      let row = cells.map { $0.isEmpty ? "–" : $0.replacing("|", with: "\\|") }
      Console.line("| \(row.joined(separator: " | ")) |")
    }
  }

  private func writeJSON(_ cards: [SourceKindCard]) throws {
    var json = JSONWriter(to: Console.output)
    json.object { json in
      json.field("schema", "idsync.providers/1")
      json.key("kinds")
      json.array { json in
        for card in cards {
          json.object { json in
            json.field("kind", card.word)
            json.field("title", card.title)
            let lists = [
              ("roles", card.roles), ("proves", card.proves), ("conditional", card.conditional),
              ("cannot_tell", card.cannotTell), ("rights", card.rights),
            ]
            for (key, list) in lists {
              json.key(of: key)
              json.strings(list)
            }
            json.field("requests", card.requests)
            json.field("example", card.example)
          }
        }
      }
    }
    try json.finish()
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
