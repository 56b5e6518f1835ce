internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// One reading of an environment.
struct PingOneRun: Sendable {
  let connector: PingOneConnector
  let edits: PolicyEdits
  let progress: Progress
  let log: ReadingLog

  var client: APIClient { connector.client }
  var configuration: PingOneConfiguration { connector.configuration }

  init(_ connector: PingOneConnector, edits: PolicyEdits, progress: Progress) {
    self.connector = connector
    self.edits = edits
    self.progress = progress
    log = ReadingLog(connector.client.source, startedAt: connector.clock())
  }

  /// Policies first, then people, since who has authority over accounts matters to policies; then the groups and devices
  /// that policies ask for.
  func read(_ query: ProviderQuery) async -> ProviderReading {
    progress(configuration.name, "policies", done: 0)
    let policies = await readPolicies(query.apps)
    let watch = await query.watch()
    var people = watch.isEmpty ? [] : await readPeople(watch)
    var compiled = compile(policies, people)
    if !people.isEmpty {
      let groups = await readGroups(compiled.groups, people)
      compiled.take(groups, &people)
      await readDevices(
        &people, compiled, all: query.collectFactors || configuration.collectFactors)
    }
    var table = AccountTable(atomCount: compiled.atoms.facts.count, capacity: people.count)
    for person in people { table.append(compiled.account(of: person)) }
    let wanted = people.isEmpty ? WantedGroups() : await members(of: query.groups, people)
    table.forgetIDs()
    var reading = ProviderReading(
      source: log.reading(kind: connector.kind, at: connector.clock()), apps: compiled.apps,
      accounts: table,
      hosts: Set([configuration.loginURL].compactMap(SourceHost.of)),
      vendorHostSuffixes: PingOneConfiguration.vendorHosts)
    // All customers of a region sign in at one host; the environment stands in the path.
    reading.tenantMarks = [configuration.environment]
    reading.tell(wanted)
    return reading
  }

  /// Keeps a failure as an issue, with what to do about it.
  func keep(_ error: ConnectorError, affects: SourceIssue.Affects = .verdicts) {
    connector.logger.debug("\(error)")
    log.add(error.issue(remedy: configuration.remedy(for: error), affects: affects))
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
  ) async -> PolicyPart<[T]> {
    let request = get(template, values)
    do throws(ConnectorError) {
      let rows = edit(try await client.halRows(request, key, log))
      do throws(WireError) {
        return .read(try JSONValue.array(rows).rows(read))
      } catch {
        throw client.malformed(error, request)
      }
    } catch {
      keep(error)
      return .unreadable(
        reason: Sentence.clause(error.message), remedy: configuration.phrase(for: error))
    }
  }
}
