internal import ConnectorKit
internal import IdentityCore

/// One-time passwords that may be skipped.
extension KeycloakFlowCompiler {
  /// What a form without settings asks people who have no one-time password: those of other forms of the realm decide
  /// whether they are made to set one up.
  func waiving(
    _ step: KeycloakFlow.Step, _ shown: KeycloakNext, _ skipped: KeycloakNext
  ) -> KeycloakNext {
    guard step.isBareForm else { return shown }
    var why = "the settings of the form in another flow decide it"
    var mend = "give the form settings of its own (defaultOtpOutcome force)"
    switch picture.waivesOTP {
    case .read(false): return shown
    case .read(true): break
    case .unreadable(let reason, let remedy): (why, mend) = (reason, remedy)
    }
    let waives = builder.unknown(
      "whether '\(step.name)' in flow '\(flow.alias)' lets people without a one-time password pass: \(why)",
      mend, of: "setting up at \(step.id)")
    return KeycloakNext { [self] progress in
      .branch(
        .unknown(waives), possession(of: "otp", progress, shown, skipped), shown(progress))
    }
  }

  /// The votes on whether a one-time password is asked for; the first that decides counts.
  func vote(
    _ step: KeycloakFlow.Step, _ progress: KeycloakProgress, shown: KeycloakNext,
    skipped: KeycloakNext
  ) -> SignInPolicy {
    if case .unreadable(let reason, let remedy) = step.settings {
      return .branch(unknown(step, reason, remedy), shown(progress), skipped(progress))
    }
    var votes: [(condition: Condition, skips: Bool, attribute: String?)] = []
    if let name = step["otpControlAttribute"] {
      for (value, skips) in [("skip", true), ("force", false)] {
        let test = KeycloakAtoms.AttributeTest(
          name: name, value: value, includesGroups: false, firstOnly: true)
        votes.append((attribute(test), skips, name))
      }
    }
    for (key, skips) in [("skipOtpRole", true), ("forceOtpRole", false)] {
      if let name = step[key] { votes.append((role(name), skips, nil)) }
    }
    for (key, skips) in [
      ("noOtpRequiredForHeaderPattern", true), ("forceOtpForHeaderPattern", false),
    ] {
      if let pattern = step[key] {
        votes.append((sent("a request header like \(pattern)"), skips, nil))
      }
    }
    let last = step["defaultOtpOutcome"] == "skip" ? skipped : shown
    return votes.reversed().reduce(last(progress)) { rest, vote in
      let decided = vote.skips ? skipped(progress) : shown(progress)
      return vote.attribute.map { weigh($0, vote.condition, decided, rest) }
        ?? .branch(vote.condition, decided, rest)
    }
  }
}
