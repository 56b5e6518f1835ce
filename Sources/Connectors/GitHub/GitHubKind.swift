package import ConnectorKit

/// Organisations at GitHub as a roster; the organisation's login is the team.
package struct GitHubKind: SourceKind {
  package let word = "github"
  package let address = SourceAddress.standard(GitHubConfiguration.defaultURL)
  package let example = """
    github:
      kind: github
      token: env:GITHUB_TOKEN     # of an owner, with read:org; or an app:
      # client_id: Iv23liAcme
      # installation_id: "4711"
      # private_key: file:/run/secrets/github-app.pem
      saml: enforced              # or optional, or none; no API shows which
      enterprise: acme            # where the identity provider belongs to the enterprise
      shortcode: acme             # where users are managed: ana_acme
    """
  package let card = SourceCard(
    title: "GitHub organisations", roles: [.roster],
    proves: [
      "who is a member or an outside collaborator, and who is an owner",
      "whether the organisation requires two-factor authentication of everybody",
      "who has no second factor, or only a weak one",
      "who is linked to the organisation's identity provider, and who is not",
    ],
    conditional: [
      "whether single sign-on is required: the configuration says so (saml)",
      "which people of the identity provider managed users are: with enterprise configured",
    ],
    cannotTell: [
      "whether two-factor authentication is required, unless the token is an owner's",
      "addresses of members who are not linked to an identity provider: they go by their login",
    ],
    rights: [
      "a token of an owner with read:org, authorised for single sign-on",
      "or an app with Members: read and Administration: read",
    ],
    requests:
      "1 an organisation, 4 lists of members and 3 of outside collaborators with a page for each 100 people, and a page for each 100 linked identities"
  )

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let token = keys.secret("token")
    let clientID = keys.string("client_id")
    let installation = keys.string("installation_id")
    let key = keys.secret("private_key")
    let saml = keys.choice("saml", GitHubConfiguration.SAML.self)
    let enterprise = keys.string("enterprise")
    let shortcode = keys.string("shortcode")
    guard let credentials = credentials(keys, token, clientID, installation, key) else {
      return nil
    }
    return { context in
      return GitHubConnector(
        configuration: GitHubConfiguration(
          name: context.name, url: context.url, credentials: try credentials(context),
          saml: saml,
          enterprise: enterprise, shortcode: shortcode, maxConcurrent: context.maxConcurrent,
          rateShare: context.rateShare, cache: context.cache), transport: context.transport,
        clock: context.clock, logger: context.logger)
    }
  }

  private func credentials(
    _ keys: any SourceKeys, _ token: SecretHandle?, _ clientID: String?, _ installation: String?,
    _ key: SecretHandle?
  ) -> (@Sendable (SourceContext) throws -> GitHubConfiguration.Credentials)? {
    let appKeys = ["client_id", "installation_id", "private_key"]
    let given = appKeys.filter(keys.names.contains)
    if keys.names.contains("token"), given.isEmpty {
      guard let token else { return nil }
      return { .token(try $0.secret(token)) }
    }
    if !keys.names.contains("token"), given == appKeys {
      guard let clientID, let installation, let key else { return nil }
      return {
        .app(clientID: clientID, keyPEM: try $0.secret(key), installation: installation)
      }
    }
    keys.reject("give either token, or client_id with installation_id and private_key")
    return nil
  }
}
