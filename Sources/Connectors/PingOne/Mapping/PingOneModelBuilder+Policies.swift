internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// A sign-on policy with its steps.
struct PingOnePolicy: Sendable {
  var id: String
  var name: String
  var actions: Part<[PingOneWire.Action]>
}

/// A step of a policy and its place.
struct PingOneStep {
  let policy: PingOnePolicy
  let action: PingOneWire.Action
  let position: Int

  /// The step as messages name it.
  var place: String { "step \(position) of policy '\(policy.name)'" }

  /// What tells it apart from all other steps, of policies of the same name too.
  var key: String { "step \(action.id) of policy \(policy.id)" }

  /// The step as a rule that demands something.
  func rule(_ demand: String, _ condition: String = "") -> RuleReference {
    RuleReference(
      policyID: policy.id, policyName: policy.name, ruleID: action.id, ruleName: action.type,
      position: position, demand: demand, condition: condition)
  }
}

extension PingOneModelBuilder {
  /// What the sign-on policies of an application ask for.
  ///
  /// PingOne begins with the first one and goes on to the next where a sign-in fails or its application names another
  /// one, so a person can come to each of them: the weakest counts.
  /// - SeeAlso: <https://developer.pingidentity.com/pingone-api/platform/applications/application-sign-on-policy-assignments.html>
  mutating func policies(_ policies: [PingOnePolicy]) -> SignInPolicy {
    var parts: [SignInPolicy] = []
    for policy in policies { parts.append(self.policy(policy)) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  /// What one policy asks for: every step whose condition holds is to be passed.
  ///
  /// A device counts as a second factor only behind a first one: a password, another identity provider, or a session that
  /// one of them opened.
  private mutating func policy(_ policy: PingOnePolicy) -> SignInPolicy {
    let actions: [PingOneWire.Action]
    switch policy.actions {
    case .read(let read): actions = read.sorted { $0.priority < $1.priority }
    case .unreadable(let reason, let remedy):
      return unknownDemand(
        "what the sign-on policy \(policy.name) asks for: \(reason)", remedy: remedy,
        of: "policy \(policy.id)")
    }
    var branches: [SignInPolicy.Branch] = []
    var isIdentified: [Condition] = []
    var first: [SignInPolicy] = []
    var second: [SignInPolicy] = []
    var alone: [SignInPolicy] = []
    for (index, action) in actions.enumerated() {
      let step = PingOneStep(policy: policy, action: action, position: index + 1)
      let condition = condition(action.condition, step.place, of: step.key)
      if !action.nulls.isEmpty {
        let demand = unknownDemand(
          "what \(action.nulls.joined(separator: ", ")) says, which is null (\(step.place))",
          remedy: "run again; if it stays, report it", of: step.key)
        branches.append(.init(.always, demand))
        continue
      }
      if let demand = demand(of: action.unrecognised, step.key) {
        branches.append(.init(.always, demand))
        continue
      }
      switch action.type {
      case "LOGIN", "IDENTIFIER_FIRST", "IDENTITY_PROVIDER":
        isIdentified += [condition.holds, condition.isSpared(by: condition.passwordSessions)]
        first.append(.branch(condition.holds, firstFactor(step, condition), Self.nothing))
      case "MULTI_FACTOR_AUTHENTICATION", "PINGID_AUTHENTICATION",
        "PINGID_WINLOGIN_PASSWORDLESS_AUTHENTICATION":
        second.append(secondFactor(step, condition, isAlone: false))
        alone.append(secondFactor(step, condition, isAlone: true))
      // These ask for consent or for data.
      case "AGREEMENT", "PROGRESSIVE_PROFILING", "PROGRESSIVE_PROFILING_FORM": break
      default:
        // A step of another kind may also be a way around those behind it.
        let demand = unknownDemand(
          "what a step of the type \(action.type) asks for (\(step.place))",
          remedy: "report the type, so that idsync learns it", of: step.key)
        branches.append(.init(condition.holds, demand))
      }
    }
    let both = SignInPolicy.branch(
      .or(isIdentified), .all(first + second), .all([self.nothing(in: policy)] + alone))
    return branches.isEmpty ? both : .firstMatch(branches, otherwise: both)
  }

  /// The same for people of whom something is not told; that may only weaken what was read.
  mutating func people(_ policy: SignInPolicy, _ access: PingOneWire.Access) -> SignInPolicy {
    let locked = unknownDemand(
      "whether the account is locked: PingOne does not say",
      remedy: "look at the person's account in PingOne")
    let told = SignInPolicy.firstMatch(
      [.init(subject(.statusUntold), .any([policy, locked]))], otherwise: policy)
    switch access {
    case .untold, .unclear: break
    case .everybody, .any, .all: return told
    }
    let closed = unknownDemand(
      "who may use the application: its access control is not told",
      remedy: "look at the access control of the application in PingOne")
    return .any([told, closed])
  }

  static let nothing = SignInPolicy.demand(.singleFactor, by: nil)

  private mutating func nothing(in policy: PingOnePolicy) -> SignInPolicy {
    let rule = reference(
      RuleReference(
        policyID: policy.id, policyName: policy.name, ruleID: policy.id, ruleName: policy.name,
        demand: "asks for no password"))
    return .demand(.singleFactor, by: rule)
  }

  // MARK: First factors

  private mutating func firstFactor(
    _ step: PingOneStep, _ condition: PingOneCondition
  ) -> SignInPolicy {
    switch step.action.type {
    case "IDENTITY_PROVIDER":
      guard let provider = step.action.identityProvider else {
        return unknownDemand(
          "to which identity provider a sign-in is left (\(step.place))",
          remedy: "name the identity provider in the step", of: step.key)
      }
      return left(to: provider, step, condition)
    case "IDENTIFIER_FIRST": return byName(step, condition)
    default: return password(step, condition)
    }
  }

  /// A password, or one of the identity providers that the page offers.
  private mutating func password(
    _ step: PingOneStep, _ condition: PingOneCondition
  ) -> SignInPolicy {
    let rule = reference(step.rule("asks for a password only", condition.phrase))
    var doors = [SignInPolicy.demand(.singleFactor, by: rule)]
    for provider in step.action.socialProviders {
      doors.append(left(to: provider, step, condition))
    }
    return doors.count == 1 ? doors[0] : .any(doors)
  }

  private mutating func left(
    to provider: String, _ step: PingOneStep, _ condition: PingOneCondition
  ) -> SignInPolicy {
    let rule = reference(
      step.rule("leaves the sign-in to identity provider \(provider)", condition.phrase))
    return upstream(provider, by: rule)
  }

  /// The provider with authority over the account where there is one, otherwise a password.
  ///
  /// The rules are said to decide for names that belong to nobody yet, and elsewhere for all names: where one fits, nobody
  /// can tell whether it or the password page comes.
  private mutating func byName(
    _ step: PingOneStep, _ condition: PingOneCondition
  ) -> SignInPolicy {
    var result = password(step, condition)
    for rule in step.action.discovery.reversed() {
      let fits = discovery(rule, step)
      let decides = unknown(
        "whether the rule for identity provider \(rule.provider) also decides for people who have an account (\(step.place))",
        remedy: "make the identity provider the authority over their accounts", of: step.key)
      result = .branch(
        .and([fits, .unknown(decides)]), left(to: rule.provider, step, condition), result)
    }
    var branches: [SignInPolicy.Branch] = []
    for provider in settings.authorities {
      branches.append(
        .init(subject(.identityProvider(provider)), left(to: provider, step, condition)))
    }
    return branches.isEmpty ? result : .firstMatch(branches, otherwise: result)
  }

  private mutating func discovery(_ rule: PingOneWire.Discovery, _ step: PingOneStep) -> Condition {
    if let json = rule.condition, json["value"]?.string == "${identifier}",
      json.hasOnly(["value", "contains"]) || json.hasOnly(["value", "equals"]),
      let text = (json["contains"] ?? json["equals"])?.string
    {
      return subject(.identifier(contains: text.lowercased()))
    }
    return condition(rule.condition, "a discovery rule in \(step.place)", of: step.key).holds
  }
}
