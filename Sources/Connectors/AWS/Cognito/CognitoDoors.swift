internal import ConnectorKit
internal import IdentityCore

/// Every way into a session by a user pool and one of its app clients, and what changes one.
enum CognitoDoors: DoorInventory {
  case poolMFA, flows, customAuth, firstFactors, passkeys, threatProtection, firstSignIn
  case federation, firstFederation, inboundFederation, otherClients
  case rememberedDevices, recovery, refreshTokens, administrators, unrecognised

  private static let api =
    "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/"
  private static let guide = "https://docs.aws.amazon.com/cognito/latest/developerguide/"

  var row: InventoryRow {
    switch self {
    case .poolMFA, .flows, .customAuth, .firstFactors, .passkeys, .threatProtection, .firstSignIn:
      poolRow
    case .federation, .firstFederation, .inboundFederation, .otherClients: federationRow
    case .rememberedDevices, .recovery, .refreshTokens, .administrators, .unrecognised: otherRow
    }
  }

  private var poolRow: InventoryRow {
    switch self {
    case .poolMFA:
      InventoryRow(
        .modifier, "pool-mfa", "the MFA mode of the user pool",
        about:
          "MfaConfiguration of DescribeUserPool and GetUserPoolMfaConfig, which must agree; it is asked of users of the pool only",
        source: Self.guide + "user-pool-settings-mfa.html")
    case .flows:
      InventoryRow(
        .door, "client-flows", "the sign-in flows of the app client",
        about:
          "ExplicitAuthFlows of DescribeUserPoolClient; without COGNITO among the providers the flows of the API still work",
        source: Self.api + "API_UserPoolClientType.html")
    case .customAuth:
      InventoryRow(
        .door, "custom-auth", "custom authentication by Lambda functions",
        about: "ALLOW_CUSTOM_AUTH of the client, and DefineAuthChallenge in LambdaConfig",
        source: Self.guide + "user-pool-lambda-challenge.html")
    case .firstFactors:
      InventoryRow(
        .door, "first-factors", "a choice among first factors",
        about: "ALLOW_USER_AUTH of the client, and AllowedFirstAuthFactors of the pool",
        source: Self.api + "API_SignInPolicyType.html")
    case .passkeys:
      InventoryRow(
        .door, "passkeys", "passkeys",
        about: "FactorConfiguration of WebAuthnConfiguration: one factor or two",
        source: Self.api + "API_WebAuthnConfigurationType.html")
    case .threatProtection:
      InventoryRow(
        .modifier, "threat-protection", "MFA by risk",
        worst: .opensSometimes("no risk that threat protection sees"),
        about: "AdvancedSecurityMode ENFORCED in a pool with optional MFA",
        source: Self.api + "API_UserPoolAddOnsType.html")
    default:
      InventoryRow(
        .modifier, "first-sign-in", "the very first sign-in of a new user",
        worst: .opensSometimes("the first sign-in"),
        about:
          "in a pool that requires MFA the confirmation message counts as the second factor of the first sign-in",
        source: Self.guide + "user-pool-settings-mfa.html")
    }
  }

  private var federationRow: InventoryRow {
    switch self {
    case .federation:
      InventoryRow(
        .door, "federation", "the identity providers that the person is linked to",
        about: "identities of ListUsers, told apart by case, and ListIdentityProviders",
        source: Self.guide + "cognito-user-pools-identity-federation.html")
    case .firstFederation:
      InventoryRow(
        .door, "first-federated-sign-in",
        "the first sign-in through a provider that the app client offers",
        about:
          "SupportedIdentityProviders of the client: whoever is not linked yet may come in that way too; AllowedOAuthFlowsUserPoolClient false leaves the API only",
        source: Self.api + "API_UserPoolClientType.html")
    case .inboundFederation:
      InventoryRow(
        .modifier, "inbound-federation", "the function that maps federated users",
        about: "InboundFederation of LambdaConfig may change who a federated user is",
        source: Self.api + "API_LambdaConfigType.html")
    default:
      InventoryRow(
        .door, "other-clients", "a managed login session of another app client of the pool",
        worst: .opensSometimes("a managed login session of another app client"),
        about:
          "a provider of the pool that this client does not offer may begin a session that its sign-in page takes over; no page says that it does not",
        source: Self.guide + "cognito-user-pools-managed-login.html")
    }
  }

  private var otherRow: InventoryRow {
    switch self {
    case .rememberedDevices:
      InventoryRow(
        .modifier, "remembered-devices", "a remembered device",
        worst: .opensSometimes("a remembered device"),
        about:
          "ChallengeRequiredOnNewDevice of DeviceConfiguration: a remembered device signs in without a second factor, for ever",
        source: Self.api + "API_DeviceConfigurationType.html")
    case .recovery:
      InventoryRow(
        .door, "password-reset", "the reset of a forgotten password",
        worst: .opensSometimes("the phone or inbox that gets both codes"),
        about:
          "a reset ends in no session; AccountRecoverySetting keeps text messages and e-mail from being both the reset and the second factor",
        source: Self.api + "API_AccountRecoverySettingType.html")
    case .refreshTokens:
      InventoryRow(
        .modifier, "refresh-tokens", "the life of refresh tokens",
        worst: .opensSometimes("a refresh token"),
        about: "RefreshTokenValidity of the client: they carry on the session they came from",
        source: Self.guide + "amazon-cognito-user-pools-using-the-refresh-token.html")
    case .administrators:
      InventoryRow(
        .door, "administrators", "sign-ins that an administrator makes for others",
        about: "AdminInitiateAuth and AdminSetUserPassword take AWS credentials",
        source: Self.guide + "authentication-flows-public-server-side.html")
    default:
      InventoryRow(
        .modifier, "unrecognised", "a setting that idsync does not know",
        about: "keys of the user pool, its MFA settings and the app client beside those documented")
    }
  }
}

