internal import Foundation
public import IdentityCore
public import Reports
internal import Storage

/// Which members a listing or report is about; every condition given must hold.
public struct StatusFilter: Sendable {
  /// Only this team.
  public var team: TeamName?
  /// Only this verdict.
  public var verdict: Verdict?
  /// Only members with this finding open.
  public var finding: FindingKind?
  /// Only members who stand there in the headline; ``Headcount/figures`` names them.
  public var standing: String?
  /// As the store knew it at this moment; now when nil.
  public var asOf: Timestamp?

  /// Makes a filter; without conditions it takes everybody.
  public init(
    team: TeamName? = nil, verdict: Verdict? = nil, finding: FindingKind? = nil,
    standing: String? = nil, asOf: Timestamp? = nil
  ) {
    self.standing = standing
    self.team = team
    self.verdict = verdict
    self.finding = finding
    self.asOf = asOf
  }

  /// Whether members who stand somewhere are listed.
  func takes(_ standing: Standing) -> Bool {
    self.standing.map(standing.figures.contains) ?? true
  }

  var words: [String] {
    [
      team.map { "team: \($0)" }, verdict.map { "verdict: \($0.rawValue)" },
      finding.map { "finding: \($0.rawValue)" }, standing.map { "standing: \($0)" },
      asOf.map { "as of: \($0.text)" },
    ].compactMap { $0 }
  }
}

/// The members of one team by where they stand.
public struct TeamHeadcount: Sendable {
  /// The team.
  public var team: TeamName
  /// Its members.
  public var headcount: Headcount
}

extension SyncWorker {
  /// The members as they stand, with the run that last read the sources.
  ///
  /// - Throws: ``WorkerError`` with `.badInput` for a team the configuration does not have, and for a moment that no run had seen
  ///   or that is still to come.
  public func status(_ filter: StatusFilter = StatusFilter()) throws -> StatusReport {
    let store = try existingStore()
    let teams = try watchedTeams(filter.team)
    if let asOf = filter.asOf { try check(asOf, store) }
    return try naming {
      var members: [MemberStatus] = []
      var findings: [Finding] = []
      let age = age(asOf: filter.asOf)
      for team in teams {
        let query = MemberQuery(
          team: team, verdict: filter.verdict, finding: filter.finding, asOf: filter.asOf,
          age: age)
        var current: [MemberStatus] = []
        let place = configuration.rosterPlace(of: team)
        try store.members(query) { status in
          guard filter.takes(status.record.standing) else { return }
          var status = status
          status.rosterPlace = place
          current.append(status)
        }
        let stored = try store.findings(FindingQuery(team: team, asOf: filter.asOf))
        findings += AgedFindings(age).all(of: current, stored)
        members += current
      }
      var report = StatusReport(
        run: try filter.asOf.map { try store.run(asOf: $0) } ?? lastReading(store, teams),
        members: members, findings: findings, filters: filter.words,
        toolVersion: ToolVersion.text, generatedAt: now)
      report.teams = try store.coverage(of: teams, asOf: filter.asOf)
      // What met nobody at another moment is not known, nor what was held or told.
      if filter.asOf == nil {
        report.advice = try unmetSettings(team: filter.team)
        report.heldPlans = try heldPlans(in: store)
        report.warnings = try untoldWarnings()
      }
      return report
    }
  }

  /// The moment that `--as-of` means: of a day its end, and while the day lasts, now.
  ///
  /// - Throws: ``WorkerError`` with `.badInput` when it is still to come.
  public func moment(_ date: WrittenDate) throws -> Timestamp {
    let now = now
    guard date.start <= now else {
      throw WorkerError(
        .badInput,
        "\(date.start.text) is still to come: --as-of shows what the store knew at a moment that has been."
      )
    }
    return min(date.end, now)
  }

