internal import ConnectorKit
internal import IdentityCore

/// Every way into a session by OneLogin, and what changes one.
enum OneLoginDoors: DoorInventory {
  case userPolicy, appPolicy, rememberedBrowser, trustedProvider, firstSignIn, passwordReset

  var row: InventoryRow {
    switch self {
    case .userPolicy:
      InventoryRow(
        .modifier, "user-policy", "the security policy of the person",
        about:
          "group_id of GET /api/2/users; what the policy asks for stands in no API and is vouched for by group (policies.user_by_group)",
        source: "https://developers.onelogin.com/api-docs/2/users/user-resource")
    case .appPolicy:
      InventoryRow(
        .modifier, "app-policy", "the security policy of the application",
        about:
          "policy_id of GET /api/2/apps/{app}; what it asks for stands in no API and is vouched for by its id (policies.app)",
        source: "https://developers.onelogin.com/api-docs/2/apps/app-resource")
    case .rememberedBrowser:
      InventoryRow(
        .modifier, "remembered-browser", "a remembered browser",
        worst: .opensSometimes("a remembered browser"),
        about:
          "a setting of security policies, so part of what is vouched for: enforced means always, conditional means not for remembered browsers"
      )
    case .trustedProvider:
      InventoryRow(
        .door, "trusted-idp", "the trusted identity provider of the person",
        about: "trusted_idp_id of GET /api/2/users: a door beside OneLogin's own",
        source: "https://developers.onelogin.com/api-docs/2/users/user-resource")
    case .firstSignIn:
      InventoryRow(
        .door, "trusted-idp-first", "the first sign-in through a trusted identity provider",
        about:
          "a trusted identity provider may match people by address who were never linked to it; no call that idsync makes lists these providers"
      )
    case .passwordReset:
      InventoryRow(
        .door, "password-reset", "the reset of a forgotten password",
        about: "a setting of security policies that no API shows")
    }
  }
}

extension OneLoginRun {
  /// How a reading accounts for each door and modifier.
  func state(of door: OneLoginDoors, _ users: [User]) -> RowState {
    switch door {
    case .userPolicy: .judged("group_id of the person, and what is vouched for its policy")
    case .appPolicy: .judged("policy_id of the application, and what is vouched for it")
    case .rememberedBrowser: .judged("part of what is vouched for each policy")
    case .trustedProvider:
      users.contains { $0.trustedProvider != nil }
        ? .judged("trusted_idp_id of the person")
        : .absent("no watched user has a trusted_idp_id")
    case .firstSignIn:
      .unknown(
        "no API call shows which trusted identity providers match people by address",
        remedy:
          "see under Authentication › Trusted IdPs that none is in force, or that each asks for two factors"
      )
    case .passwordReset:
      .unknown(
        "no API call shows whether a reset ends in a session",
        remedy: "see in each user policy which factors a password reset asks for")
    }
  }
}
