internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Logging

/// One reading of a tenant.
struct EntraRun: Sendable {
  let configuration: EntraConfiguration
  let client: APIClient
  let clock: @Sendable () -> Timestamp
  let progress: Progress
  let reading: Reading
  var log: ReadingLog { reading.log }

  init(
    configuration: EntraConfiguration, client: APIClient,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger, progress: Progress
  ) {
    self.configuration = configuration
    self.client = client
    self.clock = clock
    self.progress = progress
    reading = Reading(
      client, progress: progress, logger: logger, startedAt: clock(),
      remedy: configuration.remedy)
  }

  /// Keeps a failure as an issue, with what to do about it.
  ///
  /// After a refused credential nothing more is asked, so it is never a detail.
  func keep(_ error: ConnectorError, _ doubts: Doubts = .verdicts) {
    reading.keep(error, error.code == .unauthorised ? .verdicts : doubts)
  }

  /// Keeps a failure to read a part that models then know as unknown.
  ///
  /// What is refused for good leaves the other verdicts standing; what may succeed the next time doubts them all.
  func keepPart(_ error: ConnectorError) { reading.keep(error, .partsWhenRefused) }

  /// A part that could not be read.
  func unreadable<T>(_ error: ConnectorError) -> Part<T> {
    .unreadable(reason: Sentence.clause(error.message), remedy: reading.phrase(for: error))
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    progress(configuration.name, "policies", done: 0)
    var result = ProviderReading(
      source: log.reading(kind: "entra", at: clock()), apps: [],
      accounts: AccountTable(atomCount: 0), hosts: hosts)
    let tenant = configuration.tenant
    // A provider that a domain leaves sign-ins to is sent the principal name.
    result.passesOn = .login
    result.tenantMarks = [tenant, tenant.lowercased(), tenant.uppercased()]
    do throws(ConnectorError) {
      // A credential that is refused is not tried on every list.
      _ = try await client.credentials.current()
      var policies = await readPolicies(query)
      result.accounts = await readAccounts(query, &policies)
      result.apps = policies.apps.map(\.result)
      result.groups = policies.asked
    } catch {
      keep(error)
      result.apps = query.apps.map { id in
        ProviderApp(
          id: id, label: id,
          state: .unreadable(reason: error.message, remedy: reading.phrase(for: error)))
      }
    }
    result.source = log.reading(kind: "entra", at: clock())
    return result
  }

  private var hosts: Set<String> {
    let own = [configuration.url, configuration.loginURL].compactMap(SourceHost.of)
    return Set(own + EntraConfiguration.vendorHosts)
  }
}
