internal import ConnectorKit
internal import IdentityCore

/// Every way into a session by JumpCloud, and what changes one.
enum JumpCloudDoors: DoorInventory {
  case appPolicies, portal, userFlag, exclusions, defaultPolicy, factors, jumpCloudGo
  case managedProvider, routing, session, passwordReset, unrecognised

  private static let policies =
    "https://jumpcloud.com/support/get-started-conditional-access-policies"

  var row: InventoryRow {
    switch self {
    case .appPolicies:
      InventoryRow(
        .door, "app-policies", "the conditional access policies of the application",
        about:
          "GET /api/v2/authn/policies: targets, conditions and effect of every policy in force",
        source: Self.policies)
    case .portal:
      InventoryRow(
        .door, "portal", "the user portal, where no policy of the application applies",
        about: "policies of the same list whose resource is user_portal", source: Self.policies)
    case .userFlag:
      InventoryRow(
        .modifier, "user-flag", "the user's own setting, where no policy applies",
        about: "enable_user_portal_multifactor of GET /api/systemusers",
        source: "https://jumpcloud.com/support/set-a-global-policy")
    case .exclusions:
      InventoryRow(
        .modifier, "enrolment-period", "exceptions from the user's own setting",
        about: "mfa.exclusion and mfa.exclusionUntil of GET /api/systemusers",
        source: "https://docs.jumpcloud.com/api/1.0/index.html")
    case .defaultPolicy:
      InventoryRow(
        .modifier, "default-policy", "the default access policy of the user portal",
        about:
          "in no API; it decides where no policy applies, and is \"require MFA based on user setting\" until somebody chooses another: \"allow authentication\" asks nobody",
        source: "https://jumpcloud.com/support/set-a-global-policy")
    case .factors:
      InventoryRow(
        .modifier, "factors", "the factors that a policy takes",
        about: "obligations.mfaFactors of a policy; all but JumpCloud Go come after the password",
        source:
          "https://jumpcloud.com/support/choosing-multi-factor-authenticators-in-conditional-access-policies"
      )
    case .jumpCloudGo:
      InventoryRow(
        .modifier, "jumpcloud-go", "JumpCloud Go",
        about:
          "signs in by a key of the device instead of password and factor; a policy that names it (DURT) without asking for user verification takes the device alone, one that names no factors has it ask for a finger, a face or a PIN",
        source:
          "https://jumpcloud.com/support/choosing-multi-factor-authenticators-in-conditional-access-policies"
      )
    case .managedProvider:
      InventoryRow(
        .door, "managed-idp", "the identity provider that manages the account",
        about: "restrictedFields of GET /api/systemusers: a door beside JumpCloud's own",
        source: "https://docs.jumpcloud.com/api/1.0/index.html")
    case .routing:
      InventoryRow(
        .door, "idp-routing", "the identity provider that a routing policy leads to",
        about:
          "GET /api/v2/identity-providers; where there is one, routing policies say for which groups, and are in no list",
        source: "https://jumpcloud.com/support/routing-policies-for-identity-providers")
    case .session:
      InventoryRow(
        .modifier, "session", "a session of the user portal",
        worst: .opensSometimes("a session of the user portal that is older than a day"),
        about:
          "settings.userPortal.idleSessionDurationMinutes of GET /api/organizations/{id}, compared with remembered_device_limit",
        source: "https://jumpcloud.com/support/settings-in-admin-portal")
    case .passwordReset:
      InventoryRow(
        .door, "password-reset", "the reset of a forgotten password",
        about: "resets the password only, by documented design; factors stay as they are",
        source: "https://jumpcloud.com/support/reset-passwords")
    case .unrecognised:
      InventoryRow(
        .modifier, "unrecognised", "a part of a policy",
        about: "keys and values of policies that idsync does not know")
    }
  }
}

/// What was read of the organisation beside policies.
struct JumpCloudSetting: Sendable {
  /// How many identity providers there are that sign-ins may be routed to.
  var identityProviders: Part<Int64>
  /// After how many idle minutes a session of the user portal ends.
  var sessionMinutes: Part<Int64>
  /// For how many minutes an old second factor may count.
  var limitMinutes: Int64
}

extension JumpCloudModel {
  /// How a reading accounts for each door and modifier; the model has been made.
  func state(of door: JumpCloudDoors, _ setting: JumpCloudSetting) -> RowState {
    switch door {
    case .appPolicies, .portal, .factors, .jumpCloudGo: .judged("by the policies that were read")
    case .userFlag, .exclusions: .judged("by the account's own row, where no policy applies")
    case .defaultPolicy:
      isGuarded
        ? .closed("a policy applies to every sign-in")
        : .unknown(Self.defaultPolicyUntold, remedy: Self.defaultPolicyRemedy)
    case .managedProvider:
      facts.managers.isEmpty
        ? .absent("no watched user is managed by an identity provider")
        : .judged("restrictedFields of the person")
    case .routing: setting.routing
    case .session: setting.session
    case .passwordReset: .closed("only the password is reset, by documented design")
    case .unrecognised: .each(unrecognised.things)
    }
  }
}

extension JumpCloudSetting {
  fileprivate var routing: RowState {
    switch identityProviders {
    case .read(0): .absent("there is no identity provider to route sign-ins to")
    case .read:
      .unknown(
        "there is an identity provider, and no API lists whom its routing policies send there",
        remedy: "see that the provider asks for two factors, or that no routing policy is on")
    case .unreadable(let reason, let remedy): .unknown(reason, remedy: remedy)
    }
  }

  fileprivate var session: RowState {
    switch sessionMinutes {
    case .read(let minutes) where minutes <= limitMinutes:
      .closed("it ends after \(minutes) idle minutes")
    case .read(let minutes):
      .unknown(
        "it ends after \(minutes) idle minutes only, and may be used instead of a new sign-in",
        remedy: "shorten the session timeout of the user portal")
    case .unreadable(let reason, let remedy): .unknown(reason, remedy: remedy)
    }
  }
}
