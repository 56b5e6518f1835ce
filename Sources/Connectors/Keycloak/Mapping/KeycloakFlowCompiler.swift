internal import ConnectorKit
internal import IdentityCore

/// Compiles one flow to a policy, step by step as Keycloak runs it.
///
/// Every step is given what follows it, so that a later condition can depend on what was asked before.
/// - SeeAlso: <https://www.keycloak.org/docs/latest/server_admin/#_authentication-flows>
final class KeycloakFlowCompiler {
  let picture: KeycloakRealmPicture
  let builder: KeycloakModelBuilder
  let flow: KeycloakFlow
  /// The level that the application asks for; below 0 none.
  let requested: Int
  /// The client that asks, for scopes.
  let client: KeycloakWire.Client?
  /// The client through which the sign-in is made, where it is not the application's own: another request, which may be
  /// sent otherwise.
  let elsewhere: String?
  /// The ways in by a session that is there already, given what follows the step that takes it.
  let session: (KeycloakNext) -> SignInPolicy
  /// Whether a way that leads nowhere is simply closed, as for sessions opened elsewhere; else nobody can tell.
  let closesDeadEnds: Bool
  /// The credentials whose possession later conditions depend on.
  let tracked: Set<String>
  /// The sub-flows that conditions look back at.
  private let watched: Set<String>
  private let watchesUse: Bool

  init(
    _ flow: KeycloakFlow, requested: Int = -1, client: KeycloakWire.Client? = nil,
    elsewhere: String? = nil,
    session: @escaping (KeycloakNext) -> SignInPolicy = { _ in .refused },
    closesDeadEnds: Bool = false,
    picture: KeycloakRealmPicture, builder: KeycloakModelBuilder
  ) {
    self.picture = picture
    self.builder = builder
    self.flow = flow
    self.requested = requested
    self.client = client
    self.elsewhere = elsewhere
    self.session = session
    self.closesDeadEnds = closesDeadEnds
    var tracked: Set<String> = []
    var watched: Set<String> = []
    var watchesUse = false
    for step in flow.liveSteps where step.isCondition {
      switch step.provider {
      case "conditional-credential":
        tracked.formUnion(KeycloakWire.parts(step["credentials"]))
        watchesUse = true
      case "conditional-sub-flow-executed":
        if let alias = step["flow_to_check"] { watched.insert(alias) }
      default: continue
      }
    }
    for level in Self.levels(flow.steps)
    where level.contains(where: { $0.provider == "conditional-user-configured" }) {
      tracked.formUnion(
        level.compactMap { $0.provider.flatMap { KeycloakAuthenticator($0) }?.credential })
    }
    if tracked.contains("none") {
      // Whether anything was used at all hangs on every credential.
      tracked.formUnion(
        flow.liveSteps.compactMap { $0.provider.flatMap { KeycloakAuthenticator($0) }?.credential })
      if picture.realm.takesPasskeysForNames {
        tracked.insert(KeycloakAuthenticator.passkeyCredential)
      }
    }
    self.tracked = tracked
    self.watched = watched
    self.watchesUse = watchesUse
  }

  private static func levels(_ steps: [KeycloakFlow.Step]) -> [[KeycloakFlow.Step]] {
    [steps] + steps.filter(\.isSubflow).flatMap { levels($0.steps) }
  }

  /// The policy of the whole flow, begun with some progress.
  ///
  /// A way on which the flow neither succeeds nor asks for anything is taken for closed while there is another one,
  /// and for unknown where it decides: sign-ins then fail, as a rule.
  func policy(
    from start: KeycloakProgress = KeycloakProgress(), then next: KeycloakNext
  ) -> SignInPolicy {
    let whole = run(flow.steps, start, next)
    guard !closesDeadEnds else { return whole }
    let open = stuckID
    guard whole.mentions(unknown: open) else { return whole }
    return whole.replacing(unknown: open, with: .refused).orElse(whole)
  }

