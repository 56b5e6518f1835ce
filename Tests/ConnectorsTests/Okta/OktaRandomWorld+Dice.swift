extension OktaRandomWorld {
  /// Throws an organisation.
  init(_ dice: inout Dice) {
    isClassic = dice.chance(9)
    attestsNoAppPolicies = dice.chance(2)
    zones =
      [.office, .vpn] + [.empty, .ipv4, .world, .off, .blocklist].filter { _ in dice.chance(3) }
    areZonesRefused = dice.chance(25)
    inbound = dice.chance(16) ? .refused : dice.chance(12) ? .attested : .read
    providers = (0..<dice.pick([0, 0, 1, 1, 2, 3])).map { _ in Provider(&dice) }
    ownBehind = [:]
    for type in ["FEDERATION", "SOCIAL"] where dice.chance(3) {
      ownBehind[type] = dice.pick([.one, .two])
    }
    let providers = inbound == .read ? providers.count : 0
    areSessionsRefused = dice.chance(25)
    sessions = []
    let ties = dice.chance(14)
    for number in 0..<dice.pick([0, 1, 1, 2, 3]) {
      sessions.append(
        PolicySpec(
          id: "session\(number)", isActive: !dice.chance(8), priority: ties ? 1 : number + 1,
          groups: dice.chance(4) ? [] : Set([dice.pick([0, 1, 2])]), isStrange: dice.chance(40),
          rules: Self.rules("s\(number)", dice.pick([0, 1, 2]), providers, &dice) { dice in
            SessionDemand(&dice)
          }))
    }
    let last = RuleSpec(
      id: "sDefault", isSystem: true, priority: 9,
      demand: SessionDemand(
        kind: dice.pick([.password, .password, .password, .always, .device, .deny]),
        lifetime: dice.pick([120, 120, 10_000]), idle: 120))
    sessions.append(PolicySpec(id: "sessions", isSystem: true, priority: 9, rules: [last]))
    appRules = Self.rules("a", dice.pick([0, 1, 2, 3]), nil, &dice) { AppDemand(&$0) }
    var catchAll = RuleSpec(
      id: "aCatchAll", isSystem: true, priority: 99,
      demand: AppDemand(kind: dice.pick([.one, .two, .two, .two]), again: "PT2H"))
    if dice.chance(4) { catchAll.demand = AppDemand(&dice) }
    appRules.append(catchAll)
    isAppPolicyStrange = dice.chance(60)
    hasAppPolicy = !dice.chance(40)
    arePasswordsRefused = dice.chance(25)
    management = dice.pick(Management.allCases)
    let resets = dice.chance(2)
    passwords = []
    for number in 0..<(resets ? dice.pick([1, 2]) : 0) {
      passwords.append(
        PolicySpec(
          id: "password\(number)", isActive: !dice.chance(8), priority: number + 1,
          groups: dice.chance(5) ? [] : Set([dice.pick([0, 1, 2])]),
          provider: dice.chance(4) ? dice.pick(["ACTIVE_DIRECTORY", "NEW", nil]) : "OKTA",
          rules: (0..<dice.pick([0, 1, 1, 2])).map { Self.reset("p\(number).\($0)", $0, &dice) }))
    }
    var lastReset = RuleSpec(id: "pDefault", isSystem: true, priority: 9, demand: ResetDemand.deny)
    if resets { lastReset.demand = dice.pick([.deny, .twoSteps, .oneStep, .managed]) }
    passwords.append(
      PolicySpec(id: "passwords", isSystem: true, priority: 9, rules: [lastReset]))
    appStatus = dice.chance(60) ? "INACTIVE" : "ACTIVE"
    signOnMode = "SAML_2_0"
    if dice.chance(5) {
      signOnMode = dice.pick([
        "OPENID_CONNECT", "OPENID_CONNECT", "OPENID_CONNECT", "BROWSER_PLUGIN", "AUTO_LOGIN",
        "BOOKMARK", "NEW_MODE", "WS_FEDERATION",
      ])
    }
    grants = dice.pick([
      ["authorization_code"], ["authorization_code", "refresh_token"], ["client_credentials"],
      ["authorization_code", "password"], ["password", "new_grant"], nil,
    ])
    openness =
      dice.chance(8)
      ? dice.pick([.everybody, .whoeverAsks]) : dice.chance(25) ? .notShown : .nobody
    hiddenGroup = dice.chance(16) ? dice.pick([0, 1, 2]) : nil
    vouched = dice.chance(3) ? dice.some(["oauth-grants", "recovery", "unrecognised"], 2) : []
    let long = Set((0..<30).filter { _ in dice.chance(2) })
    let count = self.providers.count
    let isOpen = [.everybody, .whoeverAsks].contains(openness)
    // The lists of an application that is off are not read.
    let isRead = appStatus == "ACTIVE"
    people = (0..<52).map { number in
      Member(number, isListed: long.contains(number), count, isOpen: isOpen, isRead: isRead, &dice)
    }
  }

  // MARK: Rules

  private static func rules<Demand>(
    _ name: String, _ count: Int, _ providers: Int?, _ dice: inout Dice,
    _ demand: (inout Dice) -> Demand
  ) -> [RuleSpec<Demand>] {
    let ties = count > 1 && dice.chance(14)
    return (0..<count).map { number in
      RuleSpec(
        id: "\(name).\(number)", isActive: !dice.chance(8), priority: ties ? 1 : number,
        scope: Scope(&dice, hasTypes: providers == nil), place: Place(&dice, providers),
        strange: dice.chance(30) ? dice.pick([.rule, .action, .condition]) : nil,
        demand: demand(&dice))
    }
  }

  private static func reset(
    _ id: String, _ priority: Int, _ dice: inout Dice
  ) -> RuleSpec<ResetDemand> {
    var rule = RuleSpec(
      id: id, isActive: !dice.chance(8), priority: priority,
      demand: dice.pick(ResetDemand.allCases))
    if dice.chance(4) { rule.scope.exceptList = dice.pick([0, 1]) }
    if dice.chance(4) { rule.place.zones = [dice.pick([.office, .vpn])] }
    return rule
  }
}

