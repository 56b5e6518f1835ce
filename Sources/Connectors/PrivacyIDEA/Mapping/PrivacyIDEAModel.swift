internal import IdentityCore

/// Compiles the policies of privacyIDEA to one model: what happens when a front end asks for a token.
struct PrivacyIDEAModel {
  /// The facts about people, in the order of the model's atoms.
  enum Atom: Int, CaseIterable {
    /// Has a token that can be used and is a second factor.
    case usable
    /// Has any token, be it locked or not rolled out.
    case assigned
    /// Has a token that asks for nothing but a PIN.
    case simple
    /// May have a token that asks for nothing but a PIN: whose it is, or whether it can be used, is not told.
    case unclear
    /// Comes from a resolver that is not told.
    case noResolver

    /// The facts about tokens.
    static let ofTokens: [Atom] = [.usable, .assigned, .simple, .unclear]
  }

  /// Actions that let people in without a token.
  private static let openings = ["passOnNoToken", "passthru"]
  private static let remembering = ["auth_cache", "remember_device", "remember_device_timeout"]

  let realm: String
  let policies: [PrivacyIDEAWire.Policy]
  let rememberIsConditional: Bool
  private(set) var atoms: [SubjectAtom] = [
    SubjectAtom(kind: .attribute, id: "token=usable", name: "has a usable token"),
    SubjectAtom(kind: .attribute, id: "token=assigned", name: "has a token assigned"),
    SubjectAtom(kind: .attribute, id: "token=spass", name: "has a simple pass token"),
    SubjectAtom(kind: .attribute, id: "token=?", name: "may have a simple pass token"),
    SubjectAtom(kind: .attribute, id: "resolver=?", name: "comes from a resolver that is not told"),
  ]
  /// The texts that a policy names users and resolvers by, by the atom that asks for them.
  private(set) var users: [SubjectAtom.ID: (name: String, ignoresCase: Bool)] = [:]
  private(set) var resolvers: [SubjectAtom.ID: String] = [:]
  private var variables: [Variable] = []
  private var unknowns: [Unknown] = []
  private var rules: [RuleReference] = []

  init(realm: String, policies: [PrivacyIDEAWire.Policy], rememberIsConditional: Bool) {
    self.realm = realm
    self.policies = policies.filter(\.isActive).sorted { $0.name < $1.name }
    self.rememberIsConditional = rememberIsConditional
  }

  /// The finished model.
  mutating func model() -> SignInModel {
    let demand = rule("token check", "asks for a token", name: "authentication")
    let simple = rule("simple pass token", "asks for a PIN only", name: "authentication")
    let unclear = unknown(
      "whose simple pass tokens of realm \(realm) are, or whether they can be used",
      "see in privacyIDEA which tokens of type spass or pw have no owner, state or validity that is shown"
    )
    var branches = [
      SignInPolicy.Branch(
        .subject(Atom.simple.rawValue), .demand(.singleFactor, by: simple)),
      SignInPolicy.Branch(.subject(Atom.unclear.rawValue), .demand(.unknown(unclear), by: nil)),
    ]
    for policy in policies {
      let actions = Self.openings.filter { isOn(policy.actions[$0]) }
      guard !actions.isEmpty else { continue }
      let open = rule(
        actions.joined(separator: ", "), "lets people without a token in with one factor",
        name: policy.name)
      // Who has a token is asked for it, until it is taken away.
      let hasNone = Condition.or([
        Condition.subject(Atom.assigned.rawValue).negated, flag("token removed"),
      ])
      branches.append(.init(.and([applies(policy), hasNone]), .demand(.singleFactor, by: open)))
    }
    if rememberIsConditional {
      for policy in policies where Self.remembering.contains(where: { isOn(policy.actions[$0]) }) {
        let rule = rule("remembered sign-in", "does not ask again for a while", name: policy.name)
        branches.append(
          .init(
            .and([applies(policy), flag("remembered sign-in")]), .demand(.singleFactor, by: rule)))
      }
    }
    // Whom no policy lets in without a token is refused, or made to enrol one.
    return SignInModel(
      variables: variables, atoms: atoms, unknowns: unknowns, rules: rules,
      policy: .firstMatch(branches, otherwise: .demand(.multiFactor, by: demand)))
  }

  private func isOn(_ value: String?) -> Bool {
    guard let value = value?.lowercased() else { return false }
    return !["", "false", "0", "no", "off"].contains(value)
  }

