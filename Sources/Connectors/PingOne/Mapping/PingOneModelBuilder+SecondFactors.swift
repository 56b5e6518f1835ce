internal import ConnectorKit
internal import IdentityCore

extension PingOneModelBuilder {
  /// What is known of the devices that a step takes.
  private struct Devices {
    /// The methods that are switched on; nil when they are not known.
    var methods: Set<String>?
    /// For how many minutes a browser is remembered: 0 for none, nil when it is not told.
    var remembered: Int64?
    /// Why that is not known, and who can mend it.
    var gap: (reason: String, remedy: String)?
  }

  /// A step for a second factor under its condition.
  ///
  /// Where a second factor of the same session spares the person, what the step asked for when it was opened counts, unless
  /// the person is spared anyway.
  mutating func secondFactor(
    _ step: PingOneStep, _ condition: PingOneCondition, isAlone: Bool
  ) -> SignInPolicy {
    let asked = factor(step, condition, isAlone: isAlone)
    let isSpared =
      isAlone ? Condition.never : condition.isSpared(by: condition.factorSessions)
    return .branch(.or([condition.holds, isSpared]), asked, Self.nothing)
  }

  private mutating func factor(
    _ step: PingOneStep, _ condition: PingOneCondition, isAlone: Bool
  ) -> SignInPolicy {
    guard step.action.type == "MULTI_FACTOR_AUTHENTICATION" else {
      return pingID(step, condition, isAlone: isAlone)
    }
    let devices = devices(step.action)
    let strange = strange(step.action)
    let switchedOn = strange ?? device(step, condition, devices, isAlone: isAlone)
    let switchedOff = switchedOff(step, condition)
    let bypassing = reference(
      step.rule("is not applied to people for a time (bypassMFA)", condition.phrase))
    let passes = SignInPolicy.demand(.singleFactor, by: bypassing)
    let unread = unknown(PingOneSettings.unreadBypass, remedy: PingOneSettings.bypassRemedy)
    let untold = unknown(
      "whether MFA is switched on for the person: PingOne does not say",
      remedy: "look at the person's authentication settings in PingOne")
    let asked = SignInPolicy.firstMatch(
      [
        .init(
          subject(.mfaUntold), .branch(.unknown(untold), switchedOn, switchedOff)),
        .init(subject(.mfaOff), switchedOff),
      ], otherwise: switchedOn)
    return .firstMatch(
      [
        .init(subject(.bypassed), passes),
        .init(subject(.bypassUnread), .branch(.unknown(unread), passes, asked)),
      ], otherwise: asked)
  }

  /// The demand of a step whose MFA policy says more than is known; nil where it does not.
  private mutating func strange(_ action: PingOneWire.Action) -> SignInPolicy? {
    guard let id = action.devicePolicy, case .read(let policies) = settings.devices,
      let policy = policies[id]
    else { return nil }
    return demand(of: policy.unrecognised, "MFA policy \(id)")
  }

  // MARK: PingID

  private mutating func pingID(
    _ step: PingOneStep, _ condition: PingOneCondition, isAlone: Bool
  ) -> SignInPolicy {
    let vouched = "as the configuration vouches (pingid)"
    let none = reference(
      step.rule("asks PingID, which asks for nothing, \(vouched)", condition.phrase))
    if settings.pingID == PingOneConfiguration.Attested.none {
      return .demand(.singleFactor, by: none)
    }
    guard !isAlone else {
      return unknownDemand(
        "whether PingID asks for two factors without a password before it (\(step.place))",
        remedy: "put a LOGIN step before PingID", of: step.key)
    }
    let asks = reference(
      step.rule("asks PingID for a second factor, \(vouched)", condition.phrase))
    switch settings.pingID {
    case .enforced?: return .demand(.multiFactor, by: asks)
    case .conditional?:
      return .branch(
        flag("the exceptions of PingID"), .demand(.singleFactor, by: none),
        .demand(.multiFactor, by: asks))
    default:
      return unknownDemand(
        "what PingID asks for: no API of PingOne shows its rules (\(step.place))",
        remedy: "look them up and vouch for them under pingid", of: step.key)
    }
  }

  // MARK: Devices

  private func devices(_ action: PingOneWire.Action) -> Devices {
    // The older form names the methods in the step, and remembers no browser.
    if action.devicePolicy == nil, !action.methods.isEmpty {
      return Devices(methods: action.methods, remembered: 0)
    }
    switch settings.devices {
    case .unreadable(let reason, let remedy): return Devices(gap: (reason, remedy))
    case .read(let policies):
      // That the environment's default counts where a step names none is not documented: only what it remembers is taken.
      guard let id = action.devicePolicy else {
        let times = policies.values.map { $0.remembered ?? .max }
        guard let longest = times.max(), longest <= settings.rememberedDeviceLimitMinutes else {
          return Devices(
            gap: ("the step names no MFA policy", "assign an MFA policy to the step"))
        }
        return Devices(methods: nil, remembered: longest)
      }
      guard let found = policies[id] else {
        return Devices(
          gap: (
            "MFA policy \(id) is not in the list of MFA policies",
            "assign an MFA policy to the step"
          ))
      }
      return Devices(methods: found.methods, remembered: found.remembered)
    }
  }

