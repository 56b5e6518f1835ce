/// A policy, rule or part of one: what unknowns and rules are of.
///
/// Names are no identity: two rules may bear one.
struct OktaPlace {
  /// The ids on the way to it.
  var id: String
  /// As messages name it: `rule 'Office' of policy 'Any two factors'`.
  var title: String
  /// The call that it was read with.
  var call: String

  /// A whole policy.
  init(_ policy: OktaWire.Policy) {
    id = policy.id
    title = "policy '\(policy.name)'"
    call =
      policy.type == "ACCESS_POLICY" ? "GET /api/v1/policies/{policy}" : "GET /api/v1/policies"
  }

  /// An inbound identity provider.
  init(_ provider: OktaWire.InboundProvider) {
    id = "idp \(provider.id)"
    title = "identity provider '\(provider.name)'"
    call = "GET /api/v1/idps"
  }

  private init(id: String, title: String, call: String) {
    self.id = id
    self.title = title
    self.call = call
  }

  /// A rule of the policy.
  func rule(_ rule: OktaWire.Rule) -> OktaPlace {
    OktaPlace(id: "\(id)/\(rule.id)", title: "rule '\(rule.name)' of \(title)", call: call)
  }

  /// A part of it, with the same name.
  func part(_ name: String) -> OktaPlace {
    OktaPlace(id: "\(id)/\(name)", title: title, call: call)
  }
}
