/// Levels of authentication: what applications ask for, and what flows give.
enum KeycloakLevels {
  /// The level of a condition; nil when it has none.
  static func level(of step: KeycloakFlow.Step) -> (level: Int, maxAge: Int)? {
    guard let level = step["loa-condition-level"].flatMap({ Int($0) }) else { return nil }
    return (level, step["loa-max-age"].flatMap { Int($0) } ?? 36_000)
  }

  /// The levels that a flow's conditions name.
  static func levels(in flow: KeycloakFlow) -> Set<Int> { levels(of: flow.liveSteps) }

  /// The levels of an earlier sign-in that a flow may still take: those of conditions that are switched off as well.
  static func levelsKept(by flow: KeycloakFlow) -> Set<Int> { levels(of: flow.allSteps) }

  /// The levels of an earlier sign-in that a flow takes for longer than so many seconds.
  static func levelsKept(by flow: KeycloakFlow, longerThan seconds: Int64) -> Set<Int> {
    levels(of: flow.allSteps.filter { level(of: $0).map { $0.maxAge > seconds } == true })
  }

  private static func levels(of steps: [KeycloakFlow.Step]) -> Set<Int> {
    Set(
      steps.filter { $0.provider == "conditional-level-of-authentication" }
        .compactMap { level(of: $0)?.level })
  }

  /// What a sign-in may ask for.
  struct Request: Hashable {
    /// What the application asks for if nobody interferes; below 0 nothing.
    var asked: Int
    /// What people can lower it to in the address of the sign-in, without what is asked anyway.
    var lowered: [Int]
    /// What the server insists on; below 0 nothing.
    var minimum: Int
  }

  /// What a client asks for, by its settings.
  ///
  /// - Parameters:
  ///   - flow: the flow that decides.
  ///   - realmFlow: the realm's own browser flow, whose levels are names of themselves.
  static func request(
    of client: KeycloakWire.Client, _ realm: KeycloakWire.Realm, flow: KeycloakFlow,
    realmFlow: KeycloakFlow?
  ) -> Request {
    let map = client.levels.isEmpty ? realm.levels : client.levels
    let own = realmFlow.map(levels(in:)) ?? []
    // A minimum that names no level is ignored by the server.
    let minimum =
      client.minimumACR.flatMap { acr in
        map[acr] ?? Int(acr).flatMap { own.contains($0) ? $0 : nil }
      } ?? -1
    // What names no level counts as the lowest one.
    let defaults = client.defaultACRs.map { map[$0] ?? Int($0) ?? 0 }
    guard let least = defaults.filter({ $0 >= minimum }).min() ?? (defaults.isEmpty ? nil : minimum)
    else { return Request(asked: minimum, lowered: [], minimum: minimum) }
    let below = Set([0] + levels(in: flow).filter { $0 < least }).map { max($0, minimum) }
    return Request(
      asked: least, lowered: Set(below).filter { $0 < least }.sorted(), minimum: minimum)
  }
}
