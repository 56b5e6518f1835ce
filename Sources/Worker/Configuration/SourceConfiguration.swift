internal import ConnectorKit
internal import IdentityCore

/// One entry of `sources`: what is common to all kinds, and what makes the source.
struct SourceConfiguration: Sendable {
  var name: SourceName
  var kind: any SourceKind
  /// Which tenant, realm or server it is about, in the words of the configuration.
  var place: String
  /// Nil where the kind's own address is meant, or it has none.
  var url: URLHandle?
  var maxConcurrent: Int
  var rateShare: Double
  /// How long its requests may take in one run, in seconds; nil for the part of the run's that every source has.
  var deadline: Int64?
  /// Further hosts under which the provider is known in SAML settings: custom domains.
  var ssoHosts: [String]
  /// Where other providers stand behind this one.
  var routes: [UpstreamRoute]
  var make: SourceMaker
  /// What the operator vouches for.
  var vouches: [Vouch] = []
  /// The file that it reads, as the configuration gives it; nil for sources that are no file.
  var file: String? = nil

  /// Whether it can say who is on a team.
  var isRoster: Bool { kind.card.roles.contains(.roster) }
  /// Whether it can say how people sign in.
  var isProvider: Bool { kind.card.roles.contains(.provider) }
}

extension Configuration {
  /// Where the people of a team are changed.
  func rosterPlace(of team: TeamName) -> RosterPlace {
    guard let settings = teams.first(where: { $0.name == team }),
      let source = sources[settings.roster]
    else { return .commands }
    return rosterPlace(source)
  }

  /// Where the people of the teams of a source are changed.
  func rosterPlace(_ source: SourceConfiguration) -> RosterPlace {
    if source.kind is any TeamChangingKind { return .commands }
    if let file = source.file { return .file(file, source: source.name) }
    return .system(kind: source.kind.word, source: source.name)
  }
}
