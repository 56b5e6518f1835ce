extension PingOneRandomWorld {
  /// Throws an environment.
  init(_ dice: inout Dice) {
    policies = []
    for _ in 0..<3 { policies.append(Self.steps(&dice)) }
    assigned = dice.pick([[0], [0], [1], [1], [1], [1], [1, 2], []])
    hasFlow = dice.chance(40)
    isEnabled = !dice.chance(40)
    self.protocol = "SAML"
    grants = nil
    if dice.chance(6) {
      self.protocol = "OPENID_CONNECT"
      let grant = ["AUTHORIZATION_CODE"]
      grants = dice.pick([
        grant, grant + ["REFRESH_TOKEN"], ["CLIENT_CREDENTIALS"], grant + ["CIBA"], nil,
      ])
    } else if dice.chance(20) {
      self.protocol = dice.pick(["WS_FED", "EXTERNAL_LINK"])
    }
    access = .everybody
    if dice.chance(4) {
      access = dice.pick([.any, .any, .all, .strange, .untold, .administrators])
    }
    devicePolicies = []
    for _ in 0..<2 {
      devicePolicies.append(
        DevicePolicy(
          methods: dice.some(["sms", "totp", "fido2", "voice"], 2),
          remembers: dice.chance(2) ? .never : dice.pick(Remembers.allCases),
          isStrange: dice.chance(40)))
    }
    behind = []
    for _ in 0..<2 { behind.append(dice.pick([nil, .one, .two, .two])) }
    blocksSwitchedOff = dice.chance(2)
    pingID = dice.pick(PingIDSays.allCases)
    areGroupsRefused = dice.chance(20)
    areDevicePoliciesRefused = dice.chance(20)
    areDevicesRefused = dice.chance(14)
    areBypassesRefused = dice.chance(14)
    vouched = dice.some(["mfa-bypass"], 2)
    if dice.chance(4) {
      vouched.formUnion(dice.some(["oauth-grants", "application-type", "unrecognised"], 2))
    }
    people = []
    for number in 0..<52 { people.append(Member(number, &dice)) }
  }

  private static func steps(_ dice: inout Dice) -> [Step] {
    if dice.chance(30) { return [] }
    var steps = [Step(kind: dice.chance(2) ? .login : first(&dice))]
    if dice.chance(8) { steps[0].test = test(&dice, 0, .password(0)) }
    for _ in 0..<dice.pick([0, 1, 1, 1, 2]) {
      var step = Step(kind: second(&dice))
      if dice.chance(2) { step.test = test(&dice, 0, .factor(0)) }
      steps.append(step)
    }
    if dice.chance(4) { steps.append(Step(kind: .consent)) }
    if dice.chance(30) {
      steps.append(Step(kind: .strange, test: dice.chance(2) ? .office : nil))
    } else if dice.chance(30) {
      steps[steps.count - 1].isStrange = true
    }
    if dice.chance(20) { steps.removeFirst() }
    return steps
  }

  private static func first(_ dice: inout Dice) -> Kind {
    let provider = dice.pick([0, 1])
    let all: [Kind] = [
      .login, .login, .social(provider), .byName(provider), .byName(nil), .external(provider),
      .external(provider), .external(nil),
    ]
    return dice.pick(all)
  }

  private static func second(_ dice: inout Dice) -> Kind {
    let devices: Devices = dice.pick([
      .policy(0), .policy(0), .policy(1), .policy(1), .policy(1), .missing, .own, .notTold,
    ])
    if dice.chance(8) { return dice.pick([.pingID, .pingID, .windows]) }
    let mode: Mode = dice.chance(2) ? .block : dice.pick([.block, .bypass, .bypass, .notTold])
    return .device(dice.chance(30) ? .strange : mode, devices)
  }

  /// - Parameter session: a condition about sessions that such a step may have.
  private static func test(_ dice: inout Dice, _ depth: Int, _ session: Test) -> Test {
    if depth < 2, dice.chance(3) {
      let one = test(&dice, depth + 1, session)
      switch dice.pick([0, 1, 2]) {
      case 0: return .not(one)
      case 1: return .both(one, test(&dice, depth + 1, session))
      default: return .either(one, test(&dice, depth + 1, session))
      }
    }
    if dice.chance(20) { return .strange }
    if dice.chance(3) {
      let time = dice.pick([0, 1])
      if case .factor = session { return .factor(time) }
      return .password(time)
    }
    let all: [Test] = [
      .population(1), .population(2), .group(0), .group(1), .office, .office, .anonymous, .travel,
      .risk(0), .risk(1), .risk(2),
    ]
    return dice.pick(all)
  }
}

extension PingOneRandomWorld.Member {
  fileprivate init(_ number: Int, _ dice: inout Dice) {
    email = "p\(number)@acme.com"
    traits = Traits(
      population: dice.pick([1, 2]), groups: dice.some([0, 1, 2], 2), isMFAOn: true,
      authority: dice.chance(8) ? dice.pick([0, 1]) : nil, isLive: !dice.chance(10),
      devices: dice.some(["SMS", "TOTP", "FIDO2", "VOICE"], 3), bypass: .none,
      hasRuledName: email.hasPrefix("p1"))
    if dice.chance(8) { traits.isMFAOn = dice.chance(2) ? false : nil }
    if dice.chance(8) { traits.bypass = dice.pick(PingOneRandomWorld.Bypass.allCases) }
  }
}
