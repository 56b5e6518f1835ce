import MockIdP

/// The teams at Heroku.
enum HerokuSide {
  static func install(_ state: OrganisationState, _ scenario: inout Scenario) {
    var widgets = HerokuTeam("team-a")
    // One address that is that of every provider: it names Entra's tenant and Keycloak's realm.
    let address = "https://\(LawWorld.ssoHost)/\(EntraTenant().tenantID)/realms/acme"
    widgets.identityProviders = [
      HerokuIdentityProvider("sso", entityID: address, ssoTargetURL: "\(address)/saml")
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
