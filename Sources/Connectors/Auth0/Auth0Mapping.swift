internal import ConnectorKit
internal import Crypto
internal import Foundation
internal import IdentityCore

/// What decides sign-ins at a tenant, compiled; pure.
struct Auth0Mapping: Sendable {
  var policies: [String]
  var factors: Part<[Auth0Wire.Factor]>
  var actions: Part<[Auth0Wire.Action]>
  /// Whether Actions choose the factors.
  var actionsChoose: Part<Bool>
  /// The older form of Actions.
  var rules: Part<[Auth0Wire.Rule]>
  var connections: Part<[Auth0Wire.Connection]>
  /// How long a session lasts; nil where the tenant never set it.
  var sessionHours: Part<Double?>
  var attestations: [Auth0Configuration.Attestation]
  /// The ways in that people have; the tenant's policy comes after each of them.
  var identities = Auth0Identities()

  private static let asks = [
    "api.multifactor.enable(", "api.authentication.challengeWith", "api.authentication.enrollWith",
  ]

  private static let hollow = "asks for two factors, but no factor is switched on"

  /// The model of every application: the tenant's policy is the same for all.
  func model() -> SignInModel {
    var model = SignInModel(policy: .demand(.refused, by: nil))
    let candidate = candidate(&model)
    let first = identities.firstFactor(&model)
    let second = remembered(withActions(candidate, &model), &model)
    let enabled = (factors.value ?? []).filter { $0.isEnabled && $0.name != "recovery-code" }
    let told = identities.sameChannel(enabled.map(\.name), second, &model)
    model.policy = .all([first, told])
    return model
  }

  // MARK: The tenant's policy

  private func candidate(_ model: inout SignInModel) -> SignInPolicy {
    func rule(_ demand: String, _ condition: String = "") -> RuleReference.ID {
      model.rules.append(
        RuleReference(
          policyID: "guardian", policyName: "MFA policy of the tenant", ruleID: "guardian",
          ruleName: policies.isEmpty ? "never" : policies.joined(separator: ", "), demand: demand,
          condition: condition))
      return model.rules.count - 1
    }
    // A policy of a name we do not know might ask for a second factor.
    let strange = policies.filter { $0 != "all-applications" && $0 != "confidence-score" }
    if policies.contains("all-applications") {
      let rules = (rule("asks for two factors"), rule(Self.hollow))
      return withFactors(rules.0, none: rules.1, &model)
    }
    if !strange.isEmpty {
      model.unknowns.append(
        Unknown(
          title: "what the MFA policy \(strange.joined(separator: ", ")) asks for",
          remedy: "report the policy, so that idsync learns it"))
      return .demand(.unknown(model.unknowns.count - 1), by: nil)
    }
    guard policies.contains("confidence-score") else {
      return .demand(.singleFactor, by: rule("asks for one factor"))
    }
    model.variables.append(Variable(name: "confidence", values: ["low", "high"]))
    let confidence = model.variables.count - 1
    let single = rule("asks for one factor", "confidence is high")
    let rules = (rule("asks for two factors", "confidence is low"), rule(Self.hollow))
    let two = withFactors(rules.0, none: rules.1, &model)
    return .firstMatch(
      [.init(.variable(confidence, in: [1]), .demand(.singleFactor, by: single))], otherwise: two)
  }

  /// Two factors, if any is switched on.
  private func withFactors(
    _ two: RuleReference.ID, none: RuleReference.ID, _ model: inout SignInModel
  ) -> SignInPolicy {
    switch factors {
    // A recovery code stands in for a factor; it is none by itself.
    case .read(let factors) where factors.contains { $0.isEnabled && $0.name != "recovery-code" }:
      return .demand(.multiFactor, by: two)
    case .read: return .demand(.singleFactor, by: none)
    case .unreadable(let reason, let remedy):
      model.unknowns.append(
        Unknown(title: "whether any factor is switched on: \(reason)", remedy: remedy))
      return .demand(.unknown(model.unknowns.count - 1), by: two)
    }
  }

  // MARK: Remembered browsers