  private var stuckID: Unknown.ID {
    builder.unknown(
      "how flow '\(flow.alias)' ends where none of its steps applies (sign-ins then fail, as a rule)",
      "give every level of the flow a step that is required or an alternative that can succeed",
      of: "end of flow \(flow.id)")
  }

  private var stuck: SignInPolicy {
    closesDeadEnds ? .refused : .demand(.unknown(stuckID), by: nil)
  }

  /// The end of a level of which nothing is left for people who have nothing set up: it is theirs to choose, so what they
  /// have set up is no proof that the way is closed.
  private var optedOut: SignInPolicy {
    builder.cannotTell(
      "how flow '\(flow.alias)' ends for people who have not set up what a level of it asks for",
      "give that level a step that is required", of: "opted out of flow \(flow.id)")
  }

  private static func isByEnrolment(_ step: KeycloakFlow.Step) -> Bool {
    step.requirement == .conditional
      && step.steps.contains {
        $0.provider == "conditional-user-configured" && $0.requirement != .disabled
      }
  }

  // MARK: Levels

  /// One level of the flow.
  func run(
    _ steps: [KeycloakFlow.Step], _ progress: KeycloakProgress, _ next: KeycloakNext
  ) -> SignInPolicy {
    guard builder.hasRoom() else {
      return builder.cannotTell(
        "what flow '\(flow.alias)' asks for: it has too many ways to follow them all",
        "simplify the conditions of the flow", of: "flow \(flow.id)")
    }
    if let strange = steps.first(where: { $0.requirement == nil }) {
      return builder.cannotTell(
        "what the requirement of step '\(strange.name)' in flow '\(flow.alias)' means",
        "report the requirement, so that idsync learns it", of: "requirement of \(strange.id)")
    }
    let live = steps.filter { $0.requirement != .disabled && !$0.isCondition }
    let required = live.filter { $0.requirement != .alternative }
    if !required.isEmpty {
      return run(required: required[...], of: required, false, progress, next)
    }
    // Beside required and conditional steps, alternatives are not run at all.
    guard !live.isEmpty else { return stuck }
    return .choice(live.map { run(one: $0, isRequired: false, progress, next) })
  }

  private func run(
    required rest: ArraySlice<KeycloakFlow.Step>, of level: [KeycloakFlow.Step], _ hasRun: Bool,
    _ progress: KeycloakProgress, _ next: KeycloakNext
  ) -> SignInPolicy {
    guard let step = rest.first else {
      return hasRun ? next(progress) : level.contains(where: Self.isByEnrolment) ? optedOut : stuck
    }
    let others = rest.dropFirst()
    let after = KeycloakNext { [self] in run(required: others, of: level, true, $0, next) }
    guard step.requirement == .conditional else {
      return run(one: step, isRequired: true, progress, after)
    }
    let skipped = KeycloakNext { [self] in
      run(required: others, of: level, hasRun, $0, next)
    }
    let applies = KeycloakNext { [self] in run(one: step, isRequired: true, $0, after) }
    return ask(step, progress, applies, skipped)
  }

  /// One step: an authenticator or a sub-flow.
  private func run(
    one step: KeycloakFlow.Step, isRequired: Bool, _ progress: KeycloakProgress,
    _ next: KeycloakNext
  ) -> SignInPolicy {
    if let strange = strangeness(of: step) {
      return .branch(
        strange, run(recognised: step, isRequired, progress, next),
        next(progress.passing(step) { _ in }))
    }
    return run(recognised: step, isRequired, progress, next)
  }

  /// That a step does what its provider does in spite of what it says beside that; nil where nothing is strange about it.
  func strangeness(of step: KeycloakFlow.Step) -> Condition? {
    let keys = step.unrecognised(in: flow).filter { !builder.isHarmless($0) }
    guard !keys.isEmpty else { return nil }
    return .and(
      keys.map { key in
        .unknown(
          builder.unknown(
            "what \(key.path) says, which idsync does not know",
            "update idsync, or vouch for the row unrecognised, object \(key.path)",
            // The key under which the inventory has it: the model holds it at its place.
            of: "inventory \(KeycloakDoors.unrecognised.row.id) \(key.path)"))
      })
  }

