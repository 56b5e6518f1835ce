package import IdentityCore

/// A source that can check its own set-up.
package protocol Diagnosable: Sendable {
  /// Checks credentials, scopes, role, TLS and clock with the fewest requests that can tell.
  ///
  /// - Returns: one line a check, in the order made; never empty.
  func diagnose() async -> [DiagnosticLine]

  /// The same for a source whose requests name a team: one of those configured is asked for.
  func diagnose(asking teams: [TeamName]) async -> [DiagnosticLine]
}

extension Diagnosable {
  /// Asks as for any team.
  package func diagnose(asking teams: [TeamName]) async -> [DiagnosticLine] { await diagnose() }
}

/// One check of `idsync doctor`.
package struct DiagnosticLine: Sendable, Codable, Hashable {
  /// How the check ended.
  package enum Outcome: String, Sendable, Codable, Hashable {
    case good, warning, failure
  }

  /// The source checked.
  package var source: SourceName
  /// What was checked: `credentials`, `clock`, `scope okta.policies.read`.
  package var check: String
  /// How it ended.
  package var outcome: Outcome
  /// What was found, one sentence.
  package var message: String
  /// What to do about it; empty when all is well.
  package var remedy: String

  /// Makes a line.
  package init(
    source: SourceName, check: String, outcome: Outcome, message: String, remedy: String = ""
  ) {
    self.source = source
    self.check = check
    self.outcome = outcome
    self.message = message
    self.remedy = remedy
  }
}
