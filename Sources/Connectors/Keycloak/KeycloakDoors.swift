internal import ConnectorKit
internal import IdentityCore

/// Every way to a session at a client of a realm, and what changes what one asks for or of whom.
enum KeycloakDoors: DoorInventory {
  case browserFlow, passwordGrant, deviceGrant, backchannel, tokenExchange, clientPermissions
  case assertionGrant, enhancedClient, registration, brokers, firstSignIn, linking, recovery
  case clientPolicies, sessions, oldSessions, passkeys, enrolment, attributes, memberships
  case clientList, otherAuthenticators, heldTokens, impersonation, unrecognised

  private static let guide = "https://www.keycloak.org/docs/latest/server_admin/"
  private static let exchange = "https://www.keycloak.org/securing-apps/token-exchange"

  var row: InventoryRow {
    switch self {
    case .browserFlow:
      InventoryRow(
        .door, "browser-flow", "the sign-in page",
        about:
          "the executions of browserFlow of the realm, or of authenticationFlowBindingOverrides of the client",
        source: Self.guide + "#_authentication-flows")
    case .passwordGrant:
      InventoryRow(
        .door, "password-grant", "the password grant",
        about: "directAccessGrantsEnabled of the client, and directGrantFlow",
        source: Self.guide + "#_oidc-auth-flows-direct")
    case .deviceGrant:
      InventoryRow(
        .door, "device-grant", "the device grant",
        about:
          "oauth2.device.authorization.grant.enabled; its sessions have no level that was asked for",
        source: Self.guide + "#device-authorization-grant")
    case .backchannel:
      InventoryRow(
        .door, "ciba", "a sign-in that a service asks for on a device (CIBA)",
        about: "oidc.ciba.grant.enabled of the client; no flow of the realm decides it",
        source: Self.guide + "#_client_initiated_backchannel_authentication_grant")
    case .tokenExchange:
      InventoryRow(
        .door, "token-exchange", "the exchange of another client's token",
        worst: .opensSometimes("a token exchanged from another client"),
        about: "standard.token.exchange.enabled of each client", source: Self.exchange)
    case .clientPermissions:
      InventoryRow(
        .door, "legacy-token-exchange", "the old exchange of tokens, by permissions of clients",
        worst: .opensSometimes("a token exchanged from another client"),
        about: "authorizationServicesEnabled of realm-management, which holds such permissions",
        source: Self.exchange + "#_legacy-token-exchange")
    case .assertionGrant:
      InventoryRow(
        .door, "jwt-grant", "a sign-in by another issuer's word (JWT authorization grant)",
        about: "oauth2.jwt.authorization.grant.enabled of the client",
        source: "https://www.keycloak.org/securing-apps/jwt-authorization-grant")
    case .enhancedClient:
      InventoryRow(
        .door, "saml-ecp", "SAML messages with a name and a password (ECP)",
        about: "saml.allow.ecp.flow of the client, and the flow saml ecp",
        source: Self.guide + "#_client-saml-configuration")
    case .registration:
      InventoryRow(
        .door, "registration", "accounts that people make themselves",
        about:
          "registrationAllowed and duplicateEmailsAllowed of the realm; where both are on, a disabled account is no end either",
        source: Self.guide + "#con-user-registration_server_administration_guide")
    case .brokers:
      InventoryRow(
        .door, "broker", "identity providers that people are linked to",
        about:
          "GET /identity-provider/instances, /users/{user}/federated-identity and the flow behind",
        source: Self.guide + "#_identity_broker")
    case .firstSignIn:
      InventoryRow(
        .door, "broker-first", "the first sign-in through an identity provider",
        about: "firstBrokerLoginFlowAlias, doNotStoreUsers: a way in for everybody, linked or not",
        source: Self.guide + "#_identity_broker_first_login")
    case .linking:
      InventoryRow(
        .door, "linking", "links to identity providers that people make themselves",
        about:
          "by the first sign-in, if it lets in people who have an account, and in the account console (roles manage-account, manage-account-links): from then on the provider alone is the sign-in. Closed by linkOnly or by a flow behind the provider that asks for a second factor",
        source: Self.guide + "#_identity_broker_first_login")
    case .recovery:
      InventoryRow(
        .door, "password-reset", "the reset of a forgotten password",
        about: "resetPasswordAllowed and resetCredentialsFlow of the realm",
        source: Self.guide + "#enabling-forgot-password")
    case .clientPolicies:
      InventoryRow(
        .modifier, "client-policies", "client policies that select another flow",
        about: "auth-flow-enforcer in GET /client-policies/profiles and /policies",
        source: Self.guide + "#_client_policies")
    case .sessions:
      InventoryRow(
        .modifier, "sessions", "single sign-on sessions opened through other clients",
        about: "auth-cookie anywhere in the flow, and the flows of all other clients",
        source: Self.guide + "#_sso_sessions")
    case .oldSessions:
      InventoryRow(
        .modifier, "old-sessions", "sessions that last for more than a day",
        worst: .opensSometimes("a session that is older than a day"),
        about: "ssoSessionMaxLifespan, rememberMe and ssoSessionMaxLifespanRememberMe of the realm",
        source: Self.guide + "#_timeouts")
    case .passkeys:
      InventoryRow(
        .modifier, "passkeys", "passkeys, which are one factor unless they check who holds them",
        about:
          "webAuthnPolicyPasswordlessUserVerificationRequirement and webAuthnPolicyPasswordlessPasskeysEnabled of the realm",
        source: Self.guide + "#_webauthn_passwordless")
    case .enrolment:
      InventoryRow(
        .modifier, "enrolment", "second factors that people set up and remove themselves",
        about: "conditional-user-configured, alternatives and required actions",
        source: Self.guide + "#conditions-in-conditional-flows")
    case .attributes:
      InventoryRow(
        .modifier, "attributes", "attributes of people that conditions ask for",
        about: "GET /users/profile: who sees and edits them",
        source: Self.guide + "#user-profile")
    case .memberships:
      InventoryRow(
        .modifier, "memberships", "roles and groups that conditions ask for",
        about:
          "lists of members; of people of a user federation /users/{user}/role-mappings and /groups; what the mappers of identity providers give at a sign-in (/identity-provider/instances/{alias}/mappers) is an unknown",
        source: Self.guide + "#_ldap_mappers")
    case .clientList:
      InventoryRow(
        .modifier, "client-list", "clients that the list leaves out",
        worst: .opensSometimes(
          "a single sign-on session opened through a client that is not shown"),
        about: "adminPermissionsEnabled of the realm; else clients are named even if not shown",
        source: Self.guide + "#_fine_grained_permissions")
    case .otherAuthenticators:
      InventoryRow(
        .modifier, "other-authenticators", "authenticators that are not Keycloak's own",
        about: "providerId of each execution; second_factor_providers of the configuration",
        source: "https://www.keycloak.org/docs/latest/server_development/#_auth_spi")
    case .heldTokens:
      InventoryRow(
        .door, "held-tokens", "offline and refresh tokens that were issued before",
        about: "tokens of an API", source: Self.guide + "#_offline-access")
    case .impersonation:
      InventoryRow(
        .door, "impersonation", "administrators who act as somebody",
        about: "an act of administrators",
        source: Self.guide + "#con-user-impersonation_server_administration_guide")
    case .unrecognised:
      InventoryRow(
        .modifier, "unrecognised", "what idsync does not know of the realm",
        about:
          "keys of the realm, clients and identity providers, settings, executors and bindings of flows"
      )
    }
  }
}

