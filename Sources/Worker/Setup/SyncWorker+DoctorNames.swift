internal import ConnectorKit
internal import IdentityCore

extension SyncWorker {
  /// Reads what a run would read, and tells which names of the configuration mean nothing to their sources.
  ///
  /// These are teams, applications, mapped accounts and exempt groups. Nothing is written, and a source that failed a check
  /// before is not asked again.
  func diagnoseNames(_ factory: SourceFactory, _ lines: [Diagnosis]) async -> [Diagnosis] {
    let failed = Set(lines.filter { $0.outcome == .failure }.map(\.source))
    let teams = configuration.teams.filter { team in
      !failed.contains(team.roster)
        && configuration.providers(behind: [team]).allSatisfy { !failed.contains($0) }
    }
    guard !teams.isEmpty else { return [] }
    let reader = SourceReader(
      rosters: factory.rosters(for: teams), providers: factory.providers(for: teams), teams: teams,
      hosts: configuration.sources.mapValues(\.ssoHosts),
      routes: configuration.sources.mapValues(\.routes), progress: .none)
    var readings = await reader.read()
    readings.locateMistakes(in: configuration.file)
    readings.noteIdleExemptions(teams, now: now)
    var result = teams.flatMap { team in
      diagnose(team, readings, seen: lines) + accounts(of: team, readings)
    }
    result += apps(readings)
    result += unaccounted(readings)
    for source in readings.sources {
      result += source.issues.filter { $0.code == UnmetSettings.idleExemption }.map {
        Diagnosis(
          source: source.name, check: "exemption", outcome: .warning, message: $0.message,
          remedy: $0.remedy)
      }
    }
    return result
  }

  private func diagnose(
    _ team: TeamSettings, _ readings: RunReadings, seen: [Diagnosis]
  ) -> [Diagnosis] {
    guard let reading = readings.teams[team.name],
      let issue = reading.issues.first(where: { $0.affects == .verdicts })
    else { return [] }
    // What the source says that it has, as its own check lists it.
    let names = seen.filter { $0.source == team.roster && $0.check == "teams" }.flatMap {
      $0.message.split { " ,();".contains($0) }.map {
        String($0.hasSuffix(".") ? $0.dropLast() : $0)
      }
    }
    let nearest =
      names.contains(team.name)
      ? "" : NearestName.find(team.name, in: names).map { " Did you mean \"\($0)\"?" } ?? ""
    return [
      Diagnosis(
        source: team.name, check: "roster", outcome: .failure, message: issue.message + nearest,
        remedy: issue.remedy)
    ]
  }

  /// The accounts that `identities` names at a provider and that are not there.
  private func accounts(of team: TeamSettings, _ readings: RunReadings) -> [Diagnosis] {
    team.identities.compactMap { mapping in
      guard let name = mapping.account, let provider = mapping.provider,
        let reading = readings.providers[provider], reading.source.isComplete,
        reading.accounts.position(ofID: name) == nil
      else { return nil }
      let key = EmailKey.make(name)
      for position in 0..<reading.accounts.count {
        let account = reading.accounts[position]
        let names = [account.id, account.login, account.email].compactMap(\.self) + account.aliases
        if names.contains(where: { EmailKey.make($0) == key }) { return nil }
      }
      return Diagnosis(
        source: team.name, check: "identities", outcome: .failure,
        message:
          "\(mapping.member) is mapped to the account \(name) of \(provider), which has none of that name.",
        remedy:
          "Mend `account` in the identities of \(team.name): the account's id, login or address.")
    }
  }

  /// The applications that their providers do not know, or that cannot be judged.
  private func apps(_ readings: RunReadings) -> [Diagnosis] {
    readings.providers.sorted { $0.key < $1.key }.flatMap { provider, reading in
      reading.apps.compactMap { app in
        let (outcome, message, remedy): (Diagnosis.Outcome, String, String) =
          switch app.state {
          case .readable: (.good, "\(app.label) can be judged", "")
          case .inactive(let reason): (.warning, reason, "see whether sign_in names the right app")
          case .unreadable(let reason, let remedy), .unjudged(let reason, let remedy):
            (.failure, reason, remedy)
          }
        guard outcome != .good else { return nil }
        return Diagnosis(
          source: provider, check: "app \(app.id)", outcome: app.isMissing ? .failure : outcome,
          message: message, remedy: remedy)
      }
    }
  }

  /// The doors and modifiers that nobody knows, each with the line that vouches for it; and vouches that count no more.
  private func unaccounted(_ readings: RunReadings) -> [Diagnosis] {
    readings.providers.sorted { $0.key < $1.key }.flatMap { provider, reading in
      let void = reading.source.issues.filter { $0.code == "vouch-void" }.map {
        Diagnosis(
          source: provider, check: "vouch", outcome: .warning, message: $0.message,
          remedy: $0.remedy)
      }
      let open = reading.apps.flatMap { app in
        app.inventory.compactMap { entry in
          entry.vouchLine(at: app.id).map { line in
            Diagnosis(
              source: provider, check: "app \(app.id)", outcome: .warning,
              message: "Nobody knows of \(entry.name): \(entry.why).",
              remedy:
                "\(entry.remedy). Or vouch for it, under `vouch` of \(provider): \(line)")
          }
        }
      }
      return void + open
    }
  }
}
