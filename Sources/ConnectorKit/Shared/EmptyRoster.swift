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

extension TeamReading {
  /// The same reading, not complete where it was read to its end without anybody on the team.
  ///
  /// - Parameter needsMembers: whether outsiders and the invited alone are no team.
  package func refusingEmptiness(
    source: SourceName, call: String, needsMembers: Bool = false
  ) -> TeamReading {
    guard isComplete else { return self }
    let isEmpty =
      needsMembers
      ? !(0..<roster.count).contains { roster[$0].kind == .member } : roster.count == 0
    guard isEmpty else { return self }
    var reading = self
    reading.issues.append(.emptyRoster(team, source: source, call: call))
    return reading
  }
}
