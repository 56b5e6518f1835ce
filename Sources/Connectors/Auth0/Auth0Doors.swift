internal import ConnectorKit
internal import IdentityCore

/// Every way into a session by an Auth0 tenant, and what changes one.
enum Auth0Doors: DoorInventory {
  case policy, factors, actions, actionsChoose, rules
  case identities, otherConnections, connectionMFA, passkeys, grants, crossOrigin, passwordReset
  case rememberedBrowser, sessionLength, administrators

  private static let docs = "https://auth0.com/docs/"

  var row: InventoryRow {
    switch self {
    case .policy, .factors, .actions, .actionsChoose, .rules: policyRow
    case .identities, .otherConnections, .connectionMFA, .passkeys, .grants, .crossOrigin,
      .passwordReset:
      doorRow
    case .rememberedBrowser, .sessionLength, .administrators: otherRow
    }
  }

  private var policyRow: InventoryRow {
    switch self {
    case .policy:
      InventoryRow(
        .modifier, "mfa-policy", "the MFA policy of the tenant",
        about: "GET /api/v2/guardian/policies: all-applications, confidence-score or nothing",
        source: Self.docs + "secure/multi-factor-authentication/enable-mfa")
    case .factors:
      InventoryRow(
        .modifier, "factors", "the factors that are switched on",
        about:
          "GET /api/v2/guardian/factors; a factor whose trial is over, and recovery codes, ask nobody. The factor email is no second one for whom a database or a code by e-mail is the first, sms none beside a code by SMS",
        source: Self.docs + "secure/multi-factor-authentication/multi-factor-authentication-factors"
      )
    case .actions:
      InventoryRow(
        .modifier, "actions", "a post-login Action",
        about:
          "the deployed code of each bound Action: one that names multifactor otherwise than to switch a factor on, or hands its api object on, may switch MFA off",
        source: Self.docs
          + "customize/actions/explore-triggers/signup-and-login-triggers/login-trigger/post-login-api-object"
      )
    case .actionsChoose:
      InventoryRow(
        .modifier, "actions-choose-factors", "factors that Actions choose",
        about: "customize_mfa_in_postlogin_action of GET /api/v2/tenants/settings",
        source: Self.docs
          + "secure/multi-factor-authentication/customize-mfa/customize-mfa-selection-nul")
    default:
      InventoryRow(
        .modifier, "rules", "a Rule, the older form of Actions",
        about:
          "GET /api/v2/rules: one that is enabled and names context.multifactor takes precedence over the policy, and so may one that hands context on or reaches it otherwise than by a known member",
        source: Self.docs + "secure/multi-factor-authentication/customize-mfa")
    }
  }

  private var doorRow: InventoryRow {
    switch self {
    case .identities:
      InventoryRow(
        .door, "identities", "the connections of the person",
        about: "identities of GET /api/v2/users, each a way in; the policy comes after each",
        source: Self.docs + "manage-users/user-accounts/user-account-linking")
    case .otherConnections:
      InventoryRow(
        .door, "other-connections", "connections that the person has not used yet",
        about:
          "whoever comes through another connection of the application is asked by the tenant's policy as well; where that asks nobody, nothing is known of them",
        source: Self.docs + "authenticate/identity-providers")
    case .connectionMFA:
      InventoryRow(
        .modifier, "connection-mfa", "a connection that says MFA is not active for it",
        about:
          "options.mfa.active of GET /api/v2/connections; what it does beside the tenant's policy is documented nowhere that was found",
        source:
          "https://auth0.github.io/node-auth0/interfaces/management.Management.ConnectionMfa.html"
      )
    case .passkeys:
      InventoryRow(
        .door, "passkeys", "passkeys", worst: .opensSometimes("a passkey"),
        about:
          "authentication_methods.passkey of GET /api/v2/connections; that MFA is asked for after a passkey is documented nowhere that was found",
        source: Self.docs + "authenticate/database-connections/passkeys")
    case .grants:
      InventoryRow(
        .door, "grants", "a grant that the application may use",
        about:
          "grant_types of GET /api/v2/clients: those that end at the login page, or that the policy asks with mfa_required, are closed; token_exchange and native_social_login, which need no grant of their own, are not",
        source: Self.docs + "get-started/applications/application-grant-types")
    case .crossOrigin:
      InventoryRow(
        .door, "cross-origin", "cross-origin authentication",
        about: "it ends in a ticket that the login takes, with policy and Actions",
        source: Self.docs + "authenticate/login/cross-origin-authentication")
    default:
      InventoryRow(
        .door, "password-reset", "the reset of a forgotten password",
        about:
          "it ends in no session, and the login after it is like any other; where the factor email is on, one inbox gets both codes",
        source: Self.docs + "authenticate/database-connections/password-change")
    }
  }

  private var otherRow: InventoryRow {
    switch self {
    case .rememberedBrowser:
      InventoryRow(
        .modifier, "remembered-browser", "a remembered browser",
        worst: .opensSometimes("a remembered browser"),
        about:
          "people may have their browser remembered for 30 days, with the policy Always as well; only an Action says otherwise (allowRememberBrowser)",
        source: Self.docs
          + "secure/multi-factor-authentication/customize-mfa/customize-mfa-enrollments-universal-login"
      )
    case .sessionLength:
      InventoryRow(
        .modifier, "session-length", "a session that is older than a day",
        worst: .opensSometimes("a session older than a day"),
        about: "session_lifetime of GET /api/v2/tenants/settings, in hours: 168 unless set",
        source: Self.docs + "manage-users/sessions/configure-session-lifetime-settings")
    default:
      InventoryRow(
        .door, "administrators", "acts of administrators",
        about: "they set passwords, remove factors and change policies")
    }
  }
}

