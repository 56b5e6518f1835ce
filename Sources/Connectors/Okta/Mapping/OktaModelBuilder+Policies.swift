internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

extension OktaModelBuilder {
  /// Both sides are to be passed.
  func sides(session: SignInPolicy, app: SignInPolicy?) -> SignInPolicy {
    guard let app else { return session }
    return .all([session, app])
  }

  /// A demand that cannot be read, by the key of what it is of.
  mutating func unknownDemand(_ key: String, _ title: String, remedy: String) -> SignInPolicy {
    .demand(.unknown(tables.unknown(key, title, remedy: remedy)), by: nil)
  }

  /// The global session policies: by priority, each rule by priority; when no rule of a policy holds, the next policy is
  /// tried.
  mutating func sessionSide(_ part: OktaPart<[OktaWire.Policy]>) -> SignInPolicy {
    let policies: [OktaWire.Policy]
    switch part {
    case .unreadable(let reason, let remedy):
      return unknownDemand(
        "session", "what the global session policies ask for: \(reason)", remedy: remedy)
    case .read(let list): policies = list.filter { !Self.isOff($0.status) }
    }
    guard OktaOrder.isKnown(policies) else {
      note("the order of the session policies", call: "GET /api/v1/policies")
      return unknownDemand(
        "session|order", "in which order the global session policies apply",
        remedy: "let the token see the whole policies")
    }
    let shape = OktaRuleShape(session: policies.flatMap { $0.rules ?? [] })
    var branches: [SignInPolicy.Branch] = []
    for policy in OktaOrder.sorted(policies) {
      let place = OktaPlace(policy)
      let people = OktaCondition.and([
        liveness(policy.status, "policy", place), scope(of: policy, place),
      ])
      branches += self.branches(policy, under: people, shape) { builder, rule in
        OktaOutcome.session(rule.actions, limitMinutes: builder.rememberedDeviceLimitMinutes)
      }
    }
    return .firstMatch(
      upToAlways(branches),
      otherwise: unknownDemand(
        "session|otherwise",
        "what happens when no rule of the global session policies holds",
        remedy: "grant the token okta.policies.read, so that the default policy is listed"))
  }

  /// Whom a policy of sessions or passwords is for: Okta always shows its list of groups.
  ///
  /// - Parameter keys: the conditions that count; nil: all.
  mutating func scope(
    of policy: OktaWire.Policy, _ place: OktaPlace, only keys: Set<String>? = nil
  ) -> OktaCondition {
    // The default policy is for everyone, whatever group it names.
    if policy.isSystem == true { return .always }
    guard policy.conditions?["people"]?["groups"]?["include"]?.array != nil else {
      return unshown("conditions.people.groups.include", place)
    }
    return scope(keys.map { policy.conditions?.keeping($0) } ?? policy.conditions, place)
  }

  private mutating func scope(_ conditions: JSONValue?, _ place: OktaPlace) -> OktaCondition {
    isScope = true
    defer { isScope = false }
    return condition(conditions, place)
  }

  /// The application's own policy; its place among others says nothing.
  mutating func appSide(_ policy: OktaWire.Policy) -> SignInPolicy {
    let place = OktaPlace(policy)
    guard policy.status == "ACTIVE" else {
      return unknownDemand(
        "\(place.id)|status",
        "what holds while the sign-in policy '\(policy.name)' is \(policy.status.lowercased())",
        remedy: "activate the policy")
    }
    guard policy.type == "ACCESS_POLICY", policy.resourceType != "END_USER_ACCOUNT_MANAGEMENT"
    else {
      return unknownDemand(
        "\(place.id)|type",
        "what holds while the application names a policy of another kind, '\(policy.name)'",
        remedy: "assign a sign-in policy to the application")
    }
    let people = scope(policy.conditions, place)
    let shape = OktaRuleShape(app: policy.rules ?? [])
    let branches = branches(policy, under: people, shape) { builder, rule in
      OktaOutcome.app(rule.actions, limitMinutes: builder.rememberedDeviceLimitMinutes)
    }
    return .firstMatch(
      upToAlways(branches),
      otherwise: unknownDemand(
        "\(place.id)|otherwise",
        "what happens when no rule of the sign-in policy '\(policy.name)' holds",
        remedy: "grant the token okta.policies.read, so that the catch-all rule is listed"))
  }

