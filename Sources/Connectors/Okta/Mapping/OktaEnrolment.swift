internal import ConnectorKit
internal import JSONQuery

/// What setting up a factor, or taking one away, asks for, by the rules of the account management policy; pure.
///
/// Who may set up another factor by one signs in with two from then on.
/// - SeeAlso: <https://developer.okta.com/docs/guides/okta-account-management-policy/main/>
struct OktaEnrolment: Sendable {
  /// The account management policies that may be in force, with their rules.
  let policies: OktaPart<[OktaWire.Policy]>

  private static let remedy =
    "let the rule ask for two factors, or see that nobody sets up a factor by one"

  /// How the reading accounts for factors that people set up on Identity Engine.
  var state: RowState {
    switch policies {
    case .unreadable(let reason, let remedy):
      return .unknown(
        "the account management policy could not be read: \(reason)", remedy: remedy)
    case .read(let all):
      let live = all.filter { $0.status != "INACTIVE" }
      guard !live.isEmpty else { return .absent("there is no account management policy") }
      if let bare = live.first(where: { $0.rules?.isEmpty != false }) {
        return .unknown("no rule of '\(bare.name)' is listed", remedy: Self.remedy)
      }
      let weak = live.flatMap { policy in
        (policy.rules ?? []).filter(Self.isWeak).map { (policy: policy, rule: $0) }
      }
      guard !weak.isEmpty else {
        return .closed("each rule of the account management policy asks for two factors")
      }
      return .each(
        weak.map { policy, rule in
          let said = JSONValue.array([rule.conditions ?? .null, rule.actions ?? .null])
          return (
            object: "\(policy.id)/\(rule.id)", version: said.fingerprint,
            state: .unknown(
              "rule '\(rule.name)' does not ask for two factors to set up another",
              remedy: Self.remedy)
          )
        })
    }
  }

  /// Whether a rule that may be in force may let somebody change factors by one.
  private static func isWeak(_ rule: OktaWire.Rule) -> Bool {
    guard rule.status != "INACTIVE", !isForRecovery(rule) else { return false }
    return !asksForTwo(rule)
  }

  /// Whether a rule asks for two factors, or refuses.
  static func asksForTwo(_ rule: OktaWire.Rule) -> Bool {
    let asked = OktaOutcome.app(rule.actions, limitMinutes: .max)
    return (asked.asksForTwo || asked == .refused) && rule.unrecognised.isEmpty
      && OktaOutcome.unrecognised(rule.actions, isSession: false).isEmpty
  }

  /// Whether a rule is for resets of passwords or for unlocking alone, which are a line of their own.
  private static func isForRecovery(_ rule: OktaWire.Rule) -> Bool {
    let text = rule.conditions?["elCondition"]?["condition"]?.string ?? ""
    let plain = text.filter { !$0.isWhitespace }.replacing("\"", with: "'")
    return ["recover", "unlockAccount"].contains { plain == "accessRequest.operation=='\($0)'" }
  }
}
