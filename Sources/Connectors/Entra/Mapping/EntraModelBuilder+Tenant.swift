internal import ConnectorKit
internal import IdentityCore

extension EntraModelBuilder {
  static let nothing = SignInPolicy.demand(.singleFactor, by: nil)

  /// A rule of the tenant, for proofs and witnesses.
  mutating func rule(
    _ id: String, _ policy: String, _ name: String, _ demand: String, _ condition: String = ""
  ) -> RuleReference.ID {
    reference(
      RuleReference(
        policyID: id, policyName: policy, ruleID: id, ruleName: name, demand: demand,
        condition: condition))
  }

  // MARK: Security defaults

  /// Administrators and Azure management are asked every time, others when Microsoft decides; older protocols are refused.
  mutating func securityDefaults() -> [SignInPolicy] {
    let isOn: Condition
    switch tenant.securityDefaults {
    case .read(false): return []
    case .read(true): isOn = .always
    case .unreadable(let reason, let remedy):
      isOn = unknownCondition("whether security defaults are on: \(reason)", remedy: remedy)
    }
    let id = "identitySecurityDefaultsEnforcementPolicy"
    let always = rule(id, "security defaults", "administrators", "asks for two factors")
    let sometimes = rule(
      id, "security defaults", "all users", "asks for two factors when Microsoft decides")
    let never = rule(
      id, "security defaults", "all users",
      "does not ask: Microsoft decides when to, and people may register later")
    var branches: [SignInPolicy.Branch] = [
      .init(isOn.negated, Self.nothing),
      .init(
        subject(
          .role, EntraKnownApps.synchronisation, "Directory Synchronization Accounts"),
        Self.nothing),
    ]
    if isMicrosofts != .no {
      let old = Condition.variable(clientApp(), in: [2, 3])
      let refuses = rule(
        id, "security defaults", "legacy authentication", "refuses older protocols")
      branches.append(.init(old, .demand(.refused, by: refuses)))
    }
    if EntraKnownApps.azureManagement.contains(app.appID.lowercased()) {
      branches.append(.init(.always, secondFactor(always, .any)))
    } else {
      let roles = EntraKnownApps.administrators.sorted { $0.key < $1.key }.map {
        subject(.role, $0.key, $0.value)
      }
      branches.append(.init(.or(roles), secondFactor(always, .any)))
      branches.append(
        .init(flag("Microsoft asking", ["yes", "no"]), .demand(.singleFactor, by: never)))
    }
    return [
      .firstMatch(
        branches.filter { $0.condition != .never }, otherwise: secondFactor(sometimes, .any))
    ]
  }

  // MARK: Microsoft's own demand

  /// Microsoft asks everybody at its administration portals.
  mutating func mandatory() -> [SignInPolicy] {
    guard tenant.countsMandatoryMFA, let name = EntraKnownApps.mandatory[app.appID.lowercased()]
    else { return [] }
    let by = rule(
      "mandatoryMFA", "Microsoft mandatory MFA", name,
      "asks for two factors (demanded by Microsoft; a tenant may have postponed it)")
    return [secondFactor(by, .any)]
  }

  // MARK: Per-user MFA

