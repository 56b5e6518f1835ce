/// The doors of one login where the platform asks the same of everybody on a team (GitHub's organisations).
///
/// | login | second factor required | single sign-on | door |
/// |---|---|---|---|
/// | managed by an identity provider | any | any | the identity provider's |
/// | any other | yes | any | the platform's login with its second factor |
/// | any other | not shown | any | nobody can tell |
/// | linked | no | required | the identity provider's |
/// | linked | no | optional | the platform's password, and the identity provider's |
/// | linked | no | nobody says | nobody can tell, and the identity provider's |
/// | nobody says whether linked | no | any | nobody can tell |
/// | not linked, or a collaborator | no | any | the platform's password |
extension PlatformDoor {
  func way(
    under policy: PlatformPolicy, kind: RosterMember.Kind, federated: Tri, platformMFA: Tri,
    identityProvider: String?
  ) -> Way {
    if let managed = policy.managedProvider, identityProvider == managed {
      return federatedWay(managed)
    }
    switch policy.requiresMFA {
    case .yes: return .door(required(policy, platformMFA))
    case .unknown:
      var door = cannotTell(
        .policyUnknown,
        "The platform does not show whether it requires a second factor of everybody on the team; only its owners see that."
      )
      door.evidence = policy.evidence
      return .door(door)
    case .no: break
    }
    guard kind == .member, federated != .no else {
      return .door(optional(policy, kind, platformMFA))
    }
    guard federated == .yes else {
      return .door(
        cannotTell(
          .identityProviderUnknown,
          "The platform does not show which identity provider this login goes through; the configuration has to name the enterprise (enterprise) that the provider belongs to."
        ))
    }
    switch policy.requiresSSO {
    case .yes: return federatedWay(identityProvider)
    case .no: return beside(optional(policy, kind, platformMFA), identityProvider)
    case .unknown:
      return beside(
        cannotTell(
          .policyUnknown,
          "Whether single sign-on is required or may be passed by is not readable; the configuration has to say it."
        ), identityProvider)
    }
  }

  private func beside(_ door: Door, _ identityProvider: String?) -> Way {
    switch federatedWay(identityProvider) {
    case .providers(let targets, let evidence): .beside(door, targets, evidence)
    case .door(let other), .beside(let other, _, _):
      .door(
        (door.verdict.strength ?? .max) <= (other.verdict.strength ?? .max) ? door : other)
    }
  }

  /// The platform's login of a team that requires a second factor.
  private func required(_ policy: PlatformPolicy, _ platformMFA: Tri) -> Door {
    Door(
      provider: settings.roster, app: nil, verdict: .enforced, code: .platformLogin,
      reason: platformMFA == .no
        ? "The platform requires a second factor of everybody on the team; this login has none and is kept out until it has (access-blocked-until-2fa)."
        : "The platform requires a second factor of everybody on the team.",
      evidence: policy.evidence + [shown(platformMFA)])
  }

  /// The platform's login of a team that leaves the second factor to everybody's own choice.
  private func optional(
    _ policy: PlatformPolicy, _ kind: RosterMember.Kind, _ platformMFA: Tri
  ) -> Door {
    let who =
      kind == .collaborator
      ? "A collaborator, who cannot be put under single sign-on," : "This login"
    let outside = teamHasProvider == .yes ? " outside the team's single sign-on" : ""
    let code: ReasonCode =
      teamHasProvider == .yes
      ? .outsideSSO : platformMFA == .yes ? .secondFactorOptional : .noSecondFactor
    return Door(
      provider: settings.roster, app: nil, verdict: .notEnforced, code: code,
      reason:
        "\(who) signs in with a password\(outside), and the platform does not require a second factor; "
        + (platformMFA == .yes
          ? "it is on by choice." : platformMFA == .no ? "it is off." : "it is not shown."),
      witness: platformMFA == .yes
        ? "any sign-in once its owner takes the second factor off"
        : "any sign-in with the platform's own password",
      evidence: policy.evidence + [shown(platformMFA)])
  }

  private func shown(_ platformMFA: Tri) -> EvidenceItem {
    EvidenceItem(
      .platform, name: "the login's own second factor",
      value: platformMFA == .yes ? "on" : platformMFA == .no ? "off" : "not shown")
  }
}
