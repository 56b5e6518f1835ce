import IdentityCore

/// What the organisation means for its people, found by playing through every sign-in of every possible world.
extension OktaRandomWorld {
  /// By whom a sign-in is made.
  private enum Comes {
    case okta
    case provider(Int)
    /// By the provider that vouches for the account's password.
    case own(String)
    /// By one that nobody could read.
    case unread
  }

  private typealias Traits = Member.Traits

  func verdict(_ person: Member.Traits) -> Verdict {
    // Whether another provider wakes an account is not known where providers may not be read.
    let mayWake = inbound == .refused && Self.asleep.contains(person.status ?? "")
    if let status = person.status, Self.gone.contains(status), !mayWake { return .notEvaluated }
    guard appStatus == "ACTIVE" else { return .notEvaluated }
    // Okta authenticates nobody for a bookmark.
    if signOnMode == "BOOKMARK" { return .cannotTell }
    let isListed = person.assignment.map { !Self.unassigned.contains($0) } ?? false
    if !isListed, openness == .nobody { return .notEvaluated }
    // Who may use it is not known.
    if !isListed, openness == .notShown { return .cannotTell }
    if mayWake || person.status.map({ !Self.live.contains($0) }) ?? true { return .cannotTell }
    if person.assignment == "NEW" { return .cannotTell }
    return Chooser.verdict { asks(person, &$0) }
  }

  private static let gone = ["STAGED", "SUSPENDED", "DEPROVISIONED"]
  private static let asleep = ["SUSPENDED", "DEPROVISIONED"]
  private static let live = ["ACTIVE", "PASSWORD_EXPIRED", "RECOVERY", "LOCKED_OUT", "PROVISIONED"]
  private static let unassigned = [
    "DEPROVISIONED", "INACTIVE", "REVOKED", "SUSPENDED", "UNASSIGNED",
  ]

  // MARK: The application

  private func asks(_ person: Traits, _ chooser: inout Chooser) -> Asked {
    switch signOnMode {
    case "BROWSER_PLUGIN", "AUTO_LOGIN":
      if chooser.isTrue("at the application itself") { return .one }
    case "SAML_2_0", "OPENID_CONNECT", "WS_FEDERATION": break
    default: if chooser.unknown("Okta is not asked") { return .one }
    }
    var asked = atOkta(person, &chooser)
    if asked == .two, isResetEnough(person, &chooser) { asked = .one }
    if asked == .two, !isClassic, management != .two, chooser.unknown("account management"),
      chooser.isTrue("factor just set up")
    {
      asked = .one
    }
    guard signOnMode == "OPENID_CONNECT", !vouched.contains("oauth-grants") else { return asked }
    for grant in grants ?? ["not shown"] where !Self.judgedGrants.contains(grant) {
      asked = asked.or(chooser.unread("grant \(grant)"))
    }
    return asked
  }

  /// The grants at which people sign in on Okta's pages, and one at which nobody does.
  private static let judgedGrants = ["authorization_code", "refresh_token", "client_credentials"]

  /// Whether the sign-in is made behind a reset by one step, and that step counts again.
  private func isResetEnough(_ person: Traits, _ chooser: inout Chooser) -> Bool {
    guard !isClassic, !vouched.contains("recovery") else { return false }
    if arePasswordsRefused {
      return chooser.unknown("resets") && chooser.isTrue("password just reset")
    }
    var counts = false
    for rule in resets(person, &chooser) where isDoubtful(rule.demand) {
      if chooser.unknown("reset \(rule.id)") { counts = true }
    }
    return counts && chooser.isTrue("password just reset")
  }

  /// The rules by which a person may reset the password, wherever that is done.
  private func resets(
    _ person: Traits, _ chooser: inout Chooser
  ) -> [RuleSpec<ResetDemand>] {
    var found: [RuleSpec<ResetDemand>] = []
    for policy in passwords.filter(\.isActive).sorted(by: { $0.priority < $1.priority })
    where isFor(person, policy.groups, &chooser) && isForPassword(policy, person, &chooser) {
      for rule in policy.rules.filter(\.isActive).sorted(by: { $0.priority < $1.priority })
      where isFor(person, rule, &chooser) {
        found.append(rule)
        if rule.place.zones.isEmpty { return found }
      }
    }
    return found
  }