extension OktaRandomWorld.Scope {
  fileprivate init(_ dice: inout Dice, hasTypes: Bool) {
    if dice.chance(2) { groups = dice.some([0, 1, 2], 3) }
    if dice.chance(5) { exceptGroups = [dice.pick([0, 1, 2])] }
    if dice.chance(8) { list = dice.pick([0, 1]) }
    if dice.chance(8) { exceptList = dice.pick([0, 1]) }
    if hasTypes, dice.chance(10) { isOfTypeA = dice.chance(2) }
  }
}

extension OktaRandomWorld.Place {
  /// - Parameter providers: how many providers a session rule may name; nil: a rule of an application.
  fileprivate init(_ dice: inout Dice, _ providers: Int?) {
    func zone() -> OktaRandomWorld.ZoneKind {
      dice.chance(3)
        ? .office : dice.pick(OktaRandomWorld.ZoneKind.allCases + [.every, .every, .ipv4])
    }
    if dice.chance(3) { zones = [zone()] + (dice.chance(4) ? [.vpn] : []) }
    if dice.chance(8) { exceptZones = [zone()] }
    if zones.contains(.every) { zones = [.every] }
    if dice.chance(10) { risk = dice.pick(["LOW", "MEDIUM", "HIGH"]) }
    if let providers {
      if dice.chance(14) { authType = dice.pick(["RADIUS", "LDAP_INTERFACE", "ANY"]) }
      if providers > 0, dice.chance(4) {
        way = dice.chance(2) ? .okta : .provider(Int.random(in: 0..<providers, using: &dice))
      }
    } else {
      if dice.chance(8) { device = dice.pick(["managed", "registered"]) }
      if dice.chance(12) { platform = dice.pick(["WINDOWS", "IOS"]) }
      if dice.chance(10) { expression = dice.pick([.device, .user]) }
    }
  }
}

// MARK: - Demands

extension OktaRandomWorld.SessionDemand {
  fileprivate init(_ dice: inout Dice) {
    kind =
      dice.chance(2)
      ? dice.pick([.always, .password])
      : dice.pick(OktaRandomWorld.SessionDemand.Kind.allCases)
    lifetime = dice.pick([120, 120, 120, 10_000, 0, nil])
    idle = dice.pick([120, 10_000, 10_000, nil])
  }
}

extension OktaRandomWorld.AppDemand {
  fileprivate init(_ dice: inout Dice) {
    kind =
      dice.chance(2)
      ? dice.pick([.two, .two, .one])
      : dice.pick(OktaRandomWorld.AppDemand.Kind.allCases)
    again = dice.pick(["PT2H", "PT2H", "PT0S", "P30D", "PT43800H", nil])
    inactivity = dice.chance(5) ? dice.pick(["PT1H", "P30D"]) : nil
    isChainShort = dice.chance(2)
    keep = dice.chance(4) ? dice.pick(Keep.allCases) : nil
  }
}

extension OktaRandomWorld.Provider {
  fileprivate init(_ dice: inout Dice) {
    isActive = !dice.chance(5)
    belief = dice.chance(2) ? .none : dice.pick(Belief.allCases)
    link = dice.chance(3) ? .nobody : dice.pick([.nobody, .everybody, .group(1), .strange])
    behind = dice.pick([nil, .one, .two, .two])
  }
}

extension OktaRandomWorld.Member {
  fileprivate init(
    _ number: Int, isListed: Bool, _ providers: Int, isOpen: Bool, isRead: Bool,
    _ dice: inout Dice
  ) {
    email = "p\(number)@acme.com"
    traits = Traits(
      groups: dice.some([0, 1, 2], 2), lists: [], isOfTypeA: dice.chance(2), provider: "OKTA",
      links: dice.some(Array(0..<providers), 3), status: "ACTIVE", assignment: "ACTIVE")
    // The second list is too long to be told one by one.
    if number % 7 == 0 { traits.lists.insert(0) }
    if isListed { traits.lists.insert(1) }
    if dice.chance(20) { traits.isOfTypeA = nil }
    if dice.chance(5) {
      traits.provider = dice.pick([
        "ACTIVE_DIRECTORY", "LDAP", "IMPORT", "FEDERATION", "FEDERATION", "SOCIAL", "NEW", nil,
      ])
    }
    if dice.chance(7) {
      traits.status = dice.pick([
        "PASSWORD_EXPIRED", "RECOVERY", "LOCKED_OUT", "STAGED", "PROVISIONED", "SUSPENDED",
        "DEPROVISIONED", "NEW", nil,
      ])
    }
    if isOpen {
      if dice.chance(2) { traits.assignment = nil }
    } else if dice.chance(6) {
      traits.assignment = dice.pick([
        "APPROVED", "IMPLICIT", "IMPORTED", "MATCHED", "PENDING", "PROVISIONED", "STAGED",
        "DEPROVISIONED", "INACTIVE", "REVOKED", "SUSPENDED", "UNASSIGNED", "NEW", nil, nil,
      ])
    }
    let isLive = ["ACTIVE", "PENDING", "STAGED"].contains(traits.assignment)
    isRenamed = isRead && isLive && dice.chance(12)
  }
}
