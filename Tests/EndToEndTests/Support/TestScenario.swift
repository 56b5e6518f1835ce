import MockIdP

/// A team of a dozen people with every verdict on it.
enum TestScenario {
  static let app = "0oaheroku000000000001"

  /// People of the team `acme-widgets`; all but the last few are federated and well protected.
  static func team() -> Scenario {
    var scenario = Scenario()
    let protected = ["ana", "bo", "cy", "dee", "eve", "fay"].map { "\($0)@acme.com" }
    let contractors = ["gus@contractor.example"]
    scenario.people = protected.map { Person($0) }
    scenario.people += contractors.map { Person($0, groups: ["Contractors"]) }
    scenario.people += [
      Person("hal@acme.com", status: "DEPROVISIONED"), Person("ida@acme.com"),
    ]
    scenario.okta.groups = [Group("Contractors")]
    scenario.okta.zones = [Zone("HQ")]
    scenario.okta.apps = [
      OktaApp(
        "Heroku (acme-widgets)", id: app, accessPolicy: "Two factors",
        users: (protected + contractors + ["hal@acme.com"]).map { AppUser($0) })
    ]
    scenario.okta.policies = [
      Policy(
        "Two factors",
        rules: [
          Rule("Contractors") {
            $0.groups = ["Contractors"]
            $0.factors = "1FA"
          }, .catchAll("2FA"),
        ])
    ]
    var team = HerokuTeam("acme-widgets")
    team.identityProviders = [.okta("acme-okta", app: app)]
    team.members = protected.map {
      HerokuMember($0, role: $0 == "ana@acme.com" ? "admin" : "member")
    }
    team.members += [
      HerokuMember("gus@contractor.example"), HerokuMember("hal@acme.com"),
      HerokuMember("ida@acme.com"),
      HerokuMember("joe@acme.com", isFederated: false, twoFactor: true),
      HerokuMember("kim@acme.com", isFederated: false, twoFactor: false),
    ]
    team.invitations = [HerokuInvitation("new@acme.com")]
    scenario.heroku.teams = [team]
    return scenario
  }
}
