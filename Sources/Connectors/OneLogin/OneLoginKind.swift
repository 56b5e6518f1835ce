package import ConnectorKit
package import IdentityCore

/// OneLogin as a provider; what its policies ask for has to be vouched for, since no API shows it.
package struct OneLoginKind: SourceKind {
  package let word = "onelogin"
  package let address = SourceAddress.required
  package let readsGroups = true
  package let inventory = OneLoginDoors.allCases.map(\.row)
  package let example = """
    onelogin:
      kind: onelogin
      url: https://acme.onelogin.com
      client_id: 1f2e3d
      client_secret: env:ONELOGIN_SECRET      # of API credentials with the scope Read All
      policies:
        app: { "410": enforced }              # by the policy's id: enforced, conditional or none
        user_by_group: { "77": enforced, default: none }   # default: no group, and groups not named here
        attested_by: ciso@acme.com
        attested_on: 2026-11-01
      vouch:
        - { row: trusted-idp-first, reason: no trusted IdP is in force, by: ciso@acme.com, until: 2027-05-01 }
        - { row: password-reset, reason: policies ask for a factor, by: ciso@acme.com, until: 2027-05-01 }
      # collect: [factors]                    # enrolled factors too: one request a person
    """
  package let card = SourceCard(
    title: "OneLogin", roles: [.provider],
    proves: [
      "which policy stands before an application, and which group's policy before a person"
    ],
    conditional: [
      "what those policies ask for: only as far as the operator vouches for them, by id (policies)"
    ],
    cannotTell: [
      "what a policy asks for that nobody vouches for: no API shows the contents of policies",
      "what a trusted identity provider asks for, unless a source reads it",
    ],
    rights: ["API credentials with the scope Read All"],
    requests:
      "a page for each 100 users, one an application and a page for each 100 of its users")

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let clientID = keys.requiredString("client_id")
    let secret = keys.requiredSecret("client_secret")
    let attestation = attestation(keys)
    let collectFactors = keys.collectsFactors()
    guard let clientID, let secret else { return nil }
    return { context in
      OneLoginConnector(
        configuration: OneLoginConfiguration(
          name: context.name, url: context.url, clientID: clientID,
          clientSecret: try context.secret(secret), attestation: attestation,
          vouches: context.vouches, collectFactors: collectFactors,
          maxConcurrent: context.maxConcurrent,
          rateShare: context.rateShare), transport: context.transport, clock: context.clock,
        logger: context.logger)
    }
  }

  private func attestation(_ keys: any SourceKeys) -> OneLoginConfiguration.Attestation {
    guard let section = keys.mapping("policies") else { return .init() }
    var attestation = OneLoginConfiguration.Attestation(
      apps: attested(section, "app"), groups: attested(section, "user_by_group"),
      author: section.string("attested_by"), date: section.string("attested_on"))
    attestation.fallback = attestation.groups.removeValue(forKey: "default")
    section.finish()
    return attestation
  }

  private func attested(
    _ section: any SourceKeys, _ key: String
  ) -> [String: OneLoginConfiguration.Attested] {
    guard let entries = section.mapping(key) else { return [:] }
    var found: [String: OneLoginConfiguration.Attested] = [:]
    for name in entries.names {
      found[name] = entries.choice(name, OneLoginConfiguration.Attested.self)
    }
    entries.finish()
    return found
  }
}
