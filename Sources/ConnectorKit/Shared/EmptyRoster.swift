package import IdentityCore

extension SourceIssue {
  /// A team's list that was read to its end and names nobody: it ends nothing.
  ///
  /// A team has somebody on it, so that a list without anybody is a right that was lost, a team under another name or a
  /// filter that fits nobody; none of these says that people are gone.
  static func emptyRoster(_ team: TeamName, source: SourceName, call: String) -> SourceIssue {
    SourceIssue(
      code: "empty", call: call,
      message:
        "\(source) names nobody on team \(team), which cannot be: its list counts as not read.",
      remedy:
        "Check how \(source) spells the team and that its credentials may see the people; a team without people needs no source."
    )
  }
}

extension SourceIssue {
  /// A team without anybody who administers it, where the platform has none: the roles are not what they seem.
  fileprivate static func noAdministrator(
    _ team: TeamName, source: SourceName, call: String
  ) -> SourceIssue {
    SourceIssue(
      code: ConnectorError.Code.contradiction.rawValue, call: call, status: 200,
      message:
        "\(source) names no administrator of team \(team), which cannot be: a role is missing or not known.",
      remedy: "Try again; if it stays, report the roles that \(source) names.")
  }
}

extension TeamReading {
  /// The same reading, not complete where it was read to its end without anybody on the team.
  ///
  /// - Parameters:
  ///   - needsMembers: whether outsiders and the invited alone are no team.
  ///   - knownRoles: the roles of a platform whose teams always have an administrator: without one, a member of another role,
  ///     or of none that is told, is it.
  package func refusingEmptiness(
    source: SourceName, call: String, needsMembers: Bool = false, knownRoles: Set<Role> = []
  ) -> TeamReading {
    guard isComplete else { return self }
    let isEmpty =
      needsMembers
      ? !(0..<roster.count).contains { roster[$0].kind == .member } : roster.count == 0
    var reading = self
    if isEmpty {
      reading.issues.append(.emptyRoster(team, source: source, call: call))
    } else if !knownRoles.isEmpty, hidesAdministrator(knownRoles) {
      reading.issues.append(.noAdministrator(team, source: source, call: call))
    }
    return reading
  }

  private func hidesAdministrator(_ known: Set<Role>) -> Bool {
    let members = (0..<roster.count).lazy.map { roster[$0] }.filter { $0.kind == .member }
    return members.contains { !known.contains($0.role) }
      && !members.contains { $0.role.isAdministrator }
  }
}
