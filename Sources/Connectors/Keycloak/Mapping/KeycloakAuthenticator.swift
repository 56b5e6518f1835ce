internal import IdentityCore

/// What a step of a flow asks of people, as far as it is known.
enum KeycloakAuthenticator: Hashable {
  /// What the person knows, or what another system vouches for; the type of its credential, if Keycloak has one.
  case first(credential: String?)
  /// What the person has; the type of its credential.
  case second(credential: String?, canBeSetUp: Bool)
  /// A passkey: two factors where the realm has it check who holds it, else something the person has.
  case passkey
  /// Only who the person is, or nothing.
  case nothing
  /// A one-time password that may be skipped.
  case conditionalOTP
  /// A session that is there already.
  case cookie
  /// Hands the sign-in over to another identity provider.
  case broker
  case refusal
  /// Does not let in people who have an account.
  case impassable

  /// - SeeAlso: <https://www.keycloak.org/docs/latest/server_admin/#_authentication-flows>
  private static let known: [String: KeycloakAuthenticator] = [
    "auth-username-password-form": .first(credential: nil),
    "auth-password-form": .first(credential: "password"),
    "auth-spnego": .first(credential: nil),
    "basic-auth": .first(credential: nil),
    "http-basic-authenticator": .first(credential: nil),
    "idp-username-password-form": .first(credential: nil),
    "direct-grant-validate-password": .first(credential: nil),
    "ext-magic-form": .first(credential: nil),
    "magic-link": .first(credential: nil),
    "auth-username-form": .nothing,
    "direct-grant-validate-username": .nothing,
    "allow-access-authenticator": .nothing,
    // First sign-ins through another provider: who the person is, and a click in a mail.
    "idp-review-profile": .nothing,
    "idp-detect-existing-broker-user": .nothing,
    "idp-auto-link": .nothing,
    "idp-confirm-link": .nothing,
    "idp-email-verification": .nothing,
    "idp-add-organization-member": .nothing,
    // It makes accounts; whoever has one is not let in by it.
    "idp-create-user-if-unique": .impassable,
    // A forgotten password: whoever reads the mail sets a new one, or a new one-time password.
    "reset-credentials-choose-user": .nothing,
    "reset-credential-email": .first(credential: nil),
    "reset-password": .nothing,
    "reset-otp": .nothing,
    "user-session-limits": .nothing,
    "auth-otp-form": .second(credential: "otp", canBeSetUp: true),
    "webauthn-authenticator": .second(credential: "webauthn", canBeSetUp: true),
    "auth-recovery-authn-code-form": .second(
      credential: "recovery-authn-codes", canBeSetUp: true),
    "direct-grant-validate-otp": .second(credential: "otp", canBeSetUp: false),
    "webauthn-authenticator-passwordless": .passkey,
    // A certificate is a thing that people have; whether its key is locked stands in its own policy.
    "auth-x509-client-username-form": .second(credential: nil, canBeSetUp: false),
    "direct-grant-auth-x509-username": .second(credential: nil, canBeSetUp: false),
    "auth-conditional-otp-form": .conditionalOTP,
    "auth-cookie": .cookie,
    "identity-provider-redirector": .broker,
    "organization": .broker,
    "deny-access-authenticator": .refusal,
  ]

  private static let naming: Set<String> = [
    "auth-username-password-form", "auth-username-form", "auth-spnego", "basic-auth",
    "http-basic-authenticator", "idp-username-password-form", "direct-grant-validate-username",
    "direct-grant-auth-x509-username", "auth-x509-client-username-form", "ext-magic-form",
    "magic-link", "webauthn-authenticator-passwordless", "idp-detect-existing-broker-user",
    "idp-auto-link", "idp-email-verification", "reset-credentials-choose-user", "auth-cookie",
  ]

  /// Whether a step says who the person is; before one does, conditions about the person hold for nobody.
  /// - SeeAlso: <https://github.com/keycloak/keycloak: ConditionalRoleAuthenticator.matchCondition>
  static func names(_ provider: String?) -> Tri {
    guard let provider else { return .no }
    if naming.contains(provider) { return .yes }
    return known[provider] == nil ? .unknown : .no
  }

  /// The required actions that set a credential up.
  static let setUpActions = [
    "otp": "CONFIGURE_TOTP", "webauthn": "webauthn-register",
    "webauthn-passwordless": "webauthn-register-passwordless",
    "recovery-authn-codes": "CONFIGURE_RECOVERY_AUTHN_CODES",
  ]

  /// The type of the credential that is a passkey.
  static let passkeyCredential = "webauthn-passwordless"

  /// Whether its page, which asks for a name, takes a passkey instead.
  static func asksForName(_ provider: String?) -> Bool {
    provider == "auth-username-password-form" || provider == "auth-username-form"
  }

  /// The credentials of second factors by their types, as people know them.
  static let credentialNames = [
    "otp": "one-time password", "webauthn": "security key", "webauthn-passwordless": "passkey",
    "recovery-authn-codes": "recovery codes", "password": "password",
  ]

  /// A credential as people know it.
  static func name(of credential: String) -> String { credentialNames[credential] ?? credential }

  /// What an authenticator asks for; nil when it is none of Keycloak's own.
  init?(_ provider: String) {
    guard let known = Self.known[provider] else { return nil }
    self = known
  }

  /// The credential that a person must have set up for it; nil where there is none.
  var credential: String? {
    switch self {
    case .first(let credential), .second(let credential, _): credential
    case .passkey: Self.passkeyCredential
    case .conditionalOTP: "otp"
    case .nothing, .cookie, .broker, .refusal, .impassable: nil
    }
  }

  /// Whether it checks the password, although people need none set up to be asked for it.
  static func usesPassword(_ provider: String?) -> Bool {
    [
      "auth-username-password-form", "direct-grant-validate-password", "basic-auth",
      "http-basic-authenticator", "idp-username-password-form",
    ].contains(provider)
  }

  /// Whether its page shows the other identity providers that people can choose.
  static func showsBrokers(_ provider: String?) -> Bool {
    [
      "identity-provider-redirector", "organization", "auth-username-password-form",
      "auth-username-form",
    ].contains(provider)
  }
}