  private func isForPassword(
    _ policy: PolicySpec<ResetDemand>, _ person: Traits, _ chooser: inout Chooser
  ) -> Bool {
    if policy.isSystem { return true }
    let known = ["OKTA", "ACTIVE_DIRECTORY", "LDAP"]
    if let provider = policy.provider, known.contains(provider) {
      if isFrom(provider, person, &chooser) { return true }
      for other in known where isFrom(other, person, &chooser) { return false }
    }
    return chooser.unknown("passwords of \(policy.id)")
  }

  // MARK: Who vouches for the person

  private func atOkta(_ person: Traits, _ chooser: inout Chooser) -> Asked {
    var ways: [Comes] = [.okta]
    if inbound == .read {
      ways += providers.indices.filter { mayCome(person, by: $0, &chooser) }.map { .provider($0) }
    }
    if inbound == .refused, chooser.unknown("other providers") { ways.append(.unread) }
    for type in ["FEDERATION", "SOCIAL"] where isFrom(type, person, &chooser) {
      ways.append(.own(type))
    }
    let way = ways.count == 1 ? .okta : ways[chooser.one(of: ways.count, "way")]
    let own = sides(person, way, &chooser)
    // Nobody lets in whom Okta refuses.
    guard own == .one || own == .two else { return own }
    switch way {
    case .okta: return own
    case .unread: return asserts(&chooser) ? .one : own
    case .own(let type): return asserts(&chooser) ? ownBehind[type] ?? .one : own
    case .provider(let number):
      return isBelieved(number, &chooser) && asserts(&chooser) ? behind(number) : own
    }
  }

  /// Whether the provider says that a second factor was used; it may say nothing.
  private func asserts(_ chooser: inout Chooser) -> Bool {
    chooser.isTrue("second factor asserted")
  }

  private func behind(_ provider: Int) -> Asked { providers[provider].behind ?? .one }

  private func isFrom(_ type: String, _ person: Traits, _ chooser: inout Chooser) -> Bool {
    guard let provider = person.provider, provider != "NEW" else {
      return chooser.unknown("from \(type)")
    }
    return provider == type
  }

  private func mayCome(
    _ person: Traits, by number: Int, _ chooser: inout Chooser
  ) -> Bool {
    let provider = providers[number]
    guard provider.isActive else { return false }
    if person.links.contains(number) { return true }
    switch provider.link {
    case .nobody: return false
    case .everybody: return true
    case .group(let group): return isIn(group, person, &chooser)
    case .strange: return chooser.unknown("links \(number)")
    }
  }

  private func isBelieved(_ number: Int, _ chooser: inout Chooser) -> Bool {
    switch providers[number].belief {
    case .shared, .mapped: true
    case .none: false
    case .strange: !vouched.contains("unrecognised") && chooser.unknown("believes \(number)")
    case .notShown: chooser.unknown("believes \(number)")
    }
  }

  // MARK: Both sides

  private func sides(_ person: Traits, _ way: Comes, _ chooser: inout Chooser) -> Asked {
    let session = session(person, way, &chooser)
    if isClassic {
      return attestsNoAppPolicies ? session : max(session, chooser.unread("application"))
    }
    return max(session, app(person, way, &chooser))
  }

  private func session(_ person: Traits, _ way: Comes, _ chooser: inout Chooser) -> Asked {
    if areSessionsRefused { return chooser.unread("sessions") }
    let live = sessions.filter(\.isActive)
    guard isOrdered(live.filter { !$0.isSystem }.map(\.priority)) else {
      return chooser.unread("order of sessions")
    }
    for policy in live.sorted(by: { $0.priority < $1.priority })
    where isFor(person, policy.groups, &chooser) {
      let found = first(policy.rules, policy.id, person, way, &chooser) { Self.meaning($0) }
      switch found {
      case .rule(let rule):
        if let unread = unread(rule, policy.id, policy.isStrange, &chooser) { return unread }
        let lasts = Self.lasts(rule.demand)
        let isOld = chooser.isTrue("older session")
        // A session that ends sooner is none that is old.
        if isOld, !lasts { return .refused }
        return asked(Self.meaning(rule.demand), isOld: isOld, "s\(rule.id)", &chooser)
      case .unordered: return chooser.unread("order in \(policy.id)")
      case .none: continue
      }
    }
    return chooser.unread("no session rule")
  }

