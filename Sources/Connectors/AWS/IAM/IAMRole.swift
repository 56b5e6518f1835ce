internal import ConnectorKit
internal import Foundation
internal import IdentityCore
internal import JSONQuery

/// A role with who may take it on.
struct IAMRole: Sendable, Hashable {
  var arn: String
  /// Its trust policy; nil where the list does not show it.
  var trust: String?

  init(_ element: XMLElement) {
    arn = element["Arn"]?.text ?? element["RoleName"]?.text ?? "a role without a name"
    trust = element["AssumeRolePolicyDocument"]?.text
  }

  /// Who may take it on from outside of the account, without MFA of this account.
  ///
  /// Services are no people, and whoever is of the account needs a policy of the own or is named by the trust policy, which is
  /// one of a resource.
  func outsiders(of account: String) -> [String] {
    guard let trust,
      let json = try? JSONReader().value(ResponseText.body(trust.removingPercentEncoding ?? trust)),
      let list = json.object?["Statement"]
    else { return ["whoever \(arn) trusts"] }
    return (list.array ?? [list]).flatMap { outsiders($0, of: account) }
  }

  private func outsiders(_ statement: JSONValue, of account: String) -> [String] {
    if statement["Effect"]?.string == "Deny" { return [] }
    if let condition = statement.object?["Condition"], let read = try? IAMCondition(condition),
      IAMCredential.allCases.allSatisfy({ $0 == .multiFactor || read.holds($0) == .no })
    {
      return []
    }
    guard let principal = statement["Principal"] else { return ["whoever \(arn) trusts"] }
    guard let kinds = principal.object else { return ["everybody (\(arn))"] }
    return kinds.sorted { $0.key < $1.key }.flatMap { kind, value -> [String] in
      let names = (value.array ?? [value]).map { $0.string ?? "whoever \(arn) trusts" }
      switch kind {
      case "Service": return []
      case "AWS": return names.filter { !Self.isOf(account, $0) }
      default: return names
      }
    }
  }

  /// Whether a principal is of the account: its number, or an ARN that has it.
  private static func isOf(_ account: String, _ principal: String) -> Bool {
    if principal == account { return true }
    let parts = principal.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count > 4 && parts[0] == "arn" && parts[4] == account
  }
}
