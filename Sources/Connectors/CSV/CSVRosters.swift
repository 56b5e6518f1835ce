internal import ConnectorKit
internal import IdentityCore

/// The teams asked for while a roster file goes past.
struct CSVRosters {
  private struct Team {
    var roster = Roster()
    var issues: [SourceIssue] = []
    /// The line of each person and the place in the roster, by the hash of the match key.
    var lines: [UInt64: (line: Int, place: Int)] = [:]
    /// The line and match key of each id, by its hash.
    var ids: [UInt64: (line: Int, key: UInt64)] = [:]
    var odd = OddAddresses()
    var federated: Set<Tri> = []
    var hidden = 0
  }

  static let remedy =
    "Correct the line; columns are team,email,role[,name,id,federated,platform_mfa]."
  /// So many wrong rows are told one by one; the others are counted.
  private static let shown = 20

  private let names: [TeamName]
  private let file: String
  private let call: String
  private var teams: [TeamName: Team] = [:]
  private var saysSignIn = false
  /// What is wrong with rows of teams that nobody asked for.
  private(set) var asides: [SourceIssue] = []

  init(_ names: [TeamName], file: String, call: String) {
    self.file = file
    self.names = names
    self.call = call
    for name in names { teams[name] = Team() }
  }

  mutating func take(_ event: CSVFile.Event) {
    switch event {
    case .header(let header): saysSignIn = header.has(.federated)
    case .row(let row, let line): add(row, line)
    case .wrongRow(let fault, let team):
      let issue = issue("malformed", fault.sentence(in: file), Self.remedy)
      guard let team else { return tellAll(issue) }
      guard teams[team] != nil else {
        var aside = issue
        aside.affects = .details
        if asides.count < Self.shown { asides.append(aside) }
        return
      }
      tell(issue, team)
    }
  }

  /// The text cannot be taken apart from here on: nobody knows who follows.
  mutating func breakOff(_ fault: CSVParser.Fault) {
    let place = fault.line > 0 ? "Line \(fault.line) of \(file): " : "\(file): "
    tellAll(
      issue(
        "malformed", "\(place)\(fault.detail); the file is not read to its end.", Self.remedy))
  }

  /// The file cannot be read.
  mutating func fail(_ code: String, _ message: String, _ remedy: String) {
    tellAll(issue(code, message, remedy))
  }

  mutating func finished() -> [TeamReading] {
    names.map { name in
      var team = teams[name] ?? Team()
      if team.hidden > 0 {
        team.issues.append(
          issue("malformed", "\(team.hidden) more rows are wrong.", Self.remedy))
      }
      if team.roster.count == 0, team.issues.isEmpty {
        team.issues.append(
          issue(
            "not-found", "No row names team \(name).",
            "Check how the file spells the team; a team without people needs no source."))
      }
      return TeamReading(
        team: name, roster: team.roster,
        hasIdentityProvider: team.federated.contains(.yes)
          ? .yes : saysSignIn && team.federated == [.no] ? .no : .unknown,
        saysSignIn: saysSignIn, namesProviders: false, issues: team.issues + team.odd.all)
    }
  }

  private mutating func add(_ row: CSVRow, _ line: Int) {
    guard teams[row.team] != nil else { return }
    var key = EmailKey.make(row.member.email)
    let hash = key.withUTF8 { KeyHash.exact($0) }
    teams[row.team]?.odd.look(at: row.member.email, place: "line \(line)", call: call)
    if var id = row.member.userID {
      let idHash = id.withUTF8 { KeyHash.exact($0) }
      if let first = teams[row.team]?.ids[idHash], first.key != hash {
        return tell(
          issue(
            "duplicate-ids",
            "Line \(line) of \(file): the id of line \(first.line) is on team \(row.team) again, under another address.",
            "Give every person of a team an id of their own."), row.team)
      }
      teams[row.team]?.ids[idHash] = (line, hash)
    }
    if let first = teams[row.team]?.lines[hash] {
      // The same line again says nothing new.
      if teams[row.team]?.roster[first.place] == row.member { return }
      return tell(
        issue(
          "duplicate-ids",
          "Line \(line) of \(file): the person of line \(first.line) is on team \(row.team) again.",
          "Leave one line for each person of a team."), row.team)
    }
    let place = teams[row.team]?.roster.count ?? 0
    teams[row.team]?.lines[hash] = (line, place)
    teams[row.team]?.federated.insert(row.member.federated)
    teams[row.team]?.roster.append(row.member)
  }

  private func issue(_ code: String, _ message: String, _ remedy: String) -> SourceIssue {
    SourceIssue(code: code, call: call, message: message, remedy: remedy)
  }

  private mutating func tell(_ issue: SourceIssue, _ team: TeamName) {
    if (teams[team]?.issues.count ?? 0) < Self.shown {
      teams[team]?.issues.append(issue)
    } else {
      teams[team]?.hidden += 1
    }
  }

  private mutating func tellAll(_ issue: SourceIssue) {
    for name in names { tell(issue, name) }
  }
}

extension CSVParser.Fault {
  /// Where it is and what it is.
  func sentence(in file: String) -> String { "Line \(line) of \(file): \(detail)." }
}
