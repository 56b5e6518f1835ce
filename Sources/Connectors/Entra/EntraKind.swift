package import ConnectorKit
package import IdentityCore

/// Entra ID through Microsoft Graph, as a provider.
package struct EntraKind: SourceKind {
  private enum Credentials {
    case secret(SecretHandle)
    case certificate(SecretHandle, key: SecretHandle, EntraConfiguration.Algorithm)
  }

  package let word = "entra"
  package let address = SourceAddress.standard(EntraConfiguration.graph)
  package let readsGroups = true
  package let inventory = EntraDoors.allCases.map(\.row)
  package let example = """
    entra:
      kind: entra
      tenant: 0aa0a0aa-0000-4000-8000-00000000000a   # or acme.onmicrosoft.com, unless a platform shows its SSO settings
      client_id: 1bb1b1bb-0000-4000-8000-00000000000b
      client_secret: env:ENTRA_SECRET                # or: certificate: file:/run/secrets/entra.pem
      # private_key: file:/run/secrets/entra-key.pem # where the certificate's file does not hold it
      # assertion: PS256                             # or RS256
      # collect: [factors]                           # registered methods, for details only
      # microsoft_mandatory_mfa: true                # Microsoft's own demand at its portals counts
      # conditional_access: read                     # none: a tenant without Entra ID P1
      # per_user_mfa: read                           # none: the operator vouches that it is not used
      # federation: read                             # none: the operator vouches that no domain is federated
      # privileged_access: read                      # none: the operator vouches that nobody is eligible for roles or groups (PIM)
      # remembered_device_limit: 24h                 # a sign-in frequency no longer than this puts remembered browsers out of force
      vouch:
        - { row: remembered-mfa, reason: switched off in the service settings, by: ciso@acme.com, until: 2027-05-01 }
      # url: https://graph.microsoft.com
      # login_url: https://login.microsoftonline.com
    """
  package let card = SourceCard(
    title: "Microsoft Entra ID", roles: [.provider],
    proves: [
      "what Conditional Access asks of every person: groups, roles, guests, locations, devices, risk, client apps and flows",
      "security defaults for administrators; Microsoft's own demand at its portals",
    ],
    conditional: [
      "security defaults for everybody else: Microsoft decides when to ask",
      "people who may activate a role or group that a policy leaves out, or a group that is assigned",
      "legacy per-user MFA: trusted addresses and remembered devices are in no API",
      "browsers that Entra ID remembers, unless a sign-in frequency is set or the operator vouches that it remembers none",
      "applications with a stored password: people can start there",
    ],
    cannotTell: [
      "application filters by custom security attributes", "which tenant a guest comes from",
      "conditions newer than idsync",
      "federated domains without a policy here, unless their identity provider is a source too",
      "other vendors' second factors, certificates that count as two factors, and the word of a federated provider or of a guest's own tenant, unless the operator vouches for each",
    ],
    rights: [
      "Policy.Read.All, User.Read.All, GroupMember.Read.All, Application.Read.All, RoleManagement.Read.Directory, Directory.Read.All",
      "Domain.Read.All for federated domains (or federation: none)",
      "PrivilegedEligibilitySchedule.Read.AzureADGroup where policies leave out or assign groups or roles (or privileged_access: none)",
      "Member.Read.Hidden where policies name groups that hide their members",
      "AuditLog.Read.All for registered methods (collect: [factors])",
    ],
    requests:
      "a page for each 999 users, a batch for each 20 groups and 20 roles that policies mention (twice), one a second for Conditional Access, a batch for each 20 people whom no policy certainly asks"
  )

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let tenant = keys.requiredString("tenant")
    let clientID = keys.requiredString("client_id")
    let credentials = credentials(keys)
    let login = keys.url("login_url")
    let collectFactors = keys.collectsFactors()
    let mandatory = keys.bool("microsoft_mandatory_mfa") ?? true
    let policies = keys.choice("conditional_access", EntraConfiguration.Attestation.self) ?? .read
    let perUser = keys.choice("per_user_mfa", EntraConfiguration.Attestation.self) ?? .read
    let federation = keys.choice("federation", EntraConfiguration.Attestation.self) ?? .read
    let privileged =
      keys.choice("privileged_access", EntraConfiguration.Attestation.self) ?? .read
    let limit = keys.seconds("remembered_device_limit").map { Int($0 / 60) } ?? 1440
    guard let tenant, let clientID, let credentials else { return nil }
    return { context in
      EntraConnector(
        configuration: EntraConfiguration(
          name: context.name, url: context.url,
          loginURL: try login.map { try context.url($0) } ?? EntraConfiguration.login,
          tenant: tenant, clientID: clientID, credentials: try Self.resolve(credentials, context),
          collectFactors: collectFactors, countsMandatoryMFA: mandatory,
          conditionalAccess: policies, perUserMFA: perUser, federation: federation,
          privilegedAccess: privileged, vouches: context.vouches,
          rememberedDeviceLimitMinutes: limit,
          maxConcurrent: context.maxConcurrent, rateShare: context.rateShare),
        transport: context.transport, clock: context.clock, logger: context.logger)
    }
  }

  private func credentials(_ keys: any SourceKeys) -> Credentials? {
    let secret = keys.secret("client_secret")
    let certificate = keys.secret("certificate")
    let key = keys.secret("private_key")
    let algorithm = keys.choice("assertion", EntraConfiguration.Algorithm.self) ?? .ps256
    if let secret, certificate == nil, key == nil { return .secret(secret) }
    if let certificate, secret == nil {
      return .certificate(certificate, key: key ?? certificate, algorithm)
    }
    // A reference that is wrong was told already.
    if keys.names.contains("client_secret") != keys.names.contains("certificate"),
      !keys.names.contains("private_key") || keys.names.contains("certificate")
    {
      return nil
    }
    keys.reject("give either client_secret, or certificate (with private_key)")
    return nil
  }

  private static func resolve(
    _ credentials: Credentials, _ context: SourceContext
  ) throws -> EntraConfiguration.Credentials {
    switch credentials {
    case .secret(let secret): .secret(try context.secret(secret))
    case .certificate(let certificate, let key, let algorithm):
      .certificate(
        certificatePEM: try context.secret(certificate), keyPEM: try context.secret(key),
        algorithm: algorithm)
    }
  }
}
