internal import ConnectorKit
internal import IdentityCore

/// Compiles the policies of privacyIDEA to one model: what happens when a front end asks for a token.
struct PrivacyIDEAModel {
  /// The facts about people, in the order of the model's atoms.
  enum Atom: Int, CaseIterable {
    /// Has a token that can be used and is a second factor.
    case usable
    /// Has any token, be it locked or not rolled out.
    case assigned
    /// Has a token that is rolled out.
    case rolledOut
    /// Has a token that asks for nothing but what the person knows.
    case simple
    /// May have such a token: whose it is, or whether it can be used, is not told.
    case unclear
    /// Has a token of a type that leaves the question to another server or person, or that is not known.
    case strange
    /// May have a passkey, which signs in without a name or a password.
    case passkey
    /// Comes from a resolver that is not told.
    case noResolver

    /// The facts about tokens.
    static let ofTokens: [Atom] = [
      .usable, .assigned, .rolledOut, .simple, .unclear, .strange, .passkey,
    ]

    /// Its words: what tells it from others, and what people read.
    var words: (id: String, name: String) {
      switch self {
      case .usable: ("token=usable", "has a usable token")
      case .assigned: ("token=assigned", "has a token assigned")
      case .rolledOut: ("token=rolled out", "has a token that is rolled out")
      case .simple: ("token=simple", "has a token that is no second factor")
      case .unclear: ("token=?", "may have a token that is no second factor")
      case .strange: ("token=other", "has a token whose question another server asks")
      case .passkey: ("token=passkey", "may have a passkey")
      case .noResolver: ("resolver=?", "comes from a resolver that is not told")
      }
    }
  }

  /// A text that a policy names a user by.
  struct UserText: Sendable, Hashable {
    var text: String
    var ignoresCase: Bool
    /// Whether a dot stands for any character; a name that is left out is compared as it stands.
    var isPattern: Bool

    /// Whether it means a user.
    func means(_ name: String) -> Bool {
      let (text, name) = ignoresCase ? (text.lowercased(), name.lowercased()) : (text, name)
      return isPattern ? PrivacyIDEAPattern.matches(text, name) : text == name
    }
  }

  let realm: String
  let policies: [PrivacyIDEAWire.Policy]
  /// What people may do with their own tokens; nil where that was not read.
  let selfService: [PrivacyIDEAWire.Policy]?
  let remember: PrivacyIDEAConfiguration.Remember?
  /// Whether somebody vouches that the front end asks for a password beside a passkey.
  let isPasskeyVouched: Bool
  private var builder = SignInModelBuilder()
  /// The texts that a policy names users and resolvers by, by the atom that asks for them.
  private(set) var users: [SubjectAtom.ID: UserText] = [:]
  private(set) var resolvers: [SubjectAtom.ID: String] = [:]

  init(
    realm: String, policies: [PrivacyIDEAWire.Policy], selfService: [PrivacyIDEAWire.Policy]?,
    remember: PrivacyIDEAConfiguration.Remember?, isPasskeyVouched: Bool
  ) {
    self.realm = realm
    self.policies = policies.filter(\.isActive).sorted { $0.name < $1.name }
    self.selfService = selfService?.filter(\.isActive).sorted { $0.name < $1.name }
    self.remember = remember
    self.isPasskeyVouched = isPasskeyVouched
    for atom in Atom.allCases {
      _ = builder.facts.id(.attribute, atom.words.id, atom.words.name)
    }
  }

  /// The finished model.
  mutating func model() -> SignInModel {
    let demand = rule("token check", "asks for a token", name: "authentication")
    var branches = tokenBranches()
    for policy in policies { branches += openings(policy) }
    branches += selfServiceBranches()
    for policy in policies where isRemembering(policy) {
      let rule = rule("remembered sign-in", "does not ask again for a while", name: policy.name)
      branches.append(
        .init(
          .and([applies(policy), flag("remembered sign-in")]), .demand(.singleFactor, by: rule)))
    }
    // Whom no policy lets in without a token is refused, or made to enrol one.
    return builder.model(
      .firstMatch(branches, otherwise: .demand(.multiFactor, by: demand)))
  }

  // MARK: Tokens

  private mutating func tokenBranches() -> [SignInPolicy.Branch] {
    let simple = rule(
      "token that is no second factor", "asks for a PIN or a word only", name: "authentication")
    let unclear = unknown(
      "whose tokens of realm \(realm) are that prove nothing beside a password, or whether they can be used",
      "see in privacyIDEA which tokens of type spass, pw, question, applspec, indexedsecret or registration have no owner, state or validity that is shown"
    )
    let strange = unknown(
      "what a token asks for whose question another server or person asks, or whose type idsync does not know",
      "give the person a token of another type, and take the one of type radius, remote or 4eyes away"
    )
    return [
      .init(.subject(Atom.simple.rawValue), .demand(.singleFactor, by: simple)),
      .init(.subject(Atom.unclear.rawValue), .demand(.unknown(unclear), by: nil)),
      .init(.subject(Atom.strange.rawValue), .demand(.unknown(strange), by: nil)),
    ] + passkeyBranches()
  }