/// How a reading of a realm accounts for the doors of one client.
struct KeycloakAccounting {
  let client: KeycloakWire.Client
  let picture: KeycloakRealmPicture
  let isLinkingVouched: Bool

  func state(of door: KeycloakDoors) -> RowState {
    let realm = picture.realm
    return switch door {
    case .browserFlow:
      client.hasBrowserDoor
        ? .judged("the flow of the client or of the realm, step by step")
        : .absent("the client has neither the standard nor the implicit flow")
    case .passwordGrant:
      client.directGrants
        ? .judged("the flow of the password grant")
        : .absent("directAccessGrantsEnabled is off")
    case .deviceGrant:
      client.deviceFlow && !client.isSAML
        ? .judged("the browser flow without a level") : .absent("the device grant is off")
    case .backchannel: backchannelState
    case .tokenExchange: exchangeState
    case .clientPermissions: permissionState
    case .assertionGrant: assertionState
    case .enhancedClient:
      client.isSAML && client.enhancedClient
        ? .judged("the flow saml ecp") : .absent("saml.allow.ecp.flow is off")
    case .registration: registrationState
    case .brokers, .firstSignIn: brokerState
    case .linking:
      isLinkingVouched && !picture.brokers.isEmpty
        ? .configured("vouched for: nobody links an account in the account console")
        : brokerState
    case .recovery:
      realm.resetAllowed == false
        ? .closed("resetPasswordAllowed is off") : .judged("the reset flow, step by step")
    case .clientPolicies:
      picture.clientPolicies.value?.selections.isEmpty == true
        ? .absent("no client policy in force selects a flow")
        : .judged("the flows that client policies select")
    case .sessions:
      takesSessions
        ? .judged("the flows of all clients of the realm")
        : .absent("the flow of the client takes no sessions")
    case .oldSessions:
      realm.mayKeepSessionsLong
        ? .judged("ssoSessionMaxLifespan and that of remembered sessions")
        : .closed("no session lasts for more than a day")
    case .passkeys:
      realm.takesPasskeysForNames
        || asks { $0.provider.flatMap { KeycloakAuthenticator($0) } == .passkey }
        ? .judged("the policy of passkeys of the realm") : .absent("no flow takes a passkey")
    case .enrolment: .judged("conditions, alternatives and required actions of the flows")
    case .attributes:
      mentions.usesAttributes
        ? .judged("attributes of the person and the profile of users")
        : .absent("no condition asks for an attribute")
    case .memberships:
      mentions.roles.isEmpty && mentions.groups.isEmpty && !mentions.usesGroupAttributes
        ? .absent("no condition asks for a role or a group")
        : .judged("lists of members, and each person of a user federation")
    case .clientList: clientListState
    case .otherAuthenticators: authenticatorState
    case .heldTokens: .outOfScope("API tokens")
    case .impersonation: .outOfScope("acts of administrators")
    case .unrecognised: unrecognisedState
    }
  }

