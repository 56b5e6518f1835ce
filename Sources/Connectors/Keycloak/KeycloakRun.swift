internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// One reading of a realm.
struct KeycloakRun: Sendable {
  let configuration: KeycloakConfiguration
  let client: APIClient
  let clock: @Sendable () -> Timestamp
  let logger: Logger
  let progress: Progress
  let log: ReadingLog

  init(
    configuration: KeycloakConfiguration, client: APIClient,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger, progress: Progress
  ) {
    self.configuration = configuration
    self.client = client
    self.clock = clock
    self.logger = logger
    self.progress = progress
    log = ReadingLog(client.source, startedAt: clock())
  }

  /// Keeps a failure as an issue, with what to do about it.
  func keep(_ error: ConnectorError, affects: SourceIssue.Affects = .verdicts) {
    logger.debug("\(error)")
    log.add(error.issue(remedy: configuration.remedy(for: error), affects: affects))
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    progress(configuration.name, "flows", done: 0)
    var reading = ProviderReading(
      source: log.reading(kind: "keycloak", at: clock()), apps: [],
      accounts: AccountTable(atomCount: 0),
      hosts: Set(
        [configuration.url, configuration.loginURL].compactMap(SourceHost.of)))
    reading.tenantMarks = [
      "realms/\(configuration.realm)", "realms/\(URLText.encoded(configuration.realm))",
    ]
    var links: [AppID: String] = [:]
    do throws(ConnectorError) {
      let picture = try await readRealm(query, &links)
      var compiled = compile(query.apps, picture, groups: query.groups)
      reading.accounts = await readAccounts(query, &compiled)
      reading.apps = compiled.apps
      reading.groups = compiled.groups
    } catch {
      keep(error)
      reading.apps = query.apps.map { id in
        ProviderApp(
          id: id, label: id,
          state: .unreadable(reason: error.message, remedy: configuration.phrase(for: error)),
          policyLink: links[id])
      }
    }
    reading.source = log.reading(kind: "keycloak", at: clock())
    return reading
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

  /// Reads a document that fits in one reply.
  func value<T>(
    _ request: HTTPRequest, _ read: (JSONValue) throws(WireError) -> T
  ) async throws(ConnectorError) -> T {
    let json = try await client.value(request)
    do throws(WireError) {
      return try read(json)
    } catch {
      throw client.malformed(error, request)
    }
  }

  /// Reads a list page by page; one that names a row twice is read again, once.
  func rows<T>(
    _ request: HTTPRequest, _ style: PagingStyle = paging(), id: (T) -> String,
    _ read: (JSONValue) throws(WireError) -> T
  ) async throws(ConnectorError) -> [T] {
    let reader = JSONReader()
    return try await client.readingAgain(request.endpoint) { seen throws(ConnectorError) in
      var result: [T] = []
      try await client.pages(request, style) { response, page throws(ConnectorError) in
        let rows: [T]
        do throws(WireError) {
          rows = try reader.value(response.body).rows(read)
        } catch {
          throw client.malformed(error, request, page: page)
        }
        for row in rows where seen.isNew(id(row), page: page) { result.append(row) }
        try seen.endPage(page, of: request.endpoint, client)
      }
      return result
    }
  }

  /// A part of the realm, or why it could not be read.
  ///
  /// - Parameters:
  ///   - affects: what its loss makes uncertain.
  ///   - refused: what a refusal for good makes uncertain, where that is less; the model then has an unknown for it.
  func part<T: Sendable>(
    affects: SourceIssue.Affects = .verdicts, whenRefused refused: SourceIssue.Affects? = nil,
    _ read: () async throws(ConnectorError) -> T
  ) async -> KeycloakPart<T> {
    do throws(ConnectorError) {
      return .read(try await read())
    } catch {
      // Once the credential is refused, the accounts are not read either.
      keep(
        error,
        affects: error.code == .unauthorised
          ? .verdicts : error.loss(whenRefused: refused ?? affects, otherwise: affects))
      return .unreadable(
        reason: Sentence.clause(error.message), remedy: configuration.phrase(for: error))
    }
  }
}
