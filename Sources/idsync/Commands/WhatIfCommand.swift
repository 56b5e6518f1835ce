internal import ArgumentParser
internal import IdentityCore
internal import Reports
internal import Worker

/// Tries a change of policies without making it.
struct WhatIfCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whatif",
    abstract: "Show whose verdict would change if a provider's policies were others.",
    discussion: """
      Reads the sources as a run does, judges everybody as it is and as it would be, and prints the difference. Nothing is \
      written: not to the store, not to a provider.
      """)

  @OptionGroup var common: CommonOptions

  @Option(name: .long, help: "The provider, by its name in the configuration.")
  var source: String

  @Option(name: .long, help: "Only this team; may be given several times.")
  var team: [String] = []

  @Option(
    name: .long,
    help:
      "A file with policies, rules or flow steps in the provider's own JSON; one with a known id replaces that one."
  )
  var policyFile: [String] = []

  @Option(name: .long, help: "The id of a policy, rule or step to switch on.")
  var enable: [String] = []

  @Option(name: .long, help: "The id of a policy, rule or step to switch off.")
  var disable: [String] = []

  @Option(name: .long, help: "The id or name of a group that everybody is taken out of.")
  var removeFromGroup: [String] = []

  @Option(name: .long, help: "text or json.")
  var format: RunFormat = .text

  func run() async throws {
    let bars = common.bars
    let worker = try common.worker(bars)
    let result = try await worker.whatIf(
      WhatIfOptions(
        source: source, teams: team, policyFiles: policyFile, enabled: enable, disabled: disable,
        removedGroups: removeFromGroup))
    bars?.clear()
    switch format {
    case .text: writeText(result)
    case .json: try writeJSON(result)
    }
    if result.isUnanswered { throw ExitWith(status: .nothingRead) }
  }

  private func writeText(_ result: WhatIfResult) {
    let palette = Console.style(common.environment).palette
    for change in result.changes {
      let mark =
        switch change.isWeaker {
        case true?: palette.paint("-", .bad)
        case false?: palette.paint("+", .good)
        case nil: palette.paint("~", .warning)
        }
      let (old, new) = (change.before, change.after)
      let verdict =
        old.verdict == new.verdict
        ? new.verdict.rawValue : "\(old.verdict.rawValue) → \(new.verdict.rawValue)"
      Console.line("\(mark) \(inert("\(new.team)  \(new.email)"))  \(verdict)")
      Console.line("    \(inert(new.witness.map { "Way in: \($0)" } ?? new.reason))")
    }
    let weaker = result.changes.count { $0.isWeaker == true }
    let stronger = result.changes.count { $0.isWeaker == false }
    Console.line(
      result.isUnanswered
        ? palette.paint("Nothing can be said: what is needed could not be read.", .bad)
        : result.changes.isEmpty
          ? "No verdict of \(result.judged) would change."
          : "\(result.changes.count) of \(result.judged) would change: \(weaker) weaker, \(stronger) stronger, \(result.changes.count - weaker - stronger) with another way in."
    )
    for edit in result.unmet {
      Console.line(
        inert("\(edit) changed nothing: \(source) has nothing of that id that decides here."))
    }
    var said: Set<String> = []
    for source in result.sources where !source.isComplete {
      let issue = source.firstGap
      let remedy = issue.map { $0.remedy.isEmpty ? "" : "\n→ \($0.remedy)" } ?? ""
      // The edited provider is read twice; once is enough to say.
      guard said.insert(source.name).inserted else { continue }
      Console.line(
        "\(source.name) was not read to its end: \(issue?.message ?? "")\(remedy)".split(
          separator: "\n"
        ).map { inert(String($0)) }.joined(separator: "\n"))
    }
  }

  private func inert(_ text: String) -> String { InertText.make(text, for: .terminal) }

  private func writeJSON(_ result: WhatIfResult) throws {
    var json = JSONWriter(to: Console.output)
    json.object { json in
      json.field("schema", "idsync.whatif/1")
      json.field("source", source)
      json.field("judged", result.judged)
      json.field("complete", result.isComplete)
      json.field("answered", !result.isUnanswered)
      json.key("unmet")
      json.strings(result.unmet)
      json.key("changes")
      json.array { json in
        for change in result.changes {
          json.object { json in
            json.field("team", change.after.team)
            json.field("email", change.after.email)
            json.field("verdict_before", change.before.verdict.rawValue)
            json.field("verdict_after", change.after.verdict.rawValue)
            json.field("witness_before", change.before.witness)
            json.field("witness_after", change.after.witness)
            json.field("reason", change.after.reason)
          }
        }
      }
    }
    try json.finish()
  }
}
