internal import IdentityCore
internal import Worker

extension ProvidersCommand {
  /// Writes the page of one kind, as it stands in `docs/providers`.
  func writePage(_ card: SourceKindCard) {
    Console.line("# \(card.title) (`\(card.word)`)\n")
    Console.line("_Written by `idsync providers \(card.word) --format markdown`._\n")
    let parts = [
      ("What is proven", card.proves), ("On a condition", card.conditional),
      ("What cannot be told", card.cannotTell), ("Least rights", card.rights),
    ]
    for (title, lines) in parts where !lines.isEmpty {
      Console.line("## \(title)\n")
      for line in lines { Console.line("- \(line)") }
      Console.line("")
    }
    Console.line("## Requests of a run\n\n\(card.requests)\n")
    writeInventory(card.inventory, card.word)
    Console.line("## Configuration\n\n```yaml\nsources:")
    for line in card.example.split(separator: "\n", omittingEmptySubsequences: false) {
      Console.line(line.isEmpty ? "" : "  \(line)")
    }
    Console.line("```")
  }

  private func writeInventory(_ rows: [InventoryRow], _ kind: String) {
    guard !rows.isEmpty else { return }
    Console.line(
      """
      ## Doors and modifiers

      Every proof accounts for each of these: judged, closed, none here, vouched for, not judged, or unknown. An unknown door
      makes the verdict `cannot-tell`; an unknown modifier is taken at its worst. `idsync explain` shows the state of each, and
      `idsync doctor` the line that vouches for an unknown one.

      | Word | Kind | What it is | Where it is read | Unknown, it is |
      |---|---|---|---|---|
      """)
    for row in rows {
      let cells = [
        "`\(row.id)`", row.kind.rawValue, row.title,
        row.about + (row.source.map { " ([source](\($0)))" } ?? ""), worst(row.worst),
      ]
      let line = cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")
      Console.line("| \(line) |")
    }
    Console.line("")
  }

  private func worst(_ worst: InventoryRow.Worst) -> String {
    switch worst {
    case .opens: "a way in with one factor"
    case .opensSometimes(let property): "one factor with \(property)"
    }
  }
}