  private func run(
    recognised step: KeycloakFlow.Step, _ isRequired: Bool, _ progress: KeycloakProgress,
    _ next: KeycloakNext
  ) -> SignInPolicy {
    guard step.isSubflow else { return run(leaf: step, isRequired, progress, next) }
    let level = step.requirement == .conditional ? loaLevel(of: step) : nil
    let ended = KeycloakNext { [self] in
      var progress = $0
      if watched.contains(step.name) { progress.executed.insert(step.name) }
      if let level { progress.reach(level.level, isKept: level.maxAge != 0) }
      return next(progress)
    }
    return run(step.steps, progress, ended)
  }

  /// The level that a sub-flow stands for.
  private func loaLevel(of step: KeycloakFlow.Step) -> (level: Int, maxAge: Int)? {
    step.steps.lazy
      .filter {
        $0.provider == "conditional-level-of-authentication" && $0.requirement != .disabled
      }
      .compactMap { KeycloakLevels.level(of: $0) }.last
  }

  // MARK: Authenticators

  private func run(
    leaf step: KeycloakFlow.Step, _ isRequired: Bool, _ progress: KeycloakProgress,
    _ next: KeycloakNext
  ) -> SignInPolicy {
    let provider = step.provider ?? ""
    if picture.secondFactorProviders.contains(provider) {
      // A certificate that the operator says is locked by a second factor is both.
      let isLocked = KeycloakAuthenticator(provider) != nil
      return next(
        progress.passing(step) {
          $0.second.insert(provider)
          if isLocked { $0.isStrong = true }
        })
    }
    if picture.realm.takesPasskeysForNames, KeycloakAuthenticator.asksForName(provider),
      !progress.byPasskey
    {
      return .choice([
        run(known: step, isRequired, progress, next),
        passkey(step, isRequired: false, progress, next),
      ])
    }
    if progress.byPasskey, provider == "auth-password-form" {
      return next(progress.passing(step) { _ in })
    }
    return run(known: step, isRequired, progress, next)
  }

  /// A passkey: two factors where it must check who holds it.
  ///
  /// The server looks at that only where it is required.
  private func passkey(
    _ step: KeycloakFlow.Step, isRequired: Bool, _ progress: KeycloakProgress,
    _ next: KeycloakNext
  ) -> SignInPolicy {
    let isStandalone = KeycloakAuthenticator(step.provider ?? "") == .passkey
    func asked(isChecked: Bool) -> SignInPolicy {
      present(
        step, KeycloakAuthenticator.passkeyCredential, canBeSetUp: isStandalone, isRequired,
        progress, next
      ) {
        $0.byPasskey = true
        if isChecked {
          $0.isStrong = true
        } else {
          $0.second.insert(KeycloakAuthenticator.passkeyCredential)
        }
      }
    }
    switch picture.realm.passkeyVerification {
    case "required"?: return asked(isChecked: true)
    case _?: return asked(isChecked: false)
    case nil:
      let id = builder.unknown(
        "whether passkeys must check who holds them: the realm does not say",
        "run again; if it stays, report it", of: "user verification of passkeys")
      return .branch(.unknown(id), asked(isChecked: true), asked(isChecked: false))
    }
  }

