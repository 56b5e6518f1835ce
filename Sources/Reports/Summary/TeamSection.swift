import IdentityCore

/// One team of a report, its people in the order they are shown.
struct TeamSection {
  /// The team.
  let team: TeamName
  /// Positions in the report's members: those without a valid exemption, worst first, then by address.
  private(set) var open: [Int] = []
  /// Positions of the exempt, in the same order.
  private(set) var exempt: [Int] = []

  /// Members on the team.
  var count: Int { open.count + exempt.count }

  /// The teams of a report in the order of their names.
  static func all(of report: StatusReport) -> [TeamSection] {
    var sections: [TeamSection] = []
    var positions: [TeamName: Int] = [:]
    for (index, status) in report.members.enumerated() {
      let team = status.record.team
      // Members come team by team, so the last section is nearly always the right one.
      let position: Int
      if let last = sections.last, last.team == team {
        position = sections.count - 1
      } else if let known = positions[team] {
        position = known
      } else {
        position = sections.count
        positions[team] = position
        sections.append(TeamSection(team: team))
      }
      if status.record.isExempt {
        sections[position].exempt.append(index)
      } else {
        sections[position].open.append(index)
      }
    }
    let ranks = ranks(of: report)
    for position in sections.indices {
      sections[position].open.sort { precedes($0, $1, ranks, report) }
      sections[position].exempt.sort { precedes($0, $1, ranks, report) }
    }
    return sections.sorted { $0.team < $1.team }
  }

  private init(team: TeamName) {
    self.team = team
  }

  /// Severity of the worst finding first, then the weakness of the verdict.
  private static func ranks(of report: StatusReport) -> [Int] {
    var names = FindingNames()
    return report.members.map { status in
      let record = status.record
      let severity = names.rank(
        of: record.findings, isAdministrator: record.role.weighsAsAdministrator)
      return -severity * 8 + (record.verdict.strength ?? 7)
    }
  }

  private static func precedes(
    _ a: Int, _ b: Int, _ ranks: [Int], _ report: StatusReport
  ) -> Bool {
    if ranks[a] != ranks[b] { return ranks[a] < ranks[b] }
    let left = report.members[a].record
    let right = report.members[b].record
    if left.key != right.key { return left.key < right.key }
    return left.email != right.email ? left.email < right.email : a < b
  }
}
