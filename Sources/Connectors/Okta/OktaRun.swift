internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// One reading of an organisation.
struct OktaRun: Sendable {
  let connector: OktaConnector
  let reading: Reading
  /// What is to be read otherwise than Okta says it.
  let edits: PolicyEdits

  var client: APIClient { connector.client }
  var configuration: OktaConfiguration { connector.configuration }

  init(_ connector: OktaConnector, edits: PolicyEdits, progress: Progress) {
    self.connector = connector
    self.edits = edits
    reading = Reading(
      connector.client, progress: progress, logger: connector.logger, startedAt: connector.clock(),
      remedy: connector.configuration.remedy)
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    reading.tell("policies", done: 0)
    var result = ProviderReading(
      source: reading.log.reading(kind: connector.kind, at: connector.clock()), apps: [],
      accounts: AccountTable(atomCount: 0), hosts: hosts(besides: []),
      vendorHostSuffixes: OktaConfiguration.vendorHosts)
    do throws(ConnectorError) {
      let organisation = try await organisation()
      result.hosts = hosts(besides: organisation.links)
      var policies = try await readPolicies(query, organisation)
      let accounts = await readAccounts(query, &policies)
      result.apps = policies.apps.map(\.result)
      result.groups = policies.groups
      result.passesOn = policies.passesOn
      result.accounts = accounts
    } catch {
      reading.keep(error)
      result.apps = query.apps.map { id in
        ProviderApp(
          id: id, label: id,
          state: .unreadable(reason: error.message, remedy: reading.phrase(for: error)))
      }
    }
    result.source = reading.log.reading(kind: connector.kind, at: connector.clock())
    return result
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
