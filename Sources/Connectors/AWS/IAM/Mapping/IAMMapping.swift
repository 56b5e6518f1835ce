internal import IdentityCore

/// Compiles what the simulator said to one model for all users of an account; pure.
///
/// A sign-in is the use of one credential for one sensitive action. The decisions are facts about the person.
struct IAMMapping: Sendable {
  /// A fact about a user.
  enum Fact: Hashable, Sendable {
    case root, password, accessKey, device
    /// The report does not say whether there is a device.
    case deviceNotTold
    /// The simulator was not heard on this user.
    case notSimulated
    /// The user was made since the report was: no credential is told.
    case unreported
    /// The action is allowed in some way.
    case allowed(Int)
    /// The action is allowed to somebody signed in with a password only.
    case openToPassword(Int)
    /// The action is allowed to an access key.
    case openToKey(Int)
    /// The decision depends on more than the person.
    case uncertain(Int)
    /// The set of that number asks for MFA.
    case gates(Int)
  }

  let account: String
  let actions: [String]
  /// Why the simulator was not heard.
  var notSimulated: Unknown
  /// The different sets of statements that ask people for MFA, for the proof.
  var gates: [[IAMSimulation.Statement]]
  /// The condition keys that nobody gave.
  var missingKeys: [String]

  /// All facts, in the order of the table.
  static func facts(_ actions: [String], gates: Int) -> [Fact] {
    [.root, .password, .accessKey, .device, .deviceNotTold, .notSimulated, .unreported]
      + (0..<gates).map { .gates($0) }
      + actions.indices.flatMap {
        [.allowed($0), .openToPassword($0), .openToKey($0), .uncertain($0)] as [Fact]
      }
  }

  /// What holds for a user by a simulation.
  static func facts(
    of simulation: IAMSimulation, _ user: IAMCredentialReport.User, _ actions: [String]
  ) -> Set<Fact> {
    var facts: Set<Fact> = []
    for (index, action) in actions.enumerated() {
      var probes: [IAMSimulation.Probe] = [.multiFactor]
      if user.hasPassword != false { probes.append(.password) }
      if user.hasActiveKey { probes.append(.accessKey) }
      for probe in probes {
        guard let decision = simulation.decision(probe, action) else {
          facts.insert(.uncertain(index))
          continue
        }
        if !decision.missing.isEmpty { facts.insert(.uncertain(index)) }
        guard decision.isAllowed else { continue }
        facts.insert(.allowed(index))
        if probe == .password { facts.insert(.openToPassword(index)) }
        if probe == .accessKey { facts.insert(.openToKey(index)) }
      }
    }
    return facts
  }

  func model() -> SignInModel {
    let facts = Self.facts(actions, gates: gates.count)
    var places: [Fact: SubjectAtom.ID] = [:]
    for (index, fact) in facts.enumerated() { places[fact] = index }
    func holds(_ fact: Fact) -> Condition { places[fact].map { .subject($0) } ?? .never }
    var model = SignInModel(
      variables: [
        Variable(name: "credential", values: ["console password", "access key"]),
        Variable(
          name: "action", values: actions.count > 1 ? actions : actions + ["another action"]),
      ],
      atoms: facts.map(atom), unknowns: [notSimulated], policy: .demand(.refused, by: nil))
    let password = Condition.variable(0, in: [0])
    let key = Condition.variable(0, in: [1])
    var branches: [SignInPolicy.Branch] = [
      .init(holds(.root), root(password: password, key: key, holds, &model)),
      .init(.all([password, .not(holds(.password))]), .demand(.refused, by: nil)),
      .init(.all([key, .not(holds(.accessKey))]), .demand(.refused, by: nil)),
      .init(holds(.notSimulated), .demand(.unknown(0), by: nil)),
    ]
    model.unknowns.append(
      Unknown(
        title: "which credentials the user has, who was made since the credential report",
        remedy: "run again when AWS makes a new report, which it does every four hours at most"))
    branches.insert(
      .init(holds(.unreported), .demand(.unknown(model.unknowns.count - 1), by: nil)), at: 0)
    let open = rule("without MFA", "lets this action through with one factor", &model)
    for index in actions.indices {
      let action = Condition.variable(1, in: [index])
      model.unknowns.append(
        Unknown(
          title:
            "whether \(actions[index]) is allowed: policies also ask for "
            + (missingKeys.isEmpty
              ? "something the simulator did not decide" : missingKeys.joined(separator: ", ")),
          remedy: "ask for MFA in a statement of its own, without other conditions"))
      let unknown = model.unknowns.count - 1
      branches += [
        .init(.all([action, holds(.uncertain(index))]), .demand(.unknown(unknown), by: nil)),
        .init(.all([action, .not(holds(.allowed(index)))]), .demand(.refused, by: nil)),
        .init(
          .all([action, password, holds(.openToPassword(index))]),
          .demand(.singleFactor, by: open)),
        .init(.all([action, key, holds(.openToKey(index))]), .demand(.singleFactor, by: open)),
      ]
    }
    if actions.count == 1 {
      branches.append(.init(.variable(1, in: [1]), .demand(.refused, by: nil)))
    }
    for (number, statements) in gates.enumerated() {
      branches.append(
        .init(holds(.gates(number)), .demand(.multiFactor, by: gate(statements, &model))))
    }
    let gated = rule("MFA", "asks for MFA", &model)
    model.policy = .firstMatch(branches, otherwise: .demand(.multiFactor, by: gated))
    return model
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
    model.unknowns.append(
      Unknown(
        title: "whether the root user has a device registered",
        remedy: "allow iam:GetAccountSummary in the policy of the access key"))
    let unknown = model.unknowns.count - 1
    return .firstMatch(
      [
        .init(.all([key, holds(.accessKey)]), .demand(.singleFactor, by: keys)),
        .init(key, .demand(.refused, by: nil)),
        .init(holds(.deviceNotTold), .demand(.unknown(unknown), by: nil)),
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

  private func atom(_ fact: Fact) -> SubjectAtom {
    let (id, name) =
      switch fact {
      case .root: ("root", "is the root user")
      case .password: ("password_enabled", "has a console password")
      case .accessKey: ("access_key_active", "has an active access key")
      case .device: ("mfa_active", "has an MFA device (set up, not demanded)")
      case .deviceNotTold:
        ("mfa_active=?", "has an MFA device or none: the report does not say")
      case .gates(let index): ("gates=\(index)", "is asked for MFA by policy set \(index + 1)")
      case .notSimulated: ("simulated=no", "was not simulated")
      case .unreported: ("reported=no", "was made since the credential report")
      case .allowed(let index): ("allowed \(actions[index])", "may use \(actions[index])")
      case .openToPassword(let index):
        ("password \(actions[index])", "may use \(actions[index]) after a password alone")
      case .openToKey(let index):
        ("key \(actions[index])", "may use \(actions[index]) with an access key alone")
      case .uncertain(let index):
        ("uncertain \(actions[index])", "\(actions[index]) depends on further conditions")
      }
    return SubjectAtom(kind: .attribute, id: id, name: name)
  }
}
