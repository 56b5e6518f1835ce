extension PageExport {
  /// A GET request whose pages are to be written.
  public struct Request: Sendable, Hashable {
    /// The vendor that is asked.
    public var vendor: Vendor
    /// Path and query, as sent.
    public var target: String
    /// Heroku's `Range` header.
    public var range: String?

    /// Makes a request.
    public init(vendor: Vendor, target: String, range: String? = nil) {
      self.vendor = vendor
      self.target = target
      self.range = range
    }

    /// Reads a request such as `heroku /teams/acme/members email ..; max=1000`.
    public init?(_ text: String) {
      let parts = text.split(separator: " ", maxSplits: 2).map(String.init)
      guard parts.count >= 2,
        let vendor = [Vendor.heroku, .okta].first(where: { $0.rawValue == parts[0] }),
        parts[1].hasPrefix("/")
      else { return nil }
      self.init(vendor: vendor, target: parts[1], range: parts.count > 2 ? parts[2] : nil)
    }

    /// The request as text that can be read again.
    public var text: String {
      "\(vendor.rawValue) \(target)" + (range.map { " \($0)" } ?? "")
    }

    /// The query parameters that tell pages apart; their order does not matter, others are ignored.
    static let parameters = [
      "type", "status", "expand", "limit", "filter", "search", "q", "fields", "after",
    ]

    /// What tells this request apart: path, parameters and range.
    var key: String {
      let parts = target.split(separator: "?", maxSplits: 1)
      var values: [String: String] = [:]
      for pair in parts.dropFirst().joined().split(separator: "&") {
        let sides = pair.split(separator: "=", maxSplits: 1)
        guard sides.count == 2 else { continue }
        values[String(sides[0])] = String(sides[1])
      }
      let query = Self.parameters.map { values[$0] ?? "" }
      let path = String(parts.first ?? "/")
      return ([path] + query + [range ?? ""]).joined(separator: "|")
    }
  }

  /// The first requests of every list in a request log, each once.
  public static func requests(in log: [RecordedRequest]) -> [Request] {
    var seen: Set<Request> = []
    return log.compactMap { entry -> Request? in
      guard entry.method == "GET", entry.endpoint != "unknown", (200...206).contains(entry.status)
      else { return nil }
      let target = entry.path + (entry.query.isEmpty ? "" : "?" + entry.query)
      let range = entry.headers["range"]
      // What is reached from a first page is followed anyway.
      if target.contains("after=") || range?.contains(" ]") == true { return nil }
      let request = Request(vendor: entry.vendor, target: target, range: range)
      return seen.insert(request).inserted ? request : nil
    }
  }

  /// The requests that deciding about every team and app of an organisation usually takes.
  public static func usualRequests(for scenario: Scenario) -> [Request] {
    var heroku = ["/account", "/account/rate-limits", "/teams", "/teams/permissions"]
    heroku.append("/enterprise-accounts")
    for account in scenario.heroku.enterpriseAccounts {
      let path = "/enterprise-accounts/\(account.name)"
      heroku += [path, path + "/members", path + "/teams"]
    }
    for team in scenario.heroku.teams {
      let path = "/teams/\(team.name)"
      heroku.append(path)
      for part in ["apps", "permissions", "invitations", "features", "identity-providers"] {
        heroku.append("\(path)/\(part)")
      }
      heroku += team.apps.flatMap {
        ["/teams/apps/\($0.name)/collaborators", "/apps/\($0.name)/collaborators"]
      }
    }
    let members = scenario.heroku.teams.flatMap { team in
      ["email ..; max=1000", "email ..; max=200", nil].map {
        Request(vendor: .heroku, target: "/teams/\(team.name)/members", range: $0)
      }
    }
    return heroku.map { Request(vendor: .heroku, target: $0) } + members
      + okta(scenario).map { Request(vendor: .okta, target: $0) }
  }

  private static func okta(_ scenario: Scenario) -> [String] {
    let organisation = Organisation(scenario)
    let isClassic = scenario.okta.pipeline == "v1"
    var targets = [
      "/.well-known/okta-organization", "/api/v1/users?limit=200",
      "/api/v1/users?filter=status%20eq%20%22DEPROVISIONED%22&limit=200",
      "/api/v1/groups?limit=200", "/api/v1/apps?limit=200", "/api/v1/zones", "/api/v1/idps",
      "/api/v1/zones?limit=200", "/api/v1/idps?limit=200",
    ]
    if !isClassic { targets += ["/api/v1/authenticators", "/api/v1/device-assurances"] }
    for type in ["OKTA_SIGN_ON", "MFA_ENROLL"] + (isClassic ? [] : ["ACCESS_POLICY"]) {
      for suffix in ["", "&status=ACTIVE"] {
        targets.append("/api/v1/policies?type=\(type)\(suffix)")
        targets.append("/api/v1/policies?type=\(type)\(suffix)&expand=rules")
      }
    }
    for app in scenario.okta.apps where app.name == "heroku" {
      let path = "/api/v1/apps/\(app.id)"
      targets += [path, path + "/users?limit=500", path + "/groups?limit=200"]
    }
    for policy in organisation.policies where !isClassic || policy.type != "ACCESS_POLICY" {
      let path = "/api/v1/policies/\(policy.id)"
      targets += [path, path + "?expand=rules", path + "/rules", path + "/mappings"]
    }
    let mentioned = Set(
      organisation.policies.flatMap { policy in
        policy.groups + policy.rules.flatMap { $0.groups + $0.exceptGroups }
      } + scenario.okta.apps.filter { $0.name == "heroku" }.flatMap(\.groups))
    for group in organisation.groups
    where mentioned.contains(group.name) || mentioned.contains(group.id) {
      targets += ["/api/v1/groups/\(group.id)", "/api/v1/groups/\(group.id)/users?limit=200"]
    }
    return targets
  }
}
