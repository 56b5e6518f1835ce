internal import ConnectorKit
internal import IdentityCore

/// Every way into a session by Entra ID, and what changes one.
enum EntraDoors: DoorInventory {
  // What asks for a second factor.
  case conditionalAccess, securityDefaults, perUserMFA, mandatoryMFA
  // Of whom.
  case memberships, eligible, assignment
  // Where the first factor is asked for.
  case firstFactors, federatedDomain, stagedRollout, cloudPassword, olderProtocols
  case signOnMode, applicationProxy
  // What counts as the second one.
  case methodClasses, certificates, externalMethods, customControls, federatedMFA, guestMFA
  // What takes an old one again.
  case rememberedMFA, sessions, outage
  // What gives a new one.
  case registration, passwordReset, accountRecovery, accessPass
  case unrecognised

  private static let entra = "https://learn.microsoft.com/entra/"
  private static let graph = "https://learn.microsoft.com/graph/api/"

  var row: InventoryRow {
    switch self {
    case .conditionalAccess, .securityDefaults, .perUserMFA, .mandatoryMFA, .memberships,
      .eligible, .assignment:
      demandRow
    case .firstFactors, .federatedDomain, .stagedRollout, .cloudPassword, .olderProtocols,
      .signOnMode, .applicationProxy:
      firstFactorRow
    case .methodClasses, .certificates, .externalMethods, .customControls, .federatedMFA,
      .guestMFA:
      secondFactorRow
    case .rememberedMFA, .sessions, .outage, .registration, .passwordReset, .accountRecovery,
      .accessPass, .unrecognised:
      timeRow
    }
  }

  private var demandRow: InventoryRow {
    switch self {
    case .conditionalAccess:
      InventoryRow(
        .modifier, "conditional-access", "Conditional Access",
        about:
          "GET /identity/conditionalAccess/policies, with named locations and authentication strengths",
        source: Self.graph + "resources/conditionalaccesspolicy")
    case .securityDefaults:
      InventoryRow(
        .modifier, "security-defaults", "security defaults",
        about: "isEnabled of GET /policies/identitySecurityDefaultsEnforcementPolicy",
        source: Self.entra + "fundamentals/security-defaults")
    case .perUserMFA:
      InventoryRow(
        .modifier, "per-user-mfa", "the older switch of each account",
        about:
          "GET /beta/users/{user}/authentication/requirements of people whom nothing else asks; its trusted addresses and remembered devices are in no API, so it is never more than conditional",
        source: Self.entra + "identity/authentication/howto-mfa-userstates")
    case .mandatoryMFA:
      InventoryRow(
        .modifier, "mandatory-mfa", "Microsoft's own demand at its portals",
        about:
          "by the application's id; command line, PowerShell and mobile app are asked for what changes something only, which is no sign-in",
        source: Self.entra
          + "identity/authentication/concept-mandatory-multifactor-authentication")
    case .memberships:
      InventoryRow(
        .modifier, "memberships", "who is in the groups and roles of policies",
        about:
          "transitive members with their count, tenant-wide assignments of built-in roles; visibility, membershipRule and owners of each group: who may join one by himself, or edit what its rule asks for, is in it whenever he likes",
        source: Self.graph + "group-list-transitivemembers")
    case .eligible:
      InventoryRow(
        .modifier, "eligible", "roles and groups that people may activate",
        about:
          "eligibility schedule instances of roles and groups that policies leave out or that are assigned (PIM)",
        source: Self.entra + "id-governance/privileged-identity-management/pim-configure")
    default:
      InventoryRow(
        .modifier, "assignment", "who may use the application",
        about:
          "appRoleAssignmentRequired, appRoleAssignedTo, direct members of assigned groups with their count, who may join those by himself, and the tag of applications that people take themselves",
        source: Self.graph + "serviceprincipal-list-approleassignedto")
    }
  }

  private var firstFactorRow: InventoryRow {
    switch self {
    case .firstFactors:
      InventoryRow(
        .door, "first-factors", "first factors beside the password",
        about:
          "text messages, QR codes, Kerberos tickets and passwords sent without a page are one factor; policies are asked after it",
        source: Self.entra + "identity/conditional-access/overview")
    case .federatedDomain:
      InventoryRow(
        .door, "federated-domain", "the identity provider of a federated domain",
        about:
          "authenticationType of GET /domains, and its federationConfiguration; a domain that the list leaves out may be federated",
        source: Self.graph + "resources/internaldomainfederation")
    case .stagedRollout:
      InventoryRow(
        .door, "staged-rollout", "staged rollout beside a federated domain",
        about:
          "people in its groups give their password to Entra ID; applications are not allowed to read GET /policies/featureRolloutPolicies",
        source: Self.graph + "list-featurerolloutpolicies")
    case .cloudPassword:
      InventoryRow(
        .door, "cloud-password", "passwords of a federated domain that Entra ID checks itself",
        about: "AllowCloudPasswordValidation of GET /policies/homeRealmDiscoveryPolicies",
        source: Self.graph + "resources/homerealmdiscoverypolicy")
    case .olderProtocols:
      InventoryRow(
        .door, "older-protocols", "protocols that cannot ask for a second factor",
        about: "client types of policies; they reach Microsoft's own applications only",
        source: Self.entra + "identity/conditional-access/policy-block-legacy-authentication")
    case .signOnMode:
      InventoryRow(
        .door, "sign-on-mode", "the single sign-on mode of the application",
        about:
          "preferredSingleSignOnMode: with a stored password people can start at the application",
        source: Self.entra + "identity/enterprise-apps/what-is-single-sign-on")
    default:
      InventoryRow(
        .door, "application-proxy", "the application proxy",
        about:
          "tags of the service principal; with pass-through nobody is asked before the application itself",
        source: Self.entra + "identity/app-proxy/overview-what-is-app-proxy")
    }
  }

