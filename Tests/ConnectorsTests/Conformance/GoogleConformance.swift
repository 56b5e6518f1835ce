import IdentityCore
import MockIdP

extension ConformanceCase {
  static let google = ConformanceCase(
    "Google", vendor: .google, small: googleScenario(), paged: googleScenario(others: 5),
    empty: {
      var scenario = Scenario()
      // Whom the source acts as is always there.
      var account = GoogleWorkspace()
      account.users = [GoogleUser("helpdesk@acme.com")]
      scenario[GoogleWorkspace.self] = account
      return scenario
    }(),
    endpoints: [
      Endpoint("POST /token", required: ["access_token", "token_type"], optional: ["expires_in"]),
      Endpoint(
        "GET /admin/directory/v1/users", .list, required: ["id", "primaryEmail"],
        optional: [
          // A flag that decides and is not shown leaves the reading incomplete (rows 12, 6a, 8a).
          "isEnrolledIn2Sv", "nonEditableAliases",
        ],
        // A row that comes again over a page border is one row, in every list.
        hasUniqueRows: false),
      Endpoint(
        "GET /admin/directory/v1/customer/{customer}/orgunits",
        required: ["orgUnitId", "orgUnitPath"]),
      Endpoint("GET /admin/directory/v1/groups/{group}", loses: .details, required: ["id"]),
      Endpoint(
        "GET /admin/directory/v1/groups/{group}/members", .list,
        // Who has no id goes by the address; who has no type may stand for everybody.
        required: ["type"], optional: ["id"], hasUniqueRows: false),
      Endpoint(
        "GET /v1/inboundSsoAssignments", .list,
        required: ["name", "ssoMode", "rank"], hasUniqueRows: false),
      Endpoint(
        "GET /v1/inboundSamlSsoProfiles", .list, required: ["name"],
        optional: ["displayName"], hasUniqueRows: false),
      Endpoint(
        // No assignment names one of them.
        "GET /v1/inboundOidcSsoProfiles", .list, loses: .details, required: ["name"],
        optional: ["displayName"], hasUniqueRows: false),
      Endpoint(
        // Whether somebody new is in a grace hangs on them.
        "GET /v1/policies", .list,
        required: ["name", "policyQuery", "setting"], optional: ["type"], hasUniqueRows: false),
    ],
    capabilities: [.renewsCredential],
    absences: [
      // An empty list is left out, as everywhere in this API; it is never null.
      "GET /v1/inboundSsoAssignments /inboundSsoAssignments dropped":
        "no assignment: everybody signs in to Google"
    ],
    secrets: Array(
      GoogleServiceAccount.standard.privateKey.split(separator: "\n").dropFirst().prefix(1)
        .map(String.init))
  ) { bench in
    await ConformanceReading(
      of: bench.google(), app: "google",
      people: ["ana", "bo", "cy", "dee", "eve", "fay", "nobody"].map { "\($0)@acme.com" })
  }

  /// People who are obliged, who are not, in their grace, sent elsewhere, with both ways in, and suspended.
  private static func googleScenario(others: Int = 0) -> Scenario {
    var account = GoogleWorkspace()
    account.orgUnits = ["/Staff": "03staff"]
    account.users = [
      GoogleUser("ana@acme.com", isEnforced: true), GoogleUser("bo@acme.com"),
      GoogleUser("cy@acme.com") { $0.created = Workspaces.day(-1) },
      GoogleUser("dee@acme.com", isEnforced: true),
      GoogleUser("eve@acme.com", isEnforced: true, orgUnit: "/Staff"),
      GoogleUser("fay@acme.com") { $0.isSuspended = true },
    ]
    account.groups = [GoogleGroup("Partners", users: ["dee@acme.com"])]
    account.profiles = [
      Workspaces.corporate,
      GoogleProfile("0oidc", displayName: "Realm", issuer: "https://idp.acme.com/realms/oidc"),
    ]
    account.assignments = [
      GoogleAssignment("SAML_SSO", group: "Partners", rank: 1, profile: "0corp"),
      GoogleAssignment(
        "SAML_SSO", orgUnit: "/Staff", profile: "0corp", redirectCondition: "NEVER"),
    ]
    account.policies = [
      Workspaces.enforcement(from: "2025-03-01T00:00:00Z"), Workspaces.grace,
    ]
    guard others > 0 else { return Workspaces.scenario(account) }
    account.largestPage = 2
    for number in 0..<others {
      account.users.append(GoogleUser("other\(number)@acme.com"))
      account.groups[0].users.append("other\(number)@acme.com")
      account.assignments.append(GoogleAssignment("SSO_OFF", orgUnit: "/Other\(number)"))
      account.profiles += [
        GoogleProfile(
          "saml\(number)", displayName: "S", issuer: "https://idp.acme.com/\(number)",
          signInURL: "https://idp.acme.com/\(number)/saml"),
        GoogleProfile("oidc\(number)", displayName: "O", issuer: "https://idp.acme.com/\(number)"),
      ]
      account.orgUnits["/Other\(number)"] = "03other\(number)"
      account.policies.append(
        GooglePolicy(
          "device_trust", ["allowTrustingDevice": false], orgUnit: "/Other\(number)",
          sortOrder: Double(number + 2)))
    }
    return Workspaces.scenario(account)
  }
}
