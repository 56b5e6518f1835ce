/// The members of a team in the order of their e-mail addresses, written and generated ones merged.
struct HerokuRoster: Sendable {
  let team: HerokuTeam
  private let written: [HerokuMember]
  private let population: Population?
  private let hidden: Set<String>

  init(_ team: HerokuTeam, _ organisation: Organisation) {
    self.team = team
    written = organisation.writtenMembers(of: team)
    population = organisation.population(of: team)
    hidden = Set(written.map(\.email) + team.removed)
  }

  private var generated: Int { population?.teamSize ?? 0 }

  private func email(_ population: Population, _ place: Int) -> String {
    population.email(at: population.personIndex(ofMember: place))
  }

  /// The member with an e-mail address or id.
  func member(_ key: String) -> HerokuMember? {
    let email = key.lowercased()
    if let member = written.first(where: { $0.email.lowercased() == email || $0.id == key }) {
      return member
    }
    if let member = written.first(where: { HerokuShapes.memberID($0, team) == key }) {
      return member
    }
    guard let population, !hidden.contains(email), let index = population.index(ofEmail: email),
      let place = population.memberPlace(ofPerson: index)
    else { return nil }
    return population.member(at: place)
  }

  /// How many administrators the team has, counted up to two.
  var adminsUpToTwo: Int {
    var count = written.filter { $0.role == "admin" }.count
    guard let population else { return count }
    var place = 0
    while count < 2, place < generated {
      let member = population.member(at: place)
      if member.role == "admin", !hidden.contains(member.email) { count += 1 }
      place += 1
    }
    return count
  }

  /// The members of one page, and whether more follow.
  func page(_ range: HerokuRange) -> (members: [HerokuMember], hasMore: Bool) {
    let forward = !range.isDescending
    let ordered = forward ? written : written.reversed()
    var next = ordered.partitioningIndex { !range.isBeforeStart($0.email) }
    var place = 0
    if let population {
      place = (0..<generated).partitioningIndex {
        !range.isBeforeStart(email(population, forward ? $0 : generated - 1 - $0))
      }
    }
    var members: [HerokuMember] = []
    members.reserveCapacity(min(range.max, written.count + generated))
    while true {
      let first = next < ordered.count ? ordered[next] : nil
      var second: HerokuMember?
      if let population, place < generated {
        second = population.member(at: forward ? place : generated - 1 - place)
      }
      if let hidden = second?.email, self.hidden.contains(hidden) {
        place += 1
        continue
      }
      let takesFirst: Bool
      switch (first, second) {
      case (nil, nil): return (members, false)
      case (_, nil): takesFirst = true
      case (nil, _): takesFirst = false
      case (let first?, let second?):
        takesFirst = first.email.precedes(second.email) == forward
      }
      guard let member = takesFirst ? first : second else { return (members, false) }
      if range.isBehindEnd(member.email) { return (members, false) }
      if members.count == range.max { return (members, true) }
      members.append(member)
      if takesFirst { next += 1 } else { place += 1 }
    }
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first index whose element satisfies a condition that holds from there on.
  func partitioningIndex(_ isInSecond: (Element) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if isInSecond(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
