/// What a platform asks of all logins of a team, where that is a setting of the team and not of each login.
///
/// A second factor that a login merely has on proves nothing then: its owner may take it off again.
public struct PlatformPolicy: Sendable, Hashable {
  /// Whether everybody must have the platform's second factor on, or is kept out; unknown when it is not shown.
  public var requiresMFA: Tri
  /// Whether linked logins must come through the identity provider; unknown when nobody says.
  public var requiresSSO: Tri
  /// The identity provider whose logins have no password at the platform at all; nil when there is none.
  public var managedProvider: String?
  /// Where this was read.
  public var evidence: [EvidenceItem]

  /// Makes a policy.
  public init(
    requiresMFA: Tri, requiresSSO: Tri, managedProvider: String? = nil,
    evidence: [EvidenceItem] = []
  ) {
    self.requiresMFA = requiresMFA
    self.requiresSSO = requiresSSO
    self.managedProvider = managedProvider
    self.evidence = evidence
  }
}
