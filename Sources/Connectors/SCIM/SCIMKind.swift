package import ConnectorKit
internal import CurlTransport
package import IdentityCore

/// A SCIM 2.0 server as a roster, and as a provider where an attribute tells the policy.
package struct SCIMKind: SourceKind {
  package let word = "scim"
  package let address = SourceAddress.required
  package let readsGroups = true
  package let inventory = StatedDoors.allCases.map(\.row)
  package let example = """
    people:
      kind: scim
      url: https://scim.acme.com/scim/v2
      token: env:SCIM_TOKEN            # or auth: { kind: basic | bearer | header | oauth2_client_credentials | mtls, … }
      team_is: group                   # or everyone
      groups: { acme-widgets: "Heroku widgets" }   # where a team and its group have different names
      admin_groups: [ "Heroku admins" ]
      role_path: 'roles[primary eq true].value'
      page_size: 100
      send_count: true                 # false where the server fails over the parameter count
      mfa:                             # without it the verdict is cannot-tell: SCIM has no such attribute of its own
        path: 'urn:acme:scim:security:2.0:User:mfaPolicy'
        meaning: enforcement           # or enrolment: enforced_values then mean enrolled, not_enforced_values not
        enforced_values: [ required ]
        conditional_values: [ risk-based ]
        not_enforced_values: [ optional, "off" ]
    """
  package let card = SourceCard(
    title: "SCIM 2.0", roles: [.roster, .provider],
    proves: [
      "who is in a group, and whose account is active",
      "what a mapped attribute demands of every person, where the operator declares it to be policy",
    ],
    conditional: ["values that the operator declares conditional"],
    cannotTell: [
      "MFA without a mapped attribute: no attribute of SCIM tells it",
      "enrolment only: never better than not-enforced",
    ],
    rights: ["reading /Users and /Groups"],
    requests:
      "a page for each 100 users, one more where one page holds all, two calls a group; one for the capabilities"
  )

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let auth = auth(keys)
    var configuration = SCIMConfiguration(name: "", url: "")
    configuration.teamIs = keys.choice("team_is", SCIMConfiguration.TeamIs.self) ?? .group
    if let section = keys.mapping("groups") {
      for team in section.names { configuration.groups[team] = section.string(team) }
      section.finish()
    }
    configuration.adminGroups = keys.strings("admin_groups") ?? []
    configuration.rolePath = path("role_path", keys)
    configuration.pageSize = keys.integer("page_size", in: 1...10_000) ?? 100
    configuration.sendsCount = keys.bool("send_count") ?? true
    let section = keys.mapping("mfa")
    configuration.mapping = section.flatMap { mapping($0) }
    guard let auth, keys.names.contains("mfa") == (configuration.mapping != nil) else { return nil }
    let made = configuration
    return { context in
      var configuration = made
      configuration.name = context.name
      configuration.url = context.url
      configuration.maxConcurrent = context.maxConcurrent
      configuration.rateShare = context.rateShare
      configuration.vouches = context.vouches
      return SCIMConnector(
        configuration: configuration, auth: try auth(context), transport: context.transport,
        clock: context.clock, logger: context.logger)
    }
  }

  private func auth(_ keys: any SourceKeys) -> AuthParser.Maker? {
    let token = keys.secret("token")
    let section = keys.mapping("auth")
    if keys.names.contains("token") == keys.names.contains("auth") {
      keys.reject("give either token or auth")
      return nil
    }
    if let token { return { .fixed(.bearer(try $0.secret(token))) } }
    return section.flatMap {
      AuthParser.maker($0, allowed: [.none, .basic, .bearer, .header, .clientCredentials, .mtls])
    }
  }

  private func path(_ key: String, _ keys: any SourceKeys) -> SCIMPath? {
    guard let text = keys.string(key) else { return nil }
    do throws(SCIMPath.Malformed) {
      return try SCIMPath(text)
    } catch {
      keys.reject(key, "\"\(text.prefix(80))\": \(error.reason)")
      return nil
    }
  }

  private func mapping(_ keys: any SourceKeys) -> SCIMConfiguration.Mapping? {
    for key in ["path", "meaning"] where !keys.names.contains(key) { keys.missing(key) }
    let path = path("path", keys)
    let meaning = keys.choice("meaning", SCIMConfiguration.Mapping.Meaning.self)
    var table: [String: Verdict] = [:]
    let lists: [(key: String, verdict: Verdict)] = [
      ("enforced_values", .enforced), ("conditional_values", .enforcedConditionally),
      ("not_enforced_values", .notEnforced),
    ]
    for (key, verdict) in lists {
      for value in keys.strings(key) ?? [] {
        if let other = table.updateValue(verdict, forKey: value), other != verdict {
          keys.reject(key, "\"\(value.prefix(40))\" is listed twice, with different meanings")
        }
      }
    }
    if meaning == .enforcement, table.isEmpty {
      keys.reject("list enforced_values, conditional_values or not_enforced_values")
      return nil
    }
    keys.finish()
    guard let path, let meaning else { return nil }
    return SCIMConfiguration.Mapping(path: path, meaning: meaning, table: table)
  }
}
