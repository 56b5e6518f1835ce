package import ConnectorKit
package import IdentityCore

/// JumpCloud as a provider.
package struct JumpCloudKind: SourceKind {
  package let word = "jumpcloud"
  package let address = SourceAddress.standard("https://console.jumpcloud.com")
  package let readsGroups = true
  package let inventory = JumpCloudDoors.allCases.map(\.row)
  package let example = """
    jumpcloud:
      kind: jumpcloud
      # url: https://console.eu.jumpcloud.com  # the console of another region
      token: file:/run/secrets/jumpcloud       # the API key of an administrator with the role Read Only
      # org_id: 5c1f…                          # for administrators of several organisations
      # remembered_device_limit: 24h           # longer sessions of the user portal count as conditional
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
      "policies that take JumpCloud Go without user verification beside other factors",
      "sessions of the user portal that outlast remembered_device_limit",
    ],
    cannotTell: [
      "the organisation's default access policies: no API shows them, so the user's own flag counts where no policy applies and somebody vouches for it (default-policy)",
      "conditions, actions and targets newer than idsync",
      "people from an external identity provider, unless a source reads it; routing policies are in no list, so where there is one somebody has to vouch for it (idp-routing)",
    ],
    rights: ["the API key of an administrator with the role Read Only"],
    requests:
      "a page for each 100 users, policies and users of an application, one an application; three for identity providers and sessions; one and a page for each 100 members of a group that a policy names; the IP lists where a policy names one; every list but that of users ends with an empty page"
  )

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let token = keys.requiredSecret("token")
    let organisation = keys.string("org_id")
    let limit = keys.seconds("remembered_device_limit").map { $0 / 60 } ?? 1440
    guard let token else { return nil }
    return { context in
      JumpCloudConnector(
        configuration: JumpCloudConfiguration(
          name: context.name, url: context.url, apiKey: try context.secret(token),
          organisation: organisation, rememberedDeviceLimitMinutes: limit,
          vouches: context.vouches, maxConcurrent: context.maxConcurrent,
          rateShare: context.rateShare),
        transport: context.transport, clock: context.clock, logger: context.logger)
    }
  }
}
