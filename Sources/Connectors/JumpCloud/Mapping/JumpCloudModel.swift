internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// Compiles what decides sign-ins to one application into the common form; pure.
///
/// Policies that apply to the application decide. Where none does, the person signs in by the user portal's rules, whose last
/// one is the user's own flag: so the default access policy of the portal says until somebody chooses another one, which no
/// API shows (the vendor publishes its path, `/authn/policy/fallback/{resource_type}`, without a method).
struct JumpCloudModel {
  let app: JumpCloudWire.App
  let picture: JumpCloudPicture
  let facts: JumpCloudFacts
  let vouches: Vouches
  /// What stands in the policies that nobody knows; complete once the model is made.
  var unrecognised: Unrecognised
  /// Whether some policy of the application applies to every sign-in, so that nothing behind it decides.
  private(set) var isGuarded = false
  var tables = SignInModelBuilder()

  /// A policy that may apply: when, and what it asks for then.
  private struct Part {
    var condition: Condition
    var demand: SignInPolicy
  }

  init(
    app: JumpCloudWire.App, picture: JumpCloudPicture, facts: JumpCloudFacts, vouches: Vouches
  ) {
    self.app = app
    self.picture = picture
    self.facts = facts
    self.vouches = vouches
    unrecognised = Unrecognised(JumpCloudDoors.unrecognised.row, vouches, at: app.id)
  }

  /// The finished model.
  ///
  /// - Parameter unreadable: the facts about people that could not be read.
  mutating func model(unreadable: [SubjectAtom.ID: Unknown]) -> SignInModel {
    let flag = ownFlag()
    let portal = combined(portalParts(flag), otherwise: flag)
    let parts = applicationParts()
    isGuarded = parts.contains { $0.condition == .always }
    let policy = withManagers(combined(parts, otherwise: portal))
    var model = tables.model(policy)
    model.atoms = facts.atoms(picture.groups)
    model.unreadableAtoms = unreadable
    model.upstreams = upstreams
    return model
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

  // MARK: Tables

  /// A rule for proofs and witnesses, with what it asks for.
  mutating func by(_ rule: RuleReference, _ phrase: String) -> RuleReference.ID {
    var named = rule
    named.demand = phrase
    return tables.reference(named)
  }

  /// That a yes-or-no variable has its second value.
  mutating func flag(_ name: String, _ values: [String] = ["no", "yes"]) -> Condition {
    tables.flag(name, values)
  }

  /// A condition that cannot be known.
  ///
  /// - Parameter text: the whole text of what is unknown, where the title is cut.
  mutating func unknown(_ title: String, _ remedy: String, text: String? = nil) -> Condition {
    let whole = text.flatMap { title.contains($0) ? nil : $0 }
    return .unknown(tables.unknown(Unknown(title: title, remedy: remedy, of: nil, text: whole)))
  }
}
