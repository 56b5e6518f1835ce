internal import ConnectorKit
public import IdentityCore

/// What there is to know of a kind of source before it is configured.
public struct SourceKindCard: Sendable {
  /// Its word in the configuration.
  public var word: String
  /// The product's name.
  public var title: String
  /// `roster`, `provider`, or both.
  public var roles: [String]
  /// What can be proven.
  public var proves: [String]
  /// What is proven on a condition.
  public var conditional: [String]
  /// What cannot be told.
  public var cannotTell: [String]
  /// The least rights it needs.
  public var rights: [String]
  /// The requests a run costs.
  public var requests: String
  /// The doors and modifiers that every proof accounts for.
  public var inventory: [InventoryRow]
  /// An annotated entry of `sources`, in YAML.
  public var example: String

  /// All kinds, in the order shown.
  public static var all: [SourceKindCard] {
    SourceKinds.all.map { kind in
      SourceKindCard(
        word: kind.word, title: kind.card.title, roles: kind.card.roles.map(\.rawValue).sorted(),
        proves: kind.card.proves, conditional: kind.card.conditional,
        cannotTell: kind.card.cannotTell, rights: kind.card.rights, requests: kind.card.requests,
        inventory: kind.inventory, example: kind.example)
    }
  }
}
