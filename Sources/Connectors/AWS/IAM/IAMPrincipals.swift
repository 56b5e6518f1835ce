internal import ConnectorKit
internal import Foundation

/// The users, groups, roles and policies of an account as `GetAccountAuthorizationDetails` lists them.
struct IAMPrincipals: Sendable {
  /// A policy document by its name.
  struct Named: Sendable, Hashable {
    var name: String
    /// As the list shows it; nil where it does not.
    var document: String?
  }

  /// The policies of a person.
  struct Policies: Sendable, Hashable {
    var identity: [Named]
    var boundary: Named?

    /// The same text for people whose policies decide alike; nil where that is not certain.
    var fingerprint: String? {
      let all = identity + [boundary].compactMap(\.self)
      guard all.allSatisfy({ !Self.isPersonal($0.document) }) else { return nil }
      return identity.map { $0.document ?? "" }.sorted().joined(separator: "\n")
        + (boundary.map { "\nboundary \($0.document ?? "")" } ?? "")
    }

    /// Whether a policy may decide otherwise for another user with the same policies.
    private static func isPersonal(_ document: String?) -> Bool {
      guard let document else { return true }
      let text = (document.removingPercentEncoding ?? document).lowercased()
      return ["aws:username", "aws:userid", "aws:principal"].contains { text.contains($0) }
    }
  }

  private struct Holder: Sendable {
    var inline: [Named] = []
    var managed: [String] = []
    /// Nil where the row does not show them.
    var groups: [String]?
    /// Nil where the row does not show it.
    var arn: String?
    var boundary: String?
    /// Whether the row shows all from which policies come.
    var isWhole = true
    var tags: [String: String] = [:]
  }

  private var users: [String: Holder] = [:]
  private var groups: [String: Holder] = [:]
  private var documents: [String: String] = [:]
  /// The roles with who may take them on; nil where the list shows none, not even that there is none.
  private(set) var roles: [IAMRole]?

  /// Takes in a page.
  mutating func add(_ page: XMLElement) throws(WireError) {
    for user in page.list("UserDetailList") {
      var holder = Self.holder(user, inline: "UserPolicyList")
      if user["GroupList"] != nil { holder.groups = user.list("GroupList").map(\.text) }
      holder.arn = user["Arn"]?.text
      holder.boundary = user["PermissionsBoundary"].map { $0["PermissionsBoundaryArn"]?.text ?? "" }
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
    if page["RoleDetailList"] != nil {
      roles = (roles ?? []) + page.list("RoleDetailList").map(IAMRole.init)
    }
  }

  private static func holder(_ element: XMLElement, inline: String) -> Holder {
    var holder = Holder()
    let owner = element["UserName"]?.text ?? element["GroupName"]?.text ?? ""
    holder.inline = element.list(inline).map { policy in
      Named(
        name: "\(owner)/\(policy["PolicyName"]?.text ?? "")",
        document: policy["PolicyDocument"]?.text)
    }
    holder.isWhole = element["AttachedManagedPolicies"] != nil
    holder.managed = element.list("AttachedManagedPolicies").map { $0["PolicyArn"]?.text ?? "" }
    return holder
  }

  /// How many users the list has.
  var count: Int { users.count }

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

  /// The policies of a user; nil where the list does not show all of them.
  func policies(of user: String) -> Policies? {
    guard let holder = users[user], holder.isWhole, let names = holder.groups else { return nil }
    var holders = [holder]
    for name in names {
      guard let group = groups[name], group.isWhole else { return nil }
      holders.append(group)
    }
    let managed = Set(holders.flatMap(\.managed)).sorted()
    return Policies(
      identity: holders.flatMap(\.inline) + managed.map(named),
      boundary: holder.boundary.map(named))
  }

  private func named(_ arn: String) -> Named { Named(name: arn, document: documents[arn]) }
}
