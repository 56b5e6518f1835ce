internal import ConnectorKit
internal import IdentityCore

extension KeycloakFlowCompiler {
  /// Whether a conditional sub-flow is run: when all its conditions hold, and there is one.
  func ask(
    _ subflow: KeycloakFlow.Step, _ progress: KeycloakProgress, _ applies: KeycloakNext,
    _ skipped: KeycloakNext
  ) -> SignInPolicy {
    guard subflow.isSubflow else {
      return builder.cannotTell(
        "what step '\(subflow.name)' does, which is conditional without being a flow",
        "make the step required, or put it into a conditional sub-flow", of: "step \(subflow.id)")
    }
    let live = subflow.steps.filter { $0.requirement != .disabled }
    var conditions = live.filter(\.isCondition)
    // What we do not know may be a condition as well.
    conditions += live.filter { isStrange($0) }
    guard !conditions.isEmpty else { return skipped(progress) }
    return ask(conditions[...], of: subflow, progress, applies, skipped)
  }

  private func isStrange(_ step: KeycloakFlow.Step) -> Bool {
    guard !step.isSubflow, !step.isCondition, let provider = step.provider else { return false }
    return KeycloakAuthenticator(provider) == nil
      && !picture.secondFactorProviders.contains(provider)
  }

  private func ask(
    _ conditions: ArraySlice<KeycloakFlow.Step>, of subflow: KeycloakFlow.Step,
    _ progress: KeycloakProgress, _ applies: KeycloakNext, _ skipped: KeycloakNext
  ) -> SignInPolicy {
    guard let condition = conditions.first else { return applies(progress) }
    let holds = KeycloakNext { [self] in
      ask(conditions.dropFirst(), of: subflow, $0, applies, skipped)
    }
    let policy = judge(named: condition, of: subflow, progress, holds, skipped)
    guard let isKnown = strangeness(of: condition) else { return policy }
    let otherwise = builder.unknown(
      "whether '\(condition.name)' in flow '\(flow.alias)' holds with settings that idsync does not know",
      "update idsync, or take the settings out", of: "settings of \(condition.id)")
    return .branch(
      isKnown, policy, .branch(.unknown(otherwise), holds(progress), skipped(progress)))
  }

  /// A condition about people holds only once a step has named the person.
  private func judge(
    named condition: KeycloakFlow.Step, of subflow: KeycloakFlow.Step,
    _ progress: KeycloakProgress, _ holds: KeycloakNext, _ skipped: KeycloakNext
  ) -> SignInPolicy {
    guard Self.asksAboutPeople.contains(condition.provider ?? "") else {
      return judge(condition, of: subflow, progress, holds, skipped)
    }
    return whenNamed(progress) {
      judge(condition, of: subflow, progress, holds, skipped)
    } otherwise: {
      skipped(progress)
    }
  }

  /// What follows once a step has named the person, and what before: then nothing about the person holds.
  private func whenNamed(
    _ progress: KeycloakProgress, _ named: () -> SignInPolicy, otherwise: () -> SignInPolicy
  ) -> SignInPolicy {
    if progress.isNamed { return named() }
    guard !progress.namers.isEmpty else { return otherwise() }
    let isNamed = progress.namers.map { id in
      Condition.unknown(
        builder.unknown(
          "whether a step of others in flow '\(flow.alias)' names the person before a condition asks",
          "put a step of Keycloak's own that names the person before the condition",
          of: "name by \(id)"))
    }
    return .branch(.or(isNamed), named(), otherwise())
  }

  /// Conditions that ask who the person is.
  private static let asksAboutPeople: Set<String> = [
    "conditional-user-role", "conditional-user-group", "conditional-user-attribute",
  ]

  // MARK: One condition