  private func app(_ person: Traits, _ way: Comes, _ chooser: inout Chooser) -> Asked {
    guard hasAppPolicy else { return chooser.unread("no policy") }
    switch first(appRules, "application", person, way, &chooser, Self.meaning) {
    case .rule(let rule):
      if let unread = unread(rule, "application", isAppPolicyStrange, &chooser) { return unread }
      let isOld = Self.lasts(rule.demand) && chooser.isTrue("older session")
      return asked(Self.meaning(rule.demand), isOld: isOld, "a\(rule.id)", &chooser)
    case .unordered, .none: return chooser.unread("no app rule")
    }
  }

  /// What a rule says that nobody knows, or its policy does.
  private func unread<Demand>(
    _ rule: RuleSpec<Demand>, _ policy: String, _ isStrange: Bool, _ chooser: inout Chooser
  ) -> Asked? {
    guard !vouched.contains("unrecognised") else { return nil }
    let own = rule.strange == .rule || rule.strange == .action
    let asked = [
      own ? chooser.unread("strange \(rule.id)") : nil,
      isStrange ? chooser.unread("strange \(policy)") : nil,
    ]
    return asked.compactMap { $0 }.max()
  }

  private func asked(
    _ meaning: Meaning, isOld: Bool, _ rule: String, _ chooser: inout Chooser
  ) -> Asked {
    if isOld, meaning.mayBeOld { return .one }
    switch meaning {
    case .refused: return .refused
    case .one: return .one
    case .two: return .two
    case .remembered: return chooser.isTrue("remembered device") ? .one : .two
    case .asserted: return chooser.isTrue("asserted by a provider") ? .one : .two
    case .unread: return chooser.unread(rule)
    }
  }

  // MARK: Which rule

  private enum Found<Demand: Sendable> {
    case none, unordered
    case rule(RuleSpec<Demand>)
  }

  private func isOrdered(_ priorities: [Int]) -> Bool {
    Set(priorities).count == priorities.count
  }

  private func first<Demand>(
    _ rules: [RuleSpec<Demand>], _ policy: String, _ person: Traits, _ way: Comes,
    _ chooser: inout Chooser, _ meaning: (Demand) -> Meaning
  ) -> Found<Demand> {
    let live = rules.filter(\.isActive)
    guard isOrdered(live.filter { !$0.isSystem }.map(\.priority)) else {
      return chooser.unknown("applies in \(policy)") ? .unordered : .none
    }
    for rule in live.sorted(by: { $0.priority < $1.priority }) where isFor(person, rule, &chooser) {
      let isKnown =
        vouched.contains("unrecognised") || rule.strange != .rule && rule.strange != .action
      let isWeak = !meaning(rule.demand).protects || !isKnown
      if holds(rule, isWeak: isWeak, person, way, &chooser) { return .rule(rule) }
    }
    return .none
  }

  private func isFor(_ person: Traits, _ groups: Set<Int>, _ chooser: inout Chooser) -> Bool {
    groups.isEmpty || groups.sorted().contains { isIn($0, person, &chooser) }
  }

  private func isIn(_ group: Int, _ person: Traits, _ chooser: inout Chooser) -> Bool {
    group == hiddenGroup ? chooser.unknown("in group \(group)") : person.groups.contains(group)
  }

