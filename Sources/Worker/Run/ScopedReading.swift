internal import IdentityCore
internal import Storage

/// How one source was read for one team.
struct ScopedReading: Codable {
  var source: SourceName
  var team: TeamName
  var role: ReadingRole
  var quality: ReadingQuality
  var at: Timestamp
  /// The gravest reason for not being complete.
  var issue: SourceIssue?

  func note(in writer: inout CommitWriter) throws {
    try writer.teamReading(of: source, for: team, as: role, quality, at: at, issue: issue)
  }
}

/// What a held run needs beside its changes to be carried out later.
struct HeldRun: Codable {
  struct Team: Codable {
    var name: TeamName
    var rosterSource: SourceName
    /// The newest version of a member of the team that the changes were worked out from.
    var version: Int64
    /// What the configuration said of the team then; nil in plans of older versions.
    var scope: String?
  }

  var teams: [Team]
  var readings: [ScopedReading]
  /// What tells the changes from those of another plan.
  var digest: String
}