  /// The older switch on an account; its settings on trusted addresses and remembered devices are in no API.
  mutating func perUser() -> [SignInPolicy] {
    guard tenant.usesPerUserMFA else { return [] }
    let enforced = perUser("enforced", "per-user MFA enforced")
    let enabled = perUser("enabled", "per-user MFA enabled")
    let disabled = perUser("disabled", "per-user MFA disabled")
    let unreadable = perUser("unreadable", "per-user MFA not readable")
    let unknown = unknownCondition(
      "whether per-user MFA is set for the person",
      remedy: "grant Policy.Read.All, or set per_user_mfa: none if it is not used")
    let skipped = flag("trusted address or remembered device of per-user MFA")
    let pending = flag("pending registration or an older client")
    let id = "perUserMfaState"
    let asks = rule(id, "per-user MFA", "enforced", "asks for two factors")
    let asked = secondFactor(asks, .any)
    let skips = rule(
      id, "per-user MFA", "enforced",
      "does not ask at trusted addresses and on remembered devices, which are not readable")
    let waits = rule(
      id, "per-user MFA", "enabled", "does not ask until registration, nor older clients")
    return [
      .firstMatch(
        [
          .init(
            .any([enforced, .all([unreadable, unknown])]),
            .firstMatch(
              [.init(skipped, .demand(.singleFactor, by: skips))],
              otherwise: asked)),
          .init(
            enabled,
            .firstMatch(
              [.init(.any([skipped, pending]), .demand(.singleFactor, by: waits))],
              otherwise: asked)),
          // Asks for nothing; it is here to stand in the evidence.
          .init(disabled, Self.nothing),
        ], otherwise: Self.nothing)
    ]
  }

  /// A state of per-user MFA; only people whom nothing else asks are asked for theirs.
  private mutating func perUser(_ state: String, _ name: String) -> Condition {
    .subject(atoms.id(.attribute, EntraAccountFact.perUser(state), name, isPartial: true))
  }

  // MARK: The application itself

  /// With a stored password people can also sign in at the application itself.
  mutating func withStoredPassword(_ policy: SignInPolicy) -> SignInPolicy {
    var isDirect = Condition.variable(
      variable("started", ["through Entra ID", "at the application itself"]), in: [1])
    if !app.tellsSignOnMode {
      let mayStore = unknownCondition(
        "whether \(app.name) keeps a stored password: its single sign-on mode is missing",
        remedy: "run again; if it stays, report it")
      isDirect = .all([mayStore, isDirect])
    }
    let by = rule(
      app.appID, "single sign-on mode password", "stored password",
      "asks for the stored password only", "started at the application itself")
    return .firstMatch([.init(isDirect, .demand(.singleFactor, by: by))], otherwise: policy)
  }

  /// Of an account whose row does not tell whether it may sign in nobody can tell what it is asked for.
  mutating func withUnclearState(_ policy: SignInPolicy) -> SignInPolicy {
    let isUnclear = atoms.id(
      .attribute, EntraAccountFact.unclearState, "accountEnabled not told", isPartial: true)
    let id = unknown(
      "whether the account may sign in: accountEnabled is not told",
      remedy: "enable or disable the account")
    return .firstMatch(
      [.init(.subject(isUnclear), .demand(.unknown(id), by: nil))], otherwise: policy)
  }

  /// Who has the application only through what they may activate, or give themselves, gets in whenever they do.
  mutating func withEligibleAssignment(_ policy: SignInPolicy) -> SignInPolicy {
    let mayActivate = subject(
      .attribute, EntraAccountFact.eligibleAssignment(app.appID),
      "may get \(app.name) without anybody's leave")
    let inactive = Condition.variable(
      variable("assigned group", ["not activated", "activated"], of: "activated assignment"),
      in: [0])
    let by = rule(
      app.appID, "assignment", "assigned people only", "refuses people who are not assigned")
    return .firstMatch(
      [.init(.all([mayActivate, inactive]), .demand(.refused, by: by))], otherwise: policy)
  }

  /// Whose assignment could not be read may have no way in; what the others are asked for is then not proven.
  mutating func withUnclearAssignment(_ policy: SignInPolicy) -> SignInPolicy {
    let isUnclear = subject(
      .attribute, EntraAccountFact.unclearAssignment(app.appID),
      "assignment to \(app.name) not readable")
    let id = unknown(
      "whether the person is assigned to \(app.name)",
      remedy:
        "grant Application.Read.All and GroupMember.Read.All, and assign groups that nobody gets into by himself"
    )
    // Nothing that was read refuses them, so this is no refusal.
    return .firstMatch([.init(isUnclear, .demand(.unknown(id), by: nil))], otherwise: policy)
  }
}
