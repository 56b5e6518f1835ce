import ConnectorKit
import Foundation
import IdentityCore
import MockIdP
import Testing

/// A reading that was made already, as a connector gives it; sign-ins left to some providers are asked for two factors.
struct FixedProvider: ProviderConnector {
  let reading: ProviderReading
  var name: SourceName { reading.source.name }
  var kind: String { reading.source.kind }

  init(_ reading: ProviderReading, strong upstreams: Set<String> = []) {
    var reading = reading
    for index in reading.apps.indices {
      guard case .readable(var model) = reading.apps[index].state else { continue }
      for upstream in model.upstreams.indices
      where !upstreams.isDisjoint(with: model.upstreams[upstream].keys) {
        model.upstreams[upstream].otherwise = .multiFactor
      }
      reading.apps[index].state = .readable(model)
    }
    self.reading = reading
  }

  func readProvider(_ query: ProviderQuery, progress: ConnectorKit.Progress) async
    -> ProviderReading
  { reading }
}

/// Damages every field of every reply that a reading makes, one at a time: nobody may look better for it.
struct FieldDamage {
  let app: AppID
  let people: [String]
  /// By which names the providers go that ask for two factors behind this one.
  var strong: Set<String> = []
  /// Fields whose absence or null the vendor documents as an answer, and as which.
  let documented: [String: String]
  let damage: ReplyDamage
  let read: @Sendable () async -> ProviderReading

  private func judged(_ reading: ProviderReading) async -> ConformanceReading {
    await ConformanceReading(
      of: FixedProvider(reading, strong: strong), app: app, people: people)
  }

  /// Reads once whole, then once for every field of a share of them; tells how many there were.
  ///
  /// - Parameter expected: the verdicts of the whole reading.
  func run(share: Int, of shares: Int, expected: [String: Verdict]) async throws -> Int {
    let good = await judged(read())
    #expect(good.source.isComplete, "\(good.source.issues)")
    let before = try good.reconciled().records
    for (person, verdict) in expected {
      #expect(before[person]?.verdict == verdict, "\(person): \(before[person]?.reason ?? "")")
    }
    // A token is asked for once, and kept.
    let fields = Self.distinct(damage.fields).filter { !$0.field.request.hasSuffix("/token") }
    #expect(fields.count > 50)
    var tried = 0
    for (number, (field, value)) in fields.enumerated() where number % shares == share {
      for kind in ReplyDamage.Kind.allCases where !(value == .null && kind == .null) {
        let name = "\(field.names) \(kind.rawValue)"
        let list = field.request.prefix { $0 != "?" }.split(separator: "/").last ?? ""
        let isDocumented = [name, field.names, "\(list): \(field.names)"].contains {
          documented[$0] != nil
        }
        if isDocumented { continue }
        damage.arm(field, kind)
        let bad = await judged(read())
        tried += 1
        #expect(damage.hits > 0, "nothing was damaged: \(field)")
        let what = "\(field) \(kind.rawValue)"
        try expectNoRise(bad, good, before, what)
      }
    }
    damage.arm(nil)
    return tried
  }

  private struct Sort: Hashable {
    var names: String
    var value: JSON
  }

  /// The fields, but of those with one name and one value in many rows two: policies are mostly what a new one is.
  ///
  /// All of them with `IDSYNC_EVERY_FIELD=1`.
  private static func distinct(
    _ fields: [(field: ReplyDamage.Field, value: JSON)]
  ) -> [(field: ReplyDamage.Field, value: JSON)] {
    guard ProcessInfo.processInfo.environment["IDSYNC_EVERY_FIELD"] == nil else { return fields }
    var counts: [Sort: Int] = [:]
    return fields.filter { field, value in
      let sort = Sort(names: field.names, value: value)
      counts[sort, default: 0] += 1
      return counts[sort, default: 0] <= 2
    }
  }

  private func expectNoRise(
    _ bad: ConformanceReading, _ good: ConformanceReading, _ before: [String: MemberRecord],
    _ what: String
  ) throws {
    for (person, record) in try bad.reconciled().records {
      expectNoRise(before[person]?.verdict, record, "\(what), first run")
    }
    let (records, changes) = try bad.reconciled(with: before)
    #expect(records.count == before.count, "\(what): somebody vanished")
    for (person, record) in records {
      expectNoRise(before[person]?.verdict, record, "\(what), later run")
    }
    for change in changes {
      // That somebody has no factor yet is a detail of a verdict that no longer stands.
      let lost = change.resolved.subtracting(FindingSet(.notEnrolled))
      #expect(lost.isEmpty, "\(what): \(change.record.key) lost \(lost)")
    }
  }

  private func expectNoRise(_ old: Verdict?, _ record: MemberRecord, _ what: String) {
    let new = record.verdict
    let isAllowed =
      new == old || new == .cannotTell || new == .notEnforced
      || new == .enforcedConditionally && old == .enforced
    #expect(isAllowed, "\(what): \(record.key) from \(old?.rawValue ?? "-") to \(new.rawValue)")
  }
}
