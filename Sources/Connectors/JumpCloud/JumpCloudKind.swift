package import ConnectorKit
internal import IdentityCore

/// JumpCloud as a provider.
package struct JumpCloudKind: SourceKind {
  package let word = "jumpcloud"
  package let address = SourceAddress.standard("https://console.jumpcloud.com")
  package let readsGroups = true
  package let example = """
    jumpcloud:
      kind: jumpcloud
      # url: https://console.eu.jumpcloud.com  # the console of another region
      token: file:/run/secrets/jumpcloud       # the API key of an administrator with the role Read Only
      # org_id: 5c1f…                          # for administrators of several organisations
    """
  package let card = SourceCard(
    title: "JumpCloud", roles: [.provider],
    proves: [
      "what conditional access policies ask of every person at an application: groups, IP lists, countries, managed and encrypted devices",
      "where no policy applies: whether the user is required to use MFA at the user portal",
    ],
    conditional: [
      "several policies of which some ask for MFA: which of them decides is not documented well enough",
      "users in an enrolment period: until its end they are asked for no second factor",
    ],
    cannotTell: [
      "the organisation's default access policies: no API shows them, so the user's own flag counts where no policy applies",
      "conditions, actions and targets newer than idsync",
      "people from an external identity provider, unless a source reads it; routing policies are in no list, so only people whose account it manages are recognised",
    ],
    rights: ["the API key of an administrator with the role Read Only"],
    requests:
      "a page for each 100 users, policies and users of an application, one an application; one and a page for each 100 members of a group that a policy names; the IP lists where a policy names one; every list but that of users ends with an empty page"
  )

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let token = keys.requiredSecret("token")
    let organisation = keys.string("org_id")
    guard let token else { return nil }
    return { context in
      JumpCloudConnector(
        configuration: JumpCloudConfiguration(
          name: context.name, url: context.url, apiKey: try context.secret(token),
          organisation: organisation, maxConcurrent: context.maxConcurrent,
          rateShare: context.rateShare),
        transport: context.transport, clock: context.clock, logger: context.logger)
    }
  }
}
