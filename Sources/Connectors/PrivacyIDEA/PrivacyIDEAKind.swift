package import ConnectorKit

/// privacyIDEA, a server of second factors, as a provider.
package struct PrivacyIDEAKind: SourceKind {
  private enum Remember: String, CaseIterable {
    case note
    case conditional = "enforced-conditionally"
  }

  package let word = "privacyidea"
  package let address = SourceAddress.required
  package let example = """
    tokens:
      kind: privacyidea
      url: https://pi.acme.com
      username: idsync                     # an administrator without a token of its own
      password: env:PRIVACYIDEA_PASSWORD
      realm: acme                          # the realm of the people
      # admin_realm: admins                # the realm of the administrator, where there is one
      front: keycloak flow browser         # what asks privacyIDEA before it lets anybody in
      remember_device: note                # or enforced-conditionally
    """
  package let card = SourceCard(
    title: "privacyIDEA", roles: [.provider],
    proves: ["that it lets nobody in without a token once it is asked, and who has which tokens"],
    conditional: [
      "policies that let people without a token in (passthru, passOnNoToken), for some addresses or times, or once the token is removed"
    ],
    cannotTell: [
      "whether an application asks it at all: the operator names the front end",
      "policies for users by pattern or by data about them",
    ],
    rights: ["an administrator with the actions policyread, userlist and tokenlist"],
    requests: "a sign-in, the policies, the users, and a page for each 1,000 tokens"
  )

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let username = keys.requiredString("username")
    let password = keys.requiredSecret("password")
    let realm = keys.requiredString("realm")
    let adminRealm = keys.string("admin_realm")
    let front = keys.string("front")
    let remember = keys.choice("remember_device", Remember.self) ?? .note
    guard let username, let password, let realm else { return nil }
    return { context in
      PrivacyIDEAConnector(
        configuration: PrivacyIDEAConfiguration(
          name: context.name, url: context.url, username: username,
          password: try context.secret(password), adminRealm: adminRealm, realm: realm,
          front: front, rememberIsConditional: remember == .conditional,
          maxConcurrent: context.maxConcurrent),
        transport: context.transport, clock: context.clock, logger: context.logger)
    }
  }
}
