import IdentityCore

/// The kinds in a set and the worst of their severities, looked up once for each set that occurs.
struct FindingNames {
  private var kinds: [UInt32: [FindingKind]] = [:]
  private var worst: [UInt64: Int] = [:]

  /// The kinds, in the order of declaration.
  mutating func kinds(of set: FindingSet) -> [FindingKind] {
    if let known = kinds[set.rawValue] { return known }
    let found = set.kinds
    kinds[set.rawValue] = found
    return found
  }

  /// The rank of the worst severity: 4 for critical down to 1 for low, 0 for no finding.
  mutating func rank(of set: FindingSet, isAdministrator: Bool) -> Int {
    let key = UInt64(set.rawValue) << 1 | (isAdministrator ? 1 : 0)
    if let known = worst[key] { return known }
    let severities = kinds(of: set).map { $0.severity(isAdministrator: isAdministrator) }
    let rank = severities.max().flatMap { Severity.allCases.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
    worst[key] = rank
    return rank
  }
}
