extension Remedy {
  /// What mends a finding of a member: it follows from the kind, the door that it is about, and what the roster says.
  ///
  /// - Parameter place: where the people of the team are changed.
  public init(_ kind: FindingKind, of record: MemberRecord, in place: RosterPlace = .commands) {
    if record.isExempt, ![.exemptionExpiring, .exemptionExpired].contains(kind) {
      self = Self.excused(record)
      return
    }
    let removal = place.takesCommands ? [MendingCommand.removal(of: record)] : []
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
          + "if the person left, \(place.removal(record.email, record.team)).", [explain] + removal)
    case .notInIdP where door?.code == .mappedAccountMissing:
      self.init(
        .operator,
        "Whoever runs idsync mends the entry of \(record.email) under teams.\(record.team).identities in the configuration: the "
          + "account that it names does not exist at \(source).", [explain])
    case .notInIdP:
      self.init(
        .platformAdministrator,
        "\(source) knows nobody by the address \(record.email). Mend the address at \(source) or "
          + "\(place.addressPlace(record.team)), so that both say the same; if the person left, "
          + "\(place.removal(record.email, record.team)).", [explain] + removal)
    case .notAssigned:
      self.init(
        .providerAdministrator,
        "An administrator of \(source) assigns the app\(Self.app(door)) to the person, or to a group the person is in.",
        [explain])
    case .ambiguousIdentity:
      self.init(
        .providerAdministrator,
        "An administrator of \(source) mends the addresses, so that one account belongs to one member\(Self.accounts(door)); or "
          + "whoever runs idsync says in the configuration which one it is (teams.\(record.team).identities).",
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
        "Whoever runs idsync looks at idsync runs: where no run stands there since, the worker does not run (its cron line, "
          + "timer or service); where a source failed, its error and what to do stand there. Then read again.",
        ["idsync runs", MendingCommand.sync(record)])
    case .lastAdmin:
      self.init(
        .platformAdministrator, place.secondAdmin(record.team),
        place.takesCommands ? [MendingCommand.secondAdmin(record)] : [])
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
      case .notInIdP: door.code == .notInIdP || door.code == .mappedAccountMissing
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
    let rules = NamedRules.all(in: door?.witness ?? "", door?.evidence ?? [])
    if let grant = NamedRules.grant(in: door?.witness ?? "") {
      return Remedy(
        .providerAdministrator,
        "An administrator of \(source) changes \(grant.setting) so that it no longer \(grant.demand).",
        [explain])
    }
    let exclusions = PassedOver.exclusions(in: door?.evidence ?? [])
    if !exclusions.isEmpty, !rules.contains(where: { $0.contains(" of policy '") }) {
      let ways = exclusions.prefix(3).map { exclusion in
        exclusion.isGroup
          ? "takes the person out of \(exclusion.subject), which \(exclusion.policy) excludes, or ends that exclusion"
          : "ends the exclusion of \(exclusion.subject) in \(exclusion.policy)"
      }
      return Remedy(
        .providerAdministrator,
        "An administrator of \(source) \(ways.joined(separator: "; or ")).", [explain])
    }
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
    let isOn = record.platformMFA == .enabled
    if record.sso == .unavailable || record.role == .collaborator {
      return Remedy(
        .platformAdministrator,
        "A collaborator cannot be put under single sign-on: an admin of \(record.team) makes the person a member, who signs in "
          + "through it; "
          + (isOn
            ? "meanwhile the second factor, which is on at \(source), stays on."
            : "meanwhile the person switches the second factor on at \(source)."),
        [explain])
    }
    return Remedy(
      .member,
      "The person finishes the change to single sign-on at \(source), which ends the password login; "
        + (isOn
          ? "until then the second factor, which is on there, stays on."
          : "until then the second factor is to be switched on there."),
      [explain])
  }

  /// What an exemption excuses is mended by nobody while it holds.
  private static func excused(_ record: MemberRecord) -> Remedy {
    let end = record.exemption.map { " until \($0.until.text.prefix(10))" } ?? ""
    return Remedy(.operator, "None needed\(end): the exemption\(approver(record)) excuses it.")
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

  /// `: ana@acme.com [00u1], …`, as the evidence names the accounts that match; empty where it names none.
  private static func accounts(_ door: Door?) -> String {
    let named = (door?.evidence ?? []).filter { $0.name.hasPrefix(MatchedAccount.head) }
      .map { item in
        item.name.dropFirst(MatchedAccount.head.count) + (item.id.map { " [\($0)]" } ?? "")
      }
    return named.isEmpty ? "" : " (\(named.joined(separator: ", ")))"
  }

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
  ///
  /// - Parameter evidence: what was read at the door: a flow is named as one, with its realm.
  static func all(in witness: String, _ evidence: [EvidenceItem] = []) -> [String] {
    var seen: Set<String> = []
    let rules = witness.matches(
      of: #/rule (\d+ )?'(.*?)' of policy '(.*?)'(?= asks| lets| leaves|;|$)/#
    ).map { match in
      let (whole, number, rule, policy) = match.output
      if number != nil { return String(whole) }
      return rule == policy ? "policy '\(policy)'" : setting(String(policy), String(rule))
    }
    let policies =
      rules.isEmpty
      ? witness.matches(of: #/(?:: |; )(policy '.*?')(?= asks| lets| leaves)/#)
        .map { String($0.output.1) } : []
    let settings =
      rules.isEmpty && policies.isEmpty
      ? witness.matches(of: #/(?:: |; )([^:;]*?) \(([^:;]*?)\)(?= asks| lets| leaves)/#)
        .map { flow("\($0.output.1)", evidence) ?? setting("\($0.output.1)", "\($0.output.2)") }
      : []
    return (rules + policies + settings).filter { seen.insert($0).inserted }
  }

  /// A setting that is no rule and lets somebody in, with what it lets; nil where rules do.
  static func grant(in witness: String) -> (setting: String, demand: String)? {
    guard !witness.contains("' of policy '"),
      let match = witness.firstMatch(
        of: #/(?:: |; )([^:;]*? \([^:;]*?\)) (lets [^;]*)(?:;|$)/#)
    else { return nil }
    return (String(match.output.1), String(match.output.2))
  }

  /// An authentication flow by its name; nil where it is none.
  private static func flow(_ name: String, _ evidence: [EvidenceItem]) -> String? {
    guard evidence.contains(where: { $0.kind == .flow && $0.name == name }) else { return nil }
    let realm = evidence.first { $0.kind == .status && $0.name.hasPrefix("realm ") }
    return "flow '\(name)'" + (realm.map { " of \($0.name)" } ?? "")
  }

  /// A setting that is no rule, as people find it: what it is called goes before the part of it that lets in.
  private static func setting(_ name: String, _ part: String) -> String {
    part.hasPrefix("nothing that applies") ? "a policy of \(name)" : "\(name) (\(part))"
  }
}
