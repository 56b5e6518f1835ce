internal import ConnectorKit
internal import IdentityCore

/// Every way into a session at an application by PingOne, and what changes one.
enum PingOneDoors: DoorInventory {
  case signOnPolicies, davinci, applicationType, grants, otherProviders, recovery, pingID
  case accessControl, memberships, switchedOff, noDevice, bypass
  case freshness, rememberedBrowser, networks, helpDesk, unrecognised

  private static let api = "https://developer.pingidentity.com/pingone-api/"
  private static let actions = api + "platform/sign-on-policies/sign-on-policy-actions.html"

  var row: InventoryRow {
    switch self {
    case .signOnPolicies:
      InventoryRow(
        .door, "sign-on-policies", "the sign-on policies of the application",
        about:
          "signOnPolicyAssignments of the application, or the environment's default policy, and every step of each: a person can come to each of them, so the weakest counts",
        source: Self.api
          + "platform/applications/application-sign-on-policy-assignments.html")
    case .davinci:
      InventoryRow(
        .door, "davinci", "DaVinci flows before the application",
        about:
          "flowPolicyAssignments of the application; no API shows the steps of a flow, so an application with one cannot be judged",
        source: Self.api + "platform/applications/application-flow-policy-assignments.html")
    case .applicationType:
      InventoryRow(
        .door, "application-type", "sign-ins of the application's protocol",
        about:
          "protocol and type of the application: SAML and OpenID Connect leave the sign-in to the policies; what clients without a browser are asked for at WS-Federation is not documented",
        source: Self.api + "platform/applications.html")
    case .grants:
      InventoryRow(
        .door, "oauth-grants", "OAuth grants beside the sign-in page",
        about: "grantTypes of an OpenID Connect application",
        source: Self.api + "platform/applications.html")
    case .otherProviders:
      InventoryRow(
        .door, "other-providers", "other identity providers, social ones too",
        about:
          "socialProviders, discoveryRules and identityProvider of steps, and identityProvider.id of the person; each is left to the source that reads it, and the steps behind are still to be passed",
        source: Self.actions)
    case .recovery:
      InventoryRow(
        .door, "recovery", "the reset of a forgotten password",
        about:
          "recovery.enabled of LOGIN and IDENTIFIER_FIRST steps: a branch of the step, in place of the password; the steps behind it are still to be passed",
        source: Self.api
          + "foundations/authentication-concepts/pingone-authentication-flow-states/login-action.html"
      )
    case .pingID:
      InventoryRow(
        .modifier, "pingid", "the rules of PingID",
        about: "no API of PingOne shows them; what they ask for is vouched for (pingid)",
        source: Self.actions)
    case .accessControl:
      InventoryRow(
        .modifier, "access-control", "who may use the application",
        about:
          "accessControl of the application; a kind that is not known, and a role, leave nobody out",
        source: Self.api + "platform/applications.html")
    case .memberships:
      InventoryRow(
        .modifier, "memberships", "the groups and populations that conditions name",
        about:
          "GET /users with the filter memberOfGroups, as PingOne itself answers it; population.id of the person",
        source: Self.api
          + "platform/users/group-membership/read-all-users-in-a-group.html")
    case .switchedOff:
      InventoryRow(
        .modifier, "switched-off", "people whose MFA is switched off",
        about: "mfaEnabled of the person (switched_off)",
        source: Self.api + "mfa/users/enable-users-mfa.html")
    case .noDevice:
      InventoryRow(
        .modifier, "no-device", "people without a device",
        about:
          "noDevicesMode of the step, and GET /users/{user}/devices where BYPASS lets them pass",
        source: Self.actions)
    case .bypass:
      InventoryRow(
        .modifier, "mfa-bypass", "a time for which a person need not pass MFA",
        about:
          "GET /users/{user}/bypassMFA of people whom a step for a second factor protects; nobody is asked for where the operator vouches that no such times are granted",
        source: Self.api + "mfa/users/users-1/check_mfa_bypass_status.html")
    case .freshness:
      InventoryRow(
        .modifier, "freshness", "second factors of an older session",
        worst: .opensSometimes("a session with a second factor"),
        about: "secondsSince in conditions of steps (remembered_device_limit)",
        source: Self.actions)
    case .rememberedBrowser:
      InventoryRow(
        .modifier, "remembered-browser", "a remembered browser",
        worst: .opensSometimes("a remembered browser"),
        about: "rememberMe of MFA policies (remembered_device_limit)",
        source: Self.api + "mfa/device-authentication-policies.html")
    case .networks:
      InventoryRow(
        .modifier, "networks", "networks, anonymous networks, travel and risk",
        about: "conditions of steps: each is a property that a sign-in may have",
        source: Self.actions)
    case .helpDesk:
      InventoryRow(
        .door, "help-desk", "passwords and devices that administrators set for a person",
        about: "acts of administrators and help desks")
    case .unrecognised:
      InventoryRow(
        .modifier, "unrecognised", "what a policy says that idsync does not know",
        about:
          "keys of steps and MFA policies that are neither understood nor known to be harmless"
      )
    }
  }
}

