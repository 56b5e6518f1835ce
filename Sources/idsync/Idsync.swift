internal import ArgumentParser
internal import CMalloc
internal import Worker

/// The command line: parsing, printing and exit codes, nothing else.
@main
struct Idsync: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "idsync",
    abstract: "Who can get into this team without a second factor, and how do you know?",
    discussion: """
      Reads teams and identity providers, decides for every member whether MFA is enforced at the identity provider, \
      and says why: a proof, a concrete way in, or an honest "cannot tell".

      \(ExitStatus.table)
      """,
    version: ToolVersion.text,
    subcommands: [
      InitCommand.self, DoctorCommand.self, SyncCommand.self, PlanCommand.self, ApplyCommand.self,
      StatusCommand.self, ExplainCommand.self, HistoryCommand.self, RunsCommand.self,
      ReportCommand.self, AlertsCommand.self, WhatIfCommand.self, ProvidersCommand.self,
      MembersCommand.self, AccessCommand.self, AppsCommand.self,
    ])

  static func main() async {
    ignoreSignalsOfWrites()
    // Lists of a million members grow by large pieces: what was outgrown goes back.
    cmalloc_map_from(1 << 20)
    do {
      let words = Array(CommandLine.arguments.dropFirst())
      try Spelling.check(
        words, commands: configuration.subcommands.compactMap { $0.configuration.commandName })
      var command = try parseAsRoot(Spelling.ours(words))
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      leave(with: error)
    }
  }
}
