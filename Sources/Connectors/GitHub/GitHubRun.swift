internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// The reading of one organisation.
///
/// What each list means to a verdict decides what its failure means: without the members, the outside collaborators or the
/// links to the identity provider a wrong verdict could arise or somebody could go by another name, so the team is
/// incomplete; without the lists of who lacks a second factor it is so in part.
struct GitHubRun: Sendable {
  private let connector: GitHubConnector
  private let name: TeamName
  private let progress: Progress
  private var client: APIClient { connector.client }
  private var configuration: GitHubConfiguration { connector.configuration }

  init(_ connector: GitHubConnector, _ name: TeamName, _ progress: Progress) {
    self.connector = connector
    self.name = name
    self.progress = progress
  }

  func read() async -> TeamReading {
    let organisation: GitHubWire.Organisation
    do throws(ConnectorError) {
      let request = client.get("/orgs/{org}", [name])
      let json = try await client.wholeValue(request)
      do throws(WireError) {
        organisation = try GitHubWire.Organisation(json)
      } catch {
        throw client.malformed(error, request)
      }
    } catch {
      return unread([issue(error)])
    }
    async let owners = people("members", ["role": "admin"])
    // Everybody in one list: of two lists by role, whose role changes meanwhile may be in neither.
    async let members = people("members", ["role": "all"])
    async let outside = people("outside_collaborators", [:])
    async let links = linkResult()
    async let factors = factors(organisation)
    let parts = await (owners, members, outside, links)
    var roster = GitHubRoster(configuration)
    var issues = await factors.issues
    if organisation.requiresTwoFactor == nil { issues.append(hidden) }
    switch parts.3 {
    case .success(let found):
      roster.links = found
      let repeats = found.all.reduce(0) { $0 + $1.repeats }
      if repeats > 0 {
        issues.append(
          .repeatedRows(
            repeats, source: configuration.name, call: GitHubConfiguration.graphQLCall))
      }
    case .failure(let error):
      // Without the links people would go by other names, and seem to have come and gone.
      return unread(issues + [issue(error)])
    }
    let ownerIDs = Set(parts.0.people.map(\.id))
    roster.people += parts.1.people.map { ($0, ownerIDs.contains($0.id) ? "admin" : "member") }
    roster.people += parts.2.people.map { ($0, GitHubRoster.outsideRole) }
    for list in [parts.0, parts.1, parts.2] {
      if let error = list.error { issues.append(issue(error)) }
      if list.repeats > 0 {
        issues.append(
          .repeatedRows(list.repeats, source: configuration.name, call: list.call))
      }
    }
    if roster.hidesProvider { issues.append(hiddenProvider) }
    let enrolment = roster.enrolment(await factors.lists)
    if enrolment.isSuspicious, !(await isOwner()) {
      roster.factors = nil
      issues.append(unfiltered)
    } else {
      roster.factors = enrolment.lists
    }
    return roster.reading(name, organisation, issues)
      .refusingEmptiness(
        source: configuration.name, call: "GET /orgs/{org}/members", needsMembers: true)
  }

  private func unread(_ issues: [SourceIssue]) -> TeamReading {
    TeamReading(
      team: name, roster: Roster(), hasIdentityProvider: .unknown, saysSignIn: true,
      policy: PlatformPolicy(requiresMFA: .unknown, requiresSSO: .unknown), issues: issues)
  }

  /// A failure of this organisation, with what to do about it.
  private func issue(
    _ error: ConnectorError, affects: SourceIssue.Affects = .verdicts
  ) -> SourceIssue {
    connector.logger.debug("\(error)")
    return error.issue(remedy: configuration.remedy(for: error), affects: affects)
  }

  // MARK: Lists

  /// The people of a list as far as it was shown, and why that was not to its end.
  private struct List: Sendable {
    var people: [GitHubWire.Person] = []
    var error: ConnectorError?
    var call = ""
    /// How many people came again on a later page.
    var repeats = 0
  }

