internal import IdentityCore
internal import Storage

/// Counts the members as a dry run would leave them: those of the store, with the changes put in their places.
struct RehearsalCount {
  private var changed: [TeamName: Set<String>] = [:]
  private var headcounts: [TeamName: Headcount] = [:]

  mutating func add(_ change: MemberChange) {
    let record = change.record
    changed[record.team, default: []].formUnion([record.key, change.formerKey ?? record.key])
    if change.kind != .removed { headcounts[record.team, default: Headcount()].add(record) }
  }

  /// The teams as they would be; nobody is gathered but who changes.
  func headcounts(
    of teams: [TeamName], in store: Store, age: AgeLimit
  ) throws -> [TeamHeadcount] {
    try teams.map { team in
      var headcount = headcounts[team] ?? Headcount()
      let gone = changed[team] ?? []
      try store.members(MemberQuery(team: team, age: age)) { status in
        if !gone.contains(status.record.key) { headcount.add(status.record) }
      }
      return TeamHeadcount(team: team, headcount: headcount)
    }
  }
}

extension [TeamHeadcount] {
  /// Notes the teams that were never read.
  mutating func mark(_ unread: [TeamName]) {
    for index in indices where unread.contains(self[index].team) {
      self[index].headcount.unread = [self[index].team]
    }
  }
}
