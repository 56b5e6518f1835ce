/// How long something may take, and which setting says so.
///
/// That of a transport runs from its making, that of a source while at least one of its requests is under way. What
/// runs out ends with `.deadline`, which is not tried again.
public struct Deadline: Sendable, Hashable {
  /// The time there is.
  public var duration: Duration

  /// Whose time it is, with a verb, for whoever reads of its end: `policy.deadline gives`.
  public var giver: String

  /// Gives something its time.
  public init(_ duration: Duration, giver: String) {
    self.duration = duration
    self.giver = giver
  }

  /// What is said when it has run out.
  var explanation: String {
    "The \(Int(duration.seconds.rounded())) s that \(giver) are over."
  }
}