  /// Whether the store knew anything at a moment.
  private func check(_ moment: Timestamp, _ store: Store) throws {
    _ = try self.moment(WrittenDate(moment))
    guard try naming({ try store.run(asOf: moment) }) == nil else { return }
    let first = try naming { try store.runs(limit: .max).last }
    throw WorkerError(
      .badInput,
      "No run had ended by \(moment.text), so nothing is known of it"
        + (first.map { ": the first one ended at \($0.finishedAt.text)." }
          ?? ". Run idsync sync first."))
  }

  /// The members of some teams by where they stand, team by team.
  ///
  /// Nobody is gathered: memory does not grow with the teams.
  public func headcounts(of teams: [TeamName]) throws -> [TeamHeadcount] {
    guard hasStore else { return [] }
    let store = try storeToRead()
    return try naming {
      try teams.map { team in
        var headcount = Headcount()
        try store.members(MemberQuery(team: team, age: age(asOf: nil))) {
          headcount.add($0.record)
        }
        if try store.coverage(of: [team]).first?.isRead != true { headcount.unread = [team] }
        return TeamHeadcount(team: team, headcount: headcount)
      }
    }
  }

  /// The configured channels that messages wait for, or were given up for.
  private func untoldWarnings() throws -> [ReportAdvice] {
    let waiting = try alerts(includingDelivered: false)
    return configuration.alerts.compactMap { channel in
      let messages = waiting.filter { $0.channel == channel.name && $0.attempts > 0 }
      guard let last = messages.first else { return nil }
      let count = messages.count == 1 ? "1 message" : "\(messages.count) messages"
      return ReportAdvice(
        team: messages.count == 1 ? last.team : "",
        message: "\(count) to channel \(channel.name) could not be delivered"
          + (last.lastError.map { ": \($0)" } ?? "."),
        remedy: "See idsync alerts list; try again with idsync alerts deliver --now.")
    }
  }

  /// Whether a message to a configured channel waits for its next try, or was given up.
  public func hasUntoldAlerts() throws -> Bool {
    let channels = Set(configuration.alerts.map(\.name))
    return try alerts(includingDelivered: false).contains { channels.contains($0.channel) }
  }

  /// Everything behind one member's verdict.
  ///
  /// - Throws: ``WorkerError`` with `.badInput` when nobody goes by that address, or members of several teams do.
  public func explain(email: String, team: TeamName?) throws -> Explanation {
    let store = try existingStore()
    let teams = try watchedTeams(team)
    return try naming {
      var found: [MemberStatus] = []
      for team in teams {
        try store.members(MemberQuery(team: team, email: email, age: age(asOf: nil))) {
          found.append($0)
          found[found.count - 1].rosterPlace = configuration.rosterPlace(of: team)
        }
      }
      guard let status = found.first else {
        throw WorkerError(.badInput, try nobody(email, teams, store))
      }
      guard found.count == 1 else {
        let names = found.map(\.record.team).joined(separator: ", ")
        throw WorkerError(.badInput, "\(email) is on several teams (\(names)): add --team.")
      }
      return Explanation(
        status: status,
        findings: AgedFindings(age(asOf: nil)).all(
          of: [status], try store.findings(FindingQuery(team: status.record.team, email: email))),
        run: try lastReading(store, [status.record.team]),
        heldPlan: try heldPlans(in: store)[status.record.team], generatedAt: now)
    }
  }

  /// What changed and when, newest first.
  public func history(email: String?, team: TeamName?, limit: Int) throws -> [HistoryEntry] {
    let store = try existingStore()
    _ = try watchedTeams(team)
    let entries = try naming { try store.history(email: email, team: team, limit: limit) }
    if let email, entries.isEmpty, limit > 0 {
      let attempts = try administrationHistory(email: email, team: team, limit: 1)
      guard !attempts.isEmpty else {
        throw WorkerError(.badInput, try naming { try nobody(email, watchedTeams(team), store) })
      }
    }
    return entries
  }

  /// The attempts to change teams, allowed and refused, newest first.
  public func administrationHistory(
    email: String?, team: TeamName?, limit: Int
  ) throws -> [AdministrationEntry] {
    let store = try existingStore()
    return try naming { try store.administration(email: email, team: team, limit: limit) }
  }

