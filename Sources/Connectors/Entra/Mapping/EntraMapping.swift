internal import ConnectorKit
internal import IdentityCore

/// Compiles what a tenant says about sign-ins to one application into the common form.
///
/// Pure: the same input gives the same model. Every live policy that matches is to be passed, whatever the order.
struct EntraMapping {
  let tenant: EntraTenantFacts
  let vouches: Vouches

  /// Compiles one application.
  ///
  /// - Parameters:
  ///   - id: the application's id as it was asked for.
  ///   - atoms: what policies ask of people; shared by all applications and added to.
  func compile(
    _ app: EntraWire.ServicePrincipal, as id: AppID, _ atoms: inout EntraAtoms
  ) -> EntraCompiled {
    var result = EntraCompiled(
      app: app, tenant: tenant, state: .inactive(""), doubts: EntraDoubts(vouches, at: id))
    switch app.isEnabled {
    case nil:
      result.state = .unreadable(
        reason: "Entra ID does not tell whether sign-in to \(app.name) is enabled.",
        remedy: "switch 'enabled for users to sign in' of the application on or off")
    case false?:
      result.state = .inactive(
        "The application \(app.name) is disabled for sign-in at Entra ID.")
    case true?: compile(app, &atoms, into: &result)
    }
    return result
  }

  private func compile(
    _ app: EntraWire.ServicePrincipal, _ atoms: inout EntraAtoms, into result: inout EntraCompiled
  ) {
    var builder = EntraModelBuilder(
      tenant: tenant, app: app, atoms: atoms, doubts: result.doubts)
    let base = builder.reference(
      RuleReference(
        policyID: "conditionalAccess", policyName: "Conditional Access",
        ruleID: "conditionalAccess", ruleName: "nothing that applies asks for a second factor",
        demand: "asks for one factor only"))
    builder.readClaims()
    let demands =
      builder.conditionalAccess() + builder.securityDefaults() + builder.mandatory()
    var parts: [SignInPolicy] = [.demand(.singleFactor, by: base)]
    parts += builder.withRememberedBrowsers(demands)
    parts += builder.perUser()
    parts += builder.federation()
    var policy = SignInPolicy.all(parts)
    if app.signOnMode == "password" || !app.tellsSignOnMode {
      policy = builder.withStoredPassword(policy)
    }
    if app.requiresAssignment {
      policy = builder.withEligibleAssignment(policy)
      policy = builder.withUnclearAssignment(policy)
    }
    policy = builder.withUnclearState(policy)
    atoms = builder.atoms
    result.state = .readable(builder.model(policy))
    result.doubts = builder.doubts
    result.isAskedOften = Condition.or(builder.frequencies) == .always
  }
}

extension EntraModelBuilder {
  /// The Conditional Access policies that may be in force, each on its own.
  mutating func conditionalAccess() -> [SignInPolicy] {
    let policies: [EntraWire.Policy]
    switch tenant.policies {
    case .unreadable(let reason, let remedy):
      let id = unknown("what Conditional Access asks for: \(reason)", remedy: remedy)
      return [.demand(.unknown(id), by: nil)]
    case .read(let list): policies = list.filter { Self.mayBeLive($0.state) }
    }
    if case .read(let all) = tenant.locations {
      let mentioned = Self.mentioned(policies)
      countries = EntraCountries(
        all.values.filter { mentioned.contains($0.id) }.sorted { $0.id < $1.id })
    }
    return policies.compactMap { compiled($0) }
  }

  private static func mayBeLive(_ state: String) -> Bool {
    // Report-only and disabled policies protect no one.
    state != "disabled" && state != "enabledForReportingButNotEnforced"
  }

  private mutating func compiled(_ policy: EntraWire.Policy) -> SignInPolicy? {
    let place = EntraPlace(policy)
    if let damage = policy.damage {
      let id = unknown(
        "what \(place) asks for, and of whom: it is damaged (\(damage))", at: place,
        remedy: "run again; if it stays, report it")
      return .demand(.unknown(id), by: nil)
    }
    let isShort = asksSoon(policy)
    guard policy.grant != nil || isShort, let condition = condition(policy, place) else {
      return nil
    }
    if isShort { frequencies.append(condition.holds) }
    let rule = RuleReference(
      policyID: policy.id, policyName: policy.name, ruleID: policy.id, ruleName: policy.name,
      demand: "", condition: condition.phrases.joined(separator: "; "),
      standing: policy.state + (policy.modified.map { ", changed \($0)" } ?? ""))
    guard let demand = demand(policy, rule) else { return nil }
    if condition.holds == .always { return demand }
    return .firstMatch(
      [.init(condition.holds, demand)], otherwise: .demand(.singleFactor, by: nil))
  }

  /// When a policy is in force and applies; nil: never.
  private mutating func condition(
    _ policy: EntraWire.Policy, _ place: EntraPlace
  ) -> EntraCondition? {
    let target = applications(policy, place)
    guard target.holds != .never else { return nil }
    let people = people(policy, place)
    guard people.holds != .never else { return nil }
    let runtime = runtime(policy.conditions, place)
    guard runtime.holds != .never else { return nil }
    var parts = [people, target, runtime]
    if policy.state != "enabled" {
      let id = unknownCondition(
        "whether a policy with state \(policy.state.prefix(40)) is in force (\(place))", at: place,
        remedy: "switch the policy on or off")
      parts.append(EntraCondition(id, "state \(policy.state.prefix(40))"))
    }
    parts += conditions(policy.strange, place).map {
      EntraCondition($0, "a setting that cannot be read")
    }
    return .and(parts)
  }
}