  private var secondFactorRow: InventoryRow {
    switch self {
    case .methodClasses:
      InventoryRow(
        .modifier, "method-classes", "methods that are two factors by themselves",
        about:
          "passkeys, Windows Hello and phone sign-in ask for a finger, a face or a PIN on the device; the others go with the password",
        source: Self.entra + "identity/authentication/concept-authentication-strengths")
    case .certificates:
      InventoryRow(
        .modifier, "certificates", "certificates that count as two factors",
        about:
          "x509Certificate of GET /policies/authenticationMethodsPolicy: whether a PIN protects the key is in no API",
        source: Self.entra
          + "identity/authentication/concept-certificate-based-authentication-technical-deep-dive")
    case .externalMethods:
      InventoryRow(
        .modifier, "external-methods", "another vendor's second factor",
        about:
          "externalAuthenticationMethodConfiguration of GET /policies/authenticationMethodsPolicy; it meets the control mfa, and no authentication strength",
        source: Self.entra
          + "identity/authentication/concept-authentication-external-method-provider")
    case .customControls:
      InventoryRow(
        .modifier, "custom-controls", "a custom control of Conditional Access",
        about: "customAuthenticationFactors of a policy: what it asks for is in no API",
        source: Self.entra + "identity/conditional-access/controls")
    case .federatedMFA:
      InventoryRow(
        .modifier, "federated-mfa", "a federated provider's word for a second factor",
        about:
          "federatedIdpMfaBehavior of the domain: rejectMfaByFederatedIdp alone takes none; where a source reads the provider, it decides",
        source: Self.graph + "resources/internaldomainfederation")
    default:
      InventoryRow(
        .modifier, "guest-mfa", "the word of a guest's own tenant for a second factor",
        about: "inboundTrust.isMfaAccepted of the cross-tenant default and of each partner",
        source: Self.graph + "resources/crosstenantaccesspolicyinboundtrust")
    }
  }

  private var timeRow: InventoryRow {
    switch self {
    case .rememberedMFA:
      InventoryRow(
        .modifier, "remembered-mfa", "a browser that Entra ID remembers",
        worst: .opensSometimes(Self.remembered),
        about:
          "a service setting in no API, 1 to 365 days; a sign-in frequency of a policy, no longer than remembered_device_limit, puts it out of force",
        source: Self.entra
          + "identity/authentication/howto-mfa-mfasettings#remember-multi-factor-authentication")
    case .sessions:
      InventoryRow(
        .modifier, "sessions", "the life of sessions",
        about: "a session that began with two factors goes on until a policy ends it",
        source: Self.entra + "identity/conditional-access/concept-session-lifetime")
    case .outage:
      InventoryRow(
        .modifier, "outage", "resilience defaults during an outage",
        about: "sessions are prolonged, none begins with less than before",
        source: Self.entra + "identity/conditional-access/resilience-defaults")
    case .registration:
      InventoryRow(
        .modifier, "registration", "the registration of a first second factor",
        about: "who has none sets one up at the sign-in that asks for it; told as not-enrolled",
        source: Self.entra
          + "identity/authentication/concept-registration-mfa-sspr-combined")
    case .passwordReset:
      InventoryRow(
        .door, "password-reset", "the reset of a forgotten password",
        about: "ends in a new password, with which people sign in under the same policies",
        source: Self.entra + "identity/authentication/concept-sspr-howitworks")
    case .accountRecovery:
      InventoryRow(
        .door, "account-recovery", "the recovery of an account without any method left",
        about: "asks for an identity document and a live face that fits it",
        source: Self.entra + "identity/authentication/how-to-account-recovery-enable")
    case .accessPass:
      InventoryRow(
        .door, "temporary-access-pass", "temporary access passes",
        about: "administrators hand them out; they count as two factors",
        source: Self.entra + "identity/authentication/howto-authentication-temporary-access-pass")
    default:
      InventoryRow(
        .modifier, "unrecognised", "a setting that idsync does not know",
        about:
          "keys and values of policies, locations, strengths and methods beside those documented"
      )
    }
  }

  /// The property of a sign-in in which a second factor was remembered.
  static let remembered = "a browser that Entra ID remembers"
}