  private func judge(
    _ step: KeycloakFlow.Step, of subflow: KeycloakFlow.Step, _ progress: KeycloakProgress,
    _ holds: KeycloakNext, _ fails: KeycloakNext
  ) -> SignInPolicy {
    func decide(_ answer: Bool) -> SignInPolicy { answer ? holds(progress) : fails(progress) }
    func depend(_ condition: Condition) -> SignInPolicy {
      .branch(condition, holds(progress), fails(progress))
    }
    if case .unreadable(let reason, let remedy) = step.settings {
      return depend(unknown(step, "\(reason)", remedy))
    }
    switch step.provider {
    case "conditional-user-configured":
      let skipped = KeycloakNext { fails($0.skipping(subflow)) }
      return configured(subflow.steps, progress, holds, skipped)
    case "conditional-user-role":
      // A role that is not there gives no, even when it is negated.
      guard let name = step["condUserRole"] else { return decide(false) }
      return depend(role(name, isNegated: step.says("negate")))
    case "conditional-user-group":
      guard let path = step["condUserGroup"] else { return depend(unconfigured(step)) }
      return depend(
        fact(
          builder.atoms.group(path: path), path, picture.groups[path],
          isNegated: step.says("negate"), "group"))
    case "conditional-user-attribute":
      guard let test = attribute(step), let name = step["attribute_name"] else {
        return depend(unconfigured(step))
      }
      return weigh(
        name, step.says("not") ? test.negated : test, holds(progress), fails(progress))
    case "conditional-client-scope":
      guard let scope = step["client_scope"] else { return depend(unconfigured(step)) }
      guard let answer = self.scope(scope) else {
        return depend(
          unknown(
            step, "the scopes of the client were not shown",
            "give the service account of the source the role view-clients"))
      }
      return depend(step.says("negate") ? answer.negated : answer)
    case "conditional-credential":
      guard case .read = step.settings else { return depend(unconfigured(step)) }
      let listed = Set(KeycloakWire.parts(step["credentials"]))
      let used = progress.used.isEmpty ? ["none"] : progress.used
      return decide(step.says("included") != used.isDisjoint(with: listed))
    case "conditional-level-of-authentication":
      guard let level = KeycloakLevels.level(of: step)?.level else {
        return depend(unconfigured(step))
      }
      if progress.level < 0 { return decide(true) }
      return decide(requested >= level && !progress.levels.contains(level))
    case "conditional-sub-flow-executed":
      guard let alias = step["flow_to_check"] else { return depend(unconfigured(step)) }
      let isWanted = step["check_result"] != "not-executed"
      if flow.liveSteps.filter({ $0.isSubflow && $0.name == alias }).count > 1 {
        return depend(
          unknown(
            step, "several sub-flows are called \(alias)", "give each sub-flow a name of its own"))
      }
      return decide(progress.executed.contains(alias) == isWanted)
    default:
      return depend(
        unknown(
          step, "idsync does not know what \(step.provider ?? "it") asks",
          "take the condition out of the flow, or report it so that idsync learns it"))
    }
  }

  func unknown(
    _ step: KeycloakFlow.Step, _ reason: String, _ remedy: String
  ) -> Condition {
    .unknown(
      builder.unknown(
        "whether '\(step.name)' in flow '\(flow.alias)' holds: \(Sentence.clause(reason))",
        remedy, of: "condition \(step.id)"))
  }

  private func unconfigured(_ step: KeycloakFlow.Step) -> Condition {
    unknown(step, "it is not configured", "configure the condition at Keycloak, or take it out")
  }

  /// Whether the person has set up what the sub-flow asks for: all that is required, or one alternative if nothing is.
  private func configured(
    _ steps: [KeycloakFlow.Step], _ progress: KeycloakProgress, _ holds: KeycloakNext,
    _ fails: KeycloakNext
  ) -> SignInPolicy {
    // Sub-flows are not looked into, and other conditions count as set up.
    let leaves = steps.filter { !$0.isSubflow && !$0.isCondition }
    let required = leaves.filter { $0.requirement == .required }
    if !required.isEmpty { return all(required[...], progress, holds, fails) }
    let alternatives = leaves.filter { $0.requirement == .alternative }
    if alternatives.isEmpty { return holds(progress) }
    return any(alternatives[...], progress, holds, fails)
  }

