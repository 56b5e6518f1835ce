internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Logging

/// One reading of a tenant.
struct EntraRun: Sendable {
  let configuration: EntraConfiguration
  let client: APIClient
  let clock: @Sendable () -> Timestamp
  let logger: Logger
  let progress: Progress
  let log: ReadingLog

  init(
    configuration: EntraConfiguration, client: APIClient,
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
  ///
  /// After a refused credential nothing more is asked, so it is never a detail.
  func keep(_ error: ConnectorError, affects: SourceIssue.Affects = .verdicts) {
    logger.debug("\(error)")
    let affects = error.code == .unauthorised ? .verdicts : affects
    log.add(error.issue(remedy: configuration.remedy(for: error), affects: affects))
  }

  /// Keeps a failure to read a part that models then know as unknown.
  ///
  /// What is refused for good leaves the other verdicts standing; what may succeed the next time doubts them all.
  func keepPart(_ error: ConnectorError) {
    keep(error, affects: error.code == .forbidden || error.code == .notFound ? .parts : .verdicts)
  }

  /// A part that could not be read.
  func unreadable<T>(_ error: ConnectorError) -> EntraPart<T> {
    .unreadable(
      reason: Sentence.clause(error.message), remedy: configuration.phrase(for: error))
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    progress(configuration.name, "policies", done: 0)
    var reading = ProviderReading(
      source: log.reading(kind: "entra", at: clock()), apps: [],
      accounts: AccountTable(atomCount: 0), hosts: hosts)
    let tenant = configuration.tenant
    // A provider that a domain leaves sign-ins to is sent the principal name.
    reading.passesOn = .login
    reading.tenantMarks = [tenant, tenant.lowercased(), tenant.uppercased()]
    do throws(ConnectorError) {
      // A credential that is refused is not tried on every list.
      _ = try await client.credentials.current()
      var policies = await readPolicies(query)
      reading.accounts = await readAccounts(query, &policies)
      reading.apps = policies.apps.map(\.result)
      reading.groups = policies.asked
    } catch {
      keep(error)
      reading.apps = query.apps.map { id in
        ProviderApp(
          id: id, label: id,
          state: .unreadable(reason: error.message, remedy: configuration.phrase(for: error)))
      }
    }
    reading.source = log.reading(kind: "entra", at: clock())
    return reading
  }

  private var hosts: Set<String> {
    let own = [configuration.url, configuration.loginURL].compactMap(SourceHost.of)
    return Set(own + EntraConfiguration.vendorHosts)
  }
}