  private func run(
    known step: KeycloakFlow.Step, _ isRequired: Bool, _ progress: KeycloakProgress,
    _ next: KeycloakNext
  ) -> SignInPolicy {
    let provider = step.provider ?? ""
    guard let authenticator = KeycloakAuthenticator(provider) else {
      let id = builder.unknown(
        "whether step '\(step.name)' (\(provider)) of flow '\(flow.alias)' asks for a second factor",
        "name \(provider) under second_factor_providers if it does", of: "step \(step.id)")
      return .branch(
        .unknown(id), next(progress.passing(step) { $0.isStrong = true }),
        next(progress.passing(step) { _ in }))
    }
    switch authenticator {
    case .nothing: return next(progress.passing(step) { _ in })
    case .refusal:
      return .demand(
        .refused,
        by: builder.rule(
          RuleReference(
            policyID: flow.id, policyName: flow.alias, ruleID: step.id, ruleName: step.name,
            demand: "refuses")))
    case .broker, .impassable: return .refused
    case .cookie:
      return session(
        progress == KeycloakProgress() ? next : KeycloakNext { next($0.joining(progress)) })
    case .first(let credential):
      return present(step, credential, canBeSetUp: false, isRequired, progress, next) {
        $0.hasFirst = true
      }
    case .second(let credential, let canBeSetUp):
      return present(step, credential, canBeSetUp: canBeSetUp, isRequired, progress, next) {
        $0.second.insert(credential ?? provider)
      }
    case .passkey: return passkey(step, isRequired: isRequired, progress, next)
    case .conditionalOTP:
      let shown = KeycloakNext { [self] progress in
        present(step, "otp", canBeSetUp: true, isRequired, progress, next) {
          $0.second.insert("otp")
        }
      }
      let skipped = KeycloakNext { next($0.passing(step) { _ in }) }
      return vote(step, progress, shown: waiving(step, shown, skipped), skipped: skipped)
    }
  }

  /// A step that asks for a credential.
  ///
  /// Who has none is made to set it up where the step is required and that is possible, and is refused otherwise.
  private func present(
    _ step: KeycloakFlow.Step, _ credential: String?, canBeSetUp: Bool, _ isRequired: Bool,
    _ progress: KeycloakProgress, _ next: KeycloakNext,
    _ asked: @escaping (inout KeycloakProgress) -> Void
  ) -> SignInPolicy {
    let used = credential ?? (KeycloakAuthenticator.usesPassword(step.provider) ? "password" : nil)
    let passed = KeycloakNext { [self] in
      next(
        $0.passing(step) {
          asked(&$0)
          if let used, watchesUse, tracked.contains(used) || tracked.contains("none") {
            $0.used.insert(used)
          }
        })
    }
    guard let credential, tracked.contains(credential) else { return passed(progress) }
    let action = KeycloakAuthenticator.setUpActions[credential] ?? ""
    let lacking = KeycloakNext { [self] progress in
      guard isRequired, canBeSetUp, let isForced = picture.canAsk(for: action) else {
        guard isRequired, canBeSetUp else { return .refused }
        let id = builder.unknown(
          "whether people can be made to set up a \(KeycloakAuthenticator.name(of: credential)): the list of required actions does not say",
          "let idsync read the required actions of the realm", of: "required action \(action)")
        return .branch(.unknown(id), next(progress.passing(step, asked)), .refused)
      }
      return isForced ? next(progress.passing(step, asked)) : .refused
    }
    return possession(of: credential, progress, passed, lacking)
  }

  /// Whether the person has a credential set up, asked once a sign-in.
  func possession(
    of credential: String, _ progress: KeycloakProgress, _ has: KeycloakNext, _ lacks: KeycloakNext
  ) -> SignInPolicy {
    if let known = progress.enrolled[credential] { return known ? has(progress) : lacks(progress) }
    var with = progress
    with.enrolled[credential] = true
    var without = progress
    without.enrolled[credential] = false
    switch picture.enrolmentDriven {
    case .notEnforced:
      // People can remove it and add it, so it is theirs to choose.
      return .choice([has(with), lacks(without)])
    case .conditional:
      let name = KeycloakAuthenticator.name(of: credential)
      let hasNow = Condition.subject(builder.atoms.credential(credential))
      let keeps = builder.flag("\(name) removed by the person", of: "credential \(credential)")
        .negated
      return .branch(.and([hasNow, keeps]), has(with), lacks(without))
    }
  }
}

extension KeycloakProgress {
  /// Notes a level that was reached now.
  fileprivate mutating func reach(_ level: Int, isKept: Bool) {
    self.level = level
    if isKept { levels.insert(level) }
  }
}
