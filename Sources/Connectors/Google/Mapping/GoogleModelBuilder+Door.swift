internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// Google's own sign-in: decided by the flag that Google keeps on the account, explained by the policies behind it.
extension GoogleModelBuilder {
  static let enforcement = "security.two_step_verification_enforcement"
  static let gracePeriod = "security.two_step_verification_grace_period"
  static let factors = "security.two_step_verification_enforcement_factor"
  static let deviceTrust = "security.two_step_verification_device_trust"
  /// The settings that anything here asks for.
  static let settings: Set<String> = [enforcement, gracePeriod, factors, deviceTrust]
  /// Settings that let nobody in: whether people may enrol at all, and what codes they may make beside a passkey.
  static let harmless: Set<String> = [
    "security.two_step_verification_enrollment", "security.two_step_verification_sign_in_code",
  ]

  /// Google's own sign-in.
  mutating func googleDoor() -> SignInPolicy {
    // The flag belongs to the policies as they are, not as an edit would have them.
    if settings.isEdited, case .read = settings.policies {
      return enforcementTree { builder, policy, state in
        guard state.isOn else {
          return builder.leaf(
            policy, .singleFactor, "asks for a password only (\(state.words))")
        }
        return builder.trusting(builder.leaf(policy, .multiFactor, "asks for two steps"))
      }
    }
    var branches = [SignInPolicy.Branch(enforcedFlag, enforced())]
    if seen.missing.contains(.isEnforced) {
      let unknown = unknown(
        "whether 2-step verification is enforced, as Google does not show isEnforcedIn2Sv",
        remedy: "give the administrator of the source the right to read users' security settings")
      branches.append(.init(isMissing(.isEnforced), .demand(.unknown(unknown), by: nil)))
    }
    return .firstMatch(branches, otherwise: open())
  }

  private var enforcedFlag: Condition {
    mutating get {
      .subject(
        tables.facts.id(
          .attribute, "\(GoogleFlag.isEnforced.rawValue)=true", GoogleFlag.isEnforced.title))
    }
  }

  /// The sign-in of whom the flag calls obliged.
  private mutating func enforced() -> SignInPolicy {
    let flag = plain(.multiFactor, "asks for two steps (isEnforcedIn2Sv)")
    guard case .read = settings.policies else { return untold(flag) }
    let policy = enforcementTree(otherwise: flag) { builder, policy, state in
      builder.leaf(
        policy, .multiFactor,
        state.isOn
          ? "asks for two steps (\(state.words))"
          : "asks for two steps by isEnforcedIn2Sv, although the policy says otherwise "
            + "(\(state.words); policy-mismatch)")
    }
    // What else is set belongs to the proof; it neither lets in nor asks for anything by itself.
    let note = tree(Self.factors) { builder, policy in
      let set = policy.field("allowedSignInFactorSet")?.string ?? "factors not named"
      return builder.leaf(policy, .singleFactor, "allows \(set)")
    }
    return doubted(trusting(note.map { .all([policy, $0]) } ?? policy))
  }

  // MARK: Trusted devices

  /// The same where a device that the person chose to trust is never asked again: its second step is older than any limit.
  private mutating func trusting(_ asked: SignInPolicy) -> SignInPolicy {
    let untold = untold(asked)
    return tree(Self.deviceTrust, otherwise: untold) { builder, policy in
      guard policy.field("allowTrustingDevice")?.bool != false else {
        let keeps = builder.leaf(policy, .singleFactor, "lets no device skip the second step")
        return builder.doubted(.all([asked, keeps]), by: policy)
      }
      let skips = builder.leaf(
        policy, .singleFactor, "lets trusted devices skip the second step (trusted-device-skip)")
      return .firstMatch([.init(builder.flag("a trusted device"), skips)], otherwise: asked)
    } ?? untold
  }

  /// The same for people of whom no policy says whether their devices may be trusted: that is Google's default.
  private mutating func untold(_ asked: SignInPolicy) -> SignInPolicy {
    guard
      let mayTrust = unknown(
        .trustedDevices, GoogleDoors.trustUntold, remedy: GoogleDoors.trustRemedy)
    else { return asked }
    let skips = plain(.singleFactor, "may let trusted devices skip the second step")
    return .firstMatch(
      [.init(.all([flag("a trusted device"), mayTrust]), skips)], otherwise: asked)
  }

  /// The same with what nobody knows of a policy.
  private mutating func doubted(
    _ asked: SignInPolicy, by policy: GoogleWire.Policy
  ) -> SignInPolicy {
    let keys = policy.value.unrecognised(besides: ["allowTrustingDevice"], at: "setting/value")
    return doubted(asked, doubt(keys, of: policy.name))
  }

  /// The same with settings of 2-step verification that nobody knows.
  private mutating func doubted(_ asked: SignInPolicy) -> SignInPolicy {
    doubted(asked, doubt(settings.strangers, of: Self.door))
  }

