public import IdentityCore

/// A source that can check its own set-up.
public protocol Diagnosable: Sendable {
  /// Checks credentials, scopes, role, TLS and clock with the fewest requests that can tell.
  ///
  /// - Returns: one line a check, in the order made; never empty.
  func diagnose() async -> [DiagnosticLine]

  /// The same for a source whose requests name a team: one of those configured is asked for.
  func diagnose(asking teams: [TeamName]) async -> [DiagnosticLine]
}

extension Diagnosable {
  /// Asks as for any team.
  public func diagnose(asking teams: [TeamName]) async -> [DiagnosticLine] { await diagnose() }
}

/// One check of `idsync doctor`.
public struct DiagnosticLine: Sendable, Codable, Hashable {
  /// How the check ended.
  public enum Outcome: String, Sendable, Codable, Hashable {
    case good, warning, failure
  }

  /// The source checked.
  public var source: SourceName
  /// What was checked: `credentials`, `clock`, `scope okta.policies.read`.
  public var check: String
  /// How it ended.
  public var outcome: Outcome
  /// What was found, one sentence.
  public var message: String
  /// What to do about it; empty when all is well.
  public var remedy: String

  /// Makes a line.
  public init(
    source: SourceName, check: String, outcome: Outcome, message: String, remedy: String = ""
  ) {
    self.source = source
    self.check = check
    self.outcome = outcome
    self.message = message
    self.remedy = remedy
  }
}
