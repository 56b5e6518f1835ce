internal import ConnectorKit
internal import CurlTransport
internal import Foundation
internal import IdentityCore
internal import JSONQuery
internal import Yams

extension SyncWorker {
  /// Reads all that the teams behind a provider rest on, judges everybody twice, as it is and as it would be, and compares.
  ///
  /// Neither the store nor any provider is written to.
  /// - Throws: ``WorkerError``: `.badInput` for an unknown source or team, a file that cannot be read, or nothing to try.
  public func whatIf(_ options: WhatIfOptions) async throws -> WhatIfResult {
    let edits = try edits(options)
    let teams = try selectedTeams(SyncOptions(teams: options.teams)).filter { team in
      configuration.providers(behind: [team]).contains(options.source)
    }
    guard configuration.sources[options.source] != nil else {
      throw unknown("source", options.source, configuration.sources.keys.sorted())
    }
    guard !teams.isEmpty else {
      throw WorkerError(.badInput, "No team asked for signs in through \(options.source).")
    }
    let transport = transport()
    defer { transport.shutdown() }
    let factory = SourceFactory(
      configuration: configuration, setting: setting, transport: transport, cache: nil)
    var reader = SourceReader(
      rosters: factory.rosters(for: teams), providers: factory.providers(for: teams), teams: teams,
      hosts: configuration.sources.mapValues(\.ssoHosts),
      routes: configuration.sources.mapValues(\.routes), progress: progress)
    reader.strike = { transport.secrets(of: $0).strike($1) }
    let now = await reader.read()
    reader.edits = [options.source: edits]
    let then = await reader.reread(options.source, in: now)
    try Task.checkCancellation()
    var result = WhatIfResult(
      judged: 0, changes: [],
      sources: now.sources + then.sources.filter { $0.name == options.source })
    // What was not read can meet nothing: nothing follows from that.
    let isRead = then.providers[options.source]?.source.carriesVerdicts == true
    result.unmet = isRead ? edits.unmet : []
    for team in teams { compare(team, now, then, &result) }
    result.isUnanswered = !isRead || (result.judged == 0 && !result.isComplete)
    return result
  }

  private func compare(
    _ team: TeamSettings, _ now: RunReadings, _ then: RunReadings, _ result: inout WhatIfResult
  ) {
    func adjudicator(_ readings: RunReadings) -> Adjudicator {
      let work = TeamWork(
        teams: [team], readings: readings, staleAfter: configuration.policy.staleAfter,
        now: self.now)
      return Adjudicator(
        settings: team, reading: work.reading(of: team), providers: readings.providers,
        now: self.now)
    }
    var before = adjudicator(now)
    var after = adjudicator(then)
    for person in 0..<before.count {
      let (old, new) = (before.person(person).record, after.person(person).record)
      result.judged += 1
      if old.verdict != new.verdict || old.witness != new.witness {
        result.changes.append(WhatIfResult.Change(before: old, after: new))
      }
    }
  }

  private func edits(_ options: WhatIfOptions) throws -> PolicyEdits {
    let edits = PolicyEdits(
      enabled: Set(options.enabled), disabled: Set(options.disabled),
      removedGroups: Set(options.removedGroups),
      documents: try options.policyFiles.flatMap(documents))
    guard !edits.isEmpty else {
      throw WorkerError(
        .badInput, "Nothing to try: give a policy file, --enable, --disable or --remove-from-group."
      )
    }
    return edits
  }

  /// The policies of a file: one document, a list, or the list under `value` as some vendors page it.
  private func documents(_ path: String) throws -> [JSONValue] {
    let place = path.hasPrefix("/") ? path : setting.workingDirectory + "/" + path
    guard let data = FileManager.default.contents(atPath: place), data.count <= 16 << 20 else {
      throw WorkerError(.badInput, "The policy file \(path) is not there or cannot be read.")
    }
    let node = try? Yams.compose(yaml: String(decoding: data, as: UTF8.self))
    guard let node, let value = JSONValue(node) else {
      throw WorkerError(.badInput, "The policy file \(path) is neither JSON nor YAML.")
    }
    let list: [JSONValue] =
      switch value {
      case .array(let items): items
      case .object(let members):
        if case .array(let items)? = members["value"] { items } else { [value] }
      default: []
      }
    guard !list.isEmpty, list.allSatisfy({ PolicyEdits.id(of: $0) != nil }) else {
      throw WorkerError(
        .badInput, "The policy file \(path) has to hold policies, each with its id.")
    }
    return list
  }
}

extension PolicyEdits {
  /// The edits that met nothing of what was read, as they were asked for.
  fileprivate var unmet: [String] {
    let asked =
      documents.compactMap { Self.id(of: $0).map { ("the policy file's", $0) } }
      + enabled.sorted().map { ("--enable", $0) } + disabled.sorted().map { ("--disable", $0) }
      + removedGroups.sorted().map { ("--remove-from-group", $0) }
    return asked.filter { !hasMet($0.1) }.map { "\($0.0) \($0.1)" }
  }
}
