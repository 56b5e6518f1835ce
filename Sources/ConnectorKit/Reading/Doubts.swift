package import IdentityCore

/// What the loss of a call makes uncertain.
package struct Doubts: Sendable, Hashable {
  /// Where it is refused for good, or not there.
  package var refused: SourceIssue.Affects
  /// Where it went wrong.
  package var failed: SourceIssue.Affects

  /// The same for both.
  package static let verdicts = Doubts(refused: .verdicts, failed: .verdicts)
  /// Only what hangs on it: the model knows it as unknown.
  package static let parts = Doubts(refused: .parts, failed: .parts)
  /// Enrolment and names.
  package static let details = Doubts(refused: .details, failed: .details)
  /// Only what hangs on it where it is refused, and every verdict where it went wrong.
  package static let partsWhenRefused = Doubts(refused: .parts, failed: .verdicts)

  /// What a failure makes uncertain; without credentials nothing else is read either.
  func affects(_ error: ConnectorError) -> SourceIssue.Affects {
    switch error.code {
    case .unauthorised: self == .details ? .details : .verdicts
    case .forbidden, .notFound: refused
    default: failed
    }
  }
}
