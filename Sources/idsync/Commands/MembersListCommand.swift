internal import ArgumentParser
internal import IdentityCore
internal import Reports
internal import Worker

/// `idsync members`, `idsync members list`.
struct MembersListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show the people of a team with role, SSO, MFA and the verdict of the last run.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var target: TeamOption

  @Option(name: .shortAndLong, help: "Only this role.", completion: Completions.roles)
  var role: String?

  @Flag(name: .long, help: "Only those invited.")
  var pending = false

  @Flag(name: .long, help: "As JSON.")
  var json = false

  @Option(name: .long, help: "table or json.")
  var format: ListingFormat = .table

  @Option(name: .customLong("as"), help: "Look as this person, on a local team.")
  var actingAs: String?

  func run() async throws {
    let listing = try await common.worker().people(of: target.team, actingAs: actingAs)
    let people = listing.people.filter { person in
      (role == nil || person.role.rawValue == role?.lowercased()) && (!pending || person.isPending)
    }
    if json || format == .json { return try writeJSON(people, listing) }
    guard !people.isEmpty else {
      let name = InertText.make(target.team, for: .terminal)
      let suffix = role.map { " with role \(InertText.make($0, for: .terminal))" } ?? ""
      Console.line("No members in \(name)\(suffix)")
      return
    }
    try writeTable(people, listing)
  }

  private func writeTable(_ people: [TeamPerson], _ listing: TeamListing) throws {
    let hasPending = people.contains(where: \.isPending)
    var columns: [TextTable.Column] = [.init("EMAIL", isWhole: true), .init("ROLE", gives: 3)]
    if hasPending { columns.append(.init("STATUS")) }
    columns += [.init("SSO", gives: 2), .init("MFA", gives: 1), .init("VERDICT")]
    let rows = people.map { person in
      let facts = LoginFacts(person, listing.statuses)
      var cells: [TextTable.Cell] = [
        .init(person.email),
        .init(person.role.rawValue, person.role.isAdministrator ? .accent : .plain),
      ]
      if hasPending { cells.append(.init(person.isPending ? "pending" : "")) }
      cells += [
        .init(facts.sso, facts.cannotBeEnforced ? .warning : .plain),
        .init(facts.mfa, facts.cannotBeEnforced ? .warning : .plain), .init(facts.verdict),
      ]
      return TextTable.Row(cells)
    }
    try TextTable(columns).write(
      rows, style: Console.style(common.environment), to: Console.output)
    if !common.quiet, role == nil, !pending { listing.notes.forEach { Console.note($0) } }
    if !common.quiet, listing.statuses.isEmpty {
      Console.note("No run has judged \(listing.team) yet: idsync sync --team \(listing.team)")
    }
  }

  /// An array, three spaces in, as Heroku's tool writes it.
  private func writeJSON(_ people: [TeamPerson], _ listing: TeamListing) throws {
    var json = JSONWriter(to: Console.output)
    try json.array { json in
      for person in people {
        json.line(3)
        json.object { json in
          json.member(person, LoginFacts(person, listing.statuses))
          json.line(3)
        }
        try json.drain()
      }
      if !people.isEmpty { json.line(0) }
    }
    try json.finish()
  }
}

/// What is known of a login, in words.
struct LoginFacts {
  /// Single sign-on.
  let sso: String
  /// The platform's own second factor.
  let mfa: String
  /// The verdict of the last run, or that there is none.
  let verdict: String
  /// The finding kinds of the last run.
  let findings: [String]
  /// Whether this is a login that nobody can put under SSO.
  let cannotBeEnforced: Bool

  static let unenforceable = "cannot be enforced"

  init(_ person: TeamPerson, _ statuses: [String: MemberStatus]) {
    self.init(
      status: statuses[EmailKey.make(person.email)], isOutsider: person.role == .collaborator,
      isPending: person.isPending, federated: person.federated, platformMFA: person.platformMFA)
  }

  init(
    status: MemberStatus?, isOutsider: Bool, isPending: Bool = false, federated: Tri = .unknown,
    platformMFA: Tri = .unknown
  ) {
    func word(_ value: Tri) -> String {
      value == .yes ? "enabled" : value == .no ? "disabled" : "unknown"
    }
    cannotBeEnforced = isOutsider
    if isPending {
      // Of somebody who has not joined the platform shows nothing: a switch that is off there says nothing.
      sso = "unknown"
      mfa = "unknown"
    } else if isOutsider {
      sso = Self.unenforceable
      mfa = Self.unenforceable
    } else if federated == .unknown, let record = status?.record {
      sso = record.sso.rawValue
      mfa = record.platformMFA.rawValue
    } else {
      sso = word(federated)
      // Under single sign-on the platform's own factor is off as a matter of course.
      mfa = federated == .yes && platformMFA != .yes ? "not-applicable" : word(platformMFA)
    }
    findings = status?.record.findings.kinds.map(\.rawValue) ?? []
    if let status {
      verdict = status.record.verdict.rawValue + (status.isStale ? " (stale)" : "")
    } else {
      verdict = isPending ? "not-evaluated" : "not judged yet"
    }
  }
}

extension JSONWriter {
  /// Writes the fields of a person, six spaces in.
  fileprivate mutating func member(_ person: TeamPerson, _ facts: LoginFacts) {
    func flag(_ value: Tri, _ json: inout JSONWriter) {
      if value == .unknown { json.null() } else { json.boolean(value == .yes) }
    }
    line(6)
    field("created_at", person.createdAt)
    line(6)
    field("email", person.email)
    line(6)
    key("federated")
    flag(person.isPending ? .unknown : person.federated, &self)
    line(6)
    field("id", person.id)
    line(6)
    field("role", person.role == .none ? nil : person.role.rawValue)
    line(6)
    field("status", person.isPending ? "pending" : "")
    line(6)
    key("two_factor_authentication")
    flag(person.isPending ? .unknown : person.platformMFA, &self)
    line(6)
    field("updated_at", person.updatedAt)
    line(6)
    key("user")
    object { json in
      json.field("email", person.email)
      json.field("id", person.userID)
      json.field("name", person.name)
    }
    line(6)
    field("sso", facts.sso)
    line(6)
    field("platform_mfa", facts.mfa)
    line(6)
    field("verdict", facts.verdict)
    line(6)
    key("findings")
    strings(facts.findings)
  }
}
