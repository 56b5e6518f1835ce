internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

extension OktaRun {
  /// A policy with the changes of a what-if; the same policy when there are none.
  ///
  /// A document with the id of the policy replaces it, with its own rules where it has some; one with the id of a rule
  /// replaces that rule.
  func edited(
    _ policy: OktaWire.Policy, _ request: HTTPRequest
  ) throws(ConnectorError) -> OktaWire.Policy {
    guard !edits.isEmpty else { return policy }
    do throws(WireError) {
      var result = policy
      if let document = edits.document(for: policy.id) {
        result = try OktaWire.Policy(document)
        result.rules = result.rules ?? policy.rules
      }
      result.status = status(result.id) ?? result.status
      var rules: [OktaWire.Rule] = []
      for rule in result.rules ?? [] {
        var rule = rule
        if let document = edits.document(for: rule.id) { rule = try OktaWire.Rule(document) }
        rule.status = status(rule.id) ?? rule.status
        rules.append(rule)
      }
      result.rules = rules
      return result
    } catch {
      throw client.malformed(error, request)
    }
  }

  private func status(_ id: String) -> String? {
    edits.switched(id).map { $0 ? "ACTIVE" : "INACTIVE" }
  }
}
