/// Something that channels are told of a team once, and that is no finding of anybody.
public struct AlertNotice: Sendable, Codable, Hashable {
  /// What it is about.
  public enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
    /// A source could not be read, or not to its end.
    case sourceFailed = "source-failed"
    /// A source could be read to its end again.
    case sourceRecovered = "source-recovered"
    /// The guard holds a part of the run.
    case runHeld = "run-held"
  }

  /// What it is about.
  public var kind: Kind
  /// The source, or the id of the held plan.
  public var subject: String
  /// What happened, one sentence.
  public var message: String
  /// What to do about it; empty when nothing is to be done.
  public var remedy: String

  /// Makes a notice.
  public init(kind: Kind, subject: String, message: String, remedy: String) {
    self.kind = kind
    self.subject = subject
    self.message = message
    self.remedy = remedy
  }
}
