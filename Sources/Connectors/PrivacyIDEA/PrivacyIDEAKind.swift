package import ConnectorKit

/// privacyIDEA, a server of second factors, as a provider.
package struct PrivacyIDEAKind: SourceKind {
  package let word = "privacyidea"
  package let address = SourceAddress.required
  package let inventory = PrivacyIDEADoors.allCases.map(\.row)
  package let example = """
    tokens:
      kind: privacyidea
      url: https://pi.acme.com
      username: idsync                     # an administrator without a token of its own
      password: env:PRIVACYIDEA_PASSWORD
      realm: acme                          # the realm of the people
      # admin_realm: admins                # the realm of the administrator, where there is one
      front: keycloak flow browser         # what asks privacyIDEA before it lets anybody in
      # remember_device: note              # or enforced-conditionally; by default what counts for more than a day
    """
  package let card = SourceCard(
    title: "privacyIDEA", roles: [.provider],
    proves: ["that it lets nobody in without a token once it is asked, and who has which tokens"],
    conditional: [
      "policies that let people without a token in (passthru, passOnNoToken), for some addresses or times, or once the token is removed",
      "tokens that are no second factor, where people may enrol them themselves; sign-ins remembered for more than a day",
    ],
    cannotTell: [
      "whether an application asks it at all: the operator names the front end",
      "policies for users by pattern or by data about them",
      "tokens whose question another server asks (radius, remote, 4eyes)",
      "policies and event handlers that change the question or the answer, unless vouched for",
    ],
    rights: [
      "an administrator with the actions policyread, eventhandling_read, userlist and tokenlist"
    ],
    requests:
      "a sign-in, two for the policies, the event handlers, the users, and a page for each 1,000 tokens"
  )

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let username = keys.requiredString("username")
    let password = keys.requiredSecret("password")
    let realm = keys.requiredString("realm")
    let adminRealm = keys.string("admin_realm")
    let front = keys.string("front")
    let remember = keys.choice("remember_device", PrivacyIDEAConfiguration.Remember.self)
    guard let username, let password, let realm else { return nil }
    return { context in
      PrivacyIDEAConnector(
        configuration: PrivacyIDEAConfiguration(
          name: context.name, url: context.url, username: username,
          password: try context.secret(password), adminRealm: adminRealm, realm: realm,
          front: front, remember: remember, vouches: context.vouches,
          maxConcurrent: context.maxConcurrent),
        transport: context.transport, clock: context.clock, logger: context.logger)
    }
  }
}
