import MockIdP

/// The teams at Heroku.
enum HerokuSide {
  static func install(_ state: OrganisationState, _ scenario: inout Scenario) {
    var widgets = HerokuTeam("team-a")
    widgets.identityProviders = [
      HerokuIdentityProvider(
        "sso", entityID: "https://\(LawWorld.ssoHost)/entity",
        ssoTargetURL: "https://\(LawWorld.ssoHost)/saml")
    ]
    for person in state.people where person.isOnTeamA {
      if person.isInvited {
        widgets.invitations.append(HerokuInvitation(person.email))
      } else {
        widgets.members.append(member(person))
      }
    }
    var tools = HerokuTeam("team-b")
    tools.identityProviders = widgets.identityProviders
    tools.members = state.people.filter(\.isOnTeamB).map(member)
    scenario.heroku.teams = [widgets, tools]
  }

  private static func member(_ person: PersonState) -> HerokuMember {
    HerokuMember(
      person.email, role: person.isAdmin ? "admin" : "member", isFederated: person.isFederated,
      twoFactor: person.isFederated ? false : person.platformMFA)
  }
}
