import IdentityCore

/// What the environment means for its people, found by playing through every sign-in of every possible world.
extension PingOneRandomWorld {
  private typealias Traits = Member.Traits

  func verdict(_ person: Member.Traits) -> Verdict {
    guard person.isLive, isEnabled else { return .notEvaluated }
    // PingOne authenticates nobody for a link, and no API shows the steps of a flow.
    if self.protocol == "EXTERNAL_LINK" || hasFlow { return .cannotTell }
    if !areGroupsRefused {
      let groups: Set = [1, 2]
      if access == .any, person.groups.isDisjoint(with: groups) { return .notEvaluated }
      if access == .all, !person.groups.isSuperset(of: groups) { return .notEvaluated }
    }
    return Chooser.verdict { asks(person, &$0) }
  }

  private func asks(_ person: Traits, _ chooser: inout Chooser) -> Asked {
    // A person can come to each of the policies.
    var asked = Asked.nothing
    for number in assigned.isEmpty ? [0] : assigned {
      asked = asked.or(policy(number, person, &chooser))
    }
    if access == .strange || access == .untold { asked = asked.or(chooser.unread("access")) }
    if self.protocol == "WS_FED", !vouched.contains("application-type") {
      asked = asked.or(chooser.unread("protocol"))
    }
    guard self.protocol == "OPENID_CONNECT", !vouched.contains("oauth-grants") else { return asked }
    for grant in grants ?? ["not shown"] where !Self.judgedGrants.contains(grant) {
      asked = asked.or(chooser.unread("grant \(grant)"))
    }
    return asked
  }

  /// The grants at which people sign in on PingOne's pages, and one at which nobody does.
  private static let judgedGrants = ["AUTHORIZATION_CODE", "REFRESH_TOKEN", "CLIENT_CREDENTIALS"]

  // MARK: Policies

  private func policy(
    _ number: Int, _ person: Traits, _ chooser: inout Chooser
  ) -> Asked {
    let steps = policies[number].enumerated().map { (key: "\(number).\($0)", step: $1) }
    for (key, step) in steps {
      let isStrange = step.isStrange && !vouched.contains("unrecognised")
      if isStrange { return chooser.unread("strange \(key)") }
    }
    for (key, step) in steps
    where step.kind == .strange && holds(step, key, person, &chooser) {
      return chooser.unread("type \(key)")
    }
    // A device is a second factor only of somebody who gave a first one, now or in the session.
    var asked = Asked.one
    var isIdentified = false
    for (key, step) in steps where step.isFirst {
      if holds(step, key, person, &chooser) {
        isIdentified = true
        asked = max(asked, first(step, key, person, &chooser))
      } else if holds(step, key, person, &chooser, without: .password) {
        isIdentified = true
      }
    }
    for (key, step) in steps where step.isSecond {
      if holds(step, key, person, &chooser) {
        asked = max(asked, second(step, key, person, isAlone: !isIdentified, &chooser))
      } else if isIdentified, Self.factorAge(&chooser) == .hours,
        holds(step, key, person, &chooser, without: .factor)
      {
        // What was asked for when the session was opened counts for a day.
        asked = max(asked, second(step, key, person, isAlone: false, &chooser))
      }
    }
    return asked
  }

  private func first(
    _ step: Step, _ key: String, _ person: Traits, _ chooser: inout Chooser
  ) -> Asked {
    switch step.kind {
    // Whoever may choose a password needs no other provider.
    case .login, .social: return .one
    case .external(let provider):
      return provider.map { behind($0, &chooser) } ?? chooser.unread("provider of \(key)")
    case .byName(let rule):
      if let authority = person.authority { return behind(authority, &chooser) }
      guard let rule, person.hasRuledName, chooser.unknown("rule of \(key)") else { return .one }
      return behind(rule, &chooser)
    case .device, .pingID, .windows, .consent, .strange: return .one
    }
  }

  private func behind(_ provider: Int, _ chooser: inout Chooser) -> Asked {
    behind[provider] ?? chooser.unread("provider \(provider)")
  }

  // MARK: Second factors

  private func second(
    _ step: Step, _ key: String, _ person: Traits, isAlone: Bool, _ chooser: inout Chooser
  ) -> Asked {
    guard case .device(let mode, let devices) = step.kind else {
      if pingID == .none { return .one }
      if isAlone || pingID == .nothing { return chooser.unread("PingID \(key)") }
      return pingID == .conditional && chooser.isTrue("exceptions of PingID") ? .one : .two
    }
    if !vouched.contains("mfa-bypass") {
      let isUnread = areBypassesRefused || person.bypass == .strange
      if isUnread, chooser.unknown("bypass") { return .one }
      if !areBypassesRefused, [.granted, .flagged].contains(person.bypass) { return .one }
    }
    guard person.isMFAOn ?? chooser.unknown("MFA is on") else {
      if mode == .bypass || !blocksSwitchedOff { return .one }
      return chooser.unread("switched off \(key)")
    }
    if case .policy(let number) = devices, !areDevicePoliciesRefused,
      devicePolicies[number].isStrange, !vouched.contains("unrecognised")
    {
      return chooser.unread("MFA policy \(number)")
    }
    switch mode {
    case .strange: return chooser.unread("mode \(key)")
    case .block, .notTold: return device(devices, key, isAlone, &chooser)
    case .bypass:
      guard hasDevice(person, devices, key, &chooser) else { return .one }
      // Whoever has a device can take it away.
      if chooser.isTrue("own devices removed") { return .one }
      return device(devices, key, isAlone, &chooser)
    }
  }

