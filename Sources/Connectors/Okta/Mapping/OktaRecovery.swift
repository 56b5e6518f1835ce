internal import ConnectorKit
internal import JSONQuery

/// What the reset of a forgotten password asks for, by the rules of password policies; pure.
///
/// Behind a reset Okta asks what the session and the application ask for. Where the reset took two things, whoever made it
/// has shown two; where it took one, whether that one counts again at the sign-in behind it is documented nowhere.
struct OktaRecovery: Sendable {
  /// The rule of a password policy, and how the reading accounts for resets by it.
  struct Reset: Sendable {
    var policy: OktaWire.Policy
    var rule: OktaWire.Rule
    var state: RowState

    /// The thing of the inventory's line.
    var object: String { "\(policy.id)/\(rule.id)" }
    /// What tells one version of it from another.
    var version: String { (rule.actions?["selfServicePasswordReset"] ?? .null).fingerprint }
  }

  /// The active password policies with their rules.
  let policies: OktaPart<[OktaWire.Policy]>
  /// The account management policies, which rules may point to.
  let management: OktaPart<[OktaWire.Policy]>

  private static let remedy =
    "set an additional verification in the rule of the password policy, or see which factors the application's policy takes after a reset"

  /// How the reading accounts for resets on Identity Engine.
  var state: RowState {
    switch resets {
    case .unreadable(let reason, let remedy): .unknown(reason, remedy: remedy)
    case .read(let resets): .each(resets.map { ($0.object, $0.version, $0.state) })
    }
  }

  /// The rules that are not off, in the order in which Okta asks them.
  var resets: OktaPart<[Reset]> {
    switch policies {
    case .unreadable(let reason, let remedy):
      return .unreadable(
        reason: "what resets ask for could not be read: \(reason)", remedy: remedy)
    case .read(let all):
      // The default policy is for everyone whom no other is for, so it is always there.
      guard all.contains(where: { $0.isSystem == true && $0.rules?.isEmpty == false }) else {
        return .unreadable(
          reason: "the default password policy and its rules are not listed",
          remedy: "let the token see the whole policies")
      }
      return .read(
        OktaOrder.sorted(all).flatMap { policy in
          OktaOrder.sorted(policy.rules ?? []).filter { !Self.isOff($0.status) }.map {
            Reset(policy: policy, rule: $0, state: Self.state($0, management))
          }
        })
    }
  }

  /// Whether what is shown of a rule says which resets it is for, and in which order it is asked.
  func isOrdered(_ reset: Reset) -> Bool {
    guard case .read(let all) = policies, OktaOrder.isKnown(all), reset.policy.status == "ACTIVE",
      reset.policy.unrecognised.isEmpty, reset.rule.status == "ACTIVE",
      reset.rule.unrecognised.isEmpty
    else { return false }
    return OktaOrder.isKnown((reset.policy.rules ?? []).filter { !Self.isOff($0.status) })
  }

  private static func isOff(_ status: String) -> Bool { status == "INACTIVE" }

  private static func control(_ reset: JSONValue?) -> String? {
    reset?["requirement"]?["accessControl"]?.string
  }

  private static func state(
    _ rule: OktaWire.Rule, _ management: OktaPart<[OktaWire.Policy]>
  ) -> RowState {
    let name = "rule '\(rule.name)'"
    let reset = rule.actions?["selfServicePasswordReset"]
    let requirement = reset?["requirement"]
    guard rule.unrecognised.isEmpty, rule.status == "ACTIVE", let reset,
      reset.hasOnly(["access", "type", "requirement"])
    else { return strange(name) }
    switch reset["access"]?.string {
    case "DENY": return .closed("\(name) refuses resets")
    case "ALLOW": break
    default: return strange(name)
    }
    guard let requirement, requirement.hasOnly(["accessControl", "primary", "stepUp"]) else {
      return strange(name)
    }
    switch control(reset) {
    case "AUTH_POLICY": return managed(name, management)
    case "LEGACY": break
    case nil where (requirement["accessControl"] ?? .null) == .null: break
    default: return strange(name)
    }
    guard let stepUp = requirement["stepUp"], stepUp.hasOnly(["required", "methods"]),
      let isRequired = stepUp["required"]?.bool
    else { return strange(name) }
    return isRequired
      ? .closed("\(name) asks for an additional verification")
      : .unknown("\(name) resets passwords by one step (stepUp.required false)", remedy: remedy)
  }

  private static func strange(_ name: String) -> RowState {
    .unknown(
      "what \(name) asks for at a reset is not shown in a form that is known", remedy: remedy)
  }

  /// The account management policy asks for two factors where each of its rules does, or refuses.
  private static func managed(
    _ name: String, _ management: OktaPart<[OktaWire.Policy]>
  ) -> RowState {
    switch management {
    case .unreadable(let reason, let remedy):
      return .unknown(
        "\(name) leaves resets to the account management policy, which could not be read: \(reason)",
        remedy: remedy)
    case .read(let policies):
      let live = policies.filter { !isOff($0.status) }
      let rules = live.flatMap { $0.rules ?? [] }.filter { !isOff($0.status) }
      let weak = rules.first { !OktaEnrolment.asksForTwo($0) }
      guard !rules.isEmpty, weak == nil else {
        return .unknown(
          "\(name) leaves resets to the account management policy, "
            + (weak.map { "whose rule '\($0.name)' does not ask for two factors" }
              ?? "of which no rule is listed"),
          remedy: remedy)
      }
      return .closed("\(name) leaves resets to a policy each rule of which asks for two factors")
    }
  }
}
