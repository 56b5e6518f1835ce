package import ConnectorKit
internal import IdentityCore

/// Our own store as a roster: teams that are managed with the commands of this program.
package struct LocalKind: SourceKind {
  /// The word in the configuration; also good as the `roster` of a team without an entry in `sources`.
  package static let word = "local"

  /// The word in the configuration.
  package var word: String { Self.word }
  /// There is no address.
  package let address = SourceAddress.none
  /// An entry of `sources`, annotated.
  package let example = """
    books:
      kind: local                              # a team may also say roster: local, without an entry here
    """
  /// What it is for.
  package let card = SourceCard(
    title: "Local teams", roles: [.roster],
    proves: ["who is on a team and with which role, and who may touch which app"],
    cannotTell: ["how people sign in: the configured sign_in is their only door"],
    rights: ["to read and write the store"], requests: "none")

  /// Makes the kind.
  package init() {}

  /// It has no keys.
  package func configure(_ keys: any SourceKeys) -> SourceMaker? { Self.make }

  /// Makes the roster.
  package static let make: SourceMaker = { context in
    LocalRoster(name: context.name, localTeam: context.localTeam, clock: context.clock)
  }
}
