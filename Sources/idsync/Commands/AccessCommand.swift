internal import ArgumentParser
internal import IdentityCore
internal import Reports
internal import Worker

/// `idsync access`: who may touch an app.
struct AccessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "access", abstract: "List, give, change and take away access to an app.",
    discussion: "Also in Heroku's spelling: access:add, access:update, access:remove.",
    subcommands: [
      AccessListCommand.self, AccessAddCommand.self, AccessUpdateCommand.self,
      AccessRemoveCommand.self,
    ], defaultSubcommand: AccessListCommand.self)
}

/// The app a command is about.
struct AppOption: ParsableArguments {
  @Option(name: .shortAndLong, help: "The app.", completion: Completions.apps)
  var app: String

  @Option(name: .shortAndLong, help: "The team of the app.", completion: Completions.teams)
  var team: String?
}

/// `idsync access -a APP`.
struct AccessListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show who has access to an app, admins included.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var target: AppOption

  @Flag(name: .long, help: "As JSON.")
  var json = false

  @Option(name: .long, help: "table or json.")
  var format: ListingFormat = .table

  @Option(name: .customLong("as"), help: "Look as this person, on a local team.")
  var actingAs: String?

  func run() async throws {
    let listing = try await common.worker().access(
      to: target.app, team: target.team, actingAs: actingAs)
    if !common.quiet { for note in listing.notes { Console.note(note) } }
    if json || format == .json { return try writeJSON(listing) }
    let usesPermissions = listing.rows.contains { $0.permissions != nil }
    var columns: [TextTable.Column] = [.init("EMAIL", isFlexible: true), .init("ROLE")]
    if usesPermissions { columns.append(.init("PERMISSIONS")) }
    columns += [.init("SSO"), .init("MFA"), .init("VERDICT")]
    let rows = listing.rows.map { row in
      let facts = facts(row, listing)
      var cells: [TextTable.Cell] = [
        .init(row.email), .init(row.role.rawValue, row.role.isAdministrator ? .accent : .plain),
      ]
      if usesPermissions {
        cells.append(.init(row.permissions.map { $0.names.joined(separator: ", ") } ?? ""))
      }
      let tone: Palette.Tone = row.isOutsider ? .warning : .plain
      cells += [.init(facts.sso, tone), .init(facts.mfa, tone), .init(facts.verdict)]
      return TextTable.Row(cells)
    }
    try TextTable(columns).write(
      rows, style: Console.style(common.environment), to: Console.output)
  }

  private func facts(_ row: AccessListing.Row, _ listing: AccessListing) -> LoginFacts {
    LoginFacts(
      status: listing.statuses[EmailKey.make(row.email)], isOutsider: row.isOutsider)
  }

  /// An array, two spaces in.
  private func writeJSON(_ listing: AccessListing) throws {
    var json = JSONWriter(to: Console.output)
    json.array { json in
      for row in listing.rows {
        let facts = facts(row, listing)
        json.line(2)
        json.object { json in
          json.line(4)
          json.field("email", row.email)
          json.line(4)
          json.field("role", row.role.rawValue)
          json.line(4)
          json.key("permissions")
          json.array { json in
            for name in row.permissions?.names ?? [] {
              json.object { $0.field("name", name) }
            }
          }
          json.line(4)
          json.field("class", row.isOutsider ? "collaborator" : "member")
          json.line(4)
          json.field("sso", facts.sso)
          json.line(4)
          json.field("platform_mfa", facts.mfa)
          json.line(4)
          json.field("verdict", facts.verdict)
          json.line(2)
        }
      }
      if !listing.rows.isEmpty { json.line(0) }
    }
    try json.finish()
  }
}

/// `idsync access add`.
struct AccessAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Give somebody access to an app.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var target: AppOption

  @Argument(help: "The address.", completion: Completions.addresses)
  var email: String

  @Option(
    name: .shortAndLong, help: "view, deploy, operate, manage; with commas between, view implied.",
    completion: Completions.permissions)
  var permissions: String?

  func run() async throws {
    let permissions = try permissions.map { try AdministrationWords.permissions($0) }
    try await change.run(
      .grant(
        app: target.app, email: AdministrationWords.address(email), permissions: permissions),
      team: target.team, common)
  }
}

/// `idsync access update`.
struct AccessUpdateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Give somebody other permissions on an app.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var target: AppOption

  @Argument(help: "The address.", completion: Completions.addresses)
  var email: String

  @Option(
    name: .shortAndLong, help: "view, deploy, operate, manage; with commas between, view implied.",
    completion: Completions.permissions)
  var permissions: String

  func run() async throws {
    try await change.run(
      .changeAccess(
        app: target.app, email: AdministrationWords.address(email),
        permissions: try AdministrationWords.permissions(permissions)), team: target.team, common)
  }
}

/// `idsync access remove`.
struct AccessRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Take somebody's access to an app away.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var target: AppOption

  @Argument(help: "The address.", completion: Completions.addresses)
  var email: String

  func run() async throws {
    try await change.run(
      .removeAccess(app: target.app, email: AdministrationWords.address(email)),
      team: target.team, common)
  }
}
