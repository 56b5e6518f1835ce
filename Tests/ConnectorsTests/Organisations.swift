import MockIdP

/// One person on one team behind Okta; tables of situations change it.
enum Organisations {
  static let ana = "ana.lima@acme.com"

  /// Ana signs in to Heroku through Okta; the app's policy asks for two factors, the session policy for none.
  static func small(_ change: (inout Scenario) -> Void = { _ in }) -> Scenario {
    var okta = OktaOrganisation(
      groups: [
        Group("Everyone", type: "BUILT_IN"), Group("Contractors"), Group("Staff"),
        Group("Auditors"),
      ],
      apps: [
        OktaApp(
          "Heroku (acme-widgets)", id: Bench.app, accessPolicy: "Strict",
          users: [AppUser(ana)])
      ],
      policies: [Policy("Strict", rules: [.catchAll("2FA")])],
      zones: [Zone("HQ"), Zone("VPN"), Zone("Blocked")])
    okta.rateLimit = 1_000_000
    var heroku = HerokuPlatform(teams: [
      HerokuTeam(
        Bench.team, identityProviders: [.okta("acme-okta", app: Bench.app)],
        members: [HerokuMember(ana, name: "Ana Lima", role: "admin")])
    ])
    heroku.rateLimit = 1_000_000
    var scenario = Scenario(
      people: [Person(ana, name: "Ana Lima", groups: ["Staff"])], okta: okta, heroku: heroku)
    change(&scenario)
    return scenario
  }

  /// The same with rules of its own in the app's policy.
  static func app(_ rules: [Rule], _ change: (inout Scenario) -> Void = { _ in }) -> Scenario {
    small {
      $0[policy: "Strict"].rules = rules
      change(&$0)
    }
  }

  /// The same with one factor at the app and session policies of its own before the default one.
  static func session(
    _ policies: [Policy], app: String = "1FA", _ change: (inout Scenario) -> Void = { _ in }
  ) -> Scenario {
    small {
      $0[policy: "Strict"].rules = [.catchAll(app)]
      $0.okta.policies += policies
      change(&$0)
    }
  }

  /// A global session policy.
  static func sessionPolicy(
    _ name: String, priority: Int = 1, groups: [String] = [], rules: [Rule]
  ) -> Policy {
    Policy(name, type: "OKTA_SIGN_ON", priority: priority, groups: groups, rules: rules)
  }
}
