import TestSupport

extension LawWorld {
  /// The world of a seed.
  init(seed: UInt64) {
    var random = FuzzRandom(seed)
    let platform: Platform = random.one(in: 3) ? .json : .heroku
    var choices = Provider.allCases.filter { platform == .heroku || $0 != .json }
    choices.shuffle(using: &random)
    let doors = Array(choices.prefix(2))
    let upstream: Provider? =
      doors.contains(.google) && random.one(in: 3)
      ? choices.dropFirst(2).first { $0 == .okta || $0 == .keycloak || $0 == .entra } : nil
    var state = OrganisationState(
      people: (0..<(3 + random.below(4))).map { PersonState(number: $0, &random) },
      doors: [:])
    if !state.people.contains(where: { $0.isAdmin && $0.isOnTeamA && !$0.isInvited }) {
      state.people[0].isAdmin = true
      state.people[0].isOnTeamA = true
      state.people[0].isInvited = false
    }
    // Team B always has somebody, as every team has.
    state.people[state.people.count - 1].isOnTeamB = true
    for provider in doors + (upstream.map { [$0] } ?? []) {
      state.doors[provider] = DoorState(people: state.people, &random)
    }
    var steps = [LawStep(hours: 0, organisation: state)]
    for _ in 0..<(1 + random.below(3)) {
      if !random.one(in: 3) {
        for _ in 0...random.below(3) { state.change(&random) }
      }
      let scope = random.one(in: 6) ? [random.pick(["team-a", "team-b"])] : []
      steps.append(
        LawStep(
          hours: Double(random.pick([1, 1, 5, 20, 30, 60, 80])), organisation: state, teams: scope))
    }
    self.init(
      seed: seed, platform: platform, doors: doors, upstream: upstream, steps: steps)
  }
}

extension PersonState {
  fileprivate init(number: Int, _ random: inout FuzzRandom) {
    self.init(number: number)
    isAdmin = random.one(in: 3)
    isOnTeamB = random.one(in: 4)
    isFederated = !random.one(in: 4)
    platformMFA = random.one(in: 8) ? nil : random.one(in: 2)
    isInvited = random.one(in: 8)
  }
}

extension AccountState {
  fileprivate init(_ random: inout FuzzRandom) {
    self.init()
    isThere = !random.one(in: 12)
    isActive = !random.one(in: 10)
    isAssigned = !random.one(in: 10)
    isInGroup = random.one(in: 3)
  }
}

extension DoorState {
  fileprivate init(people: [PersonState], _ random: inout FuzzRandom) {
    // Half of the worlds are well protected: there is more to lose.
    self.init(
      demand: random.one(in: 2) ? .everybody : random.pick(DemandState.allCases), accounts: [:])
    for person in people { accounts[person.number] = AccountState(&random) }
    hasExtra = random.one(in: 3)
    isTrusting = random.one(in: 8)
  }
}

extension OrganisationState {
  /// One thing that happens in an organisation.
  fileprivate mutating func change(_ random: inout FuzzRandom) {
    let provider = random.pick(doors.keys.sorted { $0.rawValue < $1.rawValue })
    let place = random.below(people.count)
    let number = people[place].number
    switch random.below(13) {
    case 0, 1, 2, 3: doors[provider]?.demand = random.pick(DemandState.allCases)
    case 4: doors[provider]?.policyNumber += 1
    case 5: doors[provider]?.accounts[number]?.isActive.toggle()
    case 6: doors[provider]?.accounts[number]?.isAssigned.toggle()
    case 7: doors[provider]?.accounts[number]?.isInGroup.toggle()
    case 8: doors[provider]?.accounts[number]?.isThere.toggle()
    case 9: people[place].isFederated.toggle()
    case 10: people[place].platformMFA = people[place].platformMFA == true ? false : true
    case 11 where place > 0: people[place].isOnTeamA.toggle()
    case 12: people[place].isInvited = false
    default: doors[provider]?.hasExtra.toggle()
    }
  }
}
