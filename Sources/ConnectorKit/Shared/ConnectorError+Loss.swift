package import IdentityCore

extension ConnectorError {
  /// What is lost with a call: one thing where it is refused for good or not there, another where it went wrong.
  package func loss(
    whenRefused refused: SourceIssue.Affects, otherwise: SourceIssue.Affects = .verdicts
  ) -> SourceIssue.Affects {
    code == .forbidden || code == .notFound ? refused : otherwise
  }
}