extension PingOneCompiled {
  /// What the sign-ins of a protocol hang on.
  private static let judgedProtocols: Set<String> = ["SAML", "OPENID_CONNECT"]
  private static let judgedTypes: Set<String> = [
    "WEB_APP", "NATIVE_APP", "SINGLE_PAGE_APP", "CUSTOM_APP", "TEMPLATE_APP", "PING_ONE_PORTAL",
    "PING_ONE_SELF_SERVICE",
  ]
  /// The grants at which people sign in on PingOne's own pages.
  private static let judgedGrants: Set<String> = [
    "AUTHORIZATION_CODE", "IMPLICIT", "REFRESH_TOKEN",
  ]

  /// How the reading accounts for a door or modifier of an application.
  static func state(
    of door: PingOneDoors, _ app: PingOneWire.App, _ read: PingOneReadApp,
    _ settings: PingOneSettings, _ unrecognised: Unrecognised
  ) -> RowState {
    let actions = read.policies.value?.flatMap { $0.actions.value ?? [] } ?? []
    func has(_ types: String...) -> Bool { actions.contains { types.contains($0.type) } }
    switch door {
    case .signOnPolicies: return .judged("every step of every policy, as far as it could be read")
    case .davinci: return .absent("no flow is assigned to the application")
    case .applicationType: return type(app)
    case .grants: return grants(app)
    case .otherProviders: return .judged("every provider that steps and people name")
    case .recovery:
      return actions.contains { $0.recovers != false }
        ? .judged(
          "the steps behind the password are still to be passed; a code by mail is one thing with the reset"
        )
        : .absent("no step lets people reset passwords")
    case .pingID:
      guard has("PINGID_AUTHENTICATION", "PINGID_WINLOGIN_PASSWORDLESS_AUTHENTICATION") else {
        return .absent("no step asks PingID")
      }
      return settings.pingID.map {
        .configured("PingID asks as the configuration says (pingid: \($0.rawValue))")
      } ?? .judged("an unknown of each step that asks PingID")
    case .accessControl: return .judged("groups and roles of the application")
    case .memberships: return .judged("as far as conditions name groups and populations")
    case .switchedOff: return .judged("mfaEnabled of the person")
    case .noDevice: return .judged("noDevicesMode of every step, and the devices of the person")
    case .bypass:
      guard has("MULTI_FACTOR_AUTHENTICATION") else { return .absent("no step asks for a device") }
      return settings.asksBypass
        ? .judged("the times that are granted to the person")
        : .unknown(PingOneSettings.unreadBypass, remedy: PingOneSettings.bypassRemedy)
    case .freshness: return .judged("conditions of every step")
    case .rememberedBrowser:
      return has("MULTI_FACTOR_AUTHENTICATION")
        ? .judged("the MFA policies of every step") : .absent("no step asks for a device")
    case .networks: return .judged("conditions of every step")
    case .helpDesk: return .outOfScope("acts of administrators and help desks")
    case .unrecognised: return .each(unrecognised.things)
    }
  }

  private static func type(_ app: PingOneWire.App) -> RowState {
    guard let name = app.protocol, let type = app.type, judgedProtocols.contains(name),
      judgedTypes.contains(type)
    else {
      return .unknown(
        "what sign-ins of the protocol \((app.protocol ?? "none").prefix(40)) and type \((app.type ?? "none").prefix(40)) are asked for is not judged",
        remedy: "see that nobody signs in without a browser, or report the protocol")
    }
    return .judged("the policies decide sign-ins by \(name)")
  }

  private static func grants(_ app: PingOneWire.App) -> RowState {
    guard app.protocol == "OPENID_CONNECT" else {
      return .absent("the application does not speak OpenID Connect")
    }
    guard let grants = app.grants, !grants.isEmpty else {
      return .unknown(
        "grantTypes is not shown", remedy: "let the worker application see the application")
    }
    return .each(
      Set(grants).sorted().map { grant in
        (object: grant, version: nil, state: state(ofGrant: grant))
      })
  }

  private static func state(ofGrant grant: String) -> RowState {
    if judgedGrants.contains(grant) { return .judged("the policies decide it") }
    if grant == "CLIENT_CREDENTIALS" { return .closed("nobody signs in by it") }
    return .unknown(
      "what is asked for at the grant \(grant.prefix(80)) is not judged",
      remedy: "take the grant out of the application, or see what it asks for")
  }
}
