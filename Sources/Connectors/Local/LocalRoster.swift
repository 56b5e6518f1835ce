internal import ConnectorKit
internal import IdentityCore

/// Teams whose system of record is our own store, as a roster like any other.
///
/// It says nothing of how people sign in: the configured `sign_in` is their door.
struct LocalRoster: RosterConnector, Diagnosable {
  let name: SourceName
  let kind = LocalKind.word
  let localTeam: @Sendable (TeamName) throws -> TeamState
  let clock: @Sendable () -> Timestamp

  /// Reads the people of some teams; those with access to apps only are collaborators.
  func readRoster(of teams: [TeamName], progress: Progress) async -> RosterReading {
    let startedAt = clock()
    var readings: [TeamReading] = []
    for team in teams {
      let reading = read(team)
      progress(name, "members of \(team)", done: reading.roster.count)
      readings.append(reading)
    }
    let source = SourceReading(
      name: name, kind: kind, fetched: readings.reduce(0) { $0 + $1.roster.count },
      startedAt: startedAt, observedAt: clock(), issues: readings.flatMap(\.issues))
    return RosterReading(source: source, teams: readings)
  }

  private func read(_ team: TeamName) -> TeamReading {
    var roster = Roster()
    do {
      let state = try localTeam(team)
      for (_, member) in state.members.sorted(by: { $0.key < $1.key }) {
        roster.append(
          RosterMember(
            email: member.email, role: member.role, federated: .unknown, platformMFA: .unknown))
      }
      for outsider in state.outsiders {
        roster.append(
          RosterMember(
            email: outsider.email, role: .collaborator, kind: .collaborator, federated: .unknown,
            platformMFA: .unknown))
      }
      // A team that nobody was put on yet is just that: whether it had people is for the run to look at.
      return TeamReading(
        team: team, roster: roster, hasIdentityProvider: .no, saysSignIn: false)
    } catch {
      let issue = SourceIssue(
        code: "store", call: "store", message: "\(error)", remedy: "check the store: idsync doctor")
      return TeamReading(
        team: team, roster: roster, hasIdentityProvider: .unknown, saysSignIn: false,
        issues: [issue])
    }
  }

  /// Looks whether the store can be read.
  func diagnose() async -> [DiagnosticLine] {
    do {
      _ = try localTeam("")
      return [
        DiagnosticLine(
          source: name, check: "store", outcome: .good, message: "Local teams can be read.")
      ]
    } catch {
      return [
        DiagnosticLine(source: name, check: "store", outcome: .failure, message: "\(error)")
      ]
    }
  }
}
