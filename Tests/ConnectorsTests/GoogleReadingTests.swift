import CurlTransport
import Foundation
import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Google
@testable import JSONQuery

/// How the account is read: tokens, requests, aliases, edits.
@Suite("Google, as it is read") struct GoogleReadingTests {
  private typealias W = Workspaces

  @Test("one token a right: the super administrator is used for policies alone")
  func tokens() async throws {
    try await Bench.run(W.scenario(W.account(isEnforced: true))) { bench in
      let judged = await bench.judgeGoogle([W.ana])
      #expect(judged.reading.source.isComplete)
      let counts = await bench.mock.requestCounts(.google)
      #expect(counts["POST /token"] == 3)
      #expect(judged.reading.source.requests == counts.values.reduce(0, +))
    }
  }

  @Test("an organisation of thousands costs its pages, and nothing a person")
  func pages() async throws {
    var account = W.account(isEnforced: true)
    account.users += (0..<2_000).map { GoogleUser("user\($0)@acme.com", isEnforced: true) }
    try await Bench.run(W.scenario(account)) { bench in
      let people = (0..<200).map { "user\($0)@acme.com" }
      let judged = await bench.judgeGoogle(people)
      #expect(judged.records.values.allSatisfy { $0.verdict == .enforced })
      #expect(judged.reading.source.fetched == 2_001)
      let counts = await bench.mock.requestCounts(.google)
      #expect(counts["GET /admin/directory/v1/users"] == 5)
    }
  }

  @Test("the Policy API is asked less than once a second")
  func pacing() async throws {
    var account = W.account(isEnforced: true)
    account.policies = (0..<10).map {
      W.enforcement(from: "2025-03-01T00:00:00Z", orgUnit: "/Staff", sortOrder: Double($0))
    }
    account.largestPage = 2
    try await Bench.run(W.scenario(account)) { bench in
      let connector = bench.google()
      _ = await connector.readProvider(
        ProviderQuery(apps: ["google"]) { WatchList(keys: [W.ana]) }, progress: .none)
      let waited = try #require(connector.policies).source.statistics.waited
      #expect(waited > .seconds(3) && waited < .seconds(7), "\(waited)")
    }
  }

  @Test("people go by aliases too, and enrolment is told for certain")
  func aliases() async throws {
    var account = W.account(isEnforced: true)
    account.users[0].aliases = ["a.lima@acme.com"]
    try await Bench.run(W.scenario(account)) { bench in
      let judged = await bench.judgeGoogle(["a.lima@acme.com"])
      let record = try #require(judged["a.lima@acme.com"])
      #expect(record.verdict == .enforced)
      #expect(record.enrolled == .no)
      #expect(record.findings.contains(FindingSet(.notEnrolled)))
    }
  }

  @Test("a SAML app goes by its entity id and inherits the account's sign-in")
  func samlApp() async throws {
    try await Bench.run(W.scenario(W.account(isEnforced: true))) { bench in
      let app = "https://sso.heroku.com/saml/acme"
      let judged = await bench.judgeGoogle([W.ana], app: app)
      #expect(judged[W.ana]?.verdict == .enforced)
      #expect(judged.evidence(W.ana).contains("application behind Google"))
      #expect(judged.reading.apps.first?.id == app)
    }
  }

  @Test("whatif judges by the edited policies, not by the flag of today")
  func edits() async throws {
    var account = W.account(isEnforced: true)
    account.policies = [
      W.enforcement(from: "1970-01-01T00:00:00Z", id: "base"),
      W.enforcement(from: "2025-03-01T00:00:00Z", group: "Staff", sortOrder: 9, id: "staff"),
    ]
    account.groups = [GoogleGroup("Staff", users: [W.ana])]
    try await Bench.run(W.scenario(account)) { bench in
      #expect(await bench.judgeGoogle([W.ana])[W.ana]?.verdict == .enforced)
      for edits in [
        PolicyEdits(disabled: ["staff"]), PolicyEdits(disabled: ["policies/staff"]),
        PolicyEdits(removedGroups: ["Staff"]),
      ] {
        #expect(
          await bench.judgeGoogle([W.ana], edits: edits)[W.ana]?.verdict == .notEnforced,
          "\(edits)")
      }
      let later: JSONValue = .object([
        "name": .string("policies/base"),
        "policyQuery": .object(["query": .string("true"), "sortOrder": .integer(10)]),
        "setting": .object([
          "type": .string("settings/security.two_step_verification_enforcement"),
          "value": .object(["enforcedFrom": .string("1970-01-01T00:00:00Z")]),
        ]),
      ])
      let judged = await bench.judgeGoogle([W.ana], edits: PolicyEdits(documents: [later]))
      #expect(judged[W.ana]?.verdict == .notEnforced)
    }
  }

  @Test(
    "a key file that is none says so, and never shows itself",
    arguments: [
      "not json", #"{"client_email":"x"}"#,
      #"{"client_email":"x","private_key_id":"k","private_key":"-----BEGIN hunter2-----"}"#,
    ])
  func brokenKey(file: String) async throws {
    try await Bench.run(W.scenario(W.account(isEnforced: true))) { bench in
      let judged = await bench.judgeGoogle([W.ana]) { $0.serviceAccount = Secret(file) }
      #expect(!judged.reading.source.isComplete)
      #expect(judged[W.ana]?.verdict == .cannotTell)
      #expect(judged.reading.source.issues.contains { $0.remedy.contains("JSON key file") })
      var text = ""
      dump(judged.reading.source, to: &text)
      #expect(!(text + bench.log.text).contains("hunter2"))
    }
  }

  @Test("doctor names the scope that is missing, and what to do")
  func doctor() async throws {
    var account = W.account(isEnforced: true)
    account.serviceAccounts[0].scopes.removeAll { $0.contains("inboundsso") }
    try await Bench.run(W.scenario(account)) { bench in
      let lines = await bench.google().diagnose()
      let failures = lines.filter { $0.outcome == .failure }
      #expect(failures.map(\.check) == ["scope cloud-identity.inboundsso.readonly"])
      #expect(failures.first?.remedy.contains("Domain-wide delegation") == true)
      #expect(lines.contains { $0.check == "clock" && $0.outcome == .good })
    }
  }

  @Test("nothing secret is in what is shown or logged")
  func secrets() async throws {
    try await Bench.run(W.scenario(W.account(isEnforced: true))) { bench in
      let judged = await bench.judgeGoogle([W.ana])
      var shown = bench.log.text
      dump(judged.reading.source, to: &shown)
      let key = GoogleServiceAccount.standard.privateKey
      let lines = key.split(separator: "\n").dropFirst().dropLast()
      #expect(lines.count > 10)
      #expect(!lines.contains { shown.contains($0) })
      let requests = await bench.mock.requests(.google)
      for token in requests.compactMap({ $0.headers["authorization"] }) {
        #expect(!shown.contains(token.dropFirst("Bearer ".count)))
      }
    }
  }
}

