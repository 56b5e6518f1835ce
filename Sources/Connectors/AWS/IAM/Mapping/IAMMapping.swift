internal import IdentityCore

/// Compiles what the simulator said to one model for all users of an account; pure.
///
/// A sign-in is the use of one credential for one sensitive action. The decisions are facts about the person.
struct IAMMapping: Sendable {
  let account: String
  let actions: [String]
  /// Why the simulator was not heard.
  var notSimulated: Unknown
  /// The different sets of statements that ask people for MFA, for the proof.
  var gates: [[IAMSimulation.Statement]]
  /// The condition keys that nobody gave.
  var missingKeys: [String]
  /// Those that policy documents ask for beside MFA, in one text.
  var documentKeys = ""
  /// Why documents were not read, as the end of a sentence.
  var unreadWords = ""

  /// The actions that policy documents name beside the simulated ones.
  var labels: [String] = []

  /// The credentials of a sign-in, in the order of the variable.
  private static let credentials = ["console password", "access key", "service credential"]
  /// Where actions go that no document names.
  private static let otherwise = "anything else"
  /// What a key does that registers a device beside the one that its owner has.
  private static let another = "iam:EnableMFADevice of a further device"

  func model() -> SignInModel {
    let facts = Self.facts(actions, gates: gates.count, labels: labels.count)
    var places: [Fact: SubjectAtom.ID] = [:]
    for (index, fact) in facts.enumerated() { places[fact] = index }
    func holds(_ fact: Fact) -> Condition { places[fact].map { .subject($0) } ?? .never }
    var model = SignInModel(
      variables: [
        Variable(name: "credential", values: Self.credentials),
        Variable(name: "action", values: actions + labels + [Self.otherwise, Self.another]),
      ],
      atoms: facts.map(atom), unknowns: [notSimulated], policy: .demand(.refused, by: nil))
    let password = Condition.variable(0, in: [0])
    let key = Condition.variable(0, in: [1])
    var branches: [SignInPolicy.Branch] = [
      .init(
        holds(.unreported),
        unknown(
          "which credentials the user has, who was made since the credential report",
          "run again when AWS makes a new report, which it does every four hours at most", &model)),
      .init(holds(.root), root(password: password, key: key, holds, &model)),
      .init(.all([password, .not(holds(.password))]), .demand(.refused, by: nil)),
      .init(.all([key, .not(holds(.accessKey))]), .demand(.refused, by: nil)),
      .init(holds(.notSimulated), .demand(.unknown(0), by: nil)),
    ]
    let open = rule("without MFA", "lets this action through with one factor", &model)
    branches += serviceCredential(open, holds, &model)
    branches += simulated(password: password, key: key, open, holds, &model)
    branches += registration(key: key, holds, &model)
    branches += documented(password: password, open, holds, &model)
    for (number, statements) in gates.enumerated() {
      branches.append(
        .init(holds(.gates(number)), .demand(.multiFactor, by: gate(statements, &model))))
    }
    let gated = rule("MFA", "asks for MFA", &model)
    model.policy = .firstMatch(branches, otherwise: .demand(.multiFactor, by: gated))
    return model
  }

  // MARK: Actions

  /// Credentials of single services, which no simulation is made for.
  private func serviceCredential(
    _ open: RuleReference.ID, _ holds: (Fact) -> Condition, _ model: inout SignInModel
  ) -> [SignInPolicy.Branch] {
    let service = Condition.variable(0, in: [2])
    let strange = unknown(
      "whether the user has a credential of a single service",
      "allow iam:ListServiceSpecificCredentials in the policy of the access key", &model)
    return [
      .init(.all([service, holds(.serviceCredentialNotTold)]), strange),
      .init(.all([service, .not(holds(.serviceCredential))]), .demand(.refused, by: nil)),
    ]
      + actions.indices.map { index in
        .init(
          .all([service, .variable(1, in: [index]), holds(.openToService(index))]),
          .demand(.singleFactor, by: open))
      }
      + [
        .init(
          .all([service, .variable(1, in: Set(actions.indices))]), .demand(.refused, by: nil))
      ]
  }

  private func simulated(
    password: Condition, key: Condition, _ open: RuleReference.ID, _ holds: (Fact) -> Condition,
    _ model: inout SignInModel
  ) -> [SignInPolicy.Branch] {
    actions.indices.flatMap { index -> [SignInPolicy.Branch] in
      let action = Condition.variable(1, in: [index])
      let uncertain = unknown(
        "whether \(actions[index]) is allowed: policies also ask for "
          + (missingKeys.isEmpty
            ? "something the simulator did not decide" : missingKeys.joined(separator: ", ")),
        "ask for MFA in a statement of its own, without other conditions", &model)
      return [
        .init(.all([action, holds(.uncertain(index))]), uncertain),
        .init(.all([action, .not(holds(.allowed(index)))]), .demand(.refused, by: nil)),
        .init(
          .all([action, password, holds(.openToPassword(index))]),
          .demand(.singleFactor, by: open)),
        .init(.all([action, key, holds(.openToKey(index))]), .demand(.singleFactor, by: open)),
      ]
    }
  }

