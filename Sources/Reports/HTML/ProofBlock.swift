import IdentityCore

/// The doors of a judgement with what was read at each.
enum ProofBlock {
  /// Writes the doors, weakest first; a reason that stands above the block already is not repeated.
  static func write(
    _ judgement: Judgement, saidAlready: String = "", to output: inout ByteOutput
  ) {
    output.literal("<ol class=\"doors\">")
    for (position, door) in judgement.doors.enumerated() {
      write(door, isDeciding: position == 0, saidAlready, to: &output)
    }
    output.literal("</ol>")
  }

  private static func write(
    _ door: Door, isDeciding: Bool, _ saidAlready: String, to output: inout ByteOutput
  ) {
    output.literal("<li><p class=\"door\"><span class=\"v ")
    output.raw(door.verdict.code)
    output.literal("\">")
    output.raw(door.verdict.title)
    output.literal("</span> <b>")
    output.html(door.provider)
    output.literal("</b> ")
    if let app = door.app {
      output.literal("<span>app <code>")
      output.html(app)
      output.literal("</code></span> ")
    }
    output.raw("<code>\(door.code.rawValue)</code></p>")
    if door.reason != saidAlready {
      output.literal("<p>")
      output.html(door.reason)
      output.literal("</p>")
    }
    if !isDeciding, let witness = door.witness {
      output.literal("<p>Way in: ")
      output.html(witness)
      output.literal("</p>")
    }
    if !door.evidence.isEmpty {
      output.raw(
        door.verdict == .enforced
          ? "<p class=\"label-line\">Proof, in the order it applies</p>"
          : "<p class=\"label-line\">What was read, in the order it applies</p>")
      output.literal("<ul class=\"evidence\">")
      for item in door.evidence { write(item, to: &output) }
      output.literal("</ul>")
    }
    writeInventory(of: door, to: &output)
    output.literal("</li>")
  }

  private static func writeInventory(of door: Door, to output: inout ByteOutput) {
    guard !door.inventory.isEmpty else { return }
    let tally = InventoryTally(door.inventory)
    output.raw("<p class=\"label-line\">\(tally.headline)</p><ul class=\"evidence\">")
    for entry in tally.entries {
      output.raw("<li><span class=\"kind\">\(entry.state.title)</span><span><b>")
      output.html(entry.name)
      output.literal("</b> ")
      output.html(entry.why)
      output.literal("</span></li>")
    }
    output.literal("</ul>")
  }

  private static func write(_ item: EvidenceItem, to output: inout ByteOutput) {
    output.raw("<li><span class=\"kind\">\(item.kind.title)</span><span><b>")
    output.html(item.name)
    output.literal("</b> ")
    if let id = item.id {
      output.literal("<code>")
      output.html(id)
      output.literal("</code> ")
    }
    output.html(item.value)
    if let path = item.path {
      output.literal(" <code class=\"path\">")
      output.html(path)
      output.literal("</code>")
    }
    output.literal("</span></li>")
  }
}
