import CurlTransport
import Foundation
import IdentityCore
import Logging
import MockIdP
import Synchronization
import TestSupport

@testable import ConnectorKit
@testable import Endpoint
@testable import JSONQuery

/// The keys of one entry of a configuration, out of JSON text; keeps what is told about them.
final class EndpointKeys: SourceKeys {
  private let members: [String: JSONValue]
  private let path: String
  private let root: EndpointKeys?
  private var problems: [String] = []
  private var asked: Set<String> = []

  init(_ value: JSONValue, _ path: String = "", _ root: EndpointKeys? = nil) {
    members = value.object ?? [:]
    self.path = path
    self.root = root
  }

  convenience init(_ json: String) throws {
    self.init(try JSONReader().value(ResponseBody(copying: json.utf8)))
  }

  /// What was told, a line each: key and message.
  var told: [String] { root?.told ?? problems }

  var names: [String] { members.keys.sorted() }

  private func tell(_ key: String, _ message: String) {
    let owner = root ?? self
    owner.problems.append("\(path)\(key): \(message)")
  }

  func value(_ key: String) -> JSONValue? {
    asked.insert(key)
    return members[key]
  }

  private func read<T>(_ key: String, _ expected: String, _ body: (JSONValue) -> T?) -> T? {
    guard let value = value(key) else { return nil }
    if let result = body(value) { return result }
    tell(key, "expected \(expected)")
    return nil
  }

  func string(_ key: String) -> String? { read(key, "text", \.scalarText) }
  func requiredString(_ key: String) -> String? {
    if members[key] == nil { missing(key) }
    return string(key)
  }
  func strings(_ key: String) -> [String]? {
    read(key, "a list") { $0.array?.compactMap(\.scalarText) }
  }
  func bool(_ key: String) -> Bool? { read(key, "true or false", \.bool) }
  func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
    read(key, "a whole number") { value in
      value.integer.map { Int($0) }.flatMap { range.contains($0) ? $0 : nil }
    }
  }
  func seconds(_ key: String) -> Int64? { read(key, "a duration", \.integer) }
  func choice<Word: RawRepresentable & CaseIterable>(_ key: String, _ type: Word.Type) -> Word?
  where Word.RawValue == String {
    let words = Word.allCases.map(\.rawValue).joined(separator: " or ")
    return read(key, words) { $0.scalarText.flatMap { Word(rawValue: $0) } }
  }
  func secret(_ key: String) -> SecretHandle? {
    read(key, "env:NAME") { value in
      value.string.flatMap { $0.hasPrefix("env:") ? SecretHandle(reference: $0) : nil }
    }
  }
  func requiredSecret(_ key: String) -> SecretHandle? {
    if members[key] == nil { missing(key) }
    return secret(key)
  }
  func url(_ key: String) -> URLHandle? {
    read(key, "a URL") { $0.string.map { URLHandle(text: $0) } }
  }
  func file(_ key: String) -> String? { string(key) }
  func mapping(_ key: String) -> (any SourceKeys)? {
    read(key, "a mapping") { value in
      value.object == nil ? nil : EndpointKeys(value, "\(path)\(key).", root ?? self)
    }
  }
  func mappings(_ key: String) -> [any SourceKeys] {
    (value(key)?.array ?? []).enumerated().map { index, value in
      EndpointKeys(value, "\(path)\(key)[\(index)].", root ?? self)
    }
  }
  func missing(_ key: String) { tell("", "\"\(key)\" is missing") }
  func reject(_ key: String, _ message: String) { tell(key, message) }
  func reject(_ message: String) { tell("", message) }
  func finish() {
    for name in names where !asked.contains(name) { tell(name, "unknown key") }
  }
}

/// A mock and a source that is configured as in a file, for one test.
struct EndpointBench: Sendable {
  static let team = "acme-widgets"
  static let app = "app-1"

  let mock: MockIdP
  let transport: HTTPTransport
  let log: TestLog

