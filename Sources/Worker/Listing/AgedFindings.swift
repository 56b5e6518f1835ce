internal import IdentityCore
internal import Storage

/// The findings of members as they stand by the clock of whoever asks: what became too old since the last run is one.
struct AgedFindings {
  private let limit: AgeLimit

  init(_ limit: AgeLimit) { self.limit = limit }

  /// The findings that the store keeps, and those that only the time since has brought, by member and kind.
  ///
  /// Findings of members that are not listed stay as they are.
  func all(of members: [MemberStatus], _ stored: [Finding]) -> [Finding] {
    var byKey: [String: MemberStatus] = [:]
    for status in members { byKey[status.record.key] = status }
    var known: [String: FindingSet] = [:]
    var result: [Finding] = []
    for finding in stored {
      let key = EmailKey.make(finding.email)
      guard let status = byKey[key] else {
        result.append(finding)
        continue
      }
      guard status.record.findings.contains(FindingSet(finding.kind)) else { continue }
      known[key, default: []].insert(FindingSet(finding.kind))
      var finding = finding
      finding.isExempt = status.record.isExempt
      finding.remedy = Remedy(finding.kind, of: status.record, in: status.rosterPlace)
      finding.standing = status.record.standing
      result.append(finding)
    }
    for status in members {
      let missing = status.record.findings.subtracting(known[status.record.key] ?? [])
      result += missing.kinds.map { finding($0, of: status) }
    }
    return result.sorted { left, right in
      let (a, b) = (EmailKey.make(left.email), EmailKey.make(right.email))
      return a == b ? left.kind.order < right.kind.order : a < b
    }
  }

  private func finding(_ kind: FindingKind, of status: MemberStatus) -> Finding {
    let record = status.record
    return Finding(
      id: Store.findingID(
        team: record.team, person: record.platformUserID ?? record.key, kind: kind),
      team: record.team, email: record.email, kind: kind,
      severity: kind.severity(isAdministrator: record.role.weighsAsAdministrator),
      reason: record.reason, witness: record.witness,
      remedy: Remedy(kind, of: record, in: status.rosterPlace), standing: record.standing,
      isExempt: record.isExempt,
      openedAt: opening(kind, of: status))
  }

  /// When the time itself brought a finding.
  private func opening(_ kind: FindingKind, of status: MemberStatus) -> Timestamp {
    let until = status.record.exemption?.until
    return switch kind {
    case .stale: status.observedAt.adding(seconds: limit.staleAfter)
    case .exemptionExpired: until ?? limit.now
    case .exemptionExpiring:
      until?.adding(seconds: -Exemption.warningDays * 86_400) ?? limit.now
    default: limit.now
    }
  }
}

extension FindingKind {
  fileprivate var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
