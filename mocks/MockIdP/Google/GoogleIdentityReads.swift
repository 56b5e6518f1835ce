internal import Foundation

/// The Cloud Identity API: SSO assignments, profiles and policies.
enum GoogleIdentityReads {
  typealias Context = GoogleAPI.Context

  private static let sso = "cloud-identity.inboundsso.readonly|cloud-identity.inboundsso"
  private static let policy = "cloud-identity.policies.readonly|cloud-identity.policies"

  static let routes: [Route<Context>] = [
    Route("GET /v1/inboundSsoAssignments", scope: sso, assignments),
    Route("GET /v1/inboundSamlSsoProfiles", scope: sso) { call, context in
      try profiles(call, context, isSAML: true)
    },
    Route("GET /v1/inboundOidcSsoProfiles", scope: sso) { call, context in
      try profiles(call, context, isSAML: false)
    },
    Route("GET /v1/policies", scope: policy, policies),
  ]

  private static func page(_ call: Call, _ context: Context) throws -> GooglePage {
    try GooglePage(
      call, "pageSize", default: 50, most: 100, isStrict: false, cap: context.account.largestPage)
  }

  private static func checkCustomer(_ call: Call, _ context: Context) throws {
    guard let filter = call.parameter("filter") else { return }
    let bare = filter.replacing(" ", with: "")
    let known = ["my_customer", context.account.customer]
    guard known.contains(where: { bare == "customer==\"customers/\($0)\"" }) else {
      throw Refusal(
        status: 400, code: "INVALID_ARGUMENT", message: "Request contains an invalid argument.")
    }
  }

  private static func assignments(_ call: Call, _ context: Context) async throws -> Reply {
    try checkCustomer(call, context)
    let account = context.account
    let rows = account.assignments.map { assignment -> JSON in
      var row: [String: JSON] = [
        "name": .string("inboundSsoAssignments/\(assignment.id)"),
        "customer": .string("customers/\(account.customer)"), "ssoMode": .string(assignment.mode),
      ]
      if let group = assignment.group {
        row["targetGroup"] = .string("groups/\(account.group(group)?.id ?? group)")
        row["rank"] = .integer(assignment.rank)
      } else if let unit = assignment.orgUnit {
        row["targetOrgUnit"] = .string("orgUnits/\(account.unitID(unit))")
      }
      if let profile = assignment.profile {
        if assignment.mode == "SAML_SSO" {
          row["samlSsoInfo"] = [
            "inboundSamlSsoProfile": .string("inboundSamlSsoProfiles/\(profile)")
          ]
        } else {
          row["oidcSsoInfo"] = [
            "inboundOidcSsoProfile": .string("inboundOidcSsoProfiles/\(profile)")
          ]
        }
      }
      if let condition = assignment.redirectCondition {
        row["signInBehavior"] = ["redirectCondition": .string(condition)]
      }
      return JSON.object(row).merging(assignment.raw)
    }
    return try page(call, context).reply(rows, under: "inboundSsoAssignments")
  }

  private static func profiles(
    _ call: Call, _ context: Context, isSAML: Bool
  ) throws -> Reply {
    try checkCustomer(call, context)
    let key = isSAML ? "inboundSamlSsoProfiles" : "inboundOidcSsoProfiles"
    let rows = context.account.profiles.filter { $0.isSAML == isSAML }.map { profile -> JSON in
      [
        "name": .string("\(key)/\(profile.id)"),
        "customer": .string("customers/\(context.account.customer)"),
        "displayName": .string(profile.displayName),
        "idpConfig": isSAML
          ? [
            "entityId": .string(profile.issuer),
            "singleSignOnServiceUri": .string(profile.signInURL ?? ""),
          ] : ["issuerUri": .string(profile.issuer)],
        isSAML ? "spConfig" : "rpConfig": [
          "entityId": .string("https://accounts.google.com/samlrp/\(profile.id)")
        ],
      ]
    }
    return try page(call, context).reply(rows, under: key)
  }

  private static func policies(_ call: Call, _ context: Context) async throws -> Reply {
    let account = context.account
    var rows = account.policies.map { policy($0, account) }
    if let filter = call.parameter("filter") {
      let type = try typePattern(filter, account)
      rows = rows.filter { row in
        guard let type else { return true }
        return row["setting"]?["type"]?.text?.firstMatch(of: type) != nil
      }
    }
    return try page(call, context).reply(rows, under: "policies")
  }

  /// The pattern for setting types in a filter of customer and type.
  private static func typePattern(
    _ filter: String, _ account: GoogleWorkspace
  ) throws -> Regex<AnyRegexOutput>? {
    let invalid = Refusal(
      status: 400, code: "INVALID_ARGUMENT", message: "Request contains an invalid filter.")
    var pattern: Regex<AnyRegexOutput>?
    for clause in filter.split(separator: "&&") {
      let clause = clause.trimmingCharacters(in: .whitespaces)
      if clause.hasPrefix("customer") {
        let bare = clause.replacing(" ", with: "")
        let known = ["my_customer", account.customer]
        guard known.contains(where: { bare == "customer==\"customers/\($0)\"" }) else {
          throw invalid
        }
      } else {
        let head = "setting.type.matches('"
        guard clause.hasPrefix(head), clause.hasSuffix("')"),
          let regex = try? Regex(String(clause.dropFirst(head.count).dropLast(2)))
        else { throw invalid }
        pattern = regex
      }
    }
    return pattern
  }

  private static func policy(_ policy: GooglePolicy, _ account: GoogleWorkspace) -> JSON {
    let unit = policy.orgUnit.map { account.unitID($0) }
    let group = policy.group.map { account.group($0)?.id ?? $0 }
    let clauses = [
      unit.map {
        "entity.org_units.exists(org_unit, org_unit.org_unit_id == orgUnitId('\($0)'))"
      },
      group.map { "entity.groups.exists(group, group.group_id == groupId('\($0)'))" },
    ].compactMap(\.self)
    let query = policy.query ?? clauses.joined(separator: " && ")
    let isLiteral = group?.hasPrefix("WORKSPACE_") == true
    let row: JSON = [
      "name": .string("policies/\(policy.id)"),
      "customer": .string("customers/\(account.customer)"), "type": .string(policy.type),
      "policyQuery": .compact([
        "orgUnit": unit.map { .string("orgUnits/\($0)") },
        "group": group.map { .string(isLiteral ? $0 : "groups/\($0)") },
        "query": .string(query), "sortOrder": .number(policy.sortOrder),
      ]),
      "setting": [
        "type": .string("settings/\(policy.fullSetting)"),
        "value": policy.value,
      ],
    ]
    let whole = row.merging(policy.raw)
    return policy.isSnake ? snake(whole) : whole
  }

  private static func snake(_ value: JSON) -> JSON {
    guard case .object(let properties) = value else { return value }
    return .object(
      Dictionary(
        properties.map { name, inner in
          (
            name.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined(),
            snake(inner)
          )
        }, uniquingKeysWith: { first, _ in first }))
  }
}
