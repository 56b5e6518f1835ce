internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Logging

/// One reading of an organisation.
struct OktaRun: Sendable {
  let configuration: OktaConfiguration
  let client: APIClient
  let clock: @Sendable () -> Timestamp
  let logger: Logger
  let progress: Progress
  let log: ReadingLog
  /// What is to be read otherwise than Okta says it.
  let edits: PolicyEdits

  init(
    configuration: OktaConfiguration, client: APIClient, clock: @escaping @Sendable () -> Timestamp,
    logger: Logger, progress: Progress, edits: PolicyEdits = PolicyEdits()
  ) {
    self.configuration = configuration
    self.client = client
    self.clock = clock
    self.logger = logger
    self.progress = progress
    self.edits = edits
    log = ReadingLog(client.source, startedAt: clock())
  }

  /// Keeps a failure as an issue, with what to do about it.
  func keep(_ error: ConnectorError, affects: SourceIssue.Affects = .verdicts) {
    logger.debug("\(error)")
    log.add(error.issue(remedy: configuration.remedy(for: error), affects: affects))
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    progress(configuration.name, "policies", done: 0)
    var reading = ProviderReading(
      source: log.reading(kind: "okta", at: clock()), apps: [],
      accounts: AccountTable(atomCount: 0), hosts: hosts(besides: []),
      vendorHostSuffixes: OktaConfiguration.vendorHosts)
    do throws(ConnectorError) {
      let organisation = try await organisation()
      reading.hosts = hosts(besides: organisation.links)
      var policies = try await readPolicies(query, organisation)
      let accounts = await readAccounts(query, &policies)
      reading.apps = policies.apps.map(\.result)
      reading.groups = policies.groups
      reading.passesOn = policies.passesOn
      reading.accounts = accounts
    } catch {
      keep(error)
      reading.apps = query.apps.map { id in
        ProviderApp(
          id: id, label: id,
          state: .unreadable(reason: error.message, remedy: configuration.phrase(for: error)))
      }
    }
    reading.source = log.reading(kind: "okta", at: clock())
    return reading
  }

  /// What kind of organisation this is; asked without credentials.
  private func organisation() async throws(ConnectorError) -> OktaWire.Organisation {
    let request = client.get("/.well-known/okta-organization")
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await client.source.send(request)
    } catch {
      throw ConnectorError(
        error, vendor: client.vendor, call: request.endpoint, vendorCode: client.vendorCode)
    }
    guard response.isSuccess else {
      throw ConnectorError(
        response, request: request, source: configuration.name, vendor: client.vendor,
        vendorCode: client.vendorCode)
    }
    do throws(WireError) {
      return try OktaWire.Organisation(try JSONReader().value(response.body))
    } catch {
      throw client.malformed(error, request)
    }
  }

  private func hosts(besides links: [String]) -> Set<String> {
    Set(([configuration.url] + links).compactMap(SourceHost.of))
  }
}

extension OktaConfiguration {
  /// The hosts in the entity ids that Okta makes for every organisation, `http://www.okta.com/exk…`.
  static let vendorHosts = ["www.okta.com", "www.oktapreview.com", "www.okta-emea.com"]
}
