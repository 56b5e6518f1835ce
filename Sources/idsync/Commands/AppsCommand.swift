internal import ArgumentParser
internal import IdentityCore
internal import Reports
internal import Worker

/// `idsync apps`: the apps of teams and their locks.
struct AppsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apps",
    abstract: "List, lock and unlock apps; make and remove those of local teams.",
    discussion: "Also in Heroku's spelling: apps:lock, apps:unlock, apps:join, lock, unlock, join.",
    subcommands: [
      AppsListCommand.self, AppsLockCommand.self, AppsUnlockCommand.self, AppsJoinCommand.self,
      AppsCreateCommand.self, AppsRemoveCommand.self,
    ], defaultSubcommand: AppsListCommand.self)
}

/// `idsync apps list`.
struct AppsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show the apps, the locked ones marked.")

  @OptionGroup var common: CommonOptions

  @Option(name: .shortAndLong, help: "Only this team.", completion: Completions.teams)
  var team: String?

  @Flag(name: .long, help: "As JSON.")
  var json = false

  @Option(name: .long, help: "table or json.")
  var format: ListingFormat = .table

  @Option(name: .customLong("as"), help: "Look as this person, on a local team.")
  var actingAs: String?

  func run() async throws {
    let apps = try await common.worker().apps(of: team, actingAs: actingAs)
    if json || format == .json { return try writeJSON(apps) }
    guard !apps.isEmpty else {
      Console.line("No apps\(team.map { " in \(InertText.make($0, for: .terminal))" } ?? "")")
      return
    }
    let isSeveral = Set(apps.map(\.team)).count > 1
    for app in apps {
      let name = AdministrationWording.appMark + app.name + (app.isLocked ? " (locked)" : "")
      let line = isSeveral ? "\(name)  \(app.team)" : name
      Console.line(InertText.make(line, for: .terminal))
    }
  }

  private func writeJSON(_ apps: [AppRow]) throws {
    var json = JSONWriter(to: Console.output)
    json.array { json in
      for app in apps {
        json.line(2)
        json.object { json in
          json.field("name", app.name)
          json.field("team", app.team)
          json.key("locked")
          json.boolean(app.isLocked)
        }
      }
      if !apps.isEmpty { json.line(0) }
    }
    try json.finish()
  }
}

/// `idsync apps lock`.
struct AppsLockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock", abstract: "Keep members from joining an app; who has access keeps it.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var target: AppOption

  func run() async throws {
    try await change.run(.lock(app: target.app), team: target.team, common)
  }
}

/// `idsync apps unlock`.
struct AppsUnlockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlock", abstract: "Let members join an app again.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var target: AppOption

  func run() async throws {
    try await change.run(.unlock(app: target.app), team: target.team, common)
  }
}

/// `idsync apps join`.
struct AppsJoinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "join", abstract: "Give yourself access to an app that is not locked.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var target: AppOption

  func run() async throws {
    try await change.run(.join(app: target.app, email: ""), team: target.team, common)
  }
}

/// `idsync apps create`.
struct AppsCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make an app of a local team; whoever makes it manages it.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var target: TeamOption

  @Argument(help: "The name: 3 to 30 lower-case letters, digits and hyphens.")
  var name: String

  func run() async throws {
    try await change.run(.createApp(app: name, owner: ""), team: target.team, common)
  }
}

/// `idsync apps remove`.
struct AppsRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Take an app of a local team away, with all access to it.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var target: AppOption

  func run() async throws {
    try await change.run(.removeApp(app: target.app), team: target.team, common)
  }
}
