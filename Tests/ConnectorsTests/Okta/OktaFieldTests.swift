import ConnectorKit
import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import Okta

/// What Okta leaves out, or shows as null, makes nobody look better.
@Suite("Okta, a field that is missing", .everyField) struct OktaFieldTests {
  @Test(
    "or null, any one of any page, improves no verdict, loses nobody and is told",
    arguments: [OktaWorld.lenient], [Absence.leftOut, .null])
  func everyField(world: OktaWorld, absence: Absence) async throws {
    try await Bench.run(world.scenario) { bench in
      let good = await Self.read(bench)
      #expect(good.source.isComplete, "\(good.source.issues)")
      let changes = try await Self.changes(bench, absence)
      #expect(changes.count > 100)
      await Self.tryOut(changes[...], good, bench)
    }
  }

  enum Absence: Sendable { case leftOut, null }

  /// One field of one page, in one row or in all rows of a list of people.
  private struct Change: Sendable {
    var name: String
    var edits: [OktaPageEdit]
  }

  /// Tries changes together: what nobody reads changes nothing.
  ///
  /// Where something changes, each half is tried.
  private static func tryOut(
    _ changes: ArraySlice<Change>, _ good: Reading, _ bench: Bench
  ) async {
    guard let first = changes.first else { return }
    let edits = changes.flatMap(\.edits)
    await bench.mock.update { $0.okta.pageEdits = edits }
    let bad = await read(bench)
    if bad.verdicts == good.verdicts && bad.source.isComplete { return }
    guard changes.count > 1 else {
      return compare(
        good.verdicts, bad.verdicts, isComplete: bad.source.isComplete, first.name)
    }
    let middle = changes.startIndex + changes.count / 2
    await tryOut(changes[..<middle], good, bench)
    await tryOut(changes[middle...], good, bench)
  }

  private struct Reading {
    let source: SourceReading
    let verdicts: [String: Verdict]
  }

  private static func read(_ bench: Bench) async -> Reading {
    let keys = OktaWorld.people
    let provider = await bench.okta { $0.perAppPolicies = .none }.readProvider(
      ProviderQuery(apps: [OktaWorld.app]) { WatchList(keys: keys) },
      progress: .none)
    let door = OneDoor(provider: provider, app: OktaWorld.app)
    return Reading(
      source: provider.source,
      verdicts: Dictionary(uniqueKeysWithValues: keys.map { ($0, door.record($0).verdict) }))
  }

  /// Each field of each page; of lists of people the first row's, and the same of all rows.
  private static func changes(_ bench: Bench, _ absence: Absence) async throws -> [Change] {
    // What is compiled has a test of its own.
    let pages = try await pages(bench) { !$0.contains("/policies") || $0.contains("/mappings") }
    var changes: [Change] = []
    for (page, document) in pages.sorted(by: { $0.key < $1.key }) {
      let isOfPeople = document.elements != nil && page.contains("/users")
      var together: [[String]: [OktaPageEdit]] = [:]
      for field in OktaPageEdit.fields(of: document) where !isDocumented(page, field) {
        if absence == .null, document[field] == .null { continue }
        let edit = OktaPageEdit(page: page, field: field, value: absence == .null ? .null : nil)
        if isOfPeople { together[Array(field.dropFirst()), default: []].append(edit) }
        guard !isOfPeople || field.first == "0" else { continue }
        changes.append(Change(name: "\(page) \(field.joined(separator: "."))", edits: [edit]))
      }
      for (field, edits) in together.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        changes.append(
          Change(name: "\(page) all rows \(field.joined(separator: "."))", edits: edits))
      }
    }
    return changes
  }

  /// The documents that were read so far, by path and query.
  static func pages(
    _ bench: Bench, _ isWanted: (String) -> Bool
  ) async throws -> [String: JSON] {
    let source = bench.transport.source("pages")
    let headers = HTTPHeaders([("Authorization", "SSWS \(bench.mock.okta.token)")])
    var pages: [String: JSON] = [:]
    for request in await bench.mock.requests(.okta) where request.status == 200 {
      let page = request.path + (request.query.isEmpty ? "" : "?" + request.query)
      guard isWanted(page), pages[page] == nil else { continue }
      let response = try await source.send(
        HTTPRequest(.get, bench.mock.okta.baseURL + page, endpoint: "GET page", headers: headers))
      pages[page] = try JSON(parsing: response.body.bytes)
    }
    return pages
  }

  /// What Okta documents as optional, so that its absence is a statement: no restriction of that kind.
  ///
  /// - SeeAlso: <https://developer.okta.com/docs/api/openapi/okta-management/management/tags/policy>
  static func isDocumented(_ page: String, _ field: [String]) -> Bool {
    guard page.contains("/policies"), let place = field.firstIndex(of: "conditions"),
      field.contains("rules")
    else { return false }
    let inside = field[(place + 1)...].joined(separator: ".")
    return optional.contains(inside)
  }

  private static let optional: Set<String> = [
    // No restriction to devices, platforms or an expression is said by leaving it out.
    "device", "platform", "elCondition", "device.managed", "device.registered",
    // A rule for everybody names users or groups to leave out, or neither.
    "people.users", "people.groups", "people.users.include", "people.users.exclude",
    "people.groups.exclude",
  ]

  private static func rank(_ verdict: Verdict?) -> Int {
    switch verdict {
    case .notEnforced: 0
    case .cannotTell, nil: 1
    case .enforcedConditionally: 2
    case .enforced: 3
    case .notEvaluated: 4
    }
  }

  static func compare(
    _ good: [String: Verdict], _ bad: [String: Verdict], isComplete: Bool, _ change: String
  ) {
    for (person, before) in good {
      let after = bad[person] ?? .cannotTell
      guard after != before else { continue }
      #expect(
        after == .cannotTell || rank(after) < rank(before),
        "\(change): \(person) from \(before) to \(after)")
      // A rule without `requireFactor` asks for none: that is its documented default. Where no app user has a name,
      // the application has none.
      guard !change.hasSuffix("requireFactor"), !change.hasSuffix("all rows credentials"),
        !change.hasSuffix("all rows credentials.userName")
      else { continue }
      #expect(
        !isComplete, "\(change): \(person) from \(before) to \(after), complete")
    }
  }
}

extension JSON {
  /// The value at the end of a way.
  fileprivate subscript(way: [String]) -> JSON? {
    way.reduce(JSON?.some(self)) { value, step in
      guard let value else { return nil }
      if let elements = value.elements, let place = Int(step), elements.indices.contains(place) {
        return elements[place]
      }
      return value[step]
    }
  }
}