@Suite("Google's policy queries") struct GooglePolicyQueryTests {
  @Test(
    "the clauses of the documentation are read",
    arguments: [
      (
        "entity.org_units.exists(org_unit, org_unit.org_unit_id == orgUnitId('03ph'))",
        GooglePolicyQuery.any([.orgUnit("03ph")])
      ),
      (
        "entity.org_units.exists(orgUnit, orgUnit.org_unit_id==orgUnitId(\"orgUnits/03ph\"))",
        .any([.orgUnit("03ph")])
      ),
      (
        "!entity.groups.exists(g, g.group_id == groupId('01a') || g.group_id == groupId('01b'))",
        .not(.any([.any([.group("01a")]), .any([.group("01b")])]))
      ),
      (
        "entity.licenses.exists(license, license in ['/product/1/sku/2', '/product/1/sku/3'])",
        .licences(["/product/1/sku/2", "/product/1/sku/3"])
      ),
      ("true && (false || !!true)", .all([.always, .any([.never, .always])])),
    ])
  func clauses(text: String, expected: GooglePolicyQuery) {
    #expect(GooglePolicyQuery(text) == expected)
  }

  @Test(
    "what is not understood as a whole is not understood",
    arguments: [
      "", "entity", "entity.org_units.exists(o, o.org_unit_id == groupId('x'))",
      "entity.org_units.exists(o, p.org_unit_id == orgUnitId('x'))",
      "entity.org_units.all(o, o.org_unit_id == orgUnitId('x'))", "true &&", "true true",
      "entity.devices.exists(d, d.id == '1')", "entity.groups.exists(g, g.group_id != 'x')",
      "(true", "'x", "entity.groups.exists(g, g.group_id == groupId('a') && true)",
      String(repeating: "(", count: 5_000),
    ])
  func strange(text: String) {
    #expect(GooglePolicyQuery(text) == nil)
  }

  @Test("a thousand random queries mean what they were written from")
  func random() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<1_000 {
      let query = Self.query(depth: 4, &generator)
      let text = Self.text(query)
      let read = GooglePolicyQuery(text)
      for mask in 0..<16 {
        #expect(read.map { Self.holds($0, mask) } == Self.holds(query, mask), "\(text)")
      }
    }
  }

  private static func query(
    depth: Int, _ generator: inout SystemRandomNumberGenerator
  ) -> GooglePolicyQuery {
    switch Int.random(in: 0..<(depth == 0 ? 2 : 5), using: &generator) {
    case 0: return .orgUnit("u\(Int.random(in: 0..<2, using: &generator))")
    case 1: return .group("g\(Int.random(in: 0..<2, using: &generator))")
    case 2: return .not(query(depth: depth - 1, &generator))
    case 3: return .all((0..<2).map { _ in query(depth: depth - 1, &generator) })
    default: return .any((0..<3).map { _ in query(depth: depth - 1, &generator) })
    }
  }

  private static func text(_ query: GooglePolicyQuery) -> String {
    switch query {
    case .always: "true"
    case .never: "false"
    case .orgUnit(let id):
      "entity.org_units.exists(org_unit, org_unit.org_unit_id == orgUnitId('\(id)'))"
    case .group(let id): "entity.groups.exists(group, group.group_id == groupId('\(id)'))"
    case .licences: "false"
    case .not(let inner): "!(\(text(inner)))"
    // Without brackets around them `&&` binds closer than `||`.
    case .all(let parts): parts.map { "(\(text($0)))" }.joined(separator: " && ")
    case .any(let parts):
      parts.map { part in
        if case .all = part { text(part) } else { "(\(text(part)))" }
      }.joined(separator: " || ")
    }
  }

  private static func holds(_ query: GooglePolicyQuery, _ mask: Int) -> Bool {
    switch query {
    case .always: true
    case .never, .licences: false
    case .orgUnit(let id): mask & (id == "u0" ? 1 : 2) != 0
    case .group(let id): mask & (id == "g0" ? 4 : 8) != 0
    case .not(let inner): !holds(inner, mask)
    case .all(let parts): parts.allSatisfy { holds($0, mask) }
    case .any(let parts): parts.contains { holds($0, mask) }
    }
  }
}