  private mutating func doubted(_ asked: SignInPolicy, _ isWrong: Condition?) -> SignInPolicy {
    guard let isWrong else { return asked }
    let isAbout = flag("a sign-in that a setting which idsync does not know is about")
    let skips = plain(.singleFactor, "may skip the second step by a setting that is not known")
    return .firstMatch([.init(.all([isAbout, isWrong]), skips)], otherwise: asked)
  }

  // MARK: People who are not obliged

  /// The sign-in of whom the flag calls not obliged: one factor is enough, but for new users within their grace.
  private mutating func open() -> SignInPolicy {
    let flag = plain(.singleFactor, "asks for a password only: isEnforcedIn2Sv is false")
    guard case .read(let all) = settings.policies else { return withUnclearGrace(flag) }
    let graces = seen.graces
    // Whom these policies are for is asked of every account, though only new ones are in a grace.
    for policy in all where policy.setting == Self.gracePeriod { _ = condition(policy) }
    let policy = enforcementTree(otherwise: flag) { builder, policy, state in
      switch state {
      case .on where !graces.isEmpty:
        builder.leaf(policy, .multiFactor, "asks for two steps (\(state.words))")
      case .on:
        builder.leaf(
          policy, .singleFactor,
          "asks for a password only by isEnforcedIn2Sv, although the policy says otherwise "
            + "(\(state.words); policy-mismatch)")
      case .off, .later, .unreadable:
        builder.leaf(policy, .singleFactor, "asks for a password only (\(state.words))")
      }
    }
    guard !graces.isEmpty else { return withUnclearGrace(policy) }
    let over = plain(
      .singleFactor,
      "asks for a password only: isEnforcedIn2Sv is false, and no grace period of a new user is running (policy-mismatch)"
    )
    let grace =
      tree(Self.gracePeriod, otherwise: over) { builder, policy in
        builder.grace(policy, graces, over)
      } ?? over
    // One factor is enough where no policy is in force, and where none of the grace is left.
    return withUnclearGrace(.any([policy, grace]))
  }

  /// Whoever is new may be in a grace, where the policies or the day the account was made could not be read.
  private mutating func withUnclearGrace(_ policy: SignInPolicy) -> SignInPolicy {
    guard seen.missing.contains(.grace) else { return policy }
    let reason: String
    switch settings.policies {
    case .notAsked: return policy
    case .unreadable(let why): reason = why
    case .read: reason = "Google does not show a policy or creationTime in full"
    }
    let unknown = unknown(
      "whether the account is in a new user's grace: \(reason)",
      remedy: "make policies (policy_subject) and users readable")
    return .firstMatch(
      [.init(.all([isMissing(.grace), .unknown(unknown)]), .demand(.multiFactor, by: nil))],
      otherwise: policy)
  }

  private mutating func grace(
    _ policy: GoogleWire.Policy, _ graces: [GoogleSeen.Grace], _ over: SignInPolicy
  ) -> SignInPolicy {
    let seconds = policy.graceSeconds
    let branches = graces.filter { $0.seconds == seconds }.map { grace in
      let until = grace.until.map { "new-user-grace-until \($0)" } ?? "new-user-grace"
      let leaf = leaf(
        policy, .singleFactor, "asks new users for a password only (\(until))")
      let open = SignInPolicy.firstMatch(
        [.init(flag(until, of: grace.atom), leaf)],
        otherwise: plain(.multiFactor, "asks for two steps after it"))
      return SignInPolicy.Branch(
        .subject(tables.facts.id(.attribute, grace.atom, "new user, \(until)")), open)
    }
    return branches.isEmpty ? over : .firstMatch(branches, otherwise: over)
  }

  // MARK: Policies

  /// What an enforcement policy says at the moment of the reading.
  enum EnforcementState {
    case on(String)
    case later(String)
    case off
    case unreadable

    var isOn: Bool { if case .on = self { true } else { false } }

    var words: String {
      switch self {
      case .on(let date): "enforced since \(date)"
      case .later(let date): "scheduled: enforced from \(date)"
      case .off: "enforcement is off"
      case .unreadable: "the policy names no date that can be read"
      }
    }
  }

  private func state(_ policy: GoogleWire.Policy) -> EnforcementState {
    guard let date = policy.enforcedFrom else { return .unreadable }
    if date.milliseconds == 0 { return .off }
    return date <= settings.now ? .on(date.text) : .later(date.text)
  }

  private mutating func enforcementTree(
    otherwise: SignInPolicy? = nil,
    _ leaf: (inout Self, GoogleWire.Policy, EnforcementState) -> SignInPolicy
  ) -> SignInPolicy {
    let none =
      otherwise ?? plain(.singleFactor, "asks for a password only: no policy enforces two steps")
    return tree(Self.enforcement, otherwise: none) { builder, policy in
      leaf(&builder, policy, builder.state(policy))
    } ?? none
  }

