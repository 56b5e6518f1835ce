package import ConnectorKit

/// Keycloak, and the Red Hat build of it, as a provider.
package struct KeycloakKind: SourceKind {
  package let word = "keycloak"
  package let address = SourceAddress.required
  package let readsGroups = true
  package let inventory = KeycloakDoors.allCases.map(\.row)
  package let example = """
    sso:
      kind: keycloak
      url: https://sso.acme.com            # with /auth where the server is under it
      realm: acme
      auth_realm: acme                     # the realm of the client below, by default the same
      client_id: idsync
      client_secret: env:KEYCLOAK_CLIENT_SECRET
      second_factor_providers: [ acme-sms-otp ]   # authenticators of others that ask for a second factor
      enrolment_driven: not-enforced       # or enforced-conditionally
      collect: [ factors ]
      # login_url: https://sso.acme.com    # where tokens come from, by default the same
    """
  package let card = SourceCard(
    title: "Keycloak (and Red Hat build of Keycloak)", roles: [.provider],
    proves: [
      "what the flows of a client ask of every person, step by step, with roles, groups, attributes and levels (ACR)",
      "the password grant, sessions opened through other clients, and identity providers with a flow behind them",
      "what first sign-ins through identity providers, the reset of a password, SAML ECP and client policies ask for",
    ],
    conditional: [
      "a session opened through a client with a weaker flow or with an identity provider that asks for less, unless a minimum ACR value asks for more",
      "levels that only the client asks for: people can lower them in the address",
      "steps that request headers or optional scopes skip",
      "steps that an attribute skips which people may edit",
      "sessions that last for more than a day, clients that exchange tokens of others",
    ],
    cannotTell: [
      "authenticators and conditions of others, unless named under second_factor_providers",
      "attribute conditions with patterns, minimum ACR values of SAML clients",
      "identity providers behind Keycloak that no source reads, also for people who are not linked yet, unless first sign-ins let nobody in who has an account",
      "sign-ins that a service asks for (CIBA) or that another issuer vouches for (JWT authorization grant), unless vouched for",
    ],
    rights: [
      "a confidential client with service accounts and these roles of realm-management: view-realm, view-users, view-clients, view-identity-providers"
    ],
    requests:
      "a page for each 500 users and 100 clients, one a flow and a configured step, a list for each role, group and identity provider that a flow mentions, one a person who is linked to an identity provider, and one or two a person of a user federation where a flow asks for roles or groups"
  )

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let realm = keys.requiredString("realm")
    let authRealm = keys.string("auth_realm")
    let clientID = keys.requiredString("client_id")
    let secret = keys.requiredSecret("client_secret")
    let login = keys.url("login_url")
    let providers = Set(keys.strings("second_factor_providers") ?? [])
    let enrolment =
      keys.choice("enrolment_driven", KeycloakConfiguration.EnrolmentDriven.self) ?? .notEnforced
    let collectFactors = keys.collectsFactors()
    guard let realm, let clientID, let secret else { return nil }
    return { context in
      KeycloakConnector(
        configuration: KeycloakConfiguration(
          name: context.name, url: context.url, loginURL: try login.map { try context.url($0) },
          realm: realm, authRealm: authRealm, clientID: clientID,
          clientSecret: try context.secret(secret), secondFactorProviders: providers,
          enrolmentDriven: enrolment, collectFactors: collectFactors, vouches: context.vouches,
          maxConcurrent: context.maxConcurrent),
        transport: context.transport, clock: context.clock, logger: context.logger)
    }
  }
}
