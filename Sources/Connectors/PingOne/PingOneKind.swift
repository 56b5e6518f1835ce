package import ConnectorKit
package import IdentityCore

/// PingOne as a provider.
package struct PingOneKind: SourceKind {
  package let word = "pingone"
  package let address = SourceAddress.required
  package let readsGroups = true
  package let inventory = PingOneDoors.allCases.map(\.row)
  package let example = """
    pingone:
      kind: pingone
      url: https://api.pingone.eu              # the region's API: .com, .eu, .ca, .asia, .com.au
      environment: 3f0c…                       # the id of the environment that people sign in to
      client_id: 9a1b…                         # a worker application
      client_secret: env:PINGONE_SECRET
      # worker_environment: 77de…              # where the worker application lives, by default the same
      # login_url: https://auth.pingone.eu     # where tokens come from, by default the auth host of the region
      # client_authentication: basic           # or post, as the worker application says
      # switched_off: not-enforced             # people whose MFA is switched off, at a step that blocks: or cannot-tell
      # pingid: enforced                       # what you say PingID asks for: enforced, conditional or none
      # remembered_device_limit: 24h           # a longer "remember me" counts as conditional
      # collect: [ factors ]
    """
  package let card = SourceCard(
    title: "PingOne", roles: [.provider],
    proves: [
      "what the sign-on policies of an application ask of every person, step by step, with populations, groups and sessions",
      "who is exempt: people whose MFA is switched off, who need not pass it for a time, or without a device where the step lets them pass",
    ],
    conditional: [
      "networks, anonymous networks, impossible travel and IP risk: outside them one factor is enough",
      "steps that let people without a device pass: whoever has one may remove it",
      "browsers remembered for longer than remembered_device_limit",
    ],
    cannotTell: [
      "applications with a DaVinci flow: no API shows its steps",
      "PingID, unless the operator vouches for it (pingid)",
      "conditions on other data about people",
      "OAuth grants without a browser, and WS-Federation",
      "external and social identity providers, unless a source reads them",
    ],
    rights: [
      "a worker application with the roles Identity Data Read Only and Configuration Read Only for the environment"
    ],
    requests:
      "4, two an application, one a sign-on policy, a page for each 100 users and for each 100 members of a group that matters; one a person who might pass a step for want of a device, and one a person whom a step for a second factor protects (none where mfa-bypass is vouched for)"
  )

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let login = keys.url("login_url")
    let environment = keys.requiredString("environment")
    let worker = keys.string("worker_environment")
    let clientID = keys.requiredString("client_id")
    let secret = keys.requiredSecret("client_secret")
    let proof =
      keys.choice("client_authentication", PingOneConfiguration.ClientAuthentication.self) ?? .basic
    let switchedOff =
      keys.choice("switched_off", PingOneConfiguration.SwitchedOff.self) ?? .notEnforced
    let pingID = keys.choice("pingid", PingOneConfiguration.Attested.self)
    let limit = keys.seconds("remembered_device_limit").map { Int($0 / 60) } ?? 1440
    let collectFactors = keys.collectsFactors()
    guard let environment, let clientID, let secret else { return nil }
    return { context in
      PingOneConnector(
        configuration: PingOneConfiguration(
          name: context.name, url: context.url, loginURL: try login.map { try context.url($0) },
          environment: environment, workerEnvironment: worker, clientID: clientID,
          clientSecret: try context.secret(secret), clientAuthentication: proof,
          switchedOff: switchedOff, pingID: pingID, rememberedDeviceLimitMinutes: limit,
          collectFactors: collectFactors, vouches: context.vouches,
          maxConcurrent: context.maxConcurrent, rateShare: context.rateShare),
        transport: context.transport, clock: context.clock, logger: context.logger)
    }
  }
}
