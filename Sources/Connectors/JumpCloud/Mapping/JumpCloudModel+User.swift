internal import ConnectorKit
internal import IdentityCore

extension JumpCloudModel {
  // MARK: The user's own flag

  /// What the user's own flag asks for, and who is excepted from it.
  mutating func ownFlag() -> SignInPolicy {
    let rule = RuleReference(
      policyID: "enable_user_portal_multifactor", policyName: "MFA at the user portal",
      ruleID: "enable_user_portal_multifactor", ruleName: "the user's own flag", demand: "")
    let two = byDefaultPolicy(
      .demand(.multiFactor, by: by(rule, "asks for two factors")), rule)
    let one = SignInPolicy.demand(
      .singleFactor, by: by(rule, "asks for one factor only, as it is not set"))
    let isSet = unknown(
      "whether MFA is required of the user at the user portal: the account does not tell",
      "run again; if it stays, report it")
    var exceptions: [SignInPolicy.Branch] = []
    for (exclusion, place) in facts.exclusions {
      exceptions.append(.init(.subject(place), excepted(exclusion, rule, two)))
    }
    let set = SignInPolicy.firstMatch(exceptions, otherwise: two)
    return .firstMatch(
      [
        .init(.subject(JumpCloudFacts.unclear), .firstMatch([.init(isSet, set)], otherwise: one)),
        .init(.not(.subject(JumpCloudFacts.required)), one),
      ], otherwise: set)
  }

  static let defaultPolicyUntold =
    "no API shows it, and it may let in without a second factor whoever has MFA required"
  static let defaultPolicyRemedy =
    "aim a policy at the application, or see that the default access policy of the user portal is \"require MFA based on user setting\""

  /// What the user's flag asks for, as long as the default access policy goes by it.
  private mutating func byDefaultPolicy(
    _ asked: SignInPolicy, _ rule: RuleReference
  ) -> SignInPolicy {
    let row = JumpCloudDoors.defaultPolicy.row
    if vouches.vouch(for: row.id, object: nil, version: nil, at: app.id) != nil { return asked }
    let unknown = row.unknown(nil, Self.defaultPolicyUntold, remedy: Self.defaultPolicyRemedy)
    let lets = by(rule, "counts for nothing where the default access policy lets everybody in")
    return .firstMatch(
      [.init(.unknown(tables.unknown(unknown)), .demand(.singleFactor, by: lets))],
      otherwise: asked)
  }

  private mutating func excepted(
    _ exclusion: JumpCloudFacts.Exclusion, _ rule: RuleReference, _ two: SignInPolicy
  ) -> SignInPolicy {
    let one = SignInPolicy.demand(
      .singleFactor, by: by(rule, "asks for one factor only of people who are excepted"))
    switch exclusion {
    case .endless: return one
    case .unclear:
      let isExcepted = unknown(
        "whether the user is excepted from MFA: the account does not tell",
        "look at the user's MFA settings")
      return .firstMatch([.init(isExcepted, one)], otherwise: two)
    case .until(let day):
      let values = ["before the user's exception from MFA ends (\(day))", "later"]
      let started = tables.variable("started \(day)", name: "started", values)
      return .firstMatch([.init(.variable(started, in: [0]), one)], otherwise: two)
    }
  }

  // MARK: External identity providers

  /// The identity providers that sign-ins may be left to.
  var upstreams: [Upstream] {
    facts.managers.map {
      Upstream(name: "identity provider \($0.id)", keys: [$0.id])
    }
  }

  /// People whose account external identity providers manage sign in at any of them, or here; the weakest way counts.
  mutating func withManagers(_ own: SignInPolicy) -> SignInPolicy {
    var ways: [SignInPolicy] = [own]
    for (index, manager) in facts.managers.enumerated() {
      let rule = RuleReference(
        policyID: "federated_identity_provider", policyName: "federated authentication",
        ruleID: manager.id, ruleName: "identity provider \(manager.id)", demand: "")
      let leaves = by(rule, "lets identity provider \(manager.id) vouch for the sign-in")
      ways.append(
        .firstMatch(
          [.init(.subject(manager.place), .upstream(index, by: leaves))],
          otherwise: .demand(.refused, by: nil)))
    }
    let known =
      ways.count == 1
      ? own
      : SignInPolicy.firstMatch(
        [.init(.any(facts.managers.map { .subject($0.place) }), .any(ways))], otherwise: own)
    // What is not told may only weaken what was read.
    let managers = unknown(
      "which identity providers manage the account: the row does not tell",
      "run again; if it stays, report it")
    let state = unknown(
      "whether the account is staged or suspended: the row does not tell its state",
      "run again; if it stays, report it")
    let doubted = SignInPolicy.any([known, .demand(Self.demand(of: managers), by: nil)])
    let unstated = SignInPolicy.any([known, .demand(Self.demand(of: state), by: nil)])
    return .firstMatch(
      [
        .init(.subject(JumpCloudFacts.stateUntold), unstated),
        .init(.subject(JumpCloudFacts.managersUntold), doubted),
      ], otherwise: known)
  }

  private static func demand(of condition: Condition) -> Demand {
    if case .unknown(let id) = condition { .unknown(id) } else { .singleFactor }
  }
}