  // MARK: Flows

  private var mentions: KeycloakMentions {
    KeycloakMentions(picture.flows.values.compactMap(\.value))
  }

  /// Whether a step of any flow that matters is of a kind.
  private func asks(_ isMeant: (KeycloakFlow.Step) -> Bool) -> Bool {
    picture.flows.values.compactMap(\.value).contains { $0.liveSteps.contains(where: isMeant) }
  }

  /// Whether a flow that may decide sign-ins to the client takes sessions; one that was not read may.
  private var takesSessions: Bool {
    let selected = picture.clientPolicies.value?.selections.map(\.flow) ?? [nil]
    return ([picture.browserFlow(of: client)] + selected).contains { alias in
      guard let flow = alias.flatMap({ picture.flows[$0]?.value }) else { return true }
      return flow.liveSteps.contains { $0.provider == "auth-cookie" }
    }
  }

  // MARK: Grants

  private var backchannelState: RowState {
    guard client.backchannel, !client.isSAML else {
      return .absent("oidc.ciba.grant.enabled is off")
    }
    return .unknown(
      "CIBA is on for \(client.clientID), and no flow of the realm decides what the device asks for",
      remedy: "switch CIBA off for the client, or see that the device asks for two factors")
  }

  private var exchangeState: RowState {
    .each(
      picture.clients.filter { $0.isEnabled && $0.exchangesTokens }.map {
        (
          object: $0.clientID, version: $0.version,
          state: .unknown(
            "\($0.clientID) exchanges tokens of other clients, whatever they were asked for",
            remedy:
              "switch standard token exchange off, or see that no token of a weaker client is in its audience"
          )
        )
      })
  }

