internal import ConnectorKit
internal import IdentityCore

/// Compiles what Duo asks of people at one application; pure.
struct DuoMapping: Sendable {
  /// A fact about a user.
  enum Fact: Hashable, Sendable {
    case bypass
    case bypassGroup(id: String, name: String)
    case strangeStatus
    /// Whether the account is the person's hangs on how Duo compares names.
    case uncertainName
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
  /// From how many seconds on a remembered device is a sign-in without a second factor.
  let rememberedDeviceLimit: Int64
  /// What stands in the policies that nobody knows; complete once the model is made.
  var unrecognised: Unrecognised
  var tables = SignInModelBuilder()

  /// The finished model.
  mutating func model() -> SignInModel {
    for fact in facts {
      let atom = atom(fact)
      _ = tables.facts.id(atom.kind, atom.id, atom.name)
    }
    let policy = policy()
    return tables.model(policy)
  }

  private mutating func policy() -> SignInPolicy {
    let known = known()
    guard let integration, integration.isNormalising != true, integration.admitsNewcomers else {
      return known
    }
    // Another spelling of the name is somebody without an account.
    var spelling = tables.flag("another spelling of the user name")
    if integration.isNormalising == nil {
      let untold = Unknown(
        title: "whether \(integration.name) takes other spellings of a user name for the same user",
        remedy: "run again; if it stays, report it")
      spelling = .all([spelling, .unknown(tables.unknown(untold))])
    }
    return .any([
      known, .firstMatch([.init(spelling, stranger())], otherwise: .demand(.refused, by: nil)),
    ])
  }

  /// What applies to people by the accounts that they have.
  private mutating func known() -> SignInPolicy {
    guard let integration else {
      let rule = rule("no integration", "is not protected by Duo: the integration is missing")
      return .demand(.singleFactor, by: rule)
    }
    var branches: [SignInPolicy.Branch] = []
    for (place, fact) in facts.enumerated() {
      switch fact {
      case .bypass:
        let rule = rule("user status", "skips the second factor of people in bypass")
        branches.append(.init(.subject(place), .demand(.singleFactor, by: rule)))
      case .bypassGroup(_, let name):
        let rule = rule(
          "group \(name)", "skips the second factor of its members, for it is in bypass")
        branches.append(.init(.subject(place), .demand(.singleFactor, by: rule)))
      case .strangeStatus:
        branches.append(
          .init(
            .subject(place),
            unknown(
              "what the status of the user or of a group of theirs means (\(integration.key))",
              "report it, so that idsync learns it")
          ))
      case .uncertainName:
        branches.append(
          .init(
            .subject(place),
            unknown(
              "whether a Duo user without an address is the person, by the name",
              "give the Duo user the address, or an alias that is one")))
      case .unreadGroups:
        branches.append(
          .init(
            .subject(place),
            unknown(
              "which groups the user is in (\(integration.key))", "run again with the groups shown")
          ))
      case .newcomer:
        branches.append(.init(.subject(place), newcomer()))
      default: break
      }
    }
    let unenrolled = facts.firstIndex(of: .unenrolled).map { Condition.subject($0) } ?? .never
    for (number, set) in sets.enumerated() {
      guard let place = facts.firstIndex(of: .policies(app: app, set: number)) else { continue }
      branches.append(.init(.subject(place), policy(set, unenrolled)))
    }
    return .firstMatch(
      branches,
      otherwise: unknown(
        "which policies of \(integration.name) (\(integration.key)) apply",
        "run again with the policies readable"))
  }

  private mutating func newcomer() -> SignInPolicy {
    if hasNamelessUsers {
      return unknown(
        "which Duo user the person is, for some have neither an address nor an alias that is one",
        "give Duo users their addresses, or set username_domain")
    }
    return stranger()
  }

  /// What somebody is asked for whose name Duo does not know.
  private mutating func stranger() -> SignInPolicy {
    guard case .sections(let sections) = newcomers else {
      return policy(newcomers, .never)
    }
    let names = names(of: sections)
    // A policy that lets everybody past asks nothing of new people either.
    guard sections.behaviour == "enforce" else { return policy(sections, .never) }
    switch sections.newUser {
    case "no-mfa":
      return .demand(
        .singleFactor,
        by: rule(names, "lets people without an account pass (new_user_behavior no-mfa)"))
    case "enroll":
      return .firstMatch(
        relaxing(sections, names),
        otherwise: .demand(
          .multiFactor,
          by: rule(names, "leads people without an account to set up a factor")))
    case "deny":
      return .demand(.refused, by: rule(names, "refuses people without an account"))
    default:
      return unknown(
        "what \(names) does with people without an account",
        "let the Admin API application read the global policy")
    }
  }

  // MARK: Tables

  func names(of sections: DuoSections) -> String {
    sections.policies.joined(separator: ", ")
  }

  mutating func unknown(
    _ title: String, _ remedy: String, by rule: RuleReference.ID? = nil
  ) -> SignInPolicy {
    .demand(.unknown(tables.unknown(Unknown(title: title, remedy: remedy))), by: rule)
  }

  mutating func rule(_ name: String, _ demand: String) -> RuleReference.ID {
    let name = name.isEmpty ? "policy" : name
    return tables.reference(
      RuleReference(
        policyID: key, policyName: integration?.name ?? key, ruleID: name, ruleName: name,
        demand: demand))
  }

  private func atom(_ fact: Fact) -> SubjectAtom {
    switch fact {
    case .bypass: SubjectAtom(kind: .attribute, id: "status=bypass", name: "user is in bypass")
    case .bypassGroup(let id, let name):
      SubjectAtom(kind: .group, id: id, name: "\(name) (in bypass)")
    case .strangeStatus:
      SubjectAtom(kind: .attribute, id: "status=other", name: "user has an unknown status")
    case .uncertainName:
      SubjectAtom(
        kind: .attribute, id: "name=?", name: "has a Duo user name that may be another person's")
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
