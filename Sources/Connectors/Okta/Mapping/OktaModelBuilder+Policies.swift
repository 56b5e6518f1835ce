internal import IdentityCore

extension OktaModelBuilder {
  /// Both sides are to be passed.
  func sides(session: SignInPolicy, app: SignInPolicy?) -> SignInPolicy {
    guard let app else { return session }
    return .all([session, app])
  }

  /// A demand that cannot be read.
  mutating func unknownDemand(_ title: String, remedy: String) -> SignInPolicy {
    .demand(.unknown(unknown(title, remedy: remedy)), by: nil)
  }

  /// The global session policies: by priority, each rule by priority; when no rule of a policy holds, the next policy is
  /// tried.
  mutating func sessionSide(_ part: OktaPart<[OktaWire.Policy]>) -> SignInPolicy {
    let policies: [OktaWire.Policy]
    switch part {
    case .unreadable(let reason, let remedy):
      return unknownDemand("what the global session policies ask for: \(reason)", remedy: remedy)
    case .read(let list): policies = list
    }
    var branches: [SignInPolicy.Branch] = []
    for policy in Self.inOrder(policies) where Self.isLive(policy.status) {
      // The default policy is for everyone, whatever group it names.
      let place = "policy '\(policy.name)'"
      let people =
        policy.isSystem ? OktaCondition.always : condition(policy.conditions, place)
      branches += self.branches(policy, under: people) { builder, rule in
        OktaOutcome.session(rule.actions, limitMinutes: builder.rememberedDeviceLimitMinutes)
      }
    }
    return .firstMatch(
      upToAlways(branches),
      otherwise: unknownDemand(
        "what happens when no rule of the global session policies holds",
        remedy: "grant the token okta.policies.read, so that the default policy is listed"))
  }

  /// The application's own policy; its place among others says nothing.
  mutating func appSide(_ policy: OktaWire.Policy) -> SignInPolicy {
    guard Self.isLive(policy.status) else {
      return unknownDemand(
        "what holds while the sign-in policy '\(policy.name)' is \(policy.status.lowercased())",
        remedy: "activate the policy")
    }
    guard policy.resourceType != "END_USER_ACCOUNT_MANAGEMENT" else {
      return unknownDemand(
        "what holds while the application names the account management policy '\(policy.name)'",
        remedy: "assign a sign-in policy to the application")
    }
    let people = condition(policy.conditions, "policy '\(policy.name)'")
    let branches = branches(policy, under: people) { _, rule in OktaOutcome.app(rule.actions) }
    return .firstMatch(
      upToAlways(branches),
      otherwise: unknownDemand(
        "what happens when no rule of the sign-in policy '\(policy.name)' holds",
        remedy: "grant the token okta.policies.read, so that the catch-all rule is listed"))
  }

  private mutating func branches(
    _ policy: OktaWire.Policy, under people: OktaCondition,
    _ outcome: (OktaModelBuilder, OktaWire.Rule) -> OktaOutcome
  ) -> [SignInPolicy.Branch] {
    let rules = (policy.rules ?? []).enumerated().sorted {
      ($0.element.priority ?? .max, $0.offset) < ($1.element.priority ?? .max, $1.offset)
    }
    var result: [SignInPolicy.Branch] = []
    for (position, rule) in rules.map(\.element).enumerated() {
      let place = "rule '\(rule.name)' of policy '\(policy.name)'"
      guard let liveness = liveness(rule, place) else { continue }
      let condition = OktaCondition.and([people, liveness, condition(rule.conditions, place)])
      guard condition.holds != .never else { continue }
      let found = outcome(self, rule)
      let reference = RuleReference(
        policyID: policy.id, policyName: policy.name, ruleID: rule.id, ruleName: rule.name,
        position: position + 1, demand: "", condition: condition.phrases.joined(separator: "; "))
      result.append(.init(condition.holds, demand(found, reference, place)))
    }
    return result
  }

  /// Whether a rule is in force; nil when it is not.
  private mutating func liveness(_ rule: OktaWire.Rule, _ place: String) -> OktaCondition? {
    switch rule.status {
    case "ACTIVE": return .always
    // Drafts and staged branches are not in force until they are promoted.
    case "INACTIVE", "DRAFT", "STAGED": return nil
    default:
      let id = unknown(
        "whether a rule with status \(rule.status.prefix(20)) is in force (\(place))",
        remedy: "activate or deactivate the rule")
      return OktaCondition(holds: .unknown(id), phrases: ["status \(rule.status.prefix(20))"])
    }
  }

  private mutating func demand(
    _ outcome: OktaOutcome, _ rule: RuleReference, _ place: String
  ) -> SignInPolicy {
    func by(_ phrase: String) -> RuleReference.ID {
      var named = rule
      named.demand = phrase
      return reference(named)
    }
    switch outcome {
    case .refused: return .demand(.refused, by: by("refuses"))
    case .single(let phrase): return .demand(.singleFactor, by: by(phrase))
    case .multi(let phrase): return .demand(.multiFactor, by: by(phrase))
    case .rememberable:
      let isRemembered = flag("remembered device")
      let skips = by("asks for a password only on a remembered device")
      return .firstMatch(
        [.init(isRemembered, .demand(.singleFactor, by: skips))],
        otherwise: .demand(
          .multiFactor, by: by("asks for two factors unless the device is remembered")))
    case .asserted:
      let phrase = "second factor asserted by an external identity provider"
      let asserts = by("lets an external identity provider assert the second factor")
      return .firstMatch(
        [.init(flag(phrase), .demand(.singleFactor, by: asserts))],
        otherwise: .demand(.multiFactor, by: by("asks for two factors")))
    case .unknown(let what):
      let id = unknown(
        "what \(place) asks for: \(what)",
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

  /// Policies with rules by priority, the default one last.
  private static func inOrder(_ policies: [OktaWire.Policy]) -> [OktaWire.Policy] {
    policies.enumerated().sorted {
      let first = ($0.element.isSystem ? 1 : 0, $0.element.priority ?? .max, $0.offset)
      let second = ($1.element.isSystem ? 1 : 0, $1.element.priority ?? .max, $1.offset)
      return first < second
    }.map(\.element)
  }

  private static func isLive(_ status: String) -> Bool { status == "ACTIVE" }
}
