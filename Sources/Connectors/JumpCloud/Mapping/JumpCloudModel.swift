internal import IdentityCore
internal import JSONQuery

/// Compiles what decides sign-ins to one application into the common form; pure.
///
/// Policies that apply to the application decide. Where none does, the person signs in by the user portal's rules, whose last
/// one is the user's own flag. The organisation's default access policies cannot be asked for: the vendor publishes their
/// path (`/authn/policy/fallback/{resource_type}`) without a method.
struct JumpCloudModel {
  let app: JumpCloudWire.App
  let picture: JumpCloudPicture
  let facts: JumpCloudFacts

  private var variables: [Variable] = []
  private var unknowns: [Unknown] = []
  private var cutUnknowns: [String: Unknown.ID] = [:]
  private var rules: [RuleReference] = []

  /// A policy that may apply: when, and what it asks for then.
  private struct Part {
    var condition: Condition
    var demand: SignInPolicy
  }

  init(app: JumpCloudWire.App, picture: JumpCloudPicture, facts: JumpCloudFacts) {
    self.app = app
    self.picture = picture
    self.facts = facts
  }

  /// The finished model.
  ///
  /// - Parameter unreadable: the facts about people that could not be read.
  mutating func model(unreadable: [SubjectAtom.ID: Unknown]) -> SignInModel {
    let flag = ownFlag()
    let portal = combined(portalParts(flag), otherwise: flag)
    let own = combined(applicationParts(), otherwise: portal)
    let policy = withManagers(own)
    return SignInModel(
      variables: variables, atoms: facts.atoms(picture.groups), unreadableAtoms: unreadable,
      unknowns: unknowns, rules: rules, policy: policy, upstreams: upstreams)
  }

  // MARK: Policies

  private mutating func applicationParts() -> [Part] {
    var parts: [Part] = []
    for policy in picture.policies {
      guard let (condition, rule) = applies(policy, to: .application) else { continue }
      parts.append(Part(condition: condition, demand: demand(policy, rule)))
    }
    return parts
  }

  /// Policies for the user portal, as far as they matter for an application that no policy of its own guards.
  ///
  /// They can let people into the portal, and on to the application, with one factor. Whether they also guard sign-ins that
  /// begin at the application is not documented, so they close no way in by themselves.
  private mutating func portalParts(_ flag: SignInPolicy) -> [Part] {
    var parts: [Part] = []
    for policy in picture.policies {
      guard let (condition, rule) = applies(policy, to: .portal) else { continue }
      let asked = demand(policy, rule)
      switch asked {
      case .demand(.singleFactor, _):
        parts.append(Part(condition: condition, demand: asked))
        continue
      case .demand(.refused, _): continue
      default: break
      }
      let guards = unknown(
        "whether policy '\(policy.name)' for the user portal also guards sign-ins that begin at the application",
        "aim a policy at the application")
      parts.append(
        Part(condition: condition, demand: .firstMatch([.init(guards, asked)], otherwise: flag)))
    }
    return parts
  }

  /// What several policies ask for together.
  ///
  /// The strictest decides, by the impression that the vendor's articles give; that is not said of every case, so a
  /// sign-in for which the weakest decides is thought possible too.
  private mutating func combined(
    _ parts: [Part], otherwise: SignInPolicy
  ) -> SignInPolicy {
    let branches = parts.map { SignInPolicy.Branch($0.condition, $0.demand) }
    guard parts.count > 1 else {
      return parts.isEmpty ? otherwise : .firstMatch(branches, otherwise: otherwise)
    }
    let applies = Condition.or(parts.map(\.condition))
    let strictest = SignInPolicy.all(
      branches.map { .firstMatch([$0], otherwise: .demand(.singleFactor, by: nil)) })
    let weakest = SignInPolicy.any(
      branches.map { .firstMatch([$0], otherwise: .demand(.refused, by: nil)) })
    let isWeak = flag("the weakest of several matching policies deciding")
    return .firstMatch(
      [.init(.and([applies, isWeak]), weakest), .init(applies, strictest)], otherwise: otherwise)
  }

  private mutating func applies(
    _ policy: JumpCloudWire.Policy, to resource: Resource
  ) -> (Condition, RuleReference)? {
    let target = target(policy, resource)
    guard target != .never else { return nil }
    let people = people(policy)
    let sign = condition(policy)
    var condition = Condition.and([target, people.holds, sign.holds])
    if policy.isDisabled == nil || policy.hidesMonitoring {
      let isOn = unknown(
        "whether policy '\(policy.name)' is switched on", "run again; if it stays, report it")
      condition = .and([condition, isOn])
    }
    guard condition != .never else { return nil }
    let rule = RuleReference(
      policyID: policy.id, policyName: policy.name, ruleID: policy.id, ruleName: policy.name,
      demand: "", condition: (people.phrases + sign.phrases).joined(separator: "; "))
    return (condition, rule)
  }