  /// A passkey is asked for without a name or a password, and unless user verification is demanded a touch of it is all.
  ///
  /// - SeeAlso: <https://github.com/privacyidea/privacyidea/blob/master/privacyidea/lib/fido2/challenge.py>,
  ///   <https://github.com/privacyidea/keycloak-provider/releases/tag/v1.6.0>
  private mutating func passkeyBranches() -> [SignInPolicy.Branch] {
    guard !isPasskeyVouched else { return [] }
    let alone = unknown(
      "whether the front end asks for a password beside a passkey, which a touch may do for",
      "set webauthn_user_verification_requirement to required in a policy of the scope authentication, or vouch for the row passkeys"
    )
    return [
      .init(
        .and([.subject(Atom.passkey.rawValue), verification().negated]),
        .demand(.unknown(alone), by: nil))
    ]
  }

  /// That a passkey is asked who holds it.
  private mutating func verification() -> Condition {
    let demanding = policies.filter {
      $0.actions["webauthn_user_verification_requirement"]?.lowercased() == "required"
    }
    var conditions: [Condition] = []
    for policy in demanding { conditions.append(applies(policy)) }
    return .or(conditions)
  }

  /// What the person may enrol: a token that proves nothing beside a password is a way in of the person's own making.
  private mutating func selfServiceBranches() -> [SignInPolicy.Branch] {
    guard let selfService else { return [] }
    let words = "a token that is no second factor enrolled by the person"
    guard !selfService.isEmpty else {
      // Where no policy of the scope user is there, people may do everything with their tokens.
      let rule = rule("self-service", "lets people enrol tokens of all types", name: "user")
      return [.init(flag(words), .demand(.singleFactor, by: rule))]
    }
    return selfService.compactMap { policy in
      let actions = policy.actions.filter { isOn($0.value) }.keys
      let isWeak = actions.contains(where: Self.enrolsWeakly)
      let isPasskey =
        !isPasskeyVouched && actions.contains { $0.lowercased() == "enrollpasskey" }
      guard isWeak || isPasskey else { return nil }
      let rule = rule(
        "self-service", "lets people enrol tokens that are no second factor", name: policy.name)
      return .init(
        .and([applies(policy), flag(words)] + (isWeak ? [] : [verification().negated])),
        .demand(.singleFactor, by: rule))
    }
  }

  /// Whether an action of the scope `user` lets people enrol a token that may be no second factor.
  private static func enrolsWeakly(_ action: String) -> Bool {
    let action = action.lowercased()
    guard action.hasPrefix("enroll") else { return false }
    return !PrivacyIDEATokens.strongTypes.contains(String(action.dropFirst(6)))
      && action != "enrollpin"
  }

  // MARK: Policies that let people in

  private mutating func openings(_ policy: PrivacyIDEAWire.Policy) -> [SignInPolicy.Branch] {
    ["passOnNoToken", "passthru"].compactMap { action in
      guard let value = policy.actions[action], isOn(value) else { return nil }
      // Who has a token is asked for it, until it is taken away.
      let counted =
        policies.contains { isOn($0.actions["\(action.lowercased())_ignore_rollout_state"]) }
        ? Atom.rolledOut : .assigned
      let hasNone = Condition.or([
        Condition.subject(counted.rawValue).negated, flag("token removed"),
      ])
      let demand: SignInPolicy
      if action == "passthru", !["userstore", "true"].contains(value.lowercased()) {
        let server = unknown(
          "what the RADIUS server \(value) asks people without a token for",
          "do without passthru to a RADIUS server", of: "passthru of policy \(policy.name)")
        demand = .demand(.unknown(server), by: nil)
      } else {
        let open = rule(
          action, "lets people without a token in with one factor", name: policy.name)
        demand = .demand(.singleFactor, by: open)
      }
      return .init(.and([applies(policy), hasNone]), demand)
    }
  }

  /// Whether an earlier sign-in counts for longer than a second factor may; what the operator says of it comes first.
  private func isRemembering(_ policy: PrivacyIDEAWire.Policy) -> Bool {
    let cache = policy.actions["auth_cache"], device = policy.actions["remember_device"]
    guard isOn(cache) || isOn(device) else { return false }
    switch remember {
    case .note?: return false
    case .conditional?: return true
    case nil: return PrivacyIDEAMemory.isLong(cache: cache, policy.actions, isOn(device))
    }
  }

  private func isOn(_ value: String?) -> Bool {
    guard let value = value?.lowercased() else { return false }
    return !["", "false", "0", "no", "off"].contains(value)
  }

  // MARK: Whom and when

