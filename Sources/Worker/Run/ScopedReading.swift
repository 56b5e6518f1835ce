internal import IdentityCore
internal import Storage

/// How one reading went: a roster for one team, or a provider for all.
struct ScopedReading: Codable {
  var source: SourceName
  /// The team of a roster; empty for a provider.
  var scope: String
  var isComplete: Bool
  var at: Timestamp
  var issues: [SourceIssue]

  func note(in writer: inout CommitWriter) throws {
    try writer.reading(of: source, scope: scope, isComplete: isComplete, at: at, issues: issues)
  }
}

/// What a held run needs beside its changes to be carried out later.
struct HeldRun: Codable {
  struct Team: Codable {
    var name: TeamName
    var rosterSource: SourceName
  }

  var teams: [Team]
  var readings: [ScopedReading]
}
