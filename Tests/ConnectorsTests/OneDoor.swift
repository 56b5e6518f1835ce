import ConnectorKit
import IdentityCore

/// A team whose only door is one application of one provider: what a reading means for somebody on it.
struct OneDoor {
  let provider: ProviderReading
  let app: AppID
  /// Providers behind it, by source.
  var behind: [SourceName: ProviderReading] = [:]

  /// Reads a provider for some people.
  static func read(
    _ connector: some ProviderConnector, app: AppID, people: [String],
    collectFactors: Bool = false
  ) async -> OneDoor {
    let keys = people.map { EmailKey.make($0) }
    let reading = await connector.readProvider(
      ProviderQuery(apps: [app], collectFactors: collectFactors) { WatchList(keys: keys) },
      progress: .none)
    return OneDoor(provider: reading, app: app)
  }

  /// The record of a member with an address.
  ///
  /// - Parameter beside: further doors of the team.
  func record(_ email: String, beside: [SignInTarget] = []) -> MemberRecord {
    records([email], beside: beside)[0]
  }

  /// The records of several members, judged together.
  func records(_ emails: [String], beside: [SignInTarget] = []) -> [MemberRecord] {
    var roster = Roster()
    for email in emails {
      roster.append(
        RosterMember(email: email, role: .member, federated: .unknown, platformMFA: .unknown))
    }
    let team = TeamReading(
      team: "acme-widgets", roster: roster, hasIdentityProvider: .unknown, saysSignIn: false)
    var providers = behind
    providers[provider.source.name] = provider
    var adjudicator = Adjudicator(
      settings: TeamSettings(
        name: "acme-widgets", roster: "csv",
        signIn: [SignInTarget(provider: provider.source.name, app: app)] + beside),
      reading: team, providers: providers, now: provider.source.observedAt)
    // People are judged in the order of their keys.
    let records = emails.indices.map { adjudicator.person($0).record }
    let places = Dictionary(uniqueKeysWithValues: records.enumerated().map { ($1.key, $0) })
    return emails.compactMap { places[EmailKey.make($0)].map { records[$0] } }
  }
}
