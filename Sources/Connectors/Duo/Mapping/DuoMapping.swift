internal import IdentityCore

/// Compiles what Duo asks of people at one application; pure.
struct DuoMapping: Sendable {
  /// A fact about a user.
  enum Fact: Hashable, Sendable {
    case bypass
    case bypassGroup(id: String, name: String)
    case strangeStatus
    case unreadGroups
    case unenrolled
    /// The person has no account yet.
    case newcomer
    /// The set of policies that applies to the person at the application of that number.
    case policies(app: Int, set: Int)
  }

  /// What applies to some people at the application.
  enum PolicySet: Sendable, Hashable {
    case sections(DuoSections)
    case unreadable(Unknown)
  }

  let app: Int
  /// Nil when Duo does not know the integration.
  let integration: DuoWire.Integration?
  let key: String
  var sets: [PolicySet]
  /// What applies to people without an account.
  var newcomers: PolicySet
  /// Whether somebody has an account that goes by no address: then nobody is known to have none.
  var hasNamelessUsers: Bool
  var facts: [Fact]

  func model() -> SignInModel {
    var model = SignInModel(atoms: facts.map(atom), policy: .demand(.refused, by: nil))
    guard let integration else {
      let rule = rule(
        "no integration", "is not protected by Duo: the integration is missing", &model)
      model.policy = .demand(.singleFactor, by: rule)
      return model
    }
    var branches: [SignInPolicy.Branch] = []
    for (place, fact) in facts.enumerated() {
      switch fact {
      case .bypass:
        let rule = rule("user status", "skips the second factor of people in bypass", &model)
        branches.append(.init(.subject(place), .demand(.singleFactor, by: rule)))
      case .bypassGroup(_, let name):
        let rule = rule(
          "group \(name)", "skips the second factor of its members, for it is in bypass", &model)
        branches.append(.init(.subject(place), .demand(.singleFactor, by: rule)))
      case .strangeStatus:
        branches.append(
          .init(
            .subject(place),
            unknown(
              "what the status of the user or of a group of theirs means (\(integration.key))",
              "report it, so that idsync learns it", &model)
          ))
      case .unreadGroups:
        branches.append(
          .init(
            .subject(place),
            unknown(
              "which groups the user is in (\(integration.key))", "run again with the groups shown",
              &model)))
      case .newcomer:
        branches.append(.init(.subject(place), newcomer(&model)))
      default: break
      }
    }
    let unenrolled = facts.firstIndex(of: .unenrolled).map { Condition.subject($0) } ?? .never
    for (number, set) in sets.enumerated() {
      guard let place = facts.firstIndex(of: .policies(app: app, set: number)) else { continue }
      branches.append(.init(.subject(place), policy(set, unenrolled, &model)))
    }
    model.policy = .firstMatch(
      branches,
      otherwise: unknown(
        "which policies of \(integration.name) (\(integration.key)) apply",
        "run again with the policies readable",
        &model
      ))
    return model
  }

  // MARK: Policies

  private func policy(
    _ set: PolicySet, _ unenrolled: Condition, _ model: inout SignInModel
  ) -> SignInPolicy {
    switch set {
    case .unreadable(let cause):
      model.unknowns.append(cause)
      return .demand(.unknown(model.unknowns.count - 1), by: nil)
    case .sections(let sections): return policy(sections, unenrolled, &model)
    }
  }

  private func policy(
    _ sections: DuoSections, _ unenrolled: Condition, _ model: inout SignInModel
  ) -> SignInPolicy {
    let names = names(of: sections)
    switch sections.behaviour {
    case "bypass":
      return .demand(
        .singleFactor, by: rule(names, "skips the second factor (user_auth_behavior)", &model))
    case "deny":
      return .demand(.refused, by: rule(names, "refuses every sign-in", &model))
    case "enforce": return enforce(sections, names, unenrolled, &model)
    case nil:
      return unknown(
        "what the authentication policy of \(names.isEmpty ? "application \(key)" : names) is",
        "let the Admin API application read the global policy", &model)
    case let word?:
      return unknown(
        "what authentication policy '\(word)' of \(names) means",
        "report it, so that idsync learns it", &model)
    }
  }

  private func enforce(
    _ sections: DuoSections, _ names: String, _ unenrolled: Condition, _ model: inout SignInModel
  ) -> SignInPolicy {
    var branches = relaxing(sections, names, &model)
    // Under `enforce` people with an account but no factor are led to set one up: a note, no other verdict.
    let leads = rule(
      names, "asks for two factors, and leads people without one to set one up", &model)
    branches.append(.init(unenrolled, .demand(.multiFactor, by: leads)))
    return .firstMatch(
      branches, otherwise: .demand(.multiFactor, by: rule(names, "asks for two factors", &model)))
  }

