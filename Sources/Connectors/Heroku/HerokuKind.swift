package import ConnectorKit

/// Heroku Enterprise Teams as a roster.
package struct HerokuKind: SourceKind {
  package let word = "heroku"
  package let address = SourceAddress.standard(HerokuConfiguration.defaultURL)
  package let example = """
    heroku:
      kind: heroku
      token: file:/etc/idsync/heroku.token     # heroku authorizations:create -s read, by an admin of the team
    """
  package let card = SourceCard(
    title: "Heroku Enterprise Teams", roles: [.roster],
    proves: [
      "who is on a team and with which role", "who signs in through the team's identity provider",
      "who still has a password login beside it, and whether Heroku asks that login for MFA",
    ],
    cannotTell: ["MFA behind single sign-on: Heroku does not see it; a provider has to"],
    rights: ["an authorization token with scope read, of an account that is on the team"],
    requests: "5 lists a team, a page for each 1,000 people; 2 more for an enterprise account")

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    guard let token = keys.requiredSecret("token") else { return nil }
    return { context in
      HerokuConnector(
        configuration: HerokuConfiguration(
          name: context.name, url: context.url, token: try context.secret(token),
          maxConcurrent: context.maxConcurrent, rateShare: context.rateShare, cache: context.cache),
        transport: context.transport, clock: context.clock, logger: context.logger)
    }
  }
}
