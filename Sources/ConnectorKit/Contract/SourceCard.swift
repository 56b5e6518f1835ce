/// What `idsync providers` and the README say of a kind of source.
package struct SourceCard: Sendable, Hashable {
  /// What a source can be asked for.
  package enum Role: String, Sendable, Hashable, CaseIterable {
    /// Who is on a team.
    case roster
    /// How people sign in.
    case provider
  }

  /// The product's name.
  package var title: String
  /// What it can be asked for.
  package var roles: Set<Role>
  /// What can be proven, a phrase each.
  package var proves: [String]
  /// What is proven on a condition, and on which.
  package var conditional: [String]
  /// What cannot be told, and why.
  package var cannotTell: [String]
  /// The least rights it needs, in the vendor's words.
  package var rights: [String]
  /// The requests a run costs, as a formula in plain words.
  package var requests: String

  /// Makes a card.
  package init(
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
