internal import ConnectorKit
internal import Foundation
internal import IdentityCore
internal import JSONQuery

/// The trust policy of a role: who may take it on.
///
/// - SeeAlso: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
struct IAMTrust: Sendable, Hashable {
  /// Who may take on the role, as its trust policy says of one credential.
  struct Answer: Sendable, Hashable {
    /// Whether it names the person, which allows it without any policy of the person.
    var named: Tri
    /// Whether it leaves it to the policies of the account's people.
    var account: Tri
  }

  /// A statement, with what is not readable of it as nil.
  struct Statement: Sendable, Hashable {
    var denies: Bool
    /// Those it is about, by their kind; nil where that is not said by a list.
    var principals: [String: [String?]]?
    var isEverybody: Bool
    var actions: IAMSet?
    var condition: IAMCondition?
    /// Whether it has no key but those of the grammar.
    var isWhole: Bool
  }

  /// Nil where the policy is not shown or is none.
  private(set) var statements: [Statement]?

  private static let keys: Set<String> = [
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Condition",
  ]

  /// Reads a trust policy as IAM's lists show it: JSON, percent-encoded.
  init(encoded text: String?) {
    guard let text,
      let json = try? JSONReader().value(ResponseText.body(text.removingPercentEncoding ?? text)),
      let list = json.object?["Statement"]
    else { return }
    statements = (list.array ?? [list]).map(Self.statement)
  }

  private static func statement(_ json: JSONValue) -> Statement {
    let principal = json["Principal"]
    var result = Statement(
      denies: json["Effect"]?.string == "Deny", isEverybody: false,
      isWhole: json.unrecognised(besides: keys).isEmpty)
    if let kinds = principal?.object {
      result.principals = kinds.mapValues { value in (value.array ?? [value]).map(\.string) }
      result.isEverybody = result.principals?["AWS"]?.contains("*") == true
    } else {
      result.isEverybody = principal?.string == "*"
    }
    for key in ["Action", "NotAction"] {
      guard let value = json.object?[key], let texts = try? IAMStatement.texts(value, at: key)
      else { continue }
      result.actions = IAMSet(
        patterns: texts.map { IAMPattern($0, ignoringCase: true) }, isInverted: key == "NotAction")
    }
    result.condition =
      json.object?["Condition"].map { try? IAMCondition($0, ofDenial: result.denies) }
      ?? IAMCondition()
    return result
  }

  /// What it says of a user with a credential.
  func answer(_ user: String, of account: String, _ credential: IAMCredential) -> Answer {
    guard let statements else { return Answer(named: .unknown, account: .unknown) }
    func found(denies: Bool, _ isMeant: (Statement) -> Tri) -> Tri {
      Tri.any(
        statements.filter { $0.denies == denies }.map { $0.concerns(credential, isMeant($0)) })
    }
    let owner: (Statement) -> Tri = { $0.names { Self.isAccount(account, $0) } }
    let person: (Statement) -> Tri = { $0.names { $0 == user } }
    let isFree = found(denies: true) { Tri.any([owner($0), person($0)]) }.opposite
    return Answer(
      // That "everybody" stands for a name is not documented; it stands for the account.
      named: .all([isFree, found(denies: false) { $0.isEverybody ? .unknown : person($0) }]),
      account: .all([isFree, found(denies: false, owner)]))
  }

  /// The users that it names, and others.
  var names: [String] {
    (statements ?? []).flatMap { $0.principals?["AWS"] ?? [] }.compactMap(\.self)
  }

  private static func isAccount(_ account: String, _ name: String) -> Bool {
    name == account || name.hasSuffix(":iam::\(account):root")
  }
}

extension IAMTrust.Statement {
  /// Whether it means somebody of the account.
  fileprivate func names(_ isMeant: (String) -> Bool) -> Tri {
    if isEverybody { return .yes }
    guard let principals else { return .unknown }
    return Tri.any((principals["AWS"] ?? []).map { name in Tri(name.map(isMeant)) })
  }

  /// Whether it is about taking on the role with a credential.
  fileprivate func concerns(_ credential: IAMCredential, _ isMeant: Tri) -> Tri {
    Tri.all([
      isMeant, Tri(actions?.contains("sts:assumerole")),
      condition?.holds(credential) ?? .unknown, isWhole ? .yes : .unknown,
    ])
  }
}

extension Tri {
  /// Whether one of several holds.
  static func any(_ parts: [Tri]) -> Tri {
    parts.contains(.yes) ? .yes : parts.contains(.unknown) ? .unknown : .no
  }

  /// Whether all of several hold.
  static func all(_ parts: [Tri]) -> Tri { any(parts.map(\.opposite)).opposite }

  /// What holds where it does not.
  var opposite: Tri { self == .yes ? .no : self == .no ? .yes : .unknown }
}
