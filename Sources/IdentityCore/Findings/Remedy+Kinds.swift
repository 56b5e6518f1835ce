extension Remedy {
  /// What mends a finding of a member: it follows from the kind, the door that it is about, and what the roster says.
  public init(_ kind: FindingKind, of record: MemberRecord) {
    let door = Self.door(of: kind, record)
    let source = door?.provider ?? "the provider"
    let explain = MendingCommand.explain(record)
    switch kind {
    case .mfaNotEnforced, .mfaConditional: self = Self.policy(door, record)
    case .noMFA: self = Self.secondFactor(door, record)
    case .outsideSSO: self = Self.singleSignOn(door, record)
    case .cannotTell: self = Self.unknown(door, record)
    case .deprovisionedAtIdP:
      self.init(
        .platformAdministrator,
        "The account at \(source) cannot sign in. If the person stays, an administrator of \(source) makes it active again; "
          + "if the person left, an admin of \(record.team) takes the person off the team.",
        [explain, MendingCommand.removal(of: record)])
    case .notInIdP:
      self.init(
        .platformAdministrator,
        "\(source) knows nobody by the address \(record.email). Mend the address at \(source) or on the team, so that both "
          + "say the same; if the person left, an admin of \(record.team) takes the person off the team.",
        [explain, MendingCommand.removal(of: record)])
    case .notAssigned:
      self.init(
        .providerAdministrator,
        "An administrator of \(source) assigns the app\(Self.app(door)) to the person, or to a group the person is in.",
        [explain])
    case .ambiguousIdentity:
      self.init(
        .providerAdministrator,
        "An administrator of \(source) mends the addresses, so that one account belongs to one member: explain names the accounts.",
        [explain])
    case .notEnrolled:
      self.init(
        .member, "The person sets a second factor up at \(source); nobody gets in without it.")
    case .weakFactorsOnly:
      self.init(
        .member,
        "The person sets a stronger factor up at \(source), such as a passkey, a security key or an authenticator app."
      )
    case .exemptionExpiring, .exemptionExpired:
      self.init(
        .operator,
        "Whoever approved the exemption\(Self.approver(record)) lets it end, or approves it anew with another `until` "
          + "in the configuration (teams.\(record.team).exemptions); what it excuses is mended as its other findings say.",
        [explain])
    case .stale:
      self.init(
        .operator,
        "Whoever runs idsync mends the source \(source), whose error idsync runs shows, and reads again.",
        ["idsync runs", MendingCommand.sync(record)])
    case .lastAdmin:
      self.init(
        .platformAdministrator, "The admin of \(record.team) makes a second person an admin.",
        [MendingCommand.secondAdmin(record)])
    }
  }

  /// The first door that a finding of a kind is about: the weakest one.
  private static func door(of kind: FindingKind, _ record: MemberRecord) -> Door? {
    let doors = record.judgement.doors
    let found = doors.first { door in
      switch kind {
      case .mfaNotEnforced:
        door.verdict == .notEnforced && ![.outsideSSO, .noSecondFactor].contains(door.code)
      case .mfaConditional: door.verdict == .enforcedConditionally
      case .noMFA: door.code == .noSecondFactor || door.code == .outsideSSO
      case .outsideSSO: door.code == .outsideSSO
      case .notInIdP: door.code == .notInIdP
      case .deprovisionedAtIdP: door.code == .deprovisioned
      case .notAssigned: door.code == .notAssigned
      case .ambiguousIdentity: door.code == .ambiguousIdentity
      case .stale: door.code == .stale
      case .cannotTell: door.verdict == .cannotTell
      default: true
      }
    }
    return found ?? doors.first
  }

  // MARK: The sign-in

  private static func policy(_ door: Door?, _ record: MemberRecord) -> Remedy {
    let source = door?.provider ?? "the provider"
    let explain = MendingCommand.explain(record)
    if door?.code == .secondFactorOptional {
      return Remedy(
        .platformAdministrator,
        "An owner of \(record.team) requires a second factor of everybody on it at \(source).",
        [explain])
    }
    let rules = NamedRules.all(in: door?.witness ?? "")
    let what =
      rules.isEmpty
      ? "the policy that the way in goes through" : rules.joined(separator: " or ")
    return Remedy(
      .providerAdministrator,
      "An administrator of \(source) makes \(what) ask for a second factor in every sign-in\(forApp(door)).",
      [explain])
  }

  private static func secondFactor(_ door: Door?, _ record: MemberRecord) -> Remedy {
    if door?.code == .outsideSSO { return singleSignOn(door, record) }
    let source = door?.provider ?? "the platform"
    return Remedy(
      .member,
      "The person switches the second factor on at \(source); an admin of \(record.team) can put the team under single "
        + "sign-on with a provider that asks for one.", [MendingCommand.explain(record)])
  }

  private static func singleSignOn(_ door: Door?, _ record: MemberRecord) -> Remedy {
    let source = door?.provider ?? "the platform"
    let explain = MendingCommand.explain(record)
    if record.sso == .unavailable || record.role == .collaborator {
      return Remedy(
        .platformAdministrator,
        "A collaborator cannot be put under single sign-on: an admin of \(record.team) makes the person a member, who signs in "
          + "through it, and meanwhile the person switches the second factor on at \(source).",
        [explain])
    }
    return Remedy(
      .member,
      "The person finishes the change to single sign-on at \(source), which ends the password login; until then the second "
        + "factor is to be on there.", [explain])
  }

  // MARK: What cannot be told

  private static func unknown(_ door: Door?, _ record: MemberRecord) -> Remedy {
    let source = door?.provider ?? "the provider"
    let explain = MendingCommand.explain(record)
    switch door?.code {
    case .notConfigured:
      return Remedy(
        .operator,
        "Whoever runs idsync names the provider and the app that \(record.team) signs in to, as teams.\(record.team).sign_in "
          + "of the configuration.", ["idsync doctor"])
    case .identityProviderUnknown:
      return Remedy(
        .operator,
        "Whoever runs idsync adds the identity provider of this login to the configuration (sources, and "
          + "teams.\(record.team).sign_in), or has it shown to the token of \(source).", [explain])
    case .rosterContradiction:
      return Remedy(
        .platformAdministrator,
        "An admin of \(record.team) checks how this login signs in at \(source): what \(source) shows of it does not say it, or "
          + "contradicts itself.", [explain])
    case .sourceIncomplete, .stale:
      return Remedy(
        .operator,
        "Whoever runs idsync mends what kept a source from being read, which idsync runs shows with the right to grant, and "
          + "reads again.", ["idsync runs", MendingCommand.sync(record)])
    default:
      let causes = (door?.evidence ?? []).filter {
        $0.kind == .status && $0.name.hasPrefix("not known: ") && !$0.value.isEmpty
      }.map(\.value)
      guard let cause = causes.first else {
        return Remedy(
          .providerAdministrator,
          "An administrator of \(source) makes what the verdict hangs on readable: explain names it.",
          [explain])
      }
      return Remedy(.providerAdministrator, "At \(source): \(inside(cause)).", [explain])
    }
  }

  // MARK: Words

  private static func app(_ door: Door?) -> String { door?.app.map { " \($0)" } ?? "" }

  private static func forApp(_ door: Door?) -> String { door?.app.map { " to app \($0)" } ?? "" }

  private static func approver(_ record: MemberRecord) -> String {
    record.exemption.map { " (\($0.approvedBy))" } ?? ""
  }

  /// A sentence as it stands after a colon, without its full stop.
  private static func inside(_ sentence: String) -> String {
    let body = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    return body.prefix(1).lowercased() + body.dropFirst()
  }
}

/// What a witness names for people to change.
enum NamedRules {
  /// `rule 1 'Office' of policy 'Two factors'`, each once, in the order of the witness.
  ///
  /// A policy without rules of its own stands as `policy 'Two factors'`; where the rule is none that somebody could open, the
  /// policy or setting is named alone.
  static func all(in witness: String) -> [String] {
    var seen: Set<String> = []
    let rules = witness.matches(
      of: #/rule (\d+ )?'(.*?)' of policy '(.*?)'(?= asks| lets| leaves|;|$)/#
    ).map { match in
      let (whole, number, rule, policy) = match.output
      if number != nil { return String(whole) }
      return rule == policy ? "policy '\(policy)'" : "sign-in policy \(policy)"
    }
    let policies =
      rules.isEmpty
      ? witness.matches(of: #/(?:: |; )(policy '.*?')(?= asks| lets| leaves)/#)
        .map { String($0.output.1) } : []
    let settings =
      rules.isEmpty && policies.isEmpty
      ? witness.matches(of: #/(?:: |; )([^:;]*?) \([^:;]*?\)(?= asks| lets| leaves)/#)
        .map { "sign-in policy \($0.output.1)" } : []
    return (rules + policies + settings).filter { seen.insert($0).inserted }
  }
}
