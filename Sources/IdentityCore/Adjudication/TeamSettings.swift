/// What the configuration says about one team.
public struct TeamSettings: Sendable, Hashable {
  /// The team.
  public var name: TeamName
  /// The source that says who is on it.
  public var roster: SourceName
  /// The configured ways to sign in; several are several doors.
  public var signIn: [SignInTarget]
  /// The exemptions of its members.
  public var exemptions: [Exemption]

  /// Makes settings.
  public init(
    name: TeamName, roster: SourceName, signIn: [SignInTarget], exemptions: [Exemption] = []
  ) {
    self.name = name
    self.roster = roster
    self.signIn = signIn
    self.exemptions = exemptions
  }
}
