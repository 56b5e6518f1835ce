internal import ConnectorKit

/// What AWS's policy simulator says that a user may do with and without MFA.
struct IAMSimulation: Sendable, Hashable {
  /// How the request comes.
  enum Probe: Sendable, Hashable, CaseIterable {
    /// From the console, signed in with a password only.
    case password
    /// With MFA.
    case multiFactor
    /// With a long-term access key: the condition key is not there.
    case accessKey

    /// The form fields that say so.
    var context: [(String, String)] {
      let key = "ContextEntries.member.1."
      func present(_ value: String) -> [(String, String)] {
        [
          (key + "ContextKeyName", "aws:MultiFactorAuthPresent"),
          (key + "ContextKeyType", "boolean"), (key + "ContextKeyValues.member.1", value),
        ]
      }
      switch self {
      case .password: return present("false")
      case .accessKey: return []
      case .multiFactor:
        // How long ago the device was used is known only then.
        let age = "ContextEntries.member.2."
        return present("true") + [
          (age + "ContextKeyName", "aws:MultiFactorAuthAge"), (age + "ContextKeyType", "numeric"),
          (age + "ContextKeyValues.member.1", "60"),
        ]
      }
    }
  }

  /// A statement that decided.
  struct Statement: Sendable, Hashable {
    var policy: String
    var place: String
  }

  /// The decision on one action.
  struct Decision: Sendable, Hashable {
    var action: String
    var isAllowed: Bool
    /// Condition keys beside those about MFA that the policies ask for and nobody gave.
    var missing: [String]
    var statements: [Statement]

    init(_ element: XMLElement) throws(WireError) {
      action = try element.required("EvalActionName")
      let decision = try element.required("EvalDecision")
      guard ["allowed", "explicitDeny", "implicitDeny"].contains(decision) else {
        throw WireError(
          .shape, path: "EvalDecision", detail: "a decision that idsync does not know")
      }
      let organisation = element["OrganizationsDecisionDetail"]?["AllowedByOrganizations"]?.text
      isAllowed = decision == "allowed" && organisation != "false"
      missing = element.list("MissingContextValues").map(\.text)
        .filter { !$0.lowercased().hasPrefix("aws:multifactorauth") }
      statements = element.list("MatchedStatements").map { statement in
        let start = statement["StartPosition"]?["Line"]?.text
        let end = statement["EndPosition"]?["Line"]?.text
        return Statement(
          policy: statement["SourcePolicyId"]?.text ?? "policy",
          place: start.map { "lines \($0) to \(end ?? $0)" } ?? "")
      }
    }
  }

  /// The decisions by probe and action.
  private(set) var decisions: [Probe: [String: Decision]] = [:]

  /// Takes in the decisions of a probe.
  mutating func add(_ decision: Decision, _ probe: Probe) {
    decisions[probe, default: [:]][decision.action.lowercased()] = decision
  }

  func decision(_ probe: Probe, _ action: String) -> Decision? {
    decisions[probe]?[action.lowercased()]
  }

  /// Whether it allows an action without MFA that the documents do not.
  func opensMore(_ action: String, than reach: IAMReach) -> Bool {
    [(Probe.password, IAMCredential.password), (.accessKey, .key)].contains { probe, credential in
      decision(probe, action)?.isAllowed == true && reach.ways[credential]?.mayAssume != true
    }
  }

  /// The statements that denied what MFA allows, each once, in order.
  var gates: [Statement] {
    let found = [Probe.password, .accessKey].flatMap { probe in
      (decisions[probe] ?? [:]).filter { action, decision in
        !decision.isAllowed && decisions[.multiFactor]?[action]?.isAllowed == true
      }.flatMap(\.value.statements)
    }
    return Set(found).sorted { ($0.policy, $0.place) < ($1.policy, $1.place) }
  }
}
