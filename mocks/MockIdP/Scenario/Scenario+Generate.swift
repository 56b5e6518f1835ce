extension Scenario {
  /// The id of the Okta app that generated organisations reach Heroku through.
  public static let generatedApp = "0oa1mockheroku000001"

  /// Makes an organisation of any size from a seed: one team behind Okta, four policies, two zones.
  ///
  /// The same arguments give the same organisation. People are made on demand, so a million of them
  /// cost no memory; rate limits are out of the way.
  /// - Parameters:
  ///   - people: how many accounts Okta has.
  ///   - teamSize: how many of them are on the team; nil is all.
  public static func generate(
    seed: UInt64 = 1, people: Int, teamSize: Int? = nil, team: String = "acme-widgets"
  ) -> Scenario {
    let population = Population(seed: seed, people: people, teamSize: teamSize, team: team)
    let departments = (0..<population.departments).map { Group("Department \($0 + 1)") }
    var okta = OktaOrganisation(
      groups: [
        Group("Everyone", type: "BUILT_IN"), Group(population.teamGroup),
        Group(population.contractorGroup),
      ] + departments,
      apps: [
        OktaApp(
          "Heroku (\(team))", id: generatedApp, accessPolicy: "Any two factors",
          groups: [population.teamGroup]),
        OktaApp("Wiki", name: "wiki", accessPolicy: "One factor", groups: ["Everyone"]),
      ],
      policies: [
        Policy(
          "Any two factors", isSystem: true,
          rules: [
            Rule("Contractors") {
              $0.groups = [population.contractorGroup]
              $0.factors = "1FA"
            },
            Rule("Office network") {
              $0.groups = ["Department 1"]
              $0.zones = ["Office"]
              $0.factors = "1FA"
            }, .catchAll("2FA"),
          ]),
        Policy("One factor", rules: [.catchAll("1FA")]),
      ],
      zones: [Zone("Office"), Zone("VPN", gateways: ["198.51.100.0/24"])])
    okta.rateLimit = 1_000_000
    var heroku = HerokuPlatform(teams: [
      HerokuTeam(
        team, identityProviders: [.okta("acme-okta", app: generatedApp)],
        apps: [
          HerokuApp(
            "\(team)-api", isLocked: true,
            collaborators: [
              HerokuCollaborator("raj.patel@contractor.example", permissions: ["deploy", "view"])
            ])
        ])
    ])
    heroku.rateLimit = 1_000_000
    return Scenario(okta: okta, heroku: heroku, population: population)
  }
}