extension CognitoMapping {
  /// How a reading accounts for each door and modifier of an app client.
  func state(of door: CognitoDoors, _ client: CognitoWire.Client) -> RowState {
    switch door {
    case .poolMFA: .judged("MfaConfiguration \(mode.isEmpty ? "not stated" : mode)")
    case .flows: .judged(CognitoFlows(client, pool).names.joined(separator: ", "))
    case .customAuth: customAuth(client)
    case .firstFactors, .passkeys: choice(door, client)
    case .threatProtection:
      pool.threatProtection == nil
        ? .absent("the pool has no threat protection")
        : .judged("AdvancedSecurityMode \(pool.threatProtection ?? "")")
    case .firstSignIn:
      .closed("the confirmation message is the second factor of the first sign-in")
    case .federation, .firstFederation, .inboundFederation, .otherClients:
      federation(door, client)
    case .rememberedDevices: devices
    case .recovery: recovery
    case .refreshTokens:
      .outOfScope("a refresh token is the session it came from, and a session may be stolen")
    case .administrators: .outOfScope("acts of administrators")
    case .unrecognised:
      .each(
        (pool.unrecognised + (mfa?.unrecognised ?? []) + client.unrecognised).map { key in
          (
            key.path, key.version,
            .unknown(
              "idsync does not know what it does",
              remedy: "update idsync, or look it up and vouch that it opens nothing")
          )
        })
    }
  }

  private func customAuth(_ client: CognitoWire.Client) -> RowState {
    let ways = CognitoFlows(client, pool).ways
    if ways.contains(.custom) { return .judged("functions define the challenges") }
    switch pool.definesChallenges {
    case .no: return .absent("no function defines challenges")
    case .yes: return .closed("the client does not allow custom authentication")
    case .unknown: return .judged("the pool does not show its functions")
    }
  }

  private func choice(_ door: CognitoDoors, _ client: CognitoWire.Client) -> RowState {
    guard CognitoFlows(client, pool).names.contains("ALLOW_USER_AUTH") else {
      return .closed("the client does not allow a choice (ALLOW_USER_AUTH)")
    }
    guard let factors = pool.firstFactors else {
      return .judged("the pool does not list what may come first")
    }
    if door == .passkeys, !factors.contains("WEB_AUTHN") {
      return .absent("WEB_AUTHN is no first factor of the pool")
    }
    return .judged(factors.joined(separator: ", "))
  }

  private func federation(_ door: CognitoDoors, _ client: CognitoWire.Client) -> RowState {
    if unreadableProviders == nil, facts.providers.isEmpty {
      return .absent("the pool has no identity provider")
    }
    let isClosed = client.isOAuthAllowed == false
    switch door {
    case .federation: return .judged("identities of the person")
    case .firstFederation:
      return isClosed
        ? .closed("the client takes sign-ins through the API only")
        : .judged(
          client.identityProviders.map { "the client offers \($0.joined(separator: ", "))" }
            ?? "the client does not say which providers it offers")
    case .inboundFederation:
      return pool.mapsFederatedUsers
        ? .unknown(
          "no API shows what the function does",
          remedy: "read the function, and vouch that it makes nobody somebody else")
        : .closed("the pool has no such function")
    default:
      if isClosed { return .closed("the client takes sign-ins through the API only") }
      let others = facts.providers.map(\.name).filter { !offers($0, client) }
      if others.isEmpty, unreadableProviders == nil {
        return .closed("the client offers every provider of the pool itself")
      }
      return .unknown(
        "other app clients may offer \(others.isEmpty ? "providers that are not told" : others.joined(separator: ", "))",
        remedy: "see that no other app client offers a provider that asks for one factor")
    }
  }

  private var devices: RowState {
    pool.challengesOnNewDevice
      ? .judged("a remembered device stands in for the second factor")
      : .closed("DeviceConfiguration lets no device stand in for the second factor")
  }

  /// Whether one phone or inbox may be both: neither is where the pool has a setting for recovery.
  ///
  /// - SeeAlso: <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html>
  private var recovery: RowState {
    guard let mfa else {
      return .unknown(
        "which messages are second factors may not be read",
        remedy: "allow cognito-idp:GetUserPoolMfaConfig")
    }
    if mfa.mode != "ON" { return .closed("a reset ends in no session") }
    // Without the setting AWS names a legacy behaviour, which rules nothing out.
    let clash = mfa.takesEmail ? "e-mail" : mfa.takesSMS ? "text message" : nil
    guard pool.recovery == nil, let clash else {
      return .closed("a reset ends in no session, and its code is no second factor")
    }
    return .unknown(
      "a code by \(clash) resets the password and is a second factor too",
      remedy:
        "recover by something else (AccountRecoverySetting), or take codes by \(clash) out of the second factors"
    )
  }
}
