package import ConnectorKit
package import IdentityCore

/// AWS IAM Identity Center (formerly AWS SSO) as a provider.
///
/// The application is the instance: `aws-sso:ssoins-1234567890abcdef`, or its ARN.
package struct IdentityCenterKind: SourceKind {
  package let word = "aws-sso"
  package let address = SourceAddress.standard("https://sso.{region}.amazonaws.com")
  package let readsGroups = true
  package let inventory = IdentityCenterDoors.allCases.map(\.row)
  package let example = """
    portal:
      kind: aws-sso
      region: eu-west-1
      \(AWSAccessKeys.example)
      identity_source: external          # or directory: the built-in one
      # attested_mode: always-on         # directory only: what the console shows, vouched for by the operator
      vouch:
        - { row: session-length, reason: sessions last 8 hours, by: ciso@acme.com, until: 2027-05-01 }
        # - { row: no-device, reason: a device must be registered, by: ciso@acme.com, until: 2027-05-01 }
      upstream:
        - { idp: external, provider: okta, app: 0oa1b2c3d4 }
    """
  package let card = SourceCard(
    title: "AWS IAM Identity Center", roles: [.provider],
    proves: [
      "what the external identity provider behind it asks for, where that is a source too",
      "the MFA mode of the built-in directory, as far as the operator vouches for it",
    ],
    conditional: ["portal sessions, unless the operator vouches that they last a day at most"],
    cannotTell: ["the MFA settings of the built-in directory: no API shows them"],
    rights: [
      "sso:ListInstances", "identitystore:ListUsers", "sts:AssumeRole with assume_role",
      "identitystore:ListGroups, ListGroupMemberships with exemptions by group",
    ],
    requests: "one, and a page for each 100 users")

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let region = AWSAccessKeys.region(keys)
    let access = AWSAccessKeys(keys)
    let source = keys.choice(
      "identity_source", IdentityCenterConfiguration.IdentitySource.self)
    let mode = keys.choice("attested_mode", IdentityCenterConfiguration.Mode.self)
    if mode != nil, source != .directory {
      keys.reject("attested_mode", "goes with identity_source: directory only")
    }
    guard let region, let access else { return nil }
    return { context in
      IdentityCenterConnector(
        configuration: IdentityCenterConfiguration(
          name: context.name, url: AWSAddress.configured(context.url), region: region,
          access: try access.resolve(context), identitySource: source, attestedMode: mode,
          vouches: context.vouches, maxConcurrent: context.maxConcurrent),
        transport: context.transport, clock: context.clock, logger: context.logger)
    }
  }
}