  /// A key registers a further device and signs in with it; the console asks for the one that there is.
  private func registration(
    key: Condition, _ holds: (Fact) -> Condition, _ model: inout SignInModel
  ) -> [SignInPolicy.Branch] {
    let action = Condition.variable(1, in: [actions.count + labels.count + 1])
    let further = rule(
      "further device", "lets a key register a device, which then counts as MFA", &model)
    let doubt = unknown(
      "whether a key may register a further device", "deny iam:EnableMFADevice without MFA",
      &model)
    return [
      .init(.all([action, key, holds(.registers)]), .demand(.singleFactor, by: further)),
      .init(.all([action, key, holds(.mayRegister)]), doubt),
      .init(action, .demand(.refused, by: nil)),
    ]
  }

  /// What the documents allow beside: each action that they name, and everything else.
  private func documented(
    password: Condition, _ open: RuleReference.ID, _ holds: (Fact) -> Condition,
    _ model: inout SignInModel
  ) -> [SignInPolicy.Branch] {
    let ways: [(IAMCredential, Condition)] = [(.password, password), (.key, .not(password))]
    var branches: [SignInPolicy.Branch] = []
    for (index, label) in labels.enumerated() {
      let action = Condition.variable(1, in: [actions.count + index])
      let doubt = unknown(
        "whether \(label) is allowed without MFA"
          + (documentKeys.isEmpty ? "" : ": policies also ask for \(documentKeys)"),
        "ask for MFA in a statement of its own, without other conditions", &model)
      for (way, credential) in ways {
        branches += [
          .init(
            .all([action, credential, holds(.open(way, index))]), .demand(.singleFactor, by: open)),
          .init(.all([action, credential, holds(.doubtful(way, index))]), doubt),
        ]
      }
      branches.append(.init(action, .demand(.refused, by: nil)))
    }
    let otherwise = Condition.variable(1, in: [actions.count + labels.count])
    let unread = unknown(
      "what the policies of the user allow beside the simulated actions\(unreadWords)",
      "allow iam:GetAccountAuthorizationDetails in the policy of the access key", &model)
    let elsewhere = unknown(
      "what policies of resources (buckets, keys, queues) allow the user",
      "deny everything without MFA (NotAction, BoolIfExists), or vouch for \(IAMDoors.resourcePolicies.row.id)",
      &model)
    for (way, credential) in ways {
      branches += [
        .init(.all([otherwise, credential, holds(.undocumented(way))]), unread),
        .init(.all([otherwise, credential, holds(.elsewhere(way))]), elsewhere),
        .init(
          .all([otherwise, credential, .not(holds(.gated(way)))]), .demand(.refused, by: nil)),
      ]
    }
    return branches
  }

  /// The rule that statements make.
  private func gate(
    _ statements: [IAMSimulation.Statement], _ model: inout SignInModel
  ) -> RuleReference.ID {
    var policies: [String] = []
    for statement in statements where !policies.contains(statement.policy) {
      policies.append(statement.policy)
    }
    let places = statements.prefix(3).map { statement in
      statement.policy + (statement.place.isEmpty ? "" : " \(statement.place)")
    }
    return rule(
      "MFA", "denies without MFA (\(places.joined(separator: "; ")))",
      policy: policies.prefix(3).joined(separator: ", "), &model)
  }

  private func root(
    password: Condition, key: Condition, _ holds: (Fact) -> Condition, _ model: inout SignInModel
  ) -> SignInPolicy {
    let keys = rule("root user", "has an access key, which asks for nothing else", &model)
    let device = rule("root user", "asks for the registered device at every sign-in", &model)
    let none = rule("root user", "has no device registered and asks for a password only", &model)
    let untold = unknown(
      "whether the root user has a device registered",
      "allow iam:GetAccountSummary in the policy of the access key", &model)
    return .firstMatch(
      [
        .init(.all([key, holds(.accessKey)]), .demand(.singleFactor, by: keys)),
        .init(.not(.all([password, holds(.password)])), .demand(.refused, by: nil)),
        .init(holds(.deviceNotTold), untold),
        .init(holds(.device), .demand(.multiFactor, by: device)),
      ], otherwise: .demand(.singleFactor, by: none))
  }

  private func rule(
    _ name: String, _ demand: String, policy: String? = nil, _ model: inout SignInModel
  ) -> RuleReference.ID {
    model.rules.append(
      RuleReference(
        policyID: account, policyName: policy ?? "AWS account \(account)", ruleID: name,
        ruleName: name,
        demand: demand))
    return model.rules.count - 1
  }

  private func unknown(
    _ title: String, _ remedy: String, _ model: inout SignInModel
  ) -> SignInPolicy {
    model.unknowns.append(Unknown(title: title, remedy: remedy))
    return .demand(.unknown(model.unknowns.count - 1), by: nil)
  }
}