extension Auth0Mapping {
  /// How a reading accounts for each door and modifier of an application.
  func state(of door: Auth0Doors, _ client: Auth0Wire.Client) -> RowState {
    switch door {
    case .policy: .judged(policies.isEmpty ? "never" : policies.joined(separator: ", "))
    case .factors: .judged("the factors that are switched on")
    case .actionsChoose: .judged("customize_mfa_in_postlogin_action")
    case .actions: actionStates
    case .rules: ruleStates
    case .identities: .judged("identities of the person")
    case .otherConnections:
      // Post-login Actions run after every connection as well.
      !policies.isEmpty || asksAnyway
        ? .closed("the tenant's policy comes after every connection")
        : .unknown(
          "the policy does not ask everybody, and what other connections ask for is not read",
          remedy:
            "ask for MFA in all applications, or see that the application has no other connection")
    case .passkeys: passkeyState
    case .grants: Self.grants(client)
    case .crossOrigin: .closed("it ends in a login like any other")
    case .passwordReset: .judged("it ends in no session; the factor email is told apart")
    case .connectionMFA: connectionStates
    case .rememberedBrowser:
      remembersBrowsers
        ? .judged("an Action has browsers remembered (allowRememberBrowser)")
        : asksAnyway
          ? .configured("an attested Action asks every sign-in")
          : .unknown(
            "no API shows whether people are offered to have their browser remembered",
            remedy:
              "switch it off in an Action (allowRememberBrowser: false) and attest that, or vouch for it"
          )
    case .sessionLength: sessionState
    case .administrators: .outOfScope("acts of administrators")
    }
  }

  /// Whether an Action is attested to ask every sign-in.
  private var asksAnyway: Bool {
    actions.value?.contains { attestation(of: $0)?.word == .enforced } == true
  }

  private var actionStates: RowState {
    guard let found = actions.value else { return .judged("may not be read: unknown") }
    return .each(
      found.map { action in
        (action.id, String(Self.hash(action).prefix(8)), state(of: action))
      })
  }

  private func state(of action: Auth0Wire.Action) -> RowState {
    let word = attestation(of: action)?.word
    if word == .enforced { return .configured("attested to ask every sign-in") }
    if Self.canSwitchOff(action) { return .judged("switches MFA off in some sign-ins") }
    if let word { return .configured("attested: \(word.rawValue)") }
    guard Auth0Code(action.code ?? "").maySwitchOff else {
      return .closed("its code switches no factor off")
    }
    return .unknown(
      "the code of '\(action.name)' may switch MFA off",
      remedy: "read it, and vouch that it switches MFA off for nobody")
  }

  private var ruleStates: RowState {
    switch rules {
    case .unreadable(let reason, _):
      .unknown("Rules may not be read: \(reason)", remedy: "grant read:rules")
    case .read(let rules):
      .each(
        rules.filter(\.isEnabled).map { rule in
          (
            rule.id, rule.version,
            rule.mayDecide
              ? .unknown(
                "the code of '\(rule.name)' may switch MFA off",
                remedy: "read it, and vouch that it switches MFA off for nobody")
              : .closed("its code does not name multifactor")
          )
        })
    }
  }

  private var connectionStates: RowState {
    guard let found = connections.value else { return .judged("may not be read: see passkeys") }
    return .each(
      found.filter(\.isWithoutMFA).map { connection in
        (
          connection.name, nil,
          .unknown(
            "options.mfa.active of the connection is false",
            remedy: "switch it on, or see that its people are asked for MFA and vouch for it")
        )
      })
  }

  private var passkeyState: RowState {
    switch connections {
    case .unreadable(let reason, _):
      return .unknown("connections may not be read: \(reason)", remedy: "grant read:connections")
    case .read(let found):
      let names = found.filter { $0.takesPasskeys != false }.map(\.name).sorted()
      return names.isEmpty
        ? .absent("no connection takes passkeys")
        : .unknown(
          "whether MFA is asked for after a passkey of \(names.joined(separator: ", "))",
          remedy: "see that a sign-in with a passkey is asked for a second factor, and vouch for it"
        )
    }
  }

  private var sessionState: RowState {
    switch sessionHours {
    case .unreadable(let reason, _):
      .unknown("the settings may not be read: \(reason)", remedy: "grant read:tenant_settings")
    case .read(let hours?) where hours <= 24: .closed("session_lifetime is \(hours) hours")
    case .read(let hours):
      .unknown(
        "a session lasts \(hours.map { "\($0)" } ?? "168, unless set,") hours, and is not asked again",
        remedy: "set the maximum session lifetime of the tenant to 24 hours or less")
    }
  }

  /// Grants without people, those that end at the login page, and those that are told mfa_required.
  private static let closedGrants: Set<String> = [
    "authorization_code", "implicit", "refresh_token", "client_credentials", "password",
    "http://auth0.com/oauth/grant-type/password-realm",
    "http://auth0.com/oauth/grant-type/mfa-oob", "http://auth0.com/oauth/grant-type/mfa-otp",
    "http://auth0.com/oauth/grant-type/mfa-recovery-code",
    "urn:ietf:params:oauth:grant-type:device_code",
  ]

  private static func grants(_ client: Auth0Wire.Client) -> RowState {
    guard let grants = client.grants else {
      return .unknown("Auth0 does not tell the grants of the application", remedy: "run again")
    }
    let open = Set(grants).subtracting(closedGrants).sorted() + client.exchanges
    if open.isEmpty { return .closed("each ends at the login page or is told mfa_required") }
    return .each(
      open.map { grant in
        (
          grant, nil,
          .unknown(
            "whether MFA is asked for is not known of it",
            remedy: "take it from the application, or see what it asks for and vouch for it")
        )
      })
  }
}