  static func run<R>(
    _ scenario: Scenario, _ body: (EndpointBench) async throws -> R
  ) async throws -> R {
    try await TestSlots.run { try await runInSlot(scenario, body) }
  }

  private static func runInSlot<R>(
    _ scenario: Scenario, _ body: (EndpointBench) async throws -> R
  ) async throws -> R {
    let mock = try await MockIdP.start(scenario)
    let log = TestLog()
    let transport = HTTPTransport(
      configuration: TransportConfiguration(userAgent: "idsync/test", clock: .hurried()),
      logger: log.logger)
    if !scenario.faults.isEmpty { await mock.setFaults(scenario.faults) }
    let bench = EndpointBench(mock: mock, transport: transport, log: log)
    let result: Result<R, any Error>
    do { result = .success(try await body(bench)) } catch { result = .failure(error) }
    transport.shutdown()
    await mock.stop()
    return try result.get()
  }

  /// What is wrong with a configuration.
  static func problems(_ kind: any SourceKind, _ json: String) throws -> [String] {
    let keys = try EndpointKeys(json)
    _ = kind.configure(keys)
    keys.finish()
    return keys.told
  }

  /// Makes a source of a configuration.
  func source(_ kind: any SourceKind, _ json: String, _ vendor: Vendor) throws -> any Diagnosable {
    let keys = try EndpointKeys(json)
    let maker = kind.configure(keys)
    keys.finish()
    guard let maker, keys.told.isEmpty else {
      throw Broken(reason: keys.told.joined(separator: "\n"))
    }
    let endpoint = mock[vendor]
    let address = endpoint?.baseURL ?? ""
    let secret = endpoint?.token ?? ""
    let other = mock[.scim]?.token ?? ""
    return try maker(
      SourceContext(
        name: vendor.rawValue, url: vendor.rawValue == "scim" ? address + "/scim/v2" : address,
        transport: transport, clock: { Timestamp(Date()) }, logger: log.logger,
        secrets: {
          switch $0.reference {
          case "env:WRONG": Secret("wr0ng-Secret")
          case "env:SCIM": Secret(other)
          default: Secret(secret)
          }
        },
        addresses: { $0.text.replacingOccurrences(of: "MOCK", with: address) }))
  }

  func endpoint(_ json: String) throws -> EndpointConnector {
    guard let source = try source(EndpointKind(), json, .json) as? EndpointConnector else {
      throw Broken(reason: "no endpoint")
    }
    return source
  }

  struct Broken: Error { let reason: String }
}

extension EndpointBench {
  /// The same mock and transport.
  init(_ bench: Bench) {
    self.init(mock: bench.mock, transport: bench.transport, log: bench.log)
  }
}

/// What a provider states of some people, as the adjudicator judges it.
struct EndpointJudged {
  let provider: ProviderReading
  let records: [String: MemberRecord]

  init(
    _ connector: any ProviderConnector, _ emails: [String], app: AppID = EndpointBench.app,
    edits: PolicyEdits = PolicyEdits()
  ) async {
    var roster = Roster()
    for email in emails {
      roster.append(
        RosterMember(email: email, role: .member, federated: .unknown, platformMFA: .unknown))
    }
    let keys = emails
    provider = await connector.readProvider(
      ProviderQuery(apps: [app], edits: edits) { WatchList(keys: keys) }, progress: .none)
    let team = TeamReading(
      team: EndpointBench.team, roster: roster, hasIdentityProvider: .unknown, saysSignIn: false)
    var adjudicator = Adjudicator(
      settings: TeamSettings(
        name: EndpointBench.team, roster: "roster",
        signIn: [SignInTarget(provider: connector.name, app: app)]),
      reading: team, providers: [connector.name: provider], now: Bench.now)
    var records: [String: MemberRecord] = [:]
    for person in 0..<adjudicator.count {
      let record = adjudicator.person(person).record
      records[record.key] = record
    }
    self.records = records
  }

  subscript(email: String) -> MemberRecord? { records[email] }

  var issues: [SourceIssue] { provider.source.issues }
  var isComplete: Bool { provider.source.isComplete }
}
