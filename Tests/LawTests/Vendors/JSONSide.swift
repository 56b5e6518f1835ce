import MockIdP

/// The same organisation behind an endpoint with JSON: as the list of a team, or as a provider.
enum JSONSide {
  static func installRoster(_ state: OrganisationState, _ scenario: inout Scenario) {
    scenario[JSONEndpoint.self].paging = .cursor
    scenario[JSONEndpoint.self].maxPageSize = 2
    scenario[JSONEndpoint.self].people = state.people.compactMap { person in
      var teams: [JSON] = []
      if person.isOnTeamA, !person.isInvited { teams.append("team-a") }
      if person.isOnTeamB { teams.append("team-b") }
      guard !teams.isEmpty else { return nil }
      var row: JSON = [
        "uid": .string("u\(person.number)"), "mail": .string(person.email),
        "teams": .array(teams), "role": person.isAdmin ? "admin" : "member",
        "federated": .bool(person.isFederated),
      ]
      row["platform_mfa"] = person.platformMFA.map { .bool($0) } ?? .null
      return row
    }
  }

  static func installProvider(
    _ state: OrganisationState, _ door: DoorState, _ scenario: inout Scenario
  ) {
    scenario[JSONEndpoint.self].paging = .cursor
    scenario[JSONEndpoint.self].maxPageSize = 2
    scenario[JSONEndpoint.self].policies = [
      ["id": "strict", "asks": "REQUIRED"], ["id": "open", "asks": "OPTIONAL"],
      ["id": "risk", "asks": "RISK"],
    ]
    scenario[JSONEndpoint.self].people = state.people.compactMap { person in
      let account = door.account(person)
      guard account.isThere else { return nil }
      return [
        "uid": .string("u\(person.number)"), "mail": .string(person.email),
        "state": account.isActive ? "ACTIVE" : "GONE",
        "policy_ref": policy(door.demand, account),
      ]
    }
  }

  private static func policy(_ demand: DemandState, _ account: AccountState) -> JSON {
    switch demand {
    case .everybody, .groupRefused: "strict"
    case .nobody: "open"
    case .exceptGroup: account.isInGroup ? "open" : "strict"
    case .onlyGroup: account.isInGroup ? "strict" : "open"
    case .sometimes: "risk"
    }
  }

  static func roster(_ url: String) -> String {
    """
      roster:
        kind: json
        url: "\(url)"
        path: "/teams/{{team}}/people"
        auth: { kind: bearer, token: env:JSON }
        items: /data
        total: /meta/total
        paging: { style: cursor, param: after, next: /meta/next }
        fields: { id: /uid, email: /mail, role: /role, federated: /federated, platform_mfa: /platform_mfa }

    """
  }

  static func provider(_ url: String, _ hosts: String) -> String {
    """
      idp-json:
        kind: json
        url: "\(url)"
        path: /people
        auth: { kind: bearer, token: env:JSON }
        items: /data
        total: /meta/total
        paging: { style: cursor, param: after, next: /meta/next }
        fields:
          id: /uid
          email: /mail
          active: { path: /state, transform: [ { map: { ACTIVE: true, "*": false } } ] }
        join: { path: /policies, items: /policies, key: /id, on: /policy_ref }
        mfa:
          meaning: enforcement
          app: "*"
          value_path: { path: /asks, from: join }
          values: { REQUIRED: enforced, OPTIONAL: not-enforced, RISK: enforced-conditionally }
        \(hosts)

    """
  }
}
