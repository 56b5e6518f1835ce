internal import ConnectorKit
internal import IdentityCore

/// Every way into a session by Identity Center, and what changes one; no API shows most of them.
enum IdentityCenterDoors: DoorInventory {
  case identitySource, externalProvider, mode, noDevice, trustedDevice, sessionLength
  case passwordReset, deviceCode, tokenIssuers, assignment, administrators

  private static let guide = "https://docs.aws.amazon.com/singlesignon/latest/userguide/"

  var row: InventoryRow {
    switch self {
    case .identitySource:
      InventoryRow(
        .modifier, "identity-source", "where people sign in",
        about:
          "no API shows it: identity_source of the configuration; ids of other issuers in ExternalIds contradict directory",
        source: Self.guide + "manage-your-identity-source.html")
    case .externalProvider:
      InventoryRow(
        .door, "external-idp", "the external identity provider of the person",
        about:
          "Issuer of ExternalIds of identitystore:ListUsers; the provider knows the person by the user name, which its name id has to equal",
        source: Self.guide + "scim-profile-saml.html")
    case .mode:
      InventoryRow(
        .modifier, "mfa-mode", "when the built-in directory asks for MFA",
        about: "no API shows it: attested_mode of the configuration",
        source: Self.guide + "how-to-configure-mfa.html")
    case .noDevice:
      InventoryRow(
        .modifier, "no-device", "people of the built-in directory without a device",
        about:
          "they have to register one, get a code by e-mail, are blocked or let in; no API shows which",
        source: Self.guide + "how-to-configure-mfa.html")
    case .trustedDevice:
      InventoryRow(
        .modifier, "trusted-device", "a device that was called trusted",
        worst: .opensSometimes("a trusted device"),
        about: "part of the mode: always-on knows no trusted devices, context-aware does",
        source: Self.guide + "how-to-configure-mfa.html")
    case .sessionLength:
      InventoryRow(
        .modifier, "session-length", "the length of portal sessions",
        worst: .opensSometimes("a portal session older than a day"),
        about: "15 minutes to 90 days, 8 hours unless changed; no API shows it",
        source: Self.guide + "configure-user-session.html")
    case .passwordReset:
      InventoryRow(
        .door, "password-reset", "the reset of a forgotten password",
        about: "a link by e-mail changes the password; the sign-in after it is like any other",
        source: Self.guide + "resetpassword-accessportal.html")
    case .deviceCode:
      InventoryRow(
        .door, "device-code", "sign-ins of command lines by a code",
        about: "the person confirms the code in the portal, after the same sign-in",
        source: "https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/Welcome.html")
    case .tokenIssuers:
      InventoryRow(
        .door, "trusted-token-issuers", "tokens of other issuers",
        about: "they are exchanged by applications with AWS credentials of their own",
        source: Self.guide + "using-apps-with-trusted-token-issuer.html")
    case .assignment:
      InventoryRow(
        .modifier, "assignment", "who is assigned to accounts and applications",
        about: "AWS tells it person by person, so everybody of the directory counts as assigned")
    case .administrators:
      InventoryRow(
        .door, "administrators", "acts of administrators",
        about: "they set passwords and register and remove devices")
    }
  }
}

extension IdentityCenterConfiguration {
  /// How a reading accounts for each door and modifier.
  ///
  /// - Parameter issuers: those that users have ids of.
  func state(of door: IdentityCenterDoors, issuers: [String]) -> RowState {
    let isExternal = identitySource == .external
    switch door {
    // An instance has one source. That SCIM of an earlier one leaves its ids behind is documented nowhere that was found.
    case .identitySource where identitySource == .directory && !issuers.isEmpty:
      return .each(
        issuers.map { issuer in
          (
            issuer, nil,
            .unknown(
              "users have ids of it, although identity_source is directory",
              remedy: "see under Settings › Identity source where people sign in, and correct it"
            )
          )
        })
    case .identitySource:
      return identitySource.map { .configured("identity_source is \($0.rawValue)") }
        ?? .judged("identity_source is not set: unknown")
    case .externalProvider:
      return identitySource == .directory
        ? .absent("people sign in at the built-in directory")
        : .judged("ExternalIds of the person")
    case .deviceCode: return .closed("it takes the same sign-in")
    case .tokenIssuers: return .closed("it takes AWS credentials of the application")
    case .assignment: return .judged("everybody counts as assigned")
    case .administrators: return .outOfScope("acts of administrators")
    case .sessionLength:
      return .unknown(
        "no API shows how long portal sessions last",
        remedy: "see under Settings › Authentication that sessions last a day at most")
    default: return isExternal ? Self.atExternal : directory(door)
    }
  }

  private static let atExternal = RowState.absent("people sign in at the external provider")

  /// The rows of the built-in directory.
  private func directory(_ door: IdentityCenterDoors) -> RowState {
    switch (door, attestedMode) {
    case (.passwordReset, _): .closed("the sign-in after a reset is like any other")
    case (.mode, let mode?): .configured("attested_mode is \(mode.rawValue)")
    case (.mode, nil): .judged("attested_mode is not set: unknown")
    case (.trustedDevice, .alwaysOn): .configured("attested_mode always-on knows none")
    case (.trustedDevice, _): .judged("part of the mode")
    case (.noDevice, .never): .closed("the mode asks nobody")
    default:
      .unknown(
        "no API shows what happens to people without a device",
        remedy:
          "see under Settings › Authentication that they have to register one or are blocked")
    }
  }
}
