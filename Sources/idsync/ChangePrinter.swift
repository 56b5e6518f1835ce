internal import IdentityCore
internal import Reports

/// Prints the differences a run makes or would make, one line a member.
final class ChangePrinter {
  private let style: TerminalStyle
  private let isJSON: Bool
  private(set) var collected: [MemberChange] = []

  init(style: TerminalStyle, isJSON: Bool) {
    self.style = style
    self.isJSON = isJSON
  }

  /// Prints a change, or keeps it for a JSON document.
  func print(_ change: MemberChange) throws {
    if isJSON {
      collected.append(change)
    } else {
      Console.line(text(change))
    }
  }

  private func text(_ change: MemberChange) -> String {
    let record = change.record
    let who = inert("\(record.team)  \(record.email)")
    let palette = style.palette
    switch change.kind {
    case .added:
      let verdict = palette.paint(
        record.verdict.rawValue, record.verdict == .enforced ? .good : .bad)
      return "\(palette.paint("+", .good)) \(who)  \(inert(record.role.rawValue))  \(verdict)"
        + findings(opened: change.opened, resolved: [])
    case .removed:
      return "\(palette.paint("-", .bad)) \(who)  was \(inert(record.role.rawValue))"
        + findings(opened: [], resolved: change.resolved)
    case .changed:
      let fields = change.fields.filter { $0.name != "findings" && $0.name != "reason" }.map {
        inert($0.sentence)
      }
      return "\(palette.paint("~", .warning)) \(who)  \(fields.joined(separator: "; "))"
        + findings(opened: change.opened, resolved: change.resolved)
    }
  }

  private func findings(opened: FindingSet, resolved: FindingSet) -> String {
    let opens = opened.kinds.map { style.palette.paint("+\($0.rawValue)", .bad) }
    let ends = resolved.kinds.map { style.palette.paint("-\($0.rawValue)", .good) }
    let all = (opens + ends).joined(separator: " ")
    return all.isEmpty ? "" : "  [\(all)]"
  }

  private func inert(_ text: String) -> String { InertText.make(text, for: .terminal) }
}

extension JSONWriter {
  /// Writes a change as an object.
  mutating func change(_ change: MemberChange) throws {
    object { json in
      json.field("change", change.kind.rawValue)
      json.field("team", change.record.team)
      json.field("email", change.record.email)
      json.field("role", change.record.role.rawValue)
      json.field("verdict", change.record.verdict.rawValue)
      json.key("fields")
      json.array { json in
        for field in change.fields {
          json.object { json in
            json.field("name", field.name)
            json.field("before", field.before)
            json.field("after", field.after)
          }
        }
      }
      json.key("opened")
      json.strings(change.opened.kinds.map(\.rawValue))
      json.key("resolved")
      json.strings(change.resolved.kinds.map(\.rawValue))
    }
    try drain()
  }
}
