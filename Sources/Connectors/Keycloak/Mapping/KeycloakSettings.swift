internal import ConnectorKit
internal import JSONQuery

/// The settings that steps of flows may have, by their providers.
/// - SeeAlso: <https://www.keycloak.org/docs/latest/server_admin/#_authentication-flows>
enum KeycloakSettings {
  /// Settings that every step may have: what its name in tokens is (AMR).
  private static let common: Set<String> = ["default.reference.value", "default.reference.maxAge"]
  /// The form that asks for a one-time password by its settings, and those.
  static let conditionalForm = "auth-conditional-otp-form"
  static let conditionalFormKeys: Set<String> = [
    "otpControlAttribute", "skipOtpRole", "forceOtpRole", "noOtpRequiredForHeaderPattern",
    "forceOtpForHeaderPattern", "defaultOtpOutcome",
  ]
  private static let own: [String: Set<String>] = [
    "conditional-user-role": ["condUserRole", "negate"],
    "conditional-user-group": ["condUserGroup", "negate"],
    "conditional-user-attribute": [
      "attribute_name", "attribute_expected_value", "include_group_attributes", "not", "regex",
    ],
    "conditional-client-scope": ["client_scope", "negate"],
    "conditional-credential": ["credentials", "included"],
    "conditional-level-of-authentication": [
      "loa-condition-level", "loa-max-age", "loa-store-in-user-session",
    ],
    "conditional-sub-flow-executed": ["flow_to_check", "check_result"],
    conditionalForm: conditionalFormKeys,
    "identity-provider-redirector": ["defaultProvider"],
    "organization": ["requiresUserMembership"],
    "idp-create-user-if-unique": ["require.password.update.after.registration"],
    "idp-review-profile": ["update.profile.on.first.login"],
    "reset-credential-email": ["force-login"],
    "reset-otp": ["action_on_otp_reset_flag"],
    "deny-access-authenticator": ["denyErrorMessage"],
    "user-session-limits": ["userRealmLimit", "userClientLimit", "behavior", "errorMessage"],
  ]

  /// The settings of a step that are not known; none for authenticators of others, which are unknown as a whole.
  static func unrecognised(
    _ values: [String: String], of provider: String, at place: String
  ) -> [UnrecognisedKey] {
    // A certificate is one thing that one has, whatever is checked of it.
    guard !provider.contains("x509"),
      own[provider] != nil || KeycloakAuthenticator(provider) != nil
        || provider == "conditional-user-configured"
    else { return [] }
    return JSONValue.object(values.mapValues { .string($0) })
      .unrecognised(besides: common.union(own[provider] ?? []), at: place)
  }
}

extension KeycloakFlow.Step {
  /// What the step says that is not known.
  func unrecognised(in flow: KeycloakFlow) -> [UnrecognisedKey] {
    let place = "flow \(flow.alias)/\(name)"
    var keys = rowKeys
    for index in keys.indices { keys[index].path = "\(place)/\(keys[index].path)" }
    if case .read(_, let values) = settings, let provider {
      keys += KeycloakSettings.unrecognised(values, of: provider, at: place)
    }
    return keys
  }
}