  /// The policies of one setting: of those whose query picks a person, the one with the highest order decides.
  ///
  /// - Returns: nil when no policy sets it.
  private mutating func tree(
    _ setting: String, otherwise: SignInPolicy = .demand(.singleFactor, by: nil),
    _ leaf: (inout Self, GoogleWire.Policy) -> SignInPolicy
  ) -> SignInPolicy? {
    guard case .read(let all) = settings.policies else { return nil }
    let policies = all.filter { $0.setting == setting }
      .sorted {
        ($1.sortOrder ?? -.infinity, $0.type, $0.name)
          < ($0.sortOrder ?? -.infinity, $1.type, $1.name)
      }
    guard !policies.isEmpty else { return nil }
    var branches: [SignInPolicy.Branch] = []
    // One without its order may come first; it comes last as well, for people whom no other is for. No two have one order.
    let orders = Dictionary(grouping: policies.compactMap(\.sortOrder)) { $0 }
    for policy in policies
    where policy.sortOrder.map({ orders[$0, default: []].count > 1 }) ?? true {
      let isFirst = unknown(
        "whether policy \(policy.name) comes first, which names no order of its own",
        remedy: "run again; if it stays, report the policy")
      branches.append(
        .init(.all([condition(policy), .unknown(isFirst)]), leaf(&self, policy)))
    }
    for policy in policies {
      branches.append(.init(condition(policy), leaf(&self, policy)))
    }
    return .firstMatch(branches, otherwise: otherwise)
  }

  private mutating func condition(_ policy: GoogleWire.Policy) -> Condition {
    if let query = GooglePolicyQuery(policy.query) { return condition(query, policy) }
    return .unknown(
      unknown(
        "whom policy \(policy.name) applies to, whose query cannot be read",
        remedy: "report the query of the policy, so that idsync learns it"))
  }

  private mutating func condition(
    _ query: GooglePolicyQuery, _ policy: GoogleWire.Policy
  ) -> Condition {
    switch query {
    case .always: return .always
    case .never: return .never
    case .orgUnit(let id): return isIn(orgUnit: id)
    case .group(let id): return isIn(group: id)
    case .licences(let ids):
      return .unknown(
        unknown(
          "whether the account has licence \(ids.joined(separator: " or "))",
          remedy: "no right of the source shows licences; see the policy \(policy.name)"))
    case .not(let inner): return .not(condition(inner, policy))
    case .all(let parts): return .all(parts.map { condition($0, policy) })
    case .any(let parts): return .any(parts.map { condition($0, policy) })
    }
  }

  // MARK: Leaves

  private static let door = "2-step verification"

  private mutating func plain(_ demand: Demand, _ words: String) -> SignInPolicy {
    .demand(
      demand,
      by: reference(
        RuleReference(
          policyID: "isEnforcedIn2Sv", policyName: Self.door, ruleID: "isEnforcedIn2Sv",
          ruleName: "the account's flag", demand: words)))
  }

  private mutating func leaf(
    _ policy: GoogleWire.Policy, _ demand: Demand, _ words: String
  ) -> SignInPolicy {
    let setting =
      policy.setting.split(separator: "two_step_verification_").last.map(String.init)
      ?? policy.setting
    var target: [String] = []
    if let unit = policy.orgUnit { target.append("org unit \(orgUnitName(unit))") }
    if let group = policy.group { target.append("group \(groupName(group))") }
    let who = target.isEmpty ? "whom its query picks" : target.joined(separator: " and ")
    return .demand(
      demand,
      by: reference(
        RuleReference(
          policyID: policy.name, policyName: Self.door, ruleID: policy.name,
          ruleName:
            "\(setting.replacing("_", with: " ")) for \(who)"
            + (policy.type == "SYSTEM" ? " (Google's default)" : ""), demand: words,
          condition: policy.query)))
  }
}

extension GoogleSettings {
  /// Whether a policy that decides about graces does not show all of itself.
  var hasFlawedPolicies: Bool {
    guard case .read(let policies) = policies else { return false }
    return policies.contains { policy in
      let isFlawed = policy.query.isEmpty || policy.sortOrder == nil
      switch policy.setting {
      case GoogleModelBuilder.enforcement: return isFlawed || policy.enforcedFrom == nil
      case GoogleModelBuilder.gracePeriod: return isFlawed || policy.graceSeconds == nil
      default: return false
      }
    }
  }
}

extension GoogleWire.Policy {
  /// From when on two steps are asked for; nil when it cannot be read.
  var enforcedFrom: Timestamp? { field("enforcedFrom")?.string.flatMap { Timestamp($0) } }

  /// How long a new user may sign in with one factor: `"604800s"`; nil when it cannot be read.
  var graceSeconds: Int64? { seconds("enrollmentGracePeriod") }

  /// A duration of the value, `"604800s"`, in seconds; nil when it cannot be read.
  func seconds(_ name: String) -> Int64? {
    guard let text = field(name)?.string, text.hasSuffix("s"),
      let seconds = Double(text.dropLast()), seconds >= 0, seconds < 1e10
    else { return nil }
    return Int64(seconds.rounded(.down))
  }
}

extension GoogleSeen.Grace {
  /// What the atom of such people asks.
  var atom: String { "newUser=\(seconds)s until \(until ?? "later")" }
}
