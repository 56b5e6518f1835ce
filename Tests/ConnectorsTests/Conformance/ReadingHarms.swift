import IdentityCore

/// What a reading says that it must not say beside a good one of the same organisation.
struct ReadingHarms {
  struct Harm: Sendable, CustomStringConvertible {
    enum Kind: String, Sendable, CaseIterable {
      /// Somebody looks better.
      case rise
      /// Somebody is gone from a roster that was read to its end.
      case vanished
      /// A finding ends, though nobody looks worse.
      case ended
      /// What is said of somebody changes, and the source tells of nothing that is missing.
      case untold
    }

    var kind: Kind
    var description: String

    init(_ kind: Kind, _ text: String) {
      self.kind = kind
      description = "\(kind.rawValue): \(text)"
    }
  }

  let before: [String: MemberRecord]

  init(_ good: ConformanceReading) throws {
    before = try good.reconciled().records
  }

  /// The harms of a reading, as the first run and as the one after the good one.
  ///
  /// - Parameter isDamage: whether something is gone that the vendor says otherwise, so that it has to be told.
  func harms(of bad: ConformanceReading, isDamage: Bool) throws -> [Harm] {
    let fresh = try bad.reconciled().records
    return firstRun(bad, fresh, isDamage) + (try secondRun(bad, fresh))
  }

  /// What is wrong with a reading of a list that is counted and lacks a row.
  static func shortfall(of bad: ConformanceReading) -> [Harm] {
    bad.source.isComplete ? [Harm(.untold, "a row is missing of a list that is counted")] : []
  }

  private func firstRun(
    _ bad: ConformanceReading, _ fresh: [String: MemberRecord], _ isDamage: Bool
  ) -> [Harm] {
    var harms: [Harm] = []
    let isTold = !bad.source.issues.isEmpty || !bad.team.issues.isEmpty
    for (key, old) in before.sorted(by: { $0.key < $1.key }) {
      // A person is the roster's id; the address may be one that only a lost field told.
      let byID = fresh.values.first {
        old.platformUserID != nil && $0.platformUserID == old.platformUserID
      }
      guard let new = fresh[key] ?? byID else {
        let mayBeMissing = !bad.team.isComplete || old.isPending && !bad.team.knowsPending
        if !mayBeMissing { harms.append(Harm(.vanished, "\(key) from a complete roster")) }
        continue
      }
      if old.verdict.isWorse(than: new.verdict) {
        harms.append(Harm(.rise, "\(key) \(old.verdict) → \(new.verdict): \(new.reason)"))
      } else if isDamage, !isTold, old.verdict != new.verdict || old.findings != new.findings {
        harms.append(
          Harm(.untold, "\(key) \(Self.standing(old)) → \(Self.standing(new)): \(new.reason)"))
      }
    }
    return harms
  }

  private func secondRun(
    _ bad: ConformanceReading, _ fresh: [String: MemberRecord]
  ) throws -> [Harm] {
    var harms: [Harm] = []
    let ids = Set((0..<bad.team.roster.count).compactMap { bad.team.roster[$0].userID })
    for change in try bad.reconciled(with: before).changes {
      let new = change.record
      guard let old = before[change.formerKey ?? new.key] else { continue }
      if change.kind == .removed {
        // Whoever is there under another address is not gone.
        let isRenamed = old.platformUserID.map(ids.contains) ?? false
        if !isRenamed { harms.append(Harm(.vanished, "\(new.key) removed")) }
        continue
      }
      guard change.kind == .changed else { continue }
      if old.verdict.isWorse(than: new.verdict), fresh[new.key]?.verdict != new.verdict {
        harms.append(Harm(.rise, "\(new.key) kept, \(old.verdict) → \(new.verdict)"))
      }
      let ended = old.findings.subtracting(new.findings)
      if !ended.isEmpty, new.verdict.rank >= old.verdict.rank {
        harms.append(
          Harm(.ended, "\(new.key) \(Self.standing(old)) → \(Self.standing(new)): \(new.reason)"))
      }
    }
    return harms
  }

  private static func standing(_ record: MemberRecord) -> String {
    "\(record.verdict) \(record.findings.kinds.map(\.rawValue))"
  }
}

extension Verdict {
  /// Whether another verdict looks better than this one; `cannot-tell` never does.
  func isWorse(than other: Verdict) -> Bool {
    other != .cannotTell && other.rank > rank
  }

  /// How good it looks.
  var rank: Int {
    switch self {
    case .notEnforced: 0
    case .cannotTell: 1
    case .enforcedConditionally: 2
    case .enforced: 3
    case .notEvaluated: 4
    }
  }
}
