internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// One reading of an environment.
struct PingOneRun: Sendable {
  let connector: PingOneConnector
  let edits: PolicyEdits
  let reading: Reading

  var client: APIClient { connector.client }
  var configuration: PingOneConfiguration { connector.configuration }

  init(_ connector: PingOneConnector, edits: PolicyEdits, progress: Progress) {
    self.connector = connector
    self.edits = edits
    reading = Reading(
      connector.client, progress: progress, logger: connector.logger, startedAt: connector.clock(),
      remedy: connector.configuration.remedy)
  }

  /// Policies first, then people, since who has authority over accounts matters to policies; then the groups and devices
  /// that policies ask for.
  func read(_ query: ProviderQuery) async -> ProviderReading {
    reading.tell("policies", done: 0)
    let policies = await readPolicies(query.apps)
    let watch = await query.watch()
    var people = watch.isEmpty ? [] : await readPeople(watch)
    var compiled = compile(policies, people)
    if !people.isEmpty {
      let groups = await readGroups(compiled.groups, people)
      compiled.take(groups, &people)
      await readDevices(
        &people, compiled, all: query.collectFactors || configuration.collectFactors)
      await readBypasses(&people, compiled)
    }
    var table = AccountTable(atomCount: compiled.atoms.facts.count, capacity: people.count)
    for person in people { table.append(compiled.account(of: person)) }
    let wanted = people.isEmpty ? WantedGroups() : await members(of: query.groups, people)
    table.forgetIDs()
    var result = ProviderReading(
      source: reading.log.reading(kind: connector.kind, at: connector.clock()), apps: compiled.apps,
      accounts: table,
      hosts: Set([configuration.loginURL].compactMap(SourceHost.of)),
      vendorHostSuffixes: PingOneConfiguration.vendorHosts)
    // All customers of a region sign in at one host; the environment stands in the path.
    result.tenantMarks = [configuration.environment]
    result.tell(wanted)
    return result
  }

  /// A read below the environment; `template` begins behind `/v1/environments/{env}`.
  func get(
    _ template: String, _ values: [String] = [], query: [(String, String)] = []
  ) -> HTTPRequest {
    client.get(
      "/v1/environments/{env}\(template)", [configuration.environment] + values, query: query)
  }

  /// Reads a list, or says why it could not be read.
  ///
  /// - Parameter edit: what `whatif` makes of the rows.
  func list<T: Sendable>(
    _ template: String, _ values: [String] = [], _ key: String,
    edit: ([JSONValue]) -> [JSONValue] = { $0 }, _ read: (JSONValue) throws(WireError) -> T
  ) async -> Part<[T]> {
    await reading.part { () throws(ConnectorError) in
      try await reading.rows(
        get(template, values), .hal(key), edit: edit, id: { $0["id"]?.string }, read)
    }
  }
}