  private mutating func branches(
    _ policy: OktaWire.Policy, under people: OktaCondition, _ shape: OktaRuleShape,
    _ outcome: (OktaModelBuilder, OktaWire.Rule) -> OktaOutcome
  ) -> [SignInPolicy.Branch] {
    let place = OktaPlace(policy)
    let rules = OktaOrder.sorted(policy.rules ?? [])
    guard OktaOrder.isKnown(rules.filter { !Self.isOff($0.status) }) else {
      return [unordered(place, under: people)]
    }
    var result: [SignInPolicy.Branch] = []
    for (position, rule) in rules.enumerated() where rule.status != "INACTIVE" {
      let own = place.rule(rule)
      let found = strangeness(rule, shape) ?? outcome(self, rule)
      isWeak = !found.protects || isUnrecognised(policy, rule, place, shape)
      // A draft protects nobody. That a rule of such a status lets nobody in either is documented of branches only.
      if Self.isOff(rule.status), !isWeak { continue }
      let condition = OktaCondition.and([
        people, liveness(rule.status, "rule", own), conditions(of: rule, own, shape),
      ])
      guard condition.holds != .never else { continue }
      if shape.isSession {
        for field in OktaOutcome.unshownFields(ofSession: rule.actions) { note(field, own) }
      }
      let reference = RuleReference(
        policyID: policy.id, policyName: policy.name, ruleID: rule.id, ruleName: rule.name,
        position: position + 1, demand: "", condition: condition.phrases.joined(separator: "; "))
      let asked = demand(found, reference, own)
      let known = withOldSessions(asked, found, rule, reference, shape)
      result.append(
        .init(condition.holds, unlessUnrecognised(known, policy, rule, reference, place, shape)))
    }
    return result
  }

  /// What a rule asks for cannot be told where it, or its policy, says more than is known.
  private mutating func unlessUnrecognised(
    _ asked: SignInPolicy, _ policy: OktaWire.Policy, _ rule: OktaWire.Rule,
    _ reference: RuleReference, _ place: OktaPlace, _ shape: OktaRuleShape
  ) -> SignInPolicy {
    let strange =
      unknownKeys(Self.unrecognised(rule, shape), place.rule(rule))
      + unknownKeys(policy.unrecognised, place)
    guard !strange.isEmpty else { return asked }
    var named = reference
    named.demand = "asks for something that cannot be read"
    let by = tables.reference(named)
    return .all(strange.map { .demand(.unknown($0), by: by) })
  }

  /// The keys of a rule and of what it asks for that nobody knows.
  private static func unrecognised(
    _ rule: OktaWire.Rule, _ shape: OktaRuleShape
  ) -> [UnrecognisedKey] {
    rule.unrecognised + OktaOutcome.unrecognised(rule.actions, isSession: shape.isSession)
  }

  /// Whether a rule, or its policy, says more than is known; nothing is noted of one that may never apply.
  private func isUnrecognised(
    _ policy: OktaWire.Policy, _ rule: OktaWire.Rule, _ place: OktaPlace, _ shape: OktaRuleShape
  ) -> Bool {
    var builder = self
    return !builder.unknownKeys(Self.unrecognised(rule, shape), place.rule(rule)).isEmpty
      || !builder.unknownKeys(policy.unrecognised, place).isEmpty
  }

  /// What a rule of another kind asks for cannot be told.
  private func strangeness(_ rule: OktaWire.Rule, _ shape: OktaRuleShape) -> OktaOutcome? {
    let type = shape.isSession ? "SIGN_ON" : "ACCESS_POLICY"
    guard let found = rule.type, found != type else { return nil }
    return .unknown("a rule of type \(found.prefix(40))")
  }

