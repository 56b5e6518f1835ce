import ConnectorKit
import IdentityCore
import Testing

/// What a run found does not end, and looks no better, because the next one is shown less.
struct TwoRuns {
  /// What the run found.
  let found: MemberRecord

  /// A run behind a good one.
  ///
  /// - Parameter good: what the good one left in the store.
  init(_ opened: ConformanceReading, after good: [String: MemberRecord], of person: String) throws {
    found = try #require(try opened.reconciled(with: good).records[person])
  }

  /// Holds the next run, which was shown less, against what was found.
  ///
  /// - Parameter how: what was not shown.
  func expect(_ hidden: ConformanceReading, of person: String, _ how: String) throws {
    let next = try hidden.reconciled(with: [person: found])
    let now = try #require(next.records[person])
    let (rank, before) = (Self.rank(now), Self.rank(found))
    #expect(rank <= before, "\(how): \(found.verdict), then \(now.verdict)")
    #expect(
      rank < before || now.findings.isSuperset(of: found.findings),
      "\(how): \(found.findings.kinds), then \(now.findings.kinds)")
    // Whoever begins with less proves nothing.
    let fresh = try #require(try hidden.reconciled().records[person])
    #expect(
      fresh.verdict != .enforced && fresh.verdict != .notEvaluated,
      "\(how), seen first: \(fresh.verdict) \(fresh.reason)")
  }

  private static func rank(_ record: MemberRecord) -> Int { record.verdict.strength ?? .max }
}
