extension Adjudicator {
  /// What the providers make now of somebody whom the roster did not get to name: who he is stays as it was known, and how he
  /// signs in is as it is configured.
  ///
  /// - Returns: nil for whom no provider decides.
  mutating func person(stored before: MemberRecord) -> Person? {
    let old = before.judgement.doors.filter { $0.app != nil }
    guard !before.isPending, !old.isEmpty else { return nil }
    let mappings = identities.mappings(ofKey: before.key, id: before.platformUserID)
    let found = graph.matches(ofKey: before.key) { source in
      mappings.isEmpty ? nil : PersonIdentities.names(mappings, at: source)
    }
    let standings = graph.standings(found)
    var ways = before.judgement.doors.filter { $0.app == nil }.map { Way(door: $0) }
    for (position, target) in settings.signIn.enumerated()
    where isLed(to: target, by: old) {
      let made = graph.door(at: position, standings)
      var door = made.door
      if let place = settings.place(of: target.provider) {
        var origin = DoorOrigin(place: place, shown: [], signIn: settings.signIn)
        let was = old.first { $0.isSamePlace(as: door) }?.origin.flatMap { DoorOrigin($0) }
        if let was { origin.shown = was.shown }
        door.origin = origin.text
      }
      ways.append(Way(door: door, target: position, failure: made.failure, gap: made.gap))
    }
    if ways.isEmpty { ways = [Way(door: nowhere)] }
    var record = before
    let ids = graph.accountIDs(found, atFirst: settings.signIn.count)
    record.accounts = hasSeveralProviders ? ids : [:]
    record.judgement = Judgement(doors: ways.map(\.door))
    record.provider = record.judgement.deciding?.provider
    record.accountID = record.provider.flatMap { ids[$0] }
    return Person(
      record: record, doubts: Doubts(ways.filter { $0.failure != nil || $0.gap != nil }),
      platformMFA: DoorKeeper.platformMFA(before), fingerprint: record.fingerprint)
  }

  /// Whether somebody who was let in by some doors comes to one by what is configured now: the platform led him, and did not
  /// say otherwise since, unless the configuration did.
  private func isLed(to target: SignInTarget, by old: [Door]) -> Bool {
    if old.contains(where: { $0.provider == target.provider && $0.app == target.app }) {
      return true
    }
    let now = DoorOrigin(place: "", shown: [], signIn: settings.signIn).signIn
    return old.contains { door in
      door.origin.flatMap { DoorOrigin($0) }.map { $0.signIn != now } ?? false
    }
  }

  /// What stands for the sign-in of somebody for whom none is configured any more.
  private var nowhere: Door {
    Door(
      provider: settings.roster, app: nil, verdict: .cannotTell, code: .notConfigured,
      reason:
        "The way in that was known is not configured any more, and the roster was not read since.")
  }
}
