package import ConnectorKit
package import IdentityCore

/// Google Workspace and Cloud Identity as a provider.
///
/// `sign_in` names `google` or the entity id of a SAML app as its `app`. `url`, `cloud_identity_url` and `login_url` lead elsewhere.
package struct GoogleKind: SourceKind {
  package let word = "google"
  package let address = SourceAddress.standard(GoogleConfiguration.defaultURL)
  package let readsGroups = true
  package let inventory = GoogleDoors.allCases.map(\.row)
  package let example = """
    google:
      kind: google
      service_account: file:/run/secrets/google.json   # the key file of the service account
      subject: idsync@acme.com                         # an administrator who may read users, groups and org units
      policy_subject: root@acme.com                    # a super administrator, for policies only; may be left out
      # customer: C01abcdef                            # by default that of the subject
      legacy_sso: false                                # whether the legacy domain-wide SSO profile is in use
      # remembered_device_limit: 24h                   # longer sessions at Google count as conditional
      # cloud_identity_url: https://cloudidentity.googleapis.com
      # login_url: https://oauth2.googleapis.com/token
      upstream:
        - { idp: "https://idp.acme.com/realms/staff", provider: sso, app: google }
    """
  package let card = SourceCard(
    title: "Google Workspace and Cloud Identity", roles: [.provider],
    proves: [
      "whether Google obliges an account to 2-step verification, and by which policy",
      "who is sent to another identity provider, who is not, and who has both ways in",
    ],
    conditional: [
      "people who may let Google trust a device, by the policies; everybody where policies are not read and nobody vouches (trusted-devices)",
      "sessions at Google that outlast remembered_device_limit (session)",
      "the legacy profile: people outside its network masks, unless somebody vouches that it has none (network-masks)",
      "new users inside the enrolment grace period, with a super administrator to read policies",
    ],
    cannotTell: [
      "what a third-party identity provider asks for, unless a source reads it",
      "the legacy domain-wide SSO profile, unless legacy_sso says whether it is used",
      "policies whose query asks for licences", "2-step verification after third-party sign-in",
    ],
    rights: [
      "domain-wide delegation of admin.directory.user.readonly, admin.directory.group.readonly, admin.directory.orgunit.readonly, cloud-identity.inboundsso.readonly",
      "subject: a delegated administrator who may read users, groups and org units",
      "cloud-identity.policies.readonly and a super administrator (policy_subject) for policies",
    ],
    requests:
      "a page for each 500 users, 4 for org units and SSO, a page for each 100 policies, 2 a group that an assignment or policy names"
  )

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let account = keys.requiredSecret("service_account")
    let subject = keys.requiredString("subject")
    let policySubject = keys.string("policy_subject")
    let customer = keys.string("customer") ?? "my_customer"
    let legacySSO = keys.bool("legacy_sso")
    let limit = keys.seconds("remembered_device_limit") ?? 86_400
    let cloudIdentity = keys.url("cloud_identity_url")
    let login = keys.url("login_url")
    guard let account, let subject else { return nil }
    return { context in
      GoogleConnector(
        configuration: GoogleConfiguration(
          name: context.name, url: context.url,
          cloudIdentityURL: try cloudIdentity.map { try context.url($0) },
          tokenURL: try login.map { try context.url($0) },
          serviceAccount: try context.secret(account), subject: subject,
          policySubject: policySubject, customer: customer, legacySSO: legacySSO,
          rememberedDeviceLimit: limit, vouches: context.vouches,
          maxConcurrent: context.maxConcurrent, rateShare: context.rateShare),
        transport: context.transport, clock: context.clock, logger: context.logger)
    }
  }
}