  /// In an older session nothing is asked for anew by rules whose second factor counts for longer; where sessions end
  /// sooner, there is none.
  private mutating func withOldSessions(
    _ asked: SignInPolicy, _ outcome: OktaOutcome, _ rule: OktaWire.Rule,
    _ reference: RuleReference, _ shape: OktaRuleShape
  ) -> SignInPolicy {
    guard hasOldSessions, outcome != .refused else { return asked }
    let limit = rememberedDeviceLimitMinutes
    let isLong =
      shape.isSession
      ? OktaOutcome.isLong(session: rule.actions, limitMinutes: limit)
      : OktaOutcome.isLong(app: rule.actions, limitMinutes: limit)
    let inSession: SignInPolicy
    if shape.isSession, !isLong {
      inSession = .demand(.refused, by: nil)
    } else if isLong, outcome.mayBeOld {
      var old = reference
      old.demand = "asks for nothing anew in an older session"
      inSession = .demand(.singleFactor, by: tables.reference(old))
    } else {
      return asked
    }
    return .firstMatch([.init(tables.flag("older session"), inSession)], otherwise: asked)
  }

  /// Rules whose order Okta did not show: some of them may apply, and ask for anything.
  private mutating func unordered(
    _ place: OktaPlace, under people: OktaCondition
  ) -> SignInPolicy.Branch {
    note("the order of the rules", place)
    let remedy = "let the token see the whole policy"
    let applies = tables.unknown(
      "\(place.id)|applies", "whether a rule of \(place.title) applies", remedy: remedy)
    return .init(
      .and([people.holds, .unknown(applies)]),
      unknownDemand(
        "\(place.id)|order", "in which order the rules of \(place.title) apply", remedy: remedy))
  }

  /// Whether something is not in force; drafts and staged branches are not until they are promoted.
  private static func isOff(_ status: String) -> Bool {
    ["INACTIVE", "DRAFT", "STAGED"].contains(status)
  }

  /// Whether a policy or rule is in force.
  private mutating func liveness(
    _ status: String, _ what: String, _ place: OktaPlace
  ) -> OktaCondition {
    guard status != "ACTIVE" else { return .always }
    let id = tables.unknown(
      "\(place.id)|status",
      "whether a \(what) with status \(status.prefix(20)) is in force (\(place.title))",
      remedy: "activate or deactivate the \(what)")
    return OktaCondition(holds: .unknown(id), phrases: ["status \(status.prefix(20))"])
  }

  private mutating func demand(
    _ outcome: OktaOutcome, _ rule: RuleReference, _ place: OktaPlace
  ) -> SignInPolicy {
    func by(_ phrase: String) -> RuleReference.ID {
      var named = rule
      named.demand = phrase
      return tables.reference(named)
    }
    switch outcome {
    case .refused: return .demand(.refused, by: by("refuses"))
    case .single(let phrase): return .demand(.singleFactor, by: by(phrase))
    case .multi(let phrase): return .demand(.multiFactor, by: by(phrase))
    case .rememberable:
      let isRemembered = tables.flag("remembered device")
      let skips = by("asks for a password only on a remembered device")
      return .firstMatch(
        [.init(isRemembered, .demand(.singleFactor, by: skips))],
        otherwise: .demand(
          .multiFactor, by: by("asks for two factors unless the device is remembered")))
    case .asserted:
      let phrase = "second factor asserted by an external identity provider"
      let asserts = by("lets an external identity provider assert the second factor")
      return .firstMatch(
        [.init(tables.flag(phrase), .demand(.singleFactor, by: asserts))],
        otherwise: .demand(.multiFactor, by: by("asks for two factors")))
    case .unknown(let what), .unshown(let what):
      if case .unshown = outcome { note(what, place) }
      let id = tables.unknown(
        "\(place.id)|demand", "what \(place.title) asks for: \(what)",
        remedy: "give the rule a form that idsync knows, or report it")
      return .demand(.unknown(id), by: by("asks for something that cannot be read (\(what))"))
    }
  }

  /// What stands behind a branch that always holds is never reached.
  private func upToAlways(_ branches: [SignInPolicy.Branch]) -> [SignInPolicy.Branch] {
    guard let last = branches.firstIndex(where: { $0.condition == .always }) else {
      return branches
    }
    return Array(branches[...last])
  }
}
