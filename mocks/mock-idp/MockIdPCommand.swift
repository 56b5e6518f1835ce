import ArgumentParser

/// The command: a playground that answers as Heroku and Okta do.
@main struct MockIdPCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mock-idp",
    abstract: "Speaks Heroku's and Okta's APIs for an organisation that does not exist.",
    discussion: """
      Without arguments it serves a demo organisation until it is interrupted. Nothing leaves the \
      machine: both vendors listen on 127.0.0.1 only.
      """,
    subcommands: [Serve.self, ExportPages.self], defaultSubcommand: Serve.self)
}