  /// The runs, newest first; with an id or its first characters, that one.
  public func runs(id: String?, limit: Int) throws -> [RunRecord] {
    let store = try existingStore()
    return try naming {
      guard let id else { return try store.runs(limit: limit) }
      let found = try store.runs(limit: .max).filter { $0.id.hasPrefix(id.lowercased()) }
      guard !found.isEmpty else { throw WorkerError(.badInput, "No run has the id \(id).") }
      return found
    }
  }

  /// Writes a report to a file, replaced as a whole or not at all.
  public func writeReport(_ filter: StatusFilter, as format: ReportFormat, to path: String) throws {
    try ReportFile.write(try status(filter), as: format, to: path)
  }

  /// Writes the reports the configuration asks for after each run; one that fails does not keep the others back.
  func writeConfiguredReports(_ result: inout SyncResult) {
    for report in configuration.reports {
      do {
        try writeReport(StatusFilter(team: report.team), as: report.format, to: report.output)
        result.reports.append(report.output)
      } catch {
        let words = (error as? WorkerError)?.description ?? "\(report.output): \(error)"
        result.reportProblems.append(words)
        // A folder that is not there is named by the configuration here, not on the command line.
        let code = (error as? WorkerError)?.code ?? .notPermitted
        result.reportProblemCode =
          result.reportProblemCode ?? (code == .badInput ? .configuration : code)
      }
    }
  }

  /// How old evidence may be for a listing: by the clock of whoever asks, or by the moment that he asks about.
  func age(asOf moment: Timestamp?) -> AgeLimit {
    AgeLimit(staleAfter: configuration.policy.staleAfter, now: moment ?? now)
  }

  /// The teams of a listing: one, or all of the configuration.
  private func watchedTeams(_ name: TeamName?) throws -> [TeamName] {
    let names = configuration.teams.map(\.name)
    guard let name else { return names.sorted() }
    guard names.contains(name) else { throw unknown("team", name, names) }
    return [name]
  }

  /// How far back the last reading of a source is looked for.
  private static let searchedRuns = 500

  /// The last run, with the last reading of every source that the teams rest on: a run may have been about a part of them.
  private func lastReading(_ store: Store, _ names: [TeamName]) throws -> RunRecord? {
    // One that is under way has read nothing yet that stands here.
    guard var last = try store.runs(limit: 2).first(where: { $0.outcome != .running }) else {
      return nil
    }
    let teams = configuration.teams.filter { names.contains($0.name) }
    var missing = Set(teams.map(\.roster) + configuration.providers(behind: teams))
    missing.formIntersection(configuration.sources.keys)
    missing.subtract(last.sources.map(\.name))
    guard !missing.isEmpty else { return last }
    for run in try store.runs(limit: Self.searchedRuns) where run.id != last.id {
      for source in run.sources where missing.remove(source.name) != nil {
        last.sources.append(source)
      }
      if missing.isEmpty { break }
    }
    last.sources.sort { $0.name < $1.name }
    return last
  }

  private func nobody(_ email: String, _ teams: [TeamName], _ store: Store) throws -> String {
    var keys: [String] = []
    for team in teams {
      try store.members(MemberQuery(team: team)) { status in
        if keys.count < 50_000 { keys.append(status.record.email) }
      }
    }
    // Without its domain a name is looked for among the names of the addresses.
    let named = email.contains("@") ? nil : keys.first { $0.hasPrefix(email + "@") }
    let nearest =
      (named ?? NearestName.find(email, in: keys)).map { " Did you mean \($0)?" } ?? ""
    return "Nobody on \(teams.joined(separator: ", ")) goes by \(email).\(nearest)"
  }

  /// Whether an earlier run made a store.
  public var hasStore: Bool { FileManager.default.fileExists(atPath: configuration.storePath) }

  /// The store of an earlier run; listings do not make one.
  func existingStore() throws -> Store {
    guard hasStore else {
      throw WorkerError(
        .badInput, "There is no store at \(configuration.storePath) yet. Run idsync sync first.")
    }
    return try storeToRead()
  }
}