  /// Whether the code of an Action has browsers remembered: it says anything but no.
  ///
  /// - SeeAlso: <https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger/post-login-api-object>
  var remembersBrowsers: Bool {
    actions.value?.contains { action in
      Self.plain(action).contains(#/allowRememberBrowser['"]?\]?:(?!false\b)/#)
    } == true
  }

  /// What code that was read says outweighs whoever vouches that browsers are not remembered.
  private func remembered(_ second: SignInPolicy, _ model: inout SignInModel) -> SignInPolicy {
    guard remembersBrowsers else { return second }
    model.rules.append(
      RuleReference(
        policyID: "post-login", policyName: "post-login Actions", ruleID: "allowRememberBrowser",
        ruleName: "allowRememberBrowser", demand: "asks no remembered browser"))
    model.variables.append(Variable(name: "a remembered browser", values: ["no", "yes"]))
    return .firstMatch(
      [
        .init(
          .variable(model.variables.count - 1, in: [1]),
          .demand(.singleFactor, by: model.rules.count - 1))
      ], otherwise: second)
  }

  // MARK: Actions

  private func withActions(_ candidate: SignInPolicy, _ model: inout SignInModel) -> SignInPolicy {
    let found: [Auth0Wire.Action]
    switch actions {
    case .read(let read): found = read
    case .unreadable(let reason, let remedy):
      let unknown = unknown("what the post-login Actions do: \(reason)", remedy, &model)
      return .demand(unknown, by: nil)
    }
    var policy = candidate
    for action in found where Self.concernsFactors(action) || attestation(of: action) != nil {
      policy = self.policy(policy, with: action, &model)
    }
    switch actionsChoose {
    case .read(false): return policy
    case .read(true):
      // The tenant hands the choice of factors to its Actions; only an attested one can then be relied on.
      let trusted = found.contains { attestation(of: $0)?.word == .enforced }
      guard !trusted, !found.isEmpty else { return policy }
      return unsure(policy, "which factors the post-login Actions choose", &model)
    case .unreadable(let reason, _) where found.isEmpty:
      _ = reason
      return policy
    case .unreadable(let reason, _):
      return unsure(
        policy, "whether the post-login Actions choose the factors: \(reason)", &model,
        remedy: "grant read:tenant_settings")
    }
  }

  private func policy(
    _ before: SignInPolicy, with action: Auth0Wire.Action, _ model: inout SignInModel
  ) -> SignInPolicy {
    func rule(_ demand: String) -> RuleReference.ID {
      model.rules.append(
        RuleReference(
          policyID: "post-login", policyName: "post-login Actions", ruleID: action.id,
          ruleName: action.name, demand: demand))
      return model.rules.count - 1
    }
    let word = attestation(of: action)?.word
    if word == .enforced {
      let rules = (rule("asks for two factors, as its attestation says"), rule(Self.hollow))
      return withFactors(rules.0, none: rules.1, &model)
    }
    // That it asks some or nobody says nothing of whom it switches MFA off for.
    var before = before
    if Self.canSwitchOff(action) {
      let off = rule("switches MFA off in its code")
      model.variables.append(
        Variable(name: "action \(action.name) switching MFA off", values: ["no", "yes"]))
      before = .firstMatch(
        [
          .init(
            .variable(model.variables.count - 1, in: [1]), .demand(.singleFactor, by: off))
        ], otherwise: before)
    }
    switch word {
    case .conditional?:
      model.variables.append(
        Variable(name: "action \(action.name)", values: ["asking", "not asking"]))
      return .firstMatch(
        [
          .init(
            .variable(model.variables.count - 1, in: [0]),
            .demand(.multiFactor, by: rule("asks for two factors, as its attestation says")))
        ], otherwise: before)
    // Where the policy asks for two factors already, its code can add nothing; where not, nobody can tell.
    case nil: return .all([before, addition(by: action, &model)])
    default: return before
    }
  }

  /// Nothing, or two factors: nobody can tell.
  private func addition(
    by action: Auth0Wire.Action, _ model: inout SignInModel
  ) -> SignInPolicy {
    let hash = Self.hash(action)
    model.unknowns.append(
      Unknown(
        title: "whether the code of Action '\(action.name)' asks for a second factor",
        remedy: "read it, and attest it: action \(action.id), code_sha256 \(hash)"))
    return .firstMatch(
      [.init(.unknown(model.unknowns.count - 1), .demand(.multiFactor, by: nil))],
      otherwise: .demand(.singleFactor, by: nil))
  }

  private func unsure(
    _ policy: SignInPolicy, _ title: String, _ model: inout SignInModel,
    remedy: String = "attest the Actions, or switch customize_mfa_in_postlogin_action off"
  ) -> SignInPolicy {
    guard case .unknown(let id) = unknown(title, remedy, &model) else { return policy }
    return .firstMatch(
      [.init(.unknown(id), .demand(.singleFactor, by: nil))], otherwise: policy)
  }

  private func unknown(_ title: String, _ remedy: String, _ model: inout SignInModel) -> Demand {
    model.unknowns.append(Unknown(title: title, remedy: remedy))
    return .unknown(model.unknowns.count - 1)
  }

  func attestation(of action: Auth0Wire.Action) -> Auth0Configuration.Attestation? {
    attestations.first { $0.action == action.id && $0.codeSHA256 == Self.hash(action) }
  }

  /// The hash of what runs: the code, and after it a line for each dependency with its version.
  static func hash(_ action: Auth0Wire.Action) -> String {
    let whole = ([action.code ?? ""] + action.dependencies).joined(separator: "\n")
    return SHA256.hash(data: Data(whole.utf8)).map { String(format: "%02x", $0) }.joined()
  }

  private static func concernsFactors(_ action: Auth0Wire.Action) -> Bool {
    let code = plain(action)
    return asks.contains { code.contains($0) }
  }

  static func canSwitchOff(_ action: Auth0Wire.Action) -> Bool {
    let code = plain(action)
    return ["\"none\"", "'none'", "`none`"].contains { code.contains("multifactor.enable(\($0)") }
  }

  /// The code without comments and white space.
  private static func plain(_ action: Auth0Wire.Action) -> String {
    let code = action.code ?? ""
    return (Auth0Script.withoutComments(code) ?? code).filter { !$0.isWhitespace }
  }
}
