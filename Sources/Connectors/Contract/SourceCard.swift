/// What `idsync providers` and the README say of a kind of source.
public struct SourceCard: Sendable, Hashable {
  /// What a source can be asked for.
  public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Who is on a team.
    case roster
    /// How people sign in.
    case provider
  }

  /// The product's name.
  public var title: String
  /// What it can be asked for.
  public var roles: Set<Role>
  /// What can be proven, a phrase each.
  public var proves: [String]
  /// What is proven on a condition, and on which.
  public var conditional: [String]
  /// What cannot be told, and why.
  public var cannotTell: [String]
  /// The least rights it needs, in the vendor's words.
  public var rights: [String]
  /// The requests a run costs, as a formula in plain words.
  public var requests: String

  /// Makes a card.
  public init(
    title: String, roles: Set<Role>, proves: [String], conditional: [String] = [],
    cannotTell: [String] = [], rights: [String], requests: String
  ) {
    self.title = title
    self.roles = roles
    self.proves = proves
    self.conditional = conditional
    self.cannotTell = cannotTell
    self.rights = rights
    self.requests = requests
  }
}