  /// What comes before the demand of policies that enforce, with an account or without.
  private func relaxing(
    _ sections: DuoSections, _ names: String, _ model: inout SignInModel
  ) -> [SignInPolicy.Branch] {
    var branches: [SignInPolicy.Branch] = []
    if let networks = sections.skippingNetworks {
      if !networks.isEmpty {
        let inside = network(networks, &model)
        let rule = rule(names, "skips the second factor in these networks", &model)
        branches.append(.init(inside, .demand(.singleFactor, by: rule)))
      }
    } else {
      branches.append(
        .init(
          .variable(
            variable("network on the list of \(names)", ["no", "yes"], &model), in: [1]),
          unknown(
            "in which networks \(names) skips the second factor",
            "report the shape of authorized_networks", &model)))
    }
    if !branches.isEmpty, let others = others(sections, names, &model) { branches.append(others) }
    for strange in sections.strange {
      branches.append(
        .init(
          .variable(variable("\(strange) of \(names)", ["no", "yes"], &model), in: [1]),
          unknown(
            "what \(strange) of \(names) means", "report it, so that idsync learns it", &model)))
    }
    return branches
  }

  /// What becomes of sign-ins from networks on no list; nil when that is what becomes of all others.
  private func others(
    _ sections: DuoSections, _ names: String, _ model: inout SignInModel
  ) -> SignInPolicy.Branch? {
    guard let refuses = sections.refusesOtherNetworks, let demanding = sections.demandingNetworks
    else {
      return .init(
        .always,
        unknown(
          "whether \(names) refuses other networks", "report the shape of authorized_networks",
          &model))
    }
    guard refuses else { return nil }
    let rule = rule(names, "refuses sign-ins from all other networks", &model)
    guard !demanding.isEmpty else { return .init(.always, .demand(.refused, by: rule)) }
    return .init(.not(network(demanding, &model)), .demand(.refused, by: rule))
  }

  private func network(_ networks: [String], _ model: inout SignInModel) -> Condition {
    // The whole list: two of the same beginning are two.
    let name = "network \(networks.joined(separator: ", "))"
    return .variable(variable(name, ["outside", "inside"], &model), in: [1])
  }

  private func newcomer(_ model: inout SignInModel) -> SignInPolicy {
    if hasNamelessUsers {
      return unknown(
        "which Duo user the person is, for some have neither an address nor an alias that is one",
        "give Duo users their addresses, or set username_domain", &model)
    }
    guard case .sections(let sections) = newcomers else {
      return policy(newcomers, .never, &model)
    }
    let names = names(of: sections)
    // A policy that lets everybody past asks nothing of new people either.
    guard sections.behaviour == "enforce" else { return policy(sections, .never, &model) }
    switch sections.newUser {
    case "no-mfa":
      return .demand(
        .singleFactor,
        by: rule(names, "lets people without an account pass (new_user_behavior no-mfa)", &model))
    case "enroll":
      return .firstMatch(
        relaxing(sections, names, &model),
        otherwise: .demand(
          .multiFactor,
          by: rule(names, "leads people without an account to set up a factor", &model)))
    case "deny":
      return .demand(.refused, by: rule(names, "refuses people without an account", &model))
    default:
      return unknown(
        "what \(names) does with people without an account",
        "let the Admin API application read the global policy", &model)
    }
  }

  // MARK: Helpers

  private func names(of sections: DuoSections) -> String {
    sections.policies.joined(separator: ", ")
  }

  private func variable(
    _ name: String, _ values: [String], _ model: inout SignInModel
  ) -> Variable.ID {
    if let known = model.variables.firstIndex(where: { $0.name == name }) { return known }
    model.variables.append(Variable(name: name, values: values))
    return model.variables.count - 1
  }

  private func unknown(
    _ title: String, _ remedy: String, _ model: inout SignInModel
  ) -> SignInPolicy {
    model.unknowns.append(Unknown(title: title, remedy: remedy))
    return .demand(.unknown(model.unknowns.count - 1), by: nil)
  }

  private func rule(
    _ name: String, _ demand: String, _ model: inout SignInModel
  ) -> RuleReference.ID {
    let name = name.isEmpty ? "policy" : name
    model.rules.append(
      RuleReference(
        policyID: key, policyName: integration?.name ?? key, ruleID: name, ruleName: name,
        demand: demand))
    return model.rules.count - 1
  }

  private func atom(_ fact: Fact) -> SubjectAtom {
    switch fact {
    case .bypass: SubjectAtom(kind: .attribute, id: "status=bypass", name: "user is in bypass")
    case .bypassGroup(let id, let name):
      SubjectAtom(kind: .group, id: id, name: "\(name) (in bypass)")
    case .strangeStatus:
      SubjectAtom(kind: .attribute, id: "status=other", name: "user has an unknown status")
    case .unreadGroups:
      SubjectAtom(kind: .attribute, id: "groups=null", name: "has groups that are not shown")
    case .unenrolled:
      SubjectAtom(kind: .attribute, id: "is_enrolled=false", name: "has no factor set up")
    case .newcomer: SubjectAtom(kind: .attribute, id: "user=none", name: "has no account yet")
    case .policies(let app, let set):
      SubjectAtom(
        kind: .attribute, id: "policies=\(app).\(set)", name: "policy set \(set + 1) applies")
    }
  }
}
