package import ConnectorKit
package import IdentityCore

/// Auth0 as a provider.
package struct Auth0Kind: SourceKind {
  package let word = "auth0"
  package let address = SourceAddress.required
  package let inventory = Auth0Doors.allCases.map(\.row)
  package let example = """
    auth0:
      kind: auth0
      url: https://acme.eu.auth0.com         # the canonical domain, not a custom one
      client_id: AbC…                        # a machine-to-machine application
      client_secret: env:AUTH0_SECRET
      # login_url: https://acme.eu.auth0.com # where tokens come from
      # audience: https://acme.eu.auth0.com/api/v2/
      attest:                                # what you say of Actions after reading their code
        - { action: 3f0c1d2e, code_sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", says: enforced }
      vouch:
        - { row: remembered-browser, reason: the page does not offer it, by: ciso@acme.com, until: 2027-05-01 }
      upstream:                              # who stands behind an enterprise or social connection
        - { idp: acme-okta, provider: okta, app: 0oa1b2c3d4 }
    """
  package let card = SourceCard(
    title: "Auth0", roles: [.provider],
    proves: [
      "the tenant's MFA policy for all applications, as long as no Action can switch it off"
    ],
    conditional: [
      "adaptive MFA: a sign-in that Auth0 calls trustworthy gets in with one factor",
      "a policy that the code of an Action switches off",
      "browsers that are remembered for 30 days, unless the operator vouches that nobody is offered it; sessions of more than a day",
    ],
    cannotTell: [
      "an Action or a Rule whose code may switch MFA off, unless the operator vouches for it",
      "MFA that the code of an Action asks for, unless you attest the Action by the hash of its code",
      "tenants of more than 1,000 users: the search shows no more",
      "where the tenant asks for nothing: people of an enterprise or social connection, unless a source reads what stands behind it",
    ],
    rights: [
      "read:users, read:mfa_policies, read:guardian_factors, read:clients, read:actions, read:tenant_settings, read:rules, read:connections"
    ],
    requests: "9, one an application and a bound Action, a page for each 100 users")

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let login = keys.url("login_url")
    let audience = keys.string("audience")
    let clientID = keys.requiredString("client_id")
    let secret = keys.requiredSecret("client_secret")
    let attestations = keys.mappings("attest").compactMap(attestation)
    guard let clientID, let secret else { return nil }
    return { context in
      Auth0Connector(
        configuration: Auth0Configuration(
          name: context.name, url: context.url, loginURL: try login.map { try context.url($0) },
          audience: audience, clientID: clientID, clientSecret: try context.secret(secret),
          attestations: attestations, vouches: context.vouches,
          maxConcurrent: context.maxConcurrent,
          rateShare: context.rateShare),
        transport: context.transport, clock: context.clock, logger: context.logger)
    }
  }

  private func attestation(_ keys: any SourceKeys) -> Auth0Configuration.Attestation? {
    let action = keys.requiredString("action")
    let hash = keys.requiredString("code_sha256")
    if !keys.names.contains("says") { keys.missing("says") }
    let word = keys.choice("says", Auth0Configuration.Attestation.Word.self)
    keys.finish()
    guard let action, let hash, let word else { return nil }
    guard hash.utf8.count == 64, hash.allSatisfy(\.isHexDigit) else {
      keys.reject("code_sha256", "expected 64 hexadecimal digits")
      return nil
    }
    return Auth0Configuration.Attestation(action: action, codeSHA256: hash, word: word)
  }
}
