extension Adjudicator {
  /// What a record would come to: enough to see that nothing changed.
  func glance(_ person: Int, _ judgedCase: Case) -> Glance {
    let enrolment = enrolment(of: person, judgedCase)
    let exemption = exemption(ofPerson: person)
    let findings = findings(of: person, judgedCase, enrolment, exemption)
    return Glance(
      fingerprint: fingerprint(of: person, judgedCase, enrolment, exemption, findings),
      isGap: judgedCase.judgement.verdict.isGap && exemption?.isValid(at: now) != true,
      isDoubtful: judgedCase.isDoubtful)
  }

  /// The record of a person whose case was judged.
  func record(_ person: Int, _ judgedCase: Case) -> MemberRecord {
    let row = mainRow(of: person)
    let member = reading.roster[row]
    let key = reading.roster.key(at: row)
    let enrolment = enrolment(of: person, judgedCase)
    let exemption = exemption(ofPerson: person)
    return MemberRecord(
      team: settings.name, key: key, email: member.email, name: member.name, role: member.role,
      sso: Self.sso(member.kind, member.federated),
      platformMFA: platformMFA(member.kind, member.federated, member.platformMFA),
      platformUserID: member.userID,
      isPending: member.kind == .pending, judgement: judgedCase.judgement,
      provider: judgedCase.provider, accountID: accountID(of: person, judgedCase),
      enrolled: enrolment.enrolled, factors: enrolment.factors, exemption: exemption,
      isExempt: exemption?.isValid(at: now) ?? false,
      findings: findings(of: person, judgedCase, enrolment, exemption), since: now,
      accounts: accountIDs(of: person))
  }

  private func findings(
    of person: Int, _ judgedCase: Case, _ enrolment: (enrolled: Tri, factors: FactorSet),
    _ exemption: Exemption?
  ) -> FindingSet {
    FindingRules.complete(
      judgedCase.findings, verdict: judgedCase.judgement.verdict, enrolled: enrolment.enrolled,
      factors: enrolment.factors, exemption: exemption, isOnlyAdmin: isOnlyAdmin(person), now: now)
  }

  private func enrolment(of person: Int, _ judgedCase: Case) -> (enrolled: Tri, factors: FactorSet)
  {
    guard let target = judgedCase.target, let position = account(of: person, target: target),
      let accounts = accounts(target: target)
    else {
      // Where the platform's own login decides, so does what is set up there.
      guard reading.policy != nil else { return (.unknown, []) }
      let row = reading.roster.rows[mainRow(of: person)]
      return (row.platformMFA, row.factors)
    }
    return (accounts.rows[position].enrolled, accounts.rows[position].factors)
  }

  private func accountID(of person: Int, _ judgedCase: Case) -> String? {
    guard let target = judgedCase.target, let position = account(of: person, target: target)
    else { return nil }
    return accounts(target: target)?.id(at: position)
  }

  static func sso(_ kind: RosterMember.Kind, _ federated: Tri) -> MemberRecord.SSO {
    if kind == .collaborator { return .unavailable }
    switch federated {
    case .yes: return .enabled
    case .no: return kind == .pending ? .unknown : .disabled
    case .unknown: return .unknown
    }
  }

  /// Under single sign-on the platform's own second factor is switched off, unless it is a setting of the whole team.
  func platformMFA(
    _ kind: RosterMember.Kind, _ federated: Tri, _ mfa: Tri
  ) -> MemberRecord.PlatformMFA {
    if kind == .pending { return .unknown }
    if reading.policy == nil, kind == .member, federated == .yes { return .notApplicable }
    switch mfa {
    case .yes: return .enabled
    case .no: return .disabled
    case .unknown: return .unknown
    }
  }
}
