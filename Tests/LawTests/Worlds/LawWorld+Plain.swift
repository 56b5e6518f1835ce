extension LawWorld {
  /// Some members of team A, the first an admin, who need two factors everywhere; the last is on team B too.
  static func plain(
    _ platform: Platform = .heroku, _ doors: [Provider] = [.okta, .json], people: Int = 4
  ) -> LawWorld {
    var members = (0..<people).map { PersonState(number: $0) }
    members[0].isAdmin = true
    members[people - 1].isOnTeamB = true
    let door = DoorState(
      demand: .everybody,
      accounts: Dictionary(uniqueKeysWithValues: members.map { ($0.number, AccountState()) }))
    return LawWorld(
      seed: 0, platform: platform, doors: doors, upstream: nil,
      steps: [
        LawStep(
          hours: 0,
          organisation: OrganisationState(
            people: members,
            doors: Dictionary(uniqueKeysWithValues: doors.map { ($0, door) })))
      ])
  }

  /// The organisation as it is now.
  var now: OrganisationState {
    get { steps[0].organisation }
    set { steps[0].organisation = newValue }
  }

  /// One of its providers.
  subscript(provider: Provider) -> DoorState {
    get { now.doors[provider] ?? DoorState(demand: .everybody, accounts: [:]) }
    set { now.doors[provider] = newValue }
  }
}

extension DoorState {
  /// One of its accounts.
  subscript(number: Int) -> AccountState {
    get { accounts[number] ?? AccountState() }
    set { accounts[number] = newValue }
  }
}