  private func all(
    _ leaves: ArraySlice<KeycloakFlow.Step>, _ progress: KeycloakProgress, _ holds: KeycloakNext,
    _ fails: KeycloakNext
  ) -> SignInPolicy {
    guard let leaf = leaves.first else { return holds(progress) }
    let next = KeycloakNext { [self] in all(leaves.dropFirst(), $0, holds, fails) }
    return isSetUp(leaf, progress, next, fails)
  }

  private func any(
    _ leaves: ArraySlice<KeycloakFlow.Step>, _ progress: KeycloakProgress, _ holds: KeycloakNext,
    _ fails: KeycloakNext
  ) -> SignInPolicy {
    guard let leaf = leaves.first else { return fails(progress) }
    let next = KeycloakNext { [self] in any(leaves.dropFirst(), $0, holds, fails) }
    return isSetUp(leaf, progress, holds, next)
  }

  private func isSetUp(
    _ leaf: KeycloakFlow.Step, _ progress: KeycloakProgress, _ yes: KeycloakNext,
    _ no: KeycloakNext
  ) -> SignInPolicy {
    guard let provider = leaf.provider, let authenticator = KeycloakAuthenticator(provider) else {
      let id = builder.unknown(
        "whether people count as set up for step '\(leaf.name)' of flow '\(flow.alias)'",
        "replace the step by one of Keycloak's own", of: "set-up of \(leaf.id)")
      return .branch(.unknown(id), yes(progress), no(progress))
    }
    if case .cookie = authenticator { return no(progress) }
    guard let credential = authenticator.credential else { return yes(progress) }
    return whenNamed(progress) {
      possession(of: credential, progress, yes, no)
    } otherwise: {
      no(progress)
    }
  }

  // MARK: Facts about people and requests

  /// That the person has a role, or has it not.
  func role(_ name: String, isNegated: Bool = false) -> Condition {
    fact(builder.atoms.role(name), name, picture.roles[name], isNegated: isNegated, "role")
  }

  /// That an identity provider may give the person something at a sign-in through it.
  private func given(
    _ object: String, _ isGiven: (KeycloakWire.MappedFacts) -> Bool
  ) -> Condition {
    var title = "whether an identity provider gives the person the \(object) at a sign-in"
    var remedy = "decide by what no mapper of an identity provider gives"
    switch picture.mapped {
    case .read(let facts): guard isGiven(facts) else { return .never }
    case .unreadable(let reason, let mend):
      title += ": \(reason)"
      remedy = mend
    }
    return .unknown(builder.unknown(title, remedy, of: "mapped \(object)"))
  }

  /// What is not there gives no, even when it is negated.
  private func fact(
    _ atom: SubjectAtom.ID, _ name: String, _ state: KeycloakRealmPicture.Role?, isNegated: Bool,
    _ word: String
  ) -> Condition {
    let object = "\(word) \(name)"
    if case .missing = state { return .never }
    let subject = Condition.or([
      .subject(atom),
      unlisted(
        builder.atoms.hiddenMemberships(),
        "whether the person has the \(object): a user federation may give it at sign-ins", object),
      given(object) {
        word == "role" ? picture.mayGive(role: name, $0) : picture.mayGive(group: name, $0)
      },
    ])
    switch state {
    case .missing: return .never
    case .exists: return isNegated ? subject.negated : subject
    case .unlisted:
      guard isNegated else { return subject }
      let exists = builder.unknown(
        "whether there is a \(word) \(name)", "let idsync read the \(word)s of the realm",
        of: "existence of \(object)")
      return .and([.unknown(exists), subject.negated])
    case .unreadable(let reason, let remedy):
      return .unknown(
        builder.unknown(
          "who has the \(word) \(name): \(Sentence.clause(reason))", remedy, of: object))
    case nil:
      return .unknown(
        builder.unknown(
          "who has the \(word) \(name)", "let idsync read the \(word)s of the realm", of: object))
    }
  }

  /// What no list shows of people of a user federation, where they were not asked themselves.
  private func unlisted(
    _ hidden: SubjectAtom.ID, _ title: String, _ object: String
  ) -> Condition {
    let id = builder.unknown(
      title, "let idsync read the role mappings and groups of users", of: "\(object) of the person")
    return .and([.subject(hidden), .unknown(id)])
  }