  /// When a policy applies to a sign-in of a person.
  private mutating func applies(_ policy: PrivacyIDEAWire.Policy) -> Condition {
    var parts = [
      matches(policy.realms) { model, text in
        model.named(
          text.lowercased(), model.realm.lowercased(), "realm \(text) of policy \(policy.name)")
      },
      resolvers(policy),
      matches(policy.users) { model, text in
        guard PrivacyIDEAPattern.isPlain(text) else {
          return .unknown(
            model.unknown(
              "who is meant by user \(text) in policy \(policy.name)",
              "name the users of the policy plainly"))
        }
        // Where the server does not say, a policy that lets people in names more of them and leaves out fewer.
        return model.atom(
          UserText(text: text, ignoresCase: policy.ignoresCase ?? true, isPattern: true))
      } excluding: { model, text in
        model.atom(
          UserText(text: text, ignoresCase: policy.ignoresCase ?? false, isPattern: false))
      },
    ]
    let addresses = policy.clients.contains { ["0.0.0.0/0", "::/0"].contains($0) }
    let circumstances = [
      (
        addresses && !policy.clients.contains(where: Self.isExclusion) ? [] : policy.clients,
        "a client address among"
      ),
      (policy.userAgents, "a plug-in among"), (policy.nodes, "a server among"),
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

  /// The resolvers of a policy: what it leaves out there is not heeded by the server, and any of the realm's may count.
  /// - SeeAlso: <https://github.com/privacyidea/privacyidea/blob/master/privacyidea/lib/policy.py>
  private mutating func resolvers(_ policy: PrivacyIDEAWire.Policy) -> Condition {
    guard !policy.resolvers.isEmpty else { return .always }
    var named: [Condition] = []
    for text in policy.resolvers where !Self.isExclusion(text) {
      if text == "*" { return .always }
      if PrivacyIDEAPattern.isPlain(text), !text.contains(".") {
        named.append(atom(resolver: text))
      } else {
        named.append(
          .unknown(
            unknown(
              "which resolvers are meant by \(text) in policy \(policy.name)",
              "name the resolvers of the policy plainly")))
      }
    }
    if policy.checksAllResolvers, !named.isEmpty {
      named.append(
        .unknown(
          unknown(
            "whether the realm has a resolver of policy \(policy.name), which counts for all of its people (check_all_resolvers)",
            "switch check_all_resolvers off", of: "check_all_resolvers of \(policy.name)")))
    }
    return .or(named)
  }

  /// That a list names something: an empty list names all, a text with a minus or an exclamation mark leaves one out.
  private mutating func matches(
    _ list: [String], _ naming: (inout PrivacyIDEAModel, String) -> Condition,
    excluding: (inout PrivacyIDEAModel, String) -> Condition = { model, text in
      text.lowercased() == model.realm.lowercased() ? .always : .never
    }
  ) -> Condition {
    guard !list.isEmpty else { return .always }
    var named: [Condition] = []
    var excluded: [Condition] = []
    for entry in list {
      if Self.isExclusion(entry) {
        // What is left out is compared as it stands, never as a pattern.
        excluded.append(excluding(&self, String(entry.dropFirst())))
      } else {
        named.append(entry == "*" ? .always : naming(&self, entry))
      }
    }
    return .and([.or(named), Condition.or(excluded).negated])
  }

  private static func isExclusion(_ text: String) -> Bool {
    text.hasPrefix("-") || text.hasPrefix("!")
  }

  /// That a text of a policy means a name: it is a pattern of which a dot stands for any character.
  private mutating func named(_ text: String, _ name: String, _ what: String) -> Condition {
    if PrivacyIDEAPattern.isPlain(text) {
      return PrivacyIDEAPattern.matches(text, name) ? .always : .never
    }
    return .unknown(
      unknown("whether \(name) is meant by \(what)", "name the realms of the policy plainly"))
  }

  // MARK: Parts

  private mutating func atom(_ user: UserText) -> Condition {
    let words = (user.ignoresCase ? " (any case)" : "") + (user.isPattern ? "" : " (as it stands)")
    let place = builder.facts.id(.user, user.text + words, user.text)
    users[place] = user
    return .subject(place)
  }

  private mutating func atom(resolver: String) -> Condition {
    let place = builder.facts.id(.group, "resolver=\(resolver)", "resolver \(resolver)")
    resolvers[place] = resolver
    let isIt = unknown(
      "which resolver people come from, and whether it is \(resolver)",
      "see in privacyIDEA why users are listed without their resolver")
    return .or([
      .subject(place), .and([.subject(Atom.noResolver.rawValue), .unknown(isIt)]),
    ])
  }

  private mutating func flag(_ name: String) -> Condition { builder.flag(name) }

  private mutating func unknown(
    _ title: String, _ remedy: String, of object: String? = nil
  ) -> Unknown.ID {
    builder.unknown(Unknown(title: title, remedy: remedy, of: object))
  }

  private mutating func rule(_ rule: String, _ demand: String, name: String) -> RuleReference.ID {
    builder.reference(
      RuleReference(
        policyID: name, policyName: name, ruleID: name, ruleName: rule, demand: demand))
  }
}