  private func people(_ list: String, _ parameters: [String: String]) async -> List {
    let query = [("per_page", "100")] + parameters.sorted { $0.key < $1.key }
    let request = client.get("/orgs/{org}/\(list)", [name], query: query.map { ($0.0, $0.1) })
    let reader = JSONReader()
    var result = List(call: "GET /orgs/{org}/\(list)")
    var seen: [Int64: String] = [:]
    do throws(ConnectorError) {
      try await client.pages(request, .link) { response, page throws(ConnectorError) in
        let rows: [GitHubWire.Person]
        do throws(WireError) {
          rows = try reader.withTable(response.body, GitHubWire.people) { table in
            (0..<table.count).map { index in
              GitHubWire.Person(
                id: table[index].integer(0) ?? 0, login: table[index].string(1) ?? "")
            }
          }
        } catch {
          throw client.malformed(error, request, page: page)
        }
        for (index, row) in rows.enumerated() {
          guard let known = seen.updateValue(row.login, forKey: row.id) else {
            result.people.append(row)
            continue
          }
          guard known == row.login else {
            throw client.duplicate(request.endpoint, page: page, row: index + 1)
          }
          // A link says where a page begins: a row that comes again is the same one.
          result.repeats += 1
        }
        progress(configuration.name, "people of \(name)", done: result.people.count)
        try client.refusePart(response, request, page: page)
      }
    } catch {
      result.error = error
    }
    return result
  }

  /// Who is linked to which identity provider, or why that is not known.
  private func linkResult() async -> Result<GitHubLinks, ConnectorError> {
    do throws(ConnectorError) {
      return .success(try await links())
    } catch {
      return .failure(error)
    }
  }

  private func links() async throws(ConnectorError) -> GitHubLinks {
    var links = GitHubLinks()
    guard configuration.saml != GitHubConfiguration.SAML.none || configuration.shortcode != nil
    else { return links }
    if let enterprise = configuration.enterprise {
      let reader = GitHubIdentities(
        client: client, url: configuration.graphQLURL, owner: .enterprise(enterprise))
      links.enterprise = try await reader.read()
    }
    let reader = GitHubIdentities(
      client: client, url: configuration.graphQLURL, owner: .organisation(name))
    links.organisation = try await reader.read()
    return links
  }

  // MARK: Second factors

  /// The lists of who has no second factor or a weak one; only owners may filter by it.
  private func factors(
    _ organisation: GitHubWire.Organisation
  ) async -> (lists: GitHubFactorLists?, issues: [SourceIssue]) {
    guard organisation.requiresTwoFactor != nil else { return (nil, []) }
    async let members = filtered("members")
    async let outside = filtered("outside_collaborators")
    let (first, second) = await (members, outside)
    return (
      GitHubFactorLists(members: first.lists, outside: second.lists), first.issues + second.issues
    )
  }

  private func filtered(
    _ list: String
  ) async -> (lists: GitHubFactorLists.Lists, issues: [SourceIssue]) {
    async let disabled = people(list, ["filter": "2fa_disabled"])
    async let insecure = people(list, ["filter": "2fa_insecure"])
    var issues: [SourceIssue] = []
    var ids: [Set<Int64>?] = []
    for part in await [disabled, insecure] {
      ids.append(part.error == nil ? Set(part.people.map(\.id)) : nil)
      if let error = part.error {
        // Who may not filter never may, and the rest of the organisation is known all the same; whatever else went wrong
        // may be right the next time, and keeps what was known.
        let isRefused =
          [.forbidden, .refused, .notFound].contains(error.code)
          && error.vendorCode != GitHubConfiguration.partialResults
        issues.append(issue(error, affects: isRefused ? .parts : .verdicts))
      }
    }
    return (GitHubFactorLists.Lists(disabled: ids[0], insecure: ids[1]), issues)
  }

  /// Whether the token is an owner's.
  private func isOwner() async -> Bool {
    do throws(ConnectorError) {
      let request = client.get("/user/memberships/orgs/{org}", [name])
      return try await client.value(request)["role"]?.string == "admin"
    } catch {
      return false
    }
  }

  /// GitHub refuses to tell the requirement by leaving it null; managed users do without it.
  private var hidden: SourceIssue {
    SourceIssue(
      code: ConnectorError.Code.forbidden.rawValue, call: "GET /orgs/{org}", status: 200,
      message:
        "GitHub does not show whether \(name) requires two-factor authentication: the token is not an owner's.",
      remedy: "Use the token of an owner, or give the app Administration: read.",
      affects: configuration.shortcode == nil ? .verdicts : .details)
  }

  private var hiddenProvider: SourceIssue {
    SourceIssue(
      code: ConnectorError.Code.contradiction.rawValue, call: GitHubConfiguration.graphQLCall,
      status: 200,
      message:
        "GitHub shows no identity provider for \(name), though the configuration says that single sign-on is required.",
      remedy: "Set enterprise if the provider belongs to the enterprise of the organisation.",
      affects: .parts)
  }

  private var unfiltered: SourceIssue {
    SourceIssue(
      code: "unfiltered", call: "GET /orgs/{org}/members", status: 200,
      message:
        "GitHub's list of who has no second factor names everybody in \(name), and the token is not known to be an owner's: the list may not have been filtered.",
      remedy: "Use the token of an owner.", affects: .details)
  }
}