  // MARK: Demands

  private static let obligations: Set<String> = ["mfa", "mfaFactors", "userVerification"]

  private mutating func demand(
    _ policy: JumpCloudWire.Policy, _ rule: RuleReference
  ) -> SignInPolicy {
    let place = "policy '\(policy.name)'"
    switch policy.effect?["action"]?.string {
    case "deny": return .demand(.refused, by: by(rule, "refuses"))
    case "allow": break
    case let word:
      return strange("what the action \(word ?? "?") of \(place) does", rule)
    }
    let obligations = policy.effect?["obligations"]
    let mfa = obligations?["mfa"]
    for part in [obligations, mfa].compactMap(\.self) where part.object == nil {
      return strange("whether \(place) asks for MFA", rule)
    }
    switch mfa?["required"] {
    case .bool(true)?:
      return .demand(.multiFactor, by: by(rule, Self.phrase(obligations?["mfaFactors"])))
    case .bool(false)?, nil: break
    default: return strange("whether \(place) asks for MFA", rule)
    }
    let others = Self.strangers(obligations, besides: Self.obligations)
    if !others.isEmpty {
      return strange("what \(others.joined(separator: ", ")) of \(place) asks for", rule)
    }
    return .demand(.singleFactor, by: by(rule, "asks for one factor only"))
  }

  private mutating func strange(_ title: String, _ rule: RuleReference) -> SignInPolicy {
    .demand(
      .unknown(unknownID(title, "report the policy, so that idsync learns its form")),
      by: by(rule, "asks for something that cannot be read"))
  }

  /// Two factors, with the kinds that are allowed; they come as objects or as plain words.
  private static func phrase(_ factors: JSONValue?) -> String {
    let names = (factors?.array ?? []).map { $0.string ?? $0["type"]?.string ?? "?" }
    if names == ["DURT"] { return "asks for two factors, of which only the device's own (DURT)" }
    return "asks for two factors" + (names.isEmpty ? "" : " (\(names.joined(separator: ", ")))")
  }

  // MARK: Tables

  /// A rule for proofs and witnesses, with what it asks for.
  mutating func by(_ rule: RuleReference, _ phrase: String) -> RuleReference.ID {
    var named = rule
    named.demand = phrase
    rules.append(named)
    return rules.count - 1
  }

  /// A variable by its name and values; made if it is new.
  mutating func variable(_ name: String, _ values: [String]) -> Variable.ID {
    let wanted = Variable(name: name, values: values)
    if let known = variables.firstIndex(of: wanted) { return known }
    variables.append(wanted)
    return variables.count - 1
  }

  /// That a yes-or-no variable has its second value.
  mutating func flag(_ name: String, _ values: [String] = ["no", "yes"]) -> Condition {
    .variable(variable(name, values), in: [1])
  }

  private mutating func unknownID(_ title: String, _ remedy: String) -> Unknown.ID {
    let wanted = Unknown(title: title, remedy: remedy)
    if let known = unknowns.firstIndex(of: wanted) { return known }
    unknowns.append(wanted)
    return unknowns.count - 1
  }

  /// A condition that cannot be known.
  ///
  /// - Parameter text: the whole text of what is unknown, where the title is cut.
  mutating func unknown(_ title: String, _ remedy: String, text: String? = nil) -> Condition {
    guard let text, !title.contains(text) else { return .unknown(unknownID(title, remedy)) }
    if let known = cutUnknowns[title + text] { return .unknown(known) }
    unknowns.append(Unknown(title: title, remedy: remedy, of: nil, text: text))
    cutUnknowns[title + text] = unknowns.count - 1
    return .unknown(unknowns.count - 1)
  }

  /// The members of an object that we do not know and that say something.
  static func strangers(_ json: JSONValue?, besides known: Set<String>) -> [String] {
    (json?.object ?? [:]).filter { !known.contains($0.key) && saysSomething($0.value) }
      .keys.sorted().map { String($0.prefix(40)) }
  }

  private static func saysSomething(_ value: JSONValue) -> Bool {
    switch value {
    // What an unknown section would say.
    case .null: true
    case .array(let values): !values.isEmpty
    case .string(let text): !text.isEmpty
    case .object(let members): members.values.contains(where: saysSomething)
    case .bool, .integer, .number: true
    }
  }
}