  func attribute(_ step: KeycloakFlow.Step) -> Condition? {
    guard let name = step["attribute_name"] else { return nil }
    if step.says("regex") {
      return unknown(
        step, "it compares \(name) with a pattern", "compare the attribute with a plain value")
    }
    return attribute(
      KeycloakAtoms.AttributeTest(
        name: name, value: step["attribute_expected_value"] ?? "",
        includesGroups: step.says("include_group_attributes"), firstOnly: false))
  }

  /// That the person has an attribute; nobody can tell of people whose own attributes are not shown.
  func attribute(_ test: KeycloakAtoms.AttributeTest) -> Condition {
    var has = Condition.or([
      .subject(builder.atoms.attribute(test)),
      given("attribute \(test.name) = \(test.value)") { picture.mayGive(attribute: test, $0) },
    ])
    if test.includesGroups {
      let way = unlisted(
        builder.atoms.hiddenGroupAttributes(),
        "whether the person has \(test.name) = \(test.value) through a group of a user federation",
        "attribute \(test.name) = \(test.value) of groups")
      has = .or([has, way])
    }
    // These stand in every row.
    guard !KeycloakAtoms.AttributeTest.shown.contains(test.name) || test.includesGroups else {
      return has
    }
    let isHidden = picture.hides(test.name)
    let hidden = builder.unknown(
      "whether the person has \(test.name) = \(test.value): "
        + (isHidden ? "the realm does not show the attribute" : "no attributes are shown"),
      "declare the attribute in the user profile of the realm, for administrators to see",
      of: "attribute \(test.name) of the person, \(test.firstOnly) \(test.value)")
    // What is kept back is seen by the server's own conditions.
    if isHidden { return .or([has, .unknown(hidden)]) }
    return .or([has, .and([.subject(builder.atoms.hiddenAttributes()), .unknown(hidden)])])
  }

  /// What an attribute decides: what it says now, while the person leaves it as it is.
  ///
  /// Who may edit it may choose the weaker way, and proves nothing by the stronger one.
  func weigh(
    _ name: String, _ condition: Condition, _ yes: SignInPolicy, _ no: SignInPolicy
  ) -> SignInPolicy {
    guard yes != no else { return yes }
    let now = SignInPolicy.branch(condition, yes, no)
    let mayEdit: Condition
    switch picture.access(to: name) {
    case .fixed: return now
    case .editable: mayEdit = .always
    case .unclear(let reason, let remedy):
      mayEdit = .unknown(
        builder.unknown(
          "whether people may edit their attribute \(name): \(Sentence.clause(reason))", remedy,
          of: "edit attribute \(name)"))
    }
    let changed = builder.flag(
      "attribute \(name) changed by the person", of: "attribute \(name) changed")
    return .branch(.and([mayEdit, changed]), .choice([yes, no]), now)
  }

  /// That the sign-in asks for a scope; nil when nobody can tell.
  private func scope(_ name: String) -> Condition? {
    guard let client, let scopes = client.defaultScopes else { return nil }
    if scopes.contains(name) { return .always }
    return client.optionalScopes.map { $0.contains(name) ? sent("scope \(name)") : .never }
  }

  /// That something is sent with the request of the sign-in; the one at another client is another request.
  func sent(_ what: String) -> Condition {
    builder.flag(
      elsewhere.map { "\(what) at \($0)" } ?? what, of: "request \(elsewhere ?? ""): \(what)")
  }
}

extension KeycloakProgress {
  /// The same past a sub-flow that is only for people who have set up what it asks for.
  fileprivate func skipping(_ subflow: KeycloakFlow.Step) -> KeycloakProgress {
    let lacking = subflow.steps.compactMap { $0.provider.flatMap { KeycloakAuthenticator($0) } }
      .compactMap(\.credential).filter { enrolled[$0] == false }
    guard !lacking.isEmpty else { return self }
    let names = lacking.map { KeycloakAuthenticator.credentialNames[$0] ?? $0 }
    var next = self
    next.skipped.append(
      "'\(subflow.name)' is skipped for people who have no \(names.joined(separator: " or ")), and people can remove theirs themselves"
    )
    return next
  }
}
