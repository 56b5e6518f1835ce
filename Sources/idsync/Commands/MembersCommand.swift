internal import ArgumentParser
internal import IdentityCore
internal import Worker

/// `idsync members`: who is on a team.
struct MembersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "members", abstract: "List, add, change and remove the people of a team.",
    discussion: "Also in Heroku's spelling: members:add, members:set, members:remove.",
    subcommands: [
      MembersListCommand.self, MembersAddCommand.self, MembersSetCommand.self,
      MembersRemoveCommand.self, MembersApplyCommand.self,
    ], defaultSubcommand: MembersListCommand.self)
}

/// The team a command is about.
struct TeamOption: ParsableArguments {
  @Option(name: .shortAndLong, help: "The team.", completion: Completions.teams)
  var team: String
}

/// `idsync members add`.
struct MembersAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Put somebody on a team, or give them another role there.",
    discussion: """
      Where a team invites, an invitation is sent. Adding twice is no error. A collaborator is added to one app with \
      --role collaborator --app APP, and may view it.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var target: TeamOption

  @Argument(help: "The address.")
  var email: String

  @Option(
    name: .shortAndLong, help: "admin, member, viewer or collaborator.",
    completion: Completions.roles)
  var role: String

  @Option(
    name: .shortAndLong, help: "The app a collaborator is added to.", completion: Completions.apps)
  var app: String?

  func run() async throws {
    let role = try AdministrationWords.role(self.role)
    let email = AdministrationWords.address(self.email)
    if role == .collaborator, let app {
      try await change.run(.addCollaborator(email: email, app: app), team: target.team, common)
      return
    }
    guard app == nil else {
      throw ValidationError("--app goes with --role collaborator only")
    }
    try await change.run(.addMember(email: email, role: role), team: target.team, common)
  }
}

/// `idsync members set`.
struct MembersSetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Give somebody on a team the role admin or member.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var target: TeamOption

  @Argument(help: "The address.", completion: Completions.addresses)
  var email: String

  @Option(
    name: .shortAndLong, help: "admin or member.", completion: .list(["admin", "member"]))
  var role: String

  func run() async throws {
    try await change.run(
      .setRole(
        email: AdministrationWords.address(email), role: try AdministrationWords.role(role)),
      team: target.team, common)
  }
}

/// `idsync members remove`.
struct MembersRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Take somebody off a team, or an invitation back.",
    discussion: "Access to single apps stays and is listed; --with-access takes that too.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var target: TeamOption

  @Argument(help: "The address.", completion: Completions.addresses)
  var email: String

  @Flag(name: .long, help: "Take away the access to single apps too.")
  var withAccess = false

  func run() async throws {
    try await change.run(
      .removeMember(email: AdministrationWords.address(email), withAccess: withAccess),
      team: target.team, common)
  }
}
