package import IdentityCore

/// Reads who is on a team at its system of record.
package protocol RosterConnector: Sendable {
  /// The name in the configuration.
  var name: SourceName { get }
  /// The kind of source, e.g. `heroku`.
  var kind: String { get }

  /// Reads the people of some teams.
  ///
  /// Never throws: what could not be read is an issue of the source or of the team it belongs to, and a team whose list
  /// broke off says so and keeps the people read until then.
  func readRoster(of teams: [TeamName], progress: Progress) async -> RosterReading
}

/// What a roster source said about the teams asked for.
package struct RosterReading: Sendable {
  /// How it was read; holds the issues of every team as well.
  package var source: SourceReading
  /// The teams, in the order asked.
  package var teams: [TeamReading]

  /// Makes a reading.
  package init(source: SourceReading, teams: [TeamReading]) {
    self.source = source
    self.teams = teams
  }
}