  /// When a policy applies to a sign-in of a person.
  private mutating func applies(_ policy: PrivacyIDEAWire.Policy) -> Condition {
    var parts = [
      matches(policy.realms) { model, text, _ in
        text.lowercased() == model.realm.lowercased() ? .always : .never
      },
      matches(policy.resolvers) { model, text, _ in model.atom(resolver: text) },
      matches(policy.users) { model, text, isExcluded in
        guard Self.isPattern(text) else {
          // Where the server does not say, a policy that lets people in names more of them and leaves out fewer.
          return model.atom(user: text, ignoresCase: policy.ignoresCase ?? !isExcluded)
        }
        return .unknown(
          model.unknown(
            "who is meant by user \(text) in policy \(policy.name)",
            "name the users of the policy plainly"))
      },
    ]
    let circumstances = [
      (policy.clients, "a client address among"), (policy.userAgents, "a plug-in among"),
      (policy.nodes, "a server among"),
    ]
    for (values, words) in circumstances where !values.isEmpty {
      parts.append(flag("\(words) \(values.joined(separator: ", "))"))
    }
    if !policy.time.isEmpty { parts.append(flag("a time within \(policy.time)")) }
    for condition in policy.conditions {
      if condition.section.lowercased().hasPrefix("http") {
        parts.append(flag("the request header of policy \(policy.name) (\(condition.text))"))
      } else {
        parts.append(
          .unknown(
            unknown(
              "whether the \(condition.section) condition of policy \(policy.name) holds (\(condition.text))",
              "take the condition out of the policy, or do without the policy",
              of: "policy \(policy.name), \(condition.key)")))
      }
    }
    return .and(parts)
  }

  /// That a list names something: an empty list names all, a text with a minus or an exclamation mark leaves one out.
  private mutating func matches(
    _ list: [String],
    _ test: (inout PrivacyIDEAModel, String, _ isExcluded: Bool) -> Condition
  ) -> Condition {
    guard !list.isEmpty else { return .always }
    var named: [Condition] = []
    var excluded: [Condition] = []
    for entry in list {
      if entry.hasPrefix("-") || entry.hasPrefix("!") {
        excluded.append(test(&self, String(entry.dropFirst()), true))
      } else {
        named.append(entry == "*" ? .always : test(&self, entry, false))
      }
    }
    return .and([.or(named), Condition.or(excluded).negated])
  }

  private static func isPattern(_ text: String) -> Bool {
    // A dot alone stands in many user names.
    text.contains { "*+?[](){}|^$\\".contains($0) }
  }

  private mutating func atom(user: String, ignoresCase: Bool) -> Condition {
    let place = atom(
      SubjectAtom(kind: .user, id: "\(user)\(ignoresCase ? " (any case)" : "")", name: user))
    users[place] = (user, ignoresCase)
    return .subject(place)
  }

  private mutating func atom(resolver: String) -> Condition {
    let place = atom(
      SubjectAtom(kind: .group, id: "resolver=\(resolver)", name: "resolver \(resolver)"))
    resolvers[place] = resolver
    let isIt = unknown(
      "which resolver people come from, and whether it is \(resolver)",
      "see in privacyIDEA why users are listed without their resolver")
    return .or([
      .subject(place), .and([.subject(Atom.noResolver.rawValue), .unknown(isIt)]),
    ])
  }

  private mutating func atom(_ atom: SubjectAtom) -> SubjectAtom.ID {
    if let known = atoms.firstIndex(of: atom) { return known }
    atoms.append(atom)
    return atoms.count - 1
  }

  private mutating func flag(_ name: String) -> Condition {
    if let known = variables.firstIndex(where: { $0.name == name }) {
      return .variable(known, in: [1])
    }
    variables.append(Variable(name: name, values: ["no", "yes"]))
    return .variable(variables.count - 1, in: [1])
  }

  private mutating func unknown(
    _ title: String, _ remedy: String, of object: String? = nil
  ) -> Unknown.ID {
    let wanted = Unknown(title: title, remedy: remedy, of: object)
    if let known = unknowns.firstIndex(where: { $0.key == wanted.key }) { return known }
    unknowns.append(wanted)
    return unknowns.count - 1
  }

  private mutating func rule(_ rule: String, _ demand: String, name: String) -> RuleReference.ID {
    rules.append(
      RuleReference(
        policyID: name, policyName: name, ruleID: name, ruleName: rule, demand: demand))
    return rules.count - 1
  }
}
