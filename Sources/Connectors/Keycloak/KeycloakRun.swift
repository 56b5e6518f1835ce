internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// One reading of a realm.
struct KeycloakRun: Sendable {
  let connector: KeycloakConnector
  let reading: Reading
  var client: APIClient { connector.client }
  var configuration: KeycloakConfiguration { connector.configuration }

  init(_ connector: KeycloakConnector, _ progress: Progress) {
    self.connector = connector
    reading = Reading(
      connector.client, progress: progress, logger: connector.logger, startedAt: connector.clock(),
      remedy: connector.configuration.remedy)
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    reading.tell("flows", done: 0)
    var accounts = AccountTable(atomCount: 0)
    var links: [AppID: String] = [:]
    let apps: [ProviderApp]
    var groups: [String: SubjectAtom.ID] = [:]
    do throws(ConnectorError) {
      let picture = try await readRealm(query, &links)
      var compiled = compile(query.apps, picture, groups: query.groups)
      accounts = await readAccounts(query, &compiled)
      apps = compiled.apps
      groups = compiled.groups
    } catch {
      reading.keep(error)
      apps = query.apps.map { id in
        ProviderApp(
          id: id, label: id,
          state: .unreadable(reason: error.message, remedy: reading.phrase(for: error)),
          policyLink: links[id])
      }
    }
    var result = ProviderReading(
      source: reading.log.reading(kind: "keycloak", at: connector.clock()), apps: apps,
      accounts: accounts,
      hosts: Set([configuration.url, configuration.loginURL].compactMap(SourceHost.of)))
    result.tenantMarks = [
      "realms/\(configuration.realm)", "realms/\(URLText.encoded(configuration.realm))",
    ]
    result.groups = groups
    return result
  }

  // MARK: Calls

  /// A read below the realm; `template` begins behind `/admin/realms/{realm}`.
  func get(
    _ template: String = "", _ values: [String] = [], query: [(String, String)] = []
  ) -> HTTPRequest {
    client.get(
      "/admin/realms/{realm}\(template)", [configuration.realm] + values, query: query)
  }

  /// How many rows a page of a list has; the size that the server takes when none is asked for.
  static let pageSize = 100

  /// A list that is counted in rows: a page that is not full is its last.
  static func paging(_ size: Int = pageSize) -> PagingStyle {
    .offset(
      parameter: "first", limitParameter: "max", limit: size, base: 0,
      received: { rows(in: $0) }, total: { rows(in: $0) < size ? 0 : nil })
  }

  /// How many rows a page has; a page that is no list is told by whoever reads it.
  private static func rows(in response: HTTPResponse) -> Int {
    var count = 0
    try? JSONReader().withRoot(response.body) { root throws(WireError) in
      guard root.type == .array else { return }
      try root.forEach { _, _ throws(WireError) in count += 1 }
    }
    return count
  }

  /// A list that fits in one reply.
  static let whole = ListShape(.single)

  /// Reads a list of small rows, which a key of theirs tells apart.
  func rows<T>(
    _ request: HTTPRequest, by shape: ListShape = ListShape(paging()), id key: String = "id",
    edit: ([JSONValue]) -> [JSONValue] = { $0 }, isOrdered: Bool = false,
    _ read: (JSONValue) throws(WireError) -> T
  ) async throws(ConnectorError) -> [T] {
    try await reading.rows(
      request, shape, edit: edit, isOrdered: isOrdered, id: { $0[key]?.string }, read)
  }
}