  private var permissionState: RowState {
    let holders = picture.clients.filter {
      ["realm-management", "\(picture.realm.name)-realm"].contains($0.clientID)
        && $0.hasAuthorization
    }
    // Such an exchange needs a permission of the client, which the realm's own client for administration holds; without
    // one in force that client has no authorization services.
    guard !holders.isEmpty else {
      return .closed(
        "realm-management holds no permissions of clients (authorizationServicesEnabled)")
    }
    return .each(
      holders.map {
        (
          object: $0.clientID, version: $0.version,
          state: .unknown(
            "permissions of clients are in force, of which one may let others exchange tokens",
            remedy:
              "see under Permissions of \(client.clientID) that nobody has token-exchange, or switch the old token exchange off at the server"
          )
        )
      })
  }

  private var assertionState: RowState {
    guard client.takesAssertions else {
      return .absent("oauth2.jwt.authorization.grant.enabled is off")
    }
    return .unknown(
      "the client takes another issuer's word for a sign-in, whatever was asked for there",
      remedy: "see that the issuer asks for two factors, or switch the JWT authorization grant off")
  }

  // MARK: People and lists

  private var registrationState: RowState {
    switch (picture.realm.registrationAllowed, picture.realm.sharesAddresses) {
    case (false?, _): .absent("registrationAllowed is off")
    case (true?, false?): .closed("an address has one account (duplicateEmailsAllowed is off)")
    case (true?, true?):
      .unknown(
        "people may make a second account with the same address",
        remedy: "switch duplicateEmailsAllowed or registrationAllowed off")
    default:
      .unknown(
        "the realm does not say whether people may make accounts",
        remedy: "run again; if it stays, report it")
    }
  }

  private var brokerState: RowState {
    guard case .read = picture.identityProviders else {
      return .judged("unread identity providers, as unknown")
    }
    return picture.brokers.isEmpty
      ? .absent("the realm has no identity provider that people sign in through")
      : .judged("each identity provider with the flows before and behind it")
  }

  private var clientListState: RowState {
    picture.realm.hasFinePermissions
      ? .unknown(
        "permissions of administrators may keep clients back (adminPermissionsEnabled)",
        remedy: "give the service account of idsync the permission to view all clients")
      : .closed(
        "clients that may not be seen are named without their settings, and count as unknown")
  }

  private var authenticatorState: RowState {
    .each(
      picture.secondFactorProviders.sorted().map {
        (object: $0, version: nil, state: .configured("second_factor_providers"))
      })
  }

  // MARK: What is newer than we are

  private var unrecognisedState: RowState {
    var keys = picture.realm.unrecognised
    keys += picture.clients.filter { $0.id == client.id || $0.hasBrowserDoor }
      .flatMap(\.unrecognised)
    keys += picture.brokers.flatMap(\.unrecognised)
    keys += picture.clientPolicies.value?.unrecognised ?? []
    for flow in picture.flows.values.compactMap(\.value).sorted(by: { $0.alias < $1.alias }) {
      keys += flow.liveSteps.flatMap { $0.unrecognised(in: flow) }
    }
    return .each(
      keys.map {
        (
          object: $0.path, version: $0.version,
          state: .unknown(
            "Keycloak shows \($0.path), which idsync does not know",
            remedy: "update idsync, or see in the documentation of Keycloak that it lets nobody in")
        )
      })
  }
}
