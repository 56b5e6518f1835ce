import MockIdP

/// What the program tells people once it serves.
struct Introduction {
  let mock: MockIdP
  let scenario: Scenario

  private var team: HerokuTeam? { scenario.heroku.teams.first }

  private var app: OktaApp? {
    scenario.okta.apps.first { $0.name == "heroku" } ?? scenario.okta.apps.first
  }

  /// An idsync configuration for this organisation; its secrets come from the environment.
  var configuration: String {
    """
    store: sqlite:idsync-mock.db
    sources:
      heroku: { kind: heroku, url: "\(mock.heroku.baseURL)", token: env:MOCK_HEROKU_TOKEN }
      okta: { kind: okta, url: "\(mock.okta.baseURL)", token: env:MOCK_OKTA_TOKEN }
    teams:
    \(scenario.heroku.teams.map(lines).joined(separator: "\n"))
    """
  }

  private func lines(_ team: HerokuTeam) -> String {
    var lines = ["  \(team.name):", "    roster: heroku"]
    if let app, !team.identityProviders.isEmpty || team.enterpriseAccount != nil {
      lines.append("    sign_in: [ { provider: okta, app: \(app.id) } ]")
    }
    let sealed = team.members.filter { $0.email.hasPrefix("break-glass@") }
    if !sealed.isEmpty { lines.append("    exemptions:") }
    for member in sealed {
      lines.append(
        "      - { member: \(member.email), reason: \"sealed emergency account\", "
          + "approved_by: ciso@acme.com, until: 2027-01-31 }")
    }
    return lines.joined(separator: "\n")
  }

  /// Everything a person needs to start.
  var text: String {
    """
    The mock organisation is there.

      Heroku  \(mock.heroku.baseURL)   Authorization: Bearer \(mock.heroku.token)
      Okta    \(mock.okta.baseURL)   Authorization: SSWS \(mock.okta.token)

    Try:

      curl -s \(mock.okta.baseURL)/.well-known/okta-organization
      curl -s -A playground -H 'Accept: application/vnd.heroku+json; version=3' \\
        -H 'Authorization: Bearer \(mock.heroku.token)' \\
        \(mock.heroku.baseURL)/teams/\(team?.name ?? "team")/members
      curl -s \(mock.okta.baseURL)/_mock/counts

    Make the next two lists of users answer 429, then see it in the requests:

      curl -s -d '[{"vendor": "okta", "endpoint": "GET /api/v1/users",
        "kind": "rate-limited", "times": 2}]' \(mock.okta.baseURL)/_mock/faults
      curl -s \(mock.okta.baseURL)/_mock/requests

    A configuration for idsync, and the secrets it names:

      export MOCK_HEROKU_TOKEN=\(mock.heroku.token)
      export MOCK_OKTA_TOKEN=\(mock.okta.token)

    \(configuration)

    Interrupt (Ctrl-C) to end.
    """
  }
}
