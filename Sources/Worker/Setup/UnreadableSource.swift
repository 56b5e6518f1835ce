internal import ConnectorKit
public import IdentityCore

/// Stands in for a source that cannot be asked for want of a setting or a secret: it says so, and costs only itself.
struct UnreadableSource: RosterConnector, ProviderConnector {
  let name: SourceName
  let kind: String
  /// What is wrong, with what to do.
  let problem: WorkerError
  let clock: @Sendable () -> Timestamp

  /// What its issue is called.
  static let code = "not-set-up"

  private var issue: SourceIssue {
    let place = "sources.\(name): "
    let text = problem.description
    return SourceIssue(
      code: Self.code, call: "",
      message: text.hasPrefix(place) ? String(text.dropFirst(place.count)) : text,
      remedy:
        "Mend sources.\(name) in the configuration, or the place that its secret comes from; idsync doctor checks it."
    )
  }

  private var reading: SourceReading {
    SourceReading(name: name, kind: kind, startedAt: clock(), observedAt: clock(), issues: [issue])
  }

  func readRoster(of teams: [TeamName], progress: Progress) async -> RosterReading {
    RosterReading(
      source: reading,
      teams: teams.map { team in
        TeamReading(
          team: team, roster: Roster(), hasIdentityProvider: .unknown, saysSignIn: true,
          issues: [issue])
      })
  }

  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    ProviderReading(
      source: reading,
      apps: query.apps.map { id in
        ProviderApp(
          id: id, label: id, state: .unreadable(reason: issue.message, remedy: issue.remedy))
      }, accounts: AccountTable(atomCount: 0))
  }
}

extension SourceIssue {
  /// Whether the source could not be asked at all, for want of a setting or a secret.
  public var isMisconfiguration: Bool { code == UnreadableSource.code }
}