  private func isFor<Demand>(
    _ person: Traits, _ rule: RuleSpec<Demand>, _ chooser: inout Chooser
  ) -> Bool {
    let scope = rule.scope
    if let list = scope.exceptList, person.lists.contains(list) { return false }
    for group in scope.exceptGroups where isIn(group, person, &chooser) { return false }
    if let wantsA = scope.isOfTypeA {
      let isA = person.isOfTypeA ?? chooser.unknown("type A")
      if isA != wantsA { return false }
    }
    let isListed = scope.list.map(person.lists.contains) ?? false
    switch (scope.list == nil, scope.groups.isEmpty) {
    case (true, true): return true
    case (false, true): return isListed
    case (true, false): return isFor(person, scope.groups, &chooser)
    case (false, false):
      // Whether both are needed is documented nowhere.
      let isInGroup = isFor(person, scope.groups, &chooser)
      if isListed == isInGroup { return isListed }
      return !chooser.unknown("both \(rule.id)")
    }
  }

  // MARK: Which sign-ins

  private func holds<Demand>(
    _ rule: RuleSpec<Demand>, isWeak: Bool, _ person: Traits, _ way: Comes,
    _ chooser: inout Chooser
  ) -> Bool {
    let place = rule.place
    if rule.strange == .condition, !vouched.contains("unrecognised"),
      !chooser.unknown("condition \(rule.id)")
    {
      return false
    }
    if let type = place.authType, type != "ANY" { return false }
    if let risk = place.risk, ["LOW", "MEDIUM", "HIGH"][chooser.one(of: 3, "risk")] != risk {
      return false
    }
    if let device = place.device {
      // A managed device is a registered one.
      let state = ["none", "registered", "managed"][chooser.one(of: 3, "device")]
      if state != device, !(device == "registered" && state == "managed") { return false }
    }
    if let platform = place.platform,
      ["WINDOWS", "IOS", "other"][chooser.one(of: 3, "platform")] != platform
    {
      return false
    }
    switch place.expression {
    case .device?: if !chooser.isTrue("the device expression") { return false }
    case .user?: if !chooser.unknown("expression of \(rule.id)") { return false }
    case nil: break
    }
    if let wanted = place.way, !comes(way, by: wanted, person, &chooser) { return false }
    let isAnywhere = place.zones.isEmpty
    guard
      isAnywhere || place.zones.contains(where: { isInside($0, true, isWeak, rule.id, &chooser) })
    else { return false }
    return !place.exceptZones.contains { isInside($0, false, isWeak, rule.id, &chooser) }
  }

  private func comes(
    _ way: Comes, by wanted: Way, _ person: Traits, _ chooser: inout Chooser
  ) -> Bool {
    switch (wanted, way) {
    case (.okta, .okta): true
    case (.okta, _): false
    case (.provider(let wanted), .provider(let number)): wanted == number
    case (.provider, .okta): false
    // The account's own provider may be one of them, and nobody knows which.
    case (.provider(let wanted), .own):
      inbound == .attested
        ? chooser.isTrue("own is \(wanted)")
        : mayCome(person, by: wanted, &chooser)
          && chooser.one(of: providers.count + 1, "own") == wanted + 1
    case (.provider(let wanted), .unread): chooser.unknown("unread is \(wanted)")
    }
  }

  /// Whether a sign-in comes from inside a zone, as a rule counts it.
  ///
  /// Of sign-ins by IPv6 nobody knows whether there are any: they are where the rule is weaker.
  private func isInside(
    _ zone: ZoneKind, _ includes: Bool, _ isWeak: Bool, _ rule: String, _ chooser: inout Chooser
  ) -> Bool {
    func unknown() -> Bool {
      chooser.unknown("\(rule) \(includes ? "in" : "out of") \(zone)")
    }
    if areZonesRefused { return unknown() }
    switch zone {
    case .office, .vpn: return chooser.isTrue("in \(zone)")
    case .empty, .gone, .ipv4, .world, .off, .blocklist:
      guard zones.contains(zone) else { return unknown() }
      switch zone {
      case .empty: return false
      case .world: return true
      case .ipv4: return isWeak == includes || !chooser.isTrue("by IPv6")
      default: return unknown()
      }
    case .every:
      for zone in zones where ![.off, .blocklist].contains(zone) {
        if isInside(zone, includes, isWeak, rule, &chooser) { return true }
      }
      let hasOthers = zones.contains { [.off, .blocklist].contains($0) }
      return hasOthers && chooser.isTrue("in a zone that is off")
        && chooser.unknown("\(rule) \(includes ? "in" : "out of") zones that are off")
    }
  }
}