  private mutating func device(
    _ step: PingOneStep, _ condition: PingOneCondition, _ devices: Devices, isAlone: Bool
  ) -> SignInPolicy {
    let asked =
      isAlone
      ? deviceAlone(step, condition, devices) : remembering(step, condition, devices)
    switch step.action.noDevicesMode {
    // That a step without the word blocks is not documented for the API itself; the vendor's Terraform provider says so.
    case "BLOCK", nil: return asked
    case "BYPASS": return bypassing(step, condition, devices, asked)
    case let other?:
      return unknownDemand(
        "what happens to people without a device: noDevicesMode is \(other.prefix(40)) (\(step.place))",
        remedy: "report the word, so that idsync learns it", of: step.key, text: other)
    }
  }

  /// The demand where a browser may be remembered.
  ///
  /// The documentation tells of browsers that an application has remembered through a call of its own; that PingOne's
  /// pages never do so by themselves it does not say.
  private mutating func remembering(
    _ step: PingOneStep, _ condition: PingOneCondition, _ devices: Devices
  ) -> SignInPolicy {
    var note = "asks for a second factor"
    let limit = settings.rememberedDeviceLimitMinutes
    var holds = Condition.never
    var time = "an unknown time"
    if let gap = devices.gap {
      holds = .unknown(
        unknown(
          "whether browsers are remembered: \(gap.reason)", remedy: gap.remedy, of: step.key))
    } else if let minutes = devices.remembered {
      time = PingOneSettings.duration(minutes * 60)
      if minutes > limit { holds = .always }
      if minutes > 0 { note += ", a browser may be remembered for \(time)" }
    } else {
      holds = .always
    }
    let demand = SignInPolicy.demand(
      .multiFactor, by: reference(step.rule(note, condition.phrase)))
    let asked = oneInbox(step, condition, devices, demand)
    guard holds != .never else { return asked }
    let remembers = reference(
      step.rule("remembers a browser for \(time)", condition.phrase))
    return .branch(
      .and([holds, flag("a remembered browser")]), .demand(.singleFactor, by: remembers), asked)
  }

  /// The same where one mailbox gets the code that resets the password and the one of the second factor: one thing.
  ///
  /// The recovery code is sent to the user's address, to which a device for codes by mail may belong as well.
  /// - SeeAlso: <https://developer.pingidentity.com/pingone-api/platform/users/user-passwords/password-resend-recovery-code.html>
  private mutating func oneInbox(
    _ step: PingOneStep, _ condition: PingOneCondition, _ devices: Devices, _ asked: SignInPolicy
  ) -> SignInPolicy {
    let recovers = step.policy.actions.value?.contains { $0.recovers != false } ?? true
    guard recovers, devices.methods?.contains("email") == true else { return asked }
    let rule = reference(
      step.rule("takes a code by mail, which resets the password as well", condition.phrase))
    return .branch(
      flag("the inbox that gets both codes"), .demand(.singleFactor, by: rule), asked)
  }

  /// The demand of a device and nothing before it: one factor, unless the device itself checks who holds it.
  private mutating func deviceAlone(
    _ step: PingOneStep, _ condition: PingOneCondition, _ devices: Devices
  ) -> SignInPolicy {
    let checking: Set<String> = ["fido2", "mobile", "platform", "boundbiometrics"]
    if let methods = devices.methods, !methods.isSubset(of: checking) {
      let rule = reference(
        step.rule("asks for a device only, without a password before it", condition.phrase))
      return .demand(.singleFactor, by: rule)
    }
    return unknownDemand(
      "whether the device checks who holds it, as no password is asked for before it (\(step.place))",
      remedy: "put a LOGIN step before it", of: step.key)
  }

  /// The demand where people without a device of the right kind pass; whoever has one can remove it.
  private mutating func bypassing(
    _ step: PingOneStep, _ condition: PingOneCondition, _ devices: Devices, _ asked: SignInPolicy
  ) -> SignInPolicy {
    let passes = reference(
      step.rule("lets people without a device pass (BYPASS)", condition.phrase))
    let pass = SignInPolicy.demand(.singleFactor, by: passes)
    let removed = flag("the person's own devices removed")
    var holder = SignInPolicy.branch(removed, pass, asked)
    if devices.methods == nil {
      let reason = devices.gap?.reason ?? "the step names no MFA policy"
      let counts = unknown(
        "whether the person's device is of a kind that counts: \(reason)",
        remedy: devices.gap?.remedy ?? "assign an MFA policy to the step", of: step.key)
      holder = .branch(.unknown(counts), holder, pass)
    }
    let unread = unknown(Self.unreadDevices, remedy: "see what is said of the devices of people")
    return .firstMatch(
      [
        .init(subject(.devicesUnread), .branch(.unknown(unread), holder, pass)),
        .init(subject(.device(devices.methods)), holder),
      ], otherwise: pass)
  }

  /// What is not known of people whose devices were not read.
  static let unreadDevices = "whether the person has a device"

  /// The step for people whose MFA is switched off: they are taken for people without a device.
  ///
  /// That the step is then left out is documented for no version of it; who blocks such people may say cannot-tell.
  private mutating func switchedOff(
    _ step: PingOneStep, _ condition: PingOneCondition
  ) -> SignInPolicy {
    guard step.action.noDevicesMode == "BYPASS" || settings.switchedOff == .notEnforced else {
      return unknownDemand(
        "whether the step is applied to people whose MFA is switched off (\(step.place))",
        remedy: "switch MFA on for the person (mfa-disabled-on-user)", of: step.key)
    }
    let rule = reference(
      step.rule(
        "is not applied to people whose MFA is switched off (mfa-disabled-on-user)",
        condition.phrase))
    return .demand(.singleFactor, by: rule)
  }
}
