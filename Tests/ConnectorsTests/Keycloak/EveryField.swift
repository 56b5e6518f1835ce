import ConnectorKit
import CurlTransport
import IdentityCore
import MockIdP
import Testing

/// Leaves out and nulls every field of every page that a connector reads, one at a time: nobody may look better for it.
struct EveryField: Sendable {
  /// How somebody stood, in one world.
  struct Standing: Sendable, Hashable {
    var verdict: Verdict
    var code: ReasonCode?

    init(_ record: MemberRecord) {
      verdict = record.verdict
      code = record.judgement.deciding?.code
      // Whoever is always refused has no way in.
      if verdict == .enforced, code == .accessDenied { verdict = .notEvaluated }
    }

    /// Whether somebody who stood so may stand otherwise when something less is known.
    func mayBecome(_ other: Standing) -> Bool {
      if other.code == .notInIdP, code != .notInIdP { return false }
      switch other.verdict {
      case .cannotTell, .notEnforced: return true
      case .enforcedConditionally: return verdict == .enforcedConditionally || verdict == .enforced
      case .enforced: return verdict == .enforced
      case .notEvaluated: return verdict == .notEvaluated
      }
    }
  }

  /// Reads everything and judges everybody, by application and person.
  typealias Reader = @Sendable (ProviderBench) async throws -> [String: Standing]

  var vendor: Vendor
  var scenario: Scenario
  /// Fields that the vendor documents to be left out where they have their default value: an endpoint's last words, and
  /// the pointer with `*` for every place in a list, or a beginning of it that ends in a slash.
  var documented: [(call: String, pointer: String)] = []
  /// The same for fields that are documented to be null there.
  var documentedNulls: [(call: String, pointer: String)] = []
  var read: Reader

  /// Tries every field.
  func check() async throws {
    try await ProviderBench.run(scenario) { bench in
      let good = try await read(bench)
      #expect(Set(good.values.map(\.verdict)).count > 1, "\(good)")
      let fields = try await fields(bench)
      #expect(fields.values.reduce(0) { $0 + $1.count } > 10)
      var tried = 0
      for (endpoint, pointers) in fields.sorted(by: { $0.key < $1.key }) {
        for (pointer, rows) in pointers.sorted(by: { $0.key < $1.key }) {
          var matters = false
          for pointer in [pointer] + rows.sorted() {
            // What nobody misses in all rows nobody misses in one of them.
            if rows.contains(pointer), !matters { continue }
            for kind in [Fault.Kind.missingField, .nullField] {
              if isDocumented(endpoint, pointer, kind) {
                matters = true
                continue
              }
              tried += 1
              let bad = try await standings(bench, endpoint, pointer, kind)
              if bad != good { matters = true }
              for (who, before) in good.sorted(by: { $0.key < $1.key }) {
                let after = try #require(bad[who])
                #expect(
                  before.mayBecome(after),
                  "\(kind.rawValue) \(endpoint) \(pointer): \(who) from \(before) to \(after)")
              }
            }
          }
        }
      }
      print("\(vendor.rawValue): \(tried) times a field was left out or nulled")
    }
  }

  private func standings(
    _ bench: ProviderBench, _ endpoint: String, _ pointer: String, _ kind: Fault.Kind
  ) async throws -> [String: Standing] {
    await bench.mock.setFaults([Fault(vendor, endpoint, kind, times: nil, text: pointer)])
    return try await read(bench)
  }

  private func isDocumented(
    _ endpoint: String, _ pointer: String, _ kind: Fault.Kind
  ) -> Bool {
    let plain = pointer.split(separator: "/").map { Int($0) == nil ? $0 : "*" }
    let documented = kind == .missingField ? self.documented : documentedNulls
    return documented.contains { call, known in
      let wanted = known.split(separator: "/")
      return endpoint.hasSuffix(call)
        && (known.hasSuffix("/") ? plain.starts(with: wanted) : plain == wanted)
    }
  }

  // MARK: The fields

  /// Every field of every reply by its call, for all rows of a list; with it the same field of single rows, where rows
  /// differ.
  private func fields(_ bench: ProviderBench) async throws -> [String: [String: Set<String>]] {
    var found: [String: [String: Set<String>]] = [:]
    var seen: Set<String> = []
    let source = bench.transport.source("fields")
    let base = bench.mock[vendor]?.baseURL ?? ""
    for request in await bench.mock.requests(vendor) where request.method == "GET" {
      let url = base + request.path + (request.query.isEmpty ? "" : "?" + request.query)
      guard seen.insert(url).inserted else { continue }
      let kept = request.headers.filter {
        ["authorization", "x-api-key", "x-org-id", "accept", "content-type"].contains(
          $0.key.lowercased())
      }
      let response = try await source.send(
        HTTPRequest(.get, url, headers: HTTPHeaders(kept.map { ($0.key, $0.value) })))
      guard response.isSuccess, let json = try? JSON(parsing: response.body.bytes) else { continue }
      Self.collect(json, "", &found[request.endpoint, default: [:]])
    }
    return found
  }

  private static func collect(
    _ json: JSON, _ pointer: String, _ found: inout [String: Set<String>]
  ) {
    for (key, value) in json.properties ?? [:] {
      if found[pointer + "/" + key] == nil { found[pointer + "/" + key] = [] }
      collect(value, pointer + "/" + key, &found)
    }
    let rows = json.elements ?? []
    for row in rows { collect(row, pointer + "/*", &found) }
    for key in Set(rows.flatMap { ($0.properties ?? [:]).keys }) {
      let values = rows.map { $0[key] }
      let count = Set(values).count
      guard count > 1, count < rows.count else { continue }
      var tried: Set<JSON> = []
      for (place, value) in values.enumerated() {
        // One row of each kind will do.
        guard let value, tried.count < 4, tried.insert(value).inserted else { continue }
        found[pointer + "/*/" + key, default: []].insert(pointer + "/\(place)/" + key)
      }
    }
  }
}

extension ProviderBench {
  /// How people stand at several applications of one provider, by application and person.
  func standings(
    _ connector: any ProviderConnector, apps: [AppID], people: [String]
  ) async -> [String: EveryField.Standing] {
    let reading = await connector.readProvider(
      ProviderQuery(apps: apps) { WatchList(keys: people) }, progress: .none)
    var result: [String: EveryField.Standing] = [:]
    for app in apps {
      for (key, record) in Self.judge(reading, app: app, people: people) {
        var standing = EveryField.Standing(record)
        // Nothing new is taken from a source that carries no verdicts.
        if !reading.source.carriesVerdicts {
          standing.verdict = .cannotTell
          standing.code = .sourceIncomplete
        }
        result["\(app) \(key)"] = standing
      }
    }
    return result
  }
}
