internal import ConnectorKit
internal import IdentityCore

/// Every way into a session at an application by Okta, and what changes one.
enum OktaDoors: DoorInventory {
  case sessionPolicies, appPolicy, memberships, zones, chains, smartCards
  case rememberedDevice, staySignedIn, sessionLength
  case inbound, firstLink, ownProvider, links
  case assignment, namesAtApplication, storedPassword, grants, otherInterfaces
  case recovery, enrolment, helpDesk, unrecognised

  private static let policyAPI =
    "https://developer.okta.com/docs/api/openapi/okta-management/management/tags/policy"
  private static let providerAPI =
    "https://developer.okta.com/docs/api/openapi/okta-management/management/tags/identityprovider"
  private static let applicationAPI =
    "https://developer.okta.com/docs/api/openapi/okta-management/management/tags/application"

  var row: InventoryRow {
    switch self {
    case .sessionPolicies:
      InventoryRow(
        .door, "session-policies", "the global session policies",
        about:
          "GET /api/v1/policies of type OKTA_SIGN_ON: by priority, each rule by priority; both they and the application's own policy are to be passed",
        source: "https://developer.okta.com/docs/concepts/policies/")
    case .appPolicy:
      InventoryRow(
        .door, "app-policy", "the sign-in policy of the application",
        about:
          "_links.accessPolicy of GET /api/v1/apps/{app}, its rules, and its mappings, which have to name the application; of Classic organisations no API shows it (per_app_policies)",
        source: "https://developer.okta.com/docs/concepts/policies/")
    case .memberships:
      InventoryRow(
        .modifier, "memberships", "the groups and user types that rules name",
        about:
          "GET /api/v1/groups/{group}/users, which names everybody however they came into the group, and type.id of the account",
        source:
          "https://developer.okta.com/docs/api/openapi/okta-management/management/tags/group")
    case .zones:
      InventoryRow(
        .modifier, "zones", "the network zones that rules name",
        about:
          "status, usage, gateways and proxies of GET /api/v1/zones; an inactive, deleted or blocklist zone in a rule is an unknown",
        source:
          "https://help.okta.com/en-us/content/topics/security/network/about-network-zones.htm"
      )
    case .chains:
      InventoryRow(
        .modifier, "chains", "chains of authentication methods",
        about: "verificationMethod.chains: a method proves what its step demands, no more",
        source: Self.policyAPI)
    case .smartCards:
      InventoryRow(
        .modifier, "smart-cards", "a smart card as the only step",
        about:
          "a card is a possession; that its PIN is asked for stands in no chain, so a chain of a card alone is an unknown",
        source:
          "https://help.okta.com/oie/en-us/content/topics/identity-engine/authenticators/configure-smart-card-authenticator.htm"
      )
    case .rememberedDevice:
      InventoryRow(
        .modifier, "remembered-device", "a remembered device",
        worst: .opensSometimes("a remembered device"),
        about: "factorPromptMode and factorLifetime of session rules (remembered_device_limit)",
        source: Self.policyAPI)
    case .staySignedIn:
      InventoryRow(
        .modifier, "keep-me-signed-in", "keep me signed in",
        worst: .opensSometimes("a remembered device"),
        about:
          "keepMeSignedIn of application rules, with reauthenticateIn (remembered_device_limit)",
        source: Self.policyAPI)
    case .sessionLength:
      InventoryRow(
        .modifier, "session-length", "sessions that last long",
        worst: .opensSometimes("an older session"),
        about:
          "maxSessionLifetimeMinutes and maxSessionIdleMinutes of session rules, with reauthenticateIn of application rules (remembered_device_limit)",
        source: Self.policyAPI)
    case .inbound:
      InventoryRow(
        .door, "inbound-federation", "an identity provider whose word on factors Okta takes",
        about:
          "policy.trustClaims and policy.mapAMRClaims of GET /api/v1/idps; a provider of which neither is true lets in as a first factor only",
        source: "https://developer.okta.com/docs/guides/configure-claims-sharing/main/")
    case .firstLink:
      InventoryRow(
        .door, "first-link", "the first sign-in through an identity provider",
        about: "policy.accountLink of GET /api/v1/idps: action, and the groups of its filter",
        source: Self.providerAPI)
    case .ownProvider:
      InventoryRow(
        .door, "own-provider", "the identity provider that vouches for the account's password",
        about: "credentials.provider.type of the account",
        source: "https://developer.okta.com/docs/api/openapi/okta-management/management/tags/user")
    case .links:
      InventoryRow(
        .modifier, "links", "the accounts at other providers that are linked to the person",
        about: "GET /api/v1/idps/{idp}/users: each link is a door of its own, under its externalId",
        source: Self.providerAPI)
    case .assignment:
      InventoryRow(
        .modifier, "assignment", "who may use the application",
        about:
          "GET /api/v1/apps/{app}/users, unless settings.implicitAssignment (Federation Broker Mode) or accessibility.selfService opens the application",
        source: Self.applicationAPI)
    case .namesAtApplication:
      InventoryRow(
        .modifier, "names-at-app", "the name that the application knows the person by",
        about: "credentials.userName of GET /api/v1/apps/{app}/users",
        source: Self.applicationAPI)
    case .storedPassword:
      InventoryRow(
        .door, "stored-password", "the application's own sign-in",
        about:
          "signOnMode: with a stored password people can sign in at the application itself; what a federated application lets in beside Okta is the platform's side",
        source: Self.applicationAPI)
    case .grants:
      InventoryRow(
        .door, "oauth-grants", "OAuth grants beside the sign-in page",
        about:
          "settings.oauthClient.grant_types of an OpenID Connect application: what policies ask for at grants without a browser is not judged",
        source: "https://developer.okta.com/docs/concepts/oauth-openid/")
    case .otherInterfaces:
      InventoryRow(
        .door, "other-interfaces", "RADIUS and the LDAP interface",
        about: "authContext.authType of session rules: they open no session at a web application",
        source: Self.policyAPI)
    case .recovery:
      InventoryRow(
        .door, "recovery", "the reset of a forgotten password",
        worst: .opensSometimes("a password that was just reset"),
        about:
          "selfServicePasswordReset of the first rule for the person in GET /api/v1/policies of type PASSWORD: refused, or with additional verification (requirement.stepUp), or under an account management policy that asks for two factors; what a reset by one step counts for at the sign-in behind it is not documented",
        source:
          "https://help.okta.com/oie/en-us/Content/Topics/identity-engine-upgrade/password-reset-account-recovery.htm"
      )
    case .enrolment:
      InventoryRow(
        .modifier, "enrolment", "factors that people set up by one other factor",
        worst: .opensSometimes("a factor that was set up by one other factor"),
        about:
          "rules of the account management policy (GET /api/v1/policies of type ACCESS_POLICY, resourceType END_USER_ACCOUNT_MANAGEMENT) that are not for resets or unlocking alone: each asks for two factors, or is an unknown",
        source: "https://developer.okta.com/docs/guides/okta-account-management-policy/main/")
    case .helpDesk:
      InventoryRow(
        .door, "help-desk", "temporary access codes, and factors that administrators reset",
        about: "acts of administrators and help desks")
    case .unrecognised:
      InventoryRow(
        .modifier, "unrecognised", "what a policy says that idsync does not know",
        about:
          "keys of policies, rules, conditions, actions and inbound providers that are neither understood nor known to be harmless"
      )
    }
  }
}
