package import ConnectorKit

/// Duo (Cisco) as a provider.
///
/// The application is the integration key of the protected application.
package struct DuoKind: SourceKind {
  package let word = "duo"
  package let address = SourceAddress.required
  package let readsGroups = true
  package let inventory = DuoDoors.allCases.map(\.row)
  package let example = """
    duo:
      kind: duo
      url: https://api-xxxxxxxx.duosecurity.com
      integration_key: DIXXXXXXXXXXXXXXXXXX
      secret_key: env:DUO_SKEY
      username_domain: acme.com          # Duo user `ana` is ana@acme.com
      # remembered_device_limit: 24h     # a longer "remember me" counts as conditional
    """
  package let card = SourceCard(
    title: "Duo (Cisco)", roles: [.provider],
    proves: [
      "the effective policy of every person at an application, group by group, as Duo calculates it",
      "people and groups in bypass, and what people without an account are asked for",
    ],
    conditional: [
      "networks and countries where Duo skips the second factor",
      "devices that are remembered for longer than remembered_device_limit",
      "applications that are not at Duo Single Sign-On, until somebody vouches that they let nobody in when Duo does not answer (fail-mode)",
      "sections and keys of policies that idsync does not know, unless they are vouched for as harmless",
    ],
    cannotTell: [
      "whether the application has another door",
      "applications whose policies may not be read",
    ],
    rights: ["Admin API application with: Grant resource - Read"],
    requests:
      "a page for each 300 users, four an application, one for each set of groups that policies tell apart"
  )

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let key = keys.requiredString("integration_key")
    let secret = keys.requiredSecret("secret_key")
    let domain = keys.string("username_domain")
    let limit = keys.seconds("remembered_device_limit") ?? 86_400
    guard let key, let secret else { return nil }
    return { context in
      DuoConnector(
        configuration: DuoConfiguration(
          name: context.name, url: context.url, integrationKey: key,
          secretKey: try context.secret(secret), usernameDomain: domain,
          rememberedDeviceLimit: limit, vouches: context.vouches),
        transport: context.transport, clock: context.clock, logger: context.logger)
    }
  }
}
