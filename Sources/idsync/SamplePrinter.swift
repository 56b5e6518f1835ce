internal import Reports
internal import Worker

/// Prints what `idsync doctor --sample` found.
struct SamplePrinter {
  let sample: SampleReport

  /// As text: the page, the rows as they came and as they were mapped, and what was not understood.
  func printText() {
    var head =
      "\(sample.source): \(sample.call): \(sample.received) \(sample.received == 1 ? "row" : "rows") on the page"
    if let declared = sample.declared { head += ", \(declared) in all" }
    if !sample.next.isEmpty { head += "; \(sample.next)" }
    line(head)
    for (index, row) in sample.rows.enumerated() {
      line("")
      line("\(index + 1)  \(row.raw.count > 2000 ? row.raw.prefix(2000) + "…" : row.raw)")
      let width = row.fields.map(\.name.count).max() ?? 0
      for (name, value) in row.fields {
        let padding = String(repeating: " ", count: width - name.count)
        line("   \(name)\(padding)  \(value ?? "(missing)")")
      }
      for note in row.notes { line("   → not understood: \(note)") }
    }
    line("")
    if sample.isUnderstood {
      let isWhole = sample.rows.allSatisfy { $0.fields.allSatisfy { $0.value != nil } }
      line(
        isWhole
          ? "Everything on this page was understood."
          : "What came was understood; a field marked (missing) had no value in that row.")
    }
    for note in sample.notes { line("→ not understood: \(note)") }
  }

  /// As JSON.
  func printJSON() throws {
    var json = JSONWriter(to: Console.output)
    json.object { json in
      json.field("schema", "idsync.sample/1")
      json.field("source", sample.source)
      json.field("kind", sample.kind)
      json.field("call", sample.call)
      json.field("received", sample.received)
      json.field("declared", sample.declared)
      json.field("next", sample.next)
      json.key("rows")
      json.array { json in
        for row in sample.rows { write(row, &json) }
      }
      json.key("notes")
      json.strings(sample.notes)
    }
    try json.finish()
  }

  private func write(_ row: SampleReport.Row, _ json: inout JSONWriter) {
    json.object { json in
      json.field("raw", row.raw)
      json.key("fields")
      json.object { json in
        for (name, value) in row.fields {
          json.key(of: name)
          json.string(value)
        }
      }
      json.key("notes")
      json.strings(row.notes)
    }
  }

  private func line(_ text: String) { Console.line(InertText.make(text, for: .terminal)) }
}
