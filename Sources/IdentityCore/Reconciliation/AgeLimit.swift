/// How old evidence may be, by the clock of whoever asks.
///
/// A verdict is as old as the oldest thing it rests on. Beyond the limit it says nothing any more, whatever it was; what was
/// found before stays open beside it.
public struct AgeLimit: Sendable, Hashable {
  /// Seconds.
  public var staleAfter: Int64
  /// The moment it is.
  public var now: Timestamp

  /// Makes a limit.
  public init(staleAfter: Int64, now: Timestamp) {
    self.staleAfter = staleAfter
    self.now = now
  }

  /// Whether what was read at a moment is too old by now, or so far ahead that one of the clocks was wrong.
  public func isExceeded(by observedAt: Timestamp) -> Bool {
    observedAt.adding(seconds: staleAfter) < now || isAhead(observedAt)
  }

  private func isAhead(_ observedAt: Timestamp) -> Bool {
    now.adding(seconds: staleAfter) < observedAt
  }

  /// A status as it is to be shown now: evidence that is too old is `cannot-tell`, and an exemption that ended is over.
  public func applied(to status: MemberStatus) -> MemberStatus {
    var status = status
    status.record = applied(to: status.record, observedAt: status.observedAt)
    if isExceeded(by: status.observedAt) { status.isStale = true }
    return status
  }

  /// The same for a record whose oldest source was last read at a moment.
  func applied(to record: MemberRecord, observedAt: Timestamp) -> MemberRecord {
    var record = record
    if isExceeded(by: observedAt), record.judgement.deciding?.code != .stale {
      record.judgement = Judgement(
        doors: [stale(record.judgement.deciding, in: record, observedAt: observedAt)])
      record.findings.remove(FindingSet(.cannotTell))
      record.findings.insert(FindingSet(.stale))
    }
    endVouches(in: &record)
    refreshExemption(of: &record)
    return record
  }

  /// What rests on a vouch that has ended is not known any more, also where no run has said so yet.
  private func endVouches(in record: inout MemberRecord) {
    let doors = record.judgement.doors
    guard doors.contains(where: { hasEndedVouch($0) }) else { return }
    record.judgement = Judgement(
      doors: doors.map { door in
        guard hasEndedVouch(door), let entry = door.inventory.first(where: { $0.hasEnded(at: now) })
        else { return door }
        var result = door
        result.verdict = .cannotTell
        result.code = .policyUnknown
        result.reason =
          "Nobody vouches for \(entry.name) any more: \(entry.why). To mend it: look at it again and renew the vouch."
        result.witness = nil
        result.witnessContext = []
        result.isProven = false
        return result
      })
    if record.verdict == .cannotTell { record.findings.insert(FindingSet(.cannotTell)) }
  }

  /// Whether a door is better than it would be without a vouch that has ended.
  private func hasEndedVouch(_ door: Door) -> Bool {
    switch door.verdict {
    case .enforced, .enforcedConditionally, .notEvaluated:
      door.inventory.contains { $0.hasEnded(at: now) }
    case .cannotTell, .notEnforced: false
    }
  }

  /// What a door says once its evidence is too old.
  func stale(_ door: Door, observedAt: Timestamp) -> Door {
    guard door.code != .stale else { return door }
    var result = door
    result.verdict = .cannotTell
    result.code = .stale
    let distance =
      isAhead(observedAt)
      ? "which is more than \(Self.span(staleAfter)) ahead of this clock"
      : "more than \(Self.span(staleAfter)) ago"
    result.reason =
      "Last read to its end at \(observedAt.text), \(distance); was \(door.verdict.rawValue)."
    result.witness = nil
    result.witnessContext = []
    return result
  }

  private func stale(_ door: Door?, in record: MemberRecord, observedAt: Timestamp) -> Door {
    var result = stale(
      door
        ?? Door(
          provider: record.provider ?? "", app: nil, verdict: .cannotTell, code: .policyUnknown,
          reason: ""), observedAt: observedAt)
    // All that the record rested on stays what its age follows from.
    let all = record.judgement.doors.flatMap(\.sources)
    result.sources += Set(all).subtracting(result.sources).sorted()
    return result
  }

  private func refreshExemption(of record: inout MemberRecord) {
    // Time ends an exemption; it gives nobody one that is another person's.
    guard let exemption = record.exemption, !record.hasExemptionOfAnother(at: now) else { return }
    record.isExempt = exemption.isValid(at: now)
    record.findings.subtract([FindingSet(.exemptionExpiring), FindingSet(.exemptionExpired)])
    record.findings.formUnion(FindingRules.findings(of: exemption, at: now))
  }

  /// `72 hours`, `90 minutes`, `45 seconds`: in the largest unit that says it exactly.
  private static func span(_ seconds: Int64) -> String {
    for (size, unit) in [(3600, "hour"), (60, "minute")] as [(Int64, String)]
    where seconds % size == 0 && seconds >= size {
      let count = seconds / size
      return "\(count) \(unit)\(count == 1 ? "" : "s")"
    }
    return "\(seconds) second\(seconds == 1 ? "" : "s")"
  }
}