  /// The methods that count; nil where nobody knows.
  private func methods(_ devices: Devices) -> Set<String>? {
    switch devices {
    case .own: ["sms"]
    case .policy(let number): areDevicePoliciesRefused ? nil : devicePolicies[number].methods
    case .missing, .notTold: nil
    }
  }

  private func hasDevice(
    _ person: Traits, _ devices: Devices, _ key: String, _ chooser: inout Chooser
  ) -> Bool {
    let methods = methods(devices)
    if areDevicesRefused {
      return chooser.unknown("has a device")
        && (methods != nil || chooser.unknown("device counts \(key)"))
    }
    let own = Set(person.devices.map { $0.lowercased() })
    guard let methods else { return !own.isEmpty && chooser.unknown("device counts \(key)") }
    return !methods.isDisjoint(with: own)
  }

  private func device(
    _ devices: Devices, _ key: String, _ isAlone: Bool, _ chooser: inout Chooser
  ) -> Asked {
    if isAlone {
      // Only a device that checks who holds it may be two factors.
      if let methods = methods(devices), !methods.isSubset(of: ["fido2"]) { return .one }
      return chooser.unread("device alone \(key)")
    }
    return remembers(devices, key, &chooser) && chooser.isTrue("a remembered browser") ? .one : .two
  }

  /// Whether a browser may be remembered for longer than a day.
  private func remembers(
    _ devices: Devices, _ key: String, _ chooser: inout Chooser
  ) -> Bool {
    switch devices {
    case .own: return false
    case .missing: return chooser.unknown("remembers \(key)")
    case .policy(let number):
      if areDevicePoliciesRefused { return chooser.unknown("remembers \(key)") }
      return Self.isLong(devicePolicies[number].remembers)
    case .notTold:
      // Which policy counts is documented nowhere.
      let mayBe =
        areDevicePoliciesRefused || devicePolicies.contains { Self.isLong($0.remembers) }
      return mayBe && chooser.unknown("remembers \(key)")
    }
  }

  private static func isLong(_ time: Remembers) -> Bool {
    switch time {
    case .never, .hours: false
    case .month, .notTold, .strange: true
    }
  }

  // MARK: Conditions

  /// What is left out of a session.
  private enum Session { case password, factor }
  /// How old the second factor of a session is.
  private enum Age: Int { case none, hours, month }

  private static func factorAge(_ chooser: inout Chooser) -> Age {
    Age(rawValue: chooser.one(of: 3, "age of the second factor")) ?? .none
  }

  private func holds(
    _ step: Step, _ key: String, _ person: Traits, _ chooser: inout Chooser,
    without session: Session? = nil
  ) -> Bool {
    step.test.map { holds($0, key, person, &chooser, session) } ?? true
  }

  private func holds(
    _ test: Test, _ key: String, _ person: Traits, _ chooser: inout Chooser, _ session: Session?
  ) -> Bool {
    switch test {
    case .population(let number): return person.population == number
    case .group(let number):
      return areGroupsRefused
        ? chooser.unknown("in group \(number)") : person.groups.contains(number)
    case .office: return chooser.isTrue("in the office")
    case .anonymous: return chooser.isTrue("from an anonymous network")
    case .travel: return chooser.isTrue("impossible travel")
    case .risk(let number):
      let scores: [Int?] = [nil, 25, 60, 90]
      return scores[chooser.one(of: 4, "score")].map(Self.risks[number].contains) ?? false
    case .factor(let time):
      if session == .factor { return true }
      let age = Self.factorAge(&chooser)
      return time == 0 ? age != .hours : age == .none
    case .password(let time):
      if session == .password { return true }
      // None, younger than eight hours, younger than one.
      let age = chooser.one(of: 3, "age of the password")
      return time == 0 ? age == 0 : age < 2
    case .strange: return chooser.unknown("condition of \(key)")
    case .not(let inner): return !holds(inner, key, person, &chooser, session)
    case .both(let one, let other):
      return holds(one, key, person, &chooser, session)
        && holds(other, key, person, &chooser, session)
    case .either(let one, let other):
      return holds(one, key, person, &chooser, session)
        || holds(other, key, person, &chooser, session)
    }
  }
}

extension PingOneRandomWorld.Step {
  fileprivate var isFirst: Bool {
    switch kind {
    case .login, .social, .byName, .external: true
    case .device, .pingID, .windows, .consent, .strange: false
    }
  }

  fileprivate var isSecond: Bool {
    switch kind {
    case .device, .pingID, .windows: true
    case .login, .social, .byName, .external, .consent, .strange: false
    }
  }
}
