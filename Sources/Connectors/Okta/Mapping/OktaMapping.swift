internal import ConnectorKit
internal import IdentityCore

/// Compiles what Okta says about sign-ins to one application into the common form.
///
/// Pure: the same input gives the same model. Two sides are both to be passed: the global session policies, and on
/// Identity Engine the application's own policy.
struct OktaMapping {
  /// How Okta decides sign-ins.
  enum Engine: Sendable, Hashable {
    case classic, identity
  }

  /// What is known of one application.
  struct App: Sendable {
    var app: OktaWire.App
    /// The application's own policy with its rules; not used on Classic.
    var policy: OktaPart<OktaWire.Policy>
  }

  let engine: Engine
  let session: OktaPart<[OktaWire.Policy]>
  let perAppPolicies: OktaConfiguration.PerAppPolicies
  let limitMinutes: Int
  /// What resets of passwords ask for; nil on Classic Engine, where nothing hangs on it.
  var recovery: OktaRecovery?
  /// What the operator vouches for.
  let vouches: Vouches

  /// The sign-on modes in which the application takes Okta's word for who somebody is.
  private static let federated: Set<String> = [
    "SAML_2_0", "SAML_1_1", "OPENID_CONNECT", "WS_FEDERATION",
  ]
  /// The sign-on modes in which Okta types a stored password into the application's own form.
  private static let storedPassword: Set<String> = [
    "BROWSER_PLUGIN", "SECURE_PASSWORD_STORE", "AUTO_LOGIN", "BASIC_AUTH",
  ]

  /// One application compiled.
  struct Compiled: Sendable {
    var state: ProviderApp.State
    /// What the policy says that the application names, where another one may apply.
    var shown: SignInModel?
    var mentionedZones: Set<String>
    /// What Okta did not show.
    var missing: Set<OktaMissing> = []
    /// The facts about people that it asks for.
    var asked: Set<SubjectAtom.ID> = []
    /// What decides and is not known.
    var unrecognised: Unrecognised?
  }

  /// Compiles one application.
  ///
  /// - Parameter atoms: what policies ask of people; shared by all applications and added to.
  func compile(
    _ input: App, _ directory: OktaDirectory, _ atoms: inout SubjectFacts
  ) -> Compiled {
    let app = input.app
    switch app.status {
    case "ACTIVE": break
    case "INACTIVE", "DELETED":
      return Compiled(
        state: .inactive("The application \(app.label) is \(app.status.lowercased()) at Okta."),
        mentionedZones: [])
    default:
      return Compiled(
        state: .unjudged(
          reason: "The application \(app.label) has a status that idsync does not know.",
          remedy: "report the status, so that idsync learns it"),
        mentionedZones: [])
    }
    guard app.signOnMode != "BOOKMARK" else {
      return Compiled(
        state: .unjudged(
          reason: "\(app.label) is a bookmark, for which Okta authenticates nobody.",
          remedy: "name the application that people sign in through"),
        mentionedZones: [])
    }
    var builder = OktaModelBuilder(
      directory: directory, rememberedDeviceLimitMinutes: limitMinutes, atoms: atoms,
      unrecognised: Unrecognised(OktaDoors.unrecognised.row, vouches, at: app.id))
    // With two owners each new atom would copy all.
    atoms = SubjectFacts()
    builder.hasOldSessions = hasOldSessions(input)
    var policy = builder.sides(
      session: builder.sessionSide(session), app: appSide(input, &builder))
    policy = builder.withInboundFederation(policy)
    if let recovery { policy = builder.withRecovery(policy, recovery, vouches, at: app.id) }
    let mode = app.signOnMode ?? ""
    if Self.storedPassword.contains(mode) {
      policy = builder.withDirectLogin(policy, app, mode)
    } else if !Self.federated.contains(mode) {
      policy = builder.withUnknownLogin(policy, app)
    }
    policy = builder.withUnclearNames(policy, app)
    policy = builder.withUnclearListing(policy, app)
    policy = builder.withAccountStatus(builder.withWaking(policy), at: app.id)
    atoms = builder.tables.facts
    var missing = builder.missing
    if app.signOnMode == nil {
      missing.insert(
        OktaMissing(call: "GET /api/v1/apps/{app}", what: "signOnMode of application \(app.id)"))
    }
    if app.isOpen == .unknown {
      missing.insert(
        OktaMissing(
          call: "GET /api/v1/apps/{app}",
          what: "whether application \(app.id) may be used without an assignment"))
    }
    return Compiled(
      state: .readable(builder.model(policy)), mentionedZones: builder.mentionedZones,
      missing: missing, asked: builder.tables.asked, unrecognised: builder.unrecognised)
  }

  /// Whether there is a rule by which a second factor counts for longer than the limit.
  private func hasOldSessions(_ input: App) -> Bool {
    let limit = Int64(limitMinutes)
    if engine == .identity, case .read(let policy) = input.policy,
      (policy.rules ?? []).contains(where: {
        OktaOutcome.app($0.actions, limitMinutes: limit).mayBeOld
          && OktaOutcome.isLong(app: $0.actions, limitMinutes: limit)
      })
    {
      return true
    }
    guard case .read(let sessions) = session else { return false }
    return sessions.flatMap { $0.rules ?? [] }.contains {
      OktaOutcome.session($0.actions, limitMinutes: limit).mayBeOld
        && OktaOutcome.isLong(session: $0.actions, limitMinutes: limit)
    }
  }

  /// The application's side; nil where there is none.
  private func appSide(_ input: App, _ builder: inout OktaModelBuilder) -> SignInPolicy? {
    guard engine == .identity else {
      guard perAppPolicies == .unreadable else { return nil }
      return builder.unknownDemand(
        "app \(input.app.id)|classic policy",
        "what the sign-on policy of \(input.app.label) asks for: the per-app sign-on policy is not readable by API",
        remedy:
          "ask for a second factor in the organisation's sign-on policy, or set per_app_policies: none if there are none"
      )
    }
    switch input.policy {
    case .unreadable(let reason, let remedy):
      return builder.unknownDemand(
        "app \(input.app.id)|policy",
        "what the sign-in policy of \(input.app.label) asks for: \(reason)", remedy: remedy)
    case .read(let policy): return builder.appSide(policy)
    }
  }
}
