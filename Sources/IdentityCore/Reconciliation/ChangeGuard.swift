/// Holds a run back that would change suspiciously much.
public struct ChangeGuard: Sendable, Hashable {
  /// The largest allowed share of a team's members, 0 to 1.
  public var maximumChanged: Double
  /// Fewer changes than this never hold a run.
  public var atLeast: Int

  /// Makes a guard; the defaults are those of the configuration.
  public init(maximumChanged: Double = 0.2, atLeast: Int = 5) {
    self.maximumChanged = maximumChanged
    self.atLeast = atLeast
  }

  /// Whether a team's changes are to be held; a team seen for the first time never is.
  public func holds(_ outcome: TeamOutcome) -> Bool {
    outcome.prior > 0 && outcome.moved >= atLeast
      && Double(outcome.moved) > maximumChanged * Double(outcome.prior)
  }
}
