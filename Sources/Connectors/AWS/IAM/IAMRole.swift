internal import ConnectorKit
internal import IdentityCore

/// A role with who may take it on.
struct IAMRole: Sendable, Hashable {
  var arn: String
  var trust: IAMTrust

  /// The services that hand a role to whoever has a certificate, which is one factor.
  ///
  /// - SeeAlso: <https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html>,
  ///   <https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html>
  private static let certified = ["rolesanywhere.amazonaws.com", "credentials.iot.amazonaws.com"]

  init(_ element: XMLElement) {
    arn = element["Arn"]?.text ?? element["RoleName"]?.text ?? "a role without a name"
    trust = IAMTrust(encoded: element["AssumeRolePolicyDocument"]?.text)
  }

  /// Who may take it on from outside of the account, without MFA of this account.
  ///
  /// Services are no people, those apart that anybody with a certificate may ask. Whoever is of the account needs a policy of the
  /// own or is named by the trust policy, which ``IAMAssumable`` reads.
  func outsiders(of account: String) -> [String] {
    guard let statements = trust.statements else { return ["whoever \(arn) trusts"] }
    return statements.flatMap { outsiders($0, of: account) }
  }

  private func outsiders(_ statement: IAMTrust.Statement, of account: String) -> [String] {
    if statement.denies { return [] }
    if let condition = statement.condition,
      IAMCredential.allCases.allSatisfy({ $0 == .multiFactor || condition.holds($0) == .no })
    {
      return []
    }
    guard let kinds = statement.principals else {
      return [statement.isEverybody ? "everybody (\(arn))" : "whoever \(arn) trusts"]
    }
    return kinds.sorted { $0.key < $1.key }.flatMap { kind, names -> [String] in
      let names = names.map { $0 ?? "whoever \(arn) trusts" }
      switch kind {
      case "Service": return names.filter { Self.certified.contains(Self.service($0)) }
      case "AWS": return names.filter { !Self.isOf(account, $0) }
      default: return names
      }
    }
  }

  /// The name of a service, the same in every partition.
  private static func service(_ name: String) -> String {
    let name = name.lowercased()
    return name.hasSuffix(".amazonaws.com.cn") ? String(name.dropLast(3)) : name
  }

  /// Whether a principal is of the account: its number, or an ARN that has it.
  private static func isOf(_ account: String, _ principal: String) -> Bool {
    if principal == account { return true }
    let parts = principal.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count > 4 && parts[0] == "arn" && parts[4] == account
  }
}

/// The roles of an account as far as its people may take them on.
struct IAMAssumable: Sendable, Hashable {
  /// A role with what its trust policy says of one person.
  struct Role: Sendable, Hashable {
    var arn: String
    var answers: [IAMCredential: IAMTrust.Answer]
  }

  let account: String
  /// Nil where the roles were not read.
  let roles: [Role]?
  /// For those whom no trust policy names, the same; else whom it is about.
  let person: String?

  /// Nothing is known of roles.
  static let unread = IAMAssumable(account: "", roles: nil, person: nil)
}

/// The trust policies of an account's roles, read once for all of its people.
struct IAMTrusts: Sendable {
  private let roles: [IAMRole]?
  private let account: String
  private let named: Set<String>
  private let unnamed: IAMAssumable

  init(_ roles: [IAMRole]?, of account: String) {
    self.roles = roles
    self.account = account
    named = Set((roles ?? []).flatMap(\.trust.names))
    unnamed = Self.assumable(roles, of: account, nil)
  }

  /// The roles as a user meets them.
  func assumable(_ user: String) -> IAMAssumable {
    named.contains(user) ? Self.assumable(roles, of: account, user) : unnamed
  }

  private static func assumable(
    _ roles: [IAMRole]?, of account: String, _ user: String?
  ) -> IAMAssumable {
    let read = roles?.map { role in
      IAMAssumable.Role(
        arn: role.arn,
        answers: Dictionary(
          uniqueKeysWithValues: IAMCredential.allCases.map {
            ($0, role.trust.answer(user ?? "", of: account, $0))
          }))
    }
    return IAMAssumable(account: account, roles: read, person: user)
  }
}
