internal import ConnectorKit
internal import Foundation

/// The policies of every user as `GetAccountAuthorizationDetails` lists them: who has the same ones is simulated once.
struct IAMPrincipals: Sendable {
  private struct Holder: Sendable {
    var policies: Set<String> = []
    /// Nil where the row does not show them.
    var groups: [String]?
    /// Nil where the row does not show it.
    var arn: String?
    /// Whether the row shows all from which policies come.
    var isWhole = true
    var tags: [String: String] = [:]
  }

  private var users: [String: Holder] = [:]
  private var groups: [String: Holder] = [:]
  private var documents: [String: String] = [:]

  /// Takes in a page.
  mutating func add(_ page: XMLElement) throws(WireError) {
    for user in page.list("UserDetailList") {
      var holder = Self.holder(user, inline: "UserPolicyList")
      if user["GroupList"] != nil { holder.groups = user.list("GroupList").map(\.text) }
      holder.arn = user["Arn"]?.text
      if let boundary = user["PermissionsBoundary"]?["PermissionsBoundaryArn"]?.text {
        holder.policies.insert("boundary \(boundary)")
      }
      for tag in user.list("Tags") {
        if let key = tag["Key"]?.text { holder.tags[key] = tag["Value"]?.text ?? "" }
      }
      users[try user.required("UserName")] = holder
    }
    for group in page.list("GroupDetailList") {
      groups[try group.required("GroupName")] = Self.holder(group, inline: "GroupPolicyList")
    }
    for policy in page.list("Policies") {
      let versions = policy.list("PolicyVersionList")
      let current = versions.first { $0["IsDefaultVersion"]?.text == "true" }
      documents[try policy.required("Arn")] = current?["Document"]?.text
    }
  }

  private static func holder(_ element: XMLElement, inline: String) -> Holder {
    var holder = Holder()
    for policy in element.list(inline) {
      holder.policies.insert("inline \(policy["PolicyDocument"]?.text ?? "")")
    }
    holder.isWhole = element["AttachedManagedPolicies"] != nil
    for policy in element.list("AttachedManagedPolicies") {
      holder.policies.insert("managed \(policy["PolicyArn"]?.text ?? "")")
    }
    return holder
  }

  /// Whether the account has a user of the name.
  func contains(_ user: String) -> Bool { users[user] != nil }

  /// The names and ARNs of all users that have both, in order.
  var all: [(name: String, arn: String)] {
    users.sorted { $0.key < $1.key }.compactMap { name, holder in
      holder.arn.map { (name, $0) }
    }
  }

  /// The groups of a user; nil where they are not known.
  func groups(of user: String) -> [String]? { users[user]?.groups }

  /// The value of a user's tag.
  func tag(_ key: String, of user: String) -> String? { users[user]?.tags[key] }

  /// The same text for users whose policies decide alike; nil where that is not certain.
  func fingerprint(of user: String) -> String? {
    guard let holder = users[user], holder.isWhole, let names = holder.groups else { return nil }
    var policies = holder.policies
    for name in names {
      guard let group = groups[name], group.isWhole else { return nil }
      policies.formUnion(group.policies)
    }
    return policies.contains(where: isPersonal) ? nil : policies.sorted().joined(separator: "\n")
  }

  /// Whether a policy may decide otherwise for another user with the same policies.
  private func isPersonal(_ policy: String) -> Bool {
    let parts = policy.split(separator: " ", maxSplits: 1).map(String.init)
    let text: String
    if parts.first == "inline" {
      text = parts.count > 1 ? parts[1] : ""
    } else {
      guard let document = parts.count > 1 ? documents[parts[1]] : nil else { return true }
      text = document
    }
    let document = (text.removingPercentEncoding ?? text).lowercased()
    return ["aws:username", "aws:userid", "aws:principal"].contains { document.contains($0) }
  }
}
