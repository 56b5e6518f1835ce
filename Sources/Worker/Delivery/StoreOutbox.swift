internal import Alerts
internal import IdentityCore
internal import Storage
internal import Synchronization

/// The outbox of the store, as the dispatcher sees it.
struct StoreOutbox: Outbox {
  let store: Store
  /// Whether messages that wait for their next try are due as well.
  let ignoresSchedule: Bool
  /// Where the people of a team are changed.
  let rosterPlace: @Sendable (TeamName) -> RosterPlace
  private let headcounts: Headcounts

  init(
    store: Store, ignoresSchedule: Bool, staleAfter: Int64,
    rosterPlace: @escaping @Sendable (TeamName) -> RosterPlace
  ) {
    self.store = store
    self.rosterPlace = rosterPlace
    self.ignoresSchedule = ignoresSchedule
    headcounts = Headcounts(staleAfter: staleAfter)
  }

  func due(channel: String, at now: Timestamp, limit: Int) async throws -> [AlertMessage] {
    let moment = ignoresSchedule ? AlertMessage.never : now
    let horizon = now.milliseconds + Int64(RetrySchedule.standard.longest / .milliseconds(1))
    return Array(
      try store.dueAlerts(
        at: moment, horizon: Timestamp(milliseconds: horizon), limit: .max
      ).filter { $0.channel == channel }.prefix(limit))
  }

  func content(of message: AlertMessage) async throws -> AlertContent {
    var content = try store.content(of: message, rosterPlace: rosterPlace(message.team))
    content.headcount = try headcounts.count(of: message.team, at: message.createdAt, in: store)
    return content
  }

  func markDelivered(_ message: AlertMessage, at now: Timestamp) async throws {
    try store.markDelivered(message.id, at: now)
  }

  func markFailed(_ message: AlertMessage, error: String, next: Timestamp?) async throws {
    try store.markFailed(message.id, error: error, next: next ?? AlertMessage.never)
  }
}

/// Teams counted as they stood after a run, once for all messages about it.
private final class Headcounts: Sendable {
  private let staleAfter: Int64
  private let known = Mutex<[String: Headcount]>([:])

  init(staleAfter: Int64) { self.staleAfter = staleAfter }

  /// The members of a team as they stood at a moment: a message says the same at every try.
  func count(of team: TeamName, at moment: Timestamp, in store: Store) throws -> Headcount {
    let key = "\(moment.milliseconds) \(team)"
    if let headcount = known.withLock({ $0[key] }) { return headcount }
    var headcount = Headcount()
    let age = AgeLimit(staleAfter: staleAfter, now: moment)
    try store.members(MemberQuery(team: team, asOf: moment, age: age)) { headcount.add($0.record) }
    if try store.coverage(of: [team], asOf: moment).first?.isRead != true {
      headcount.unread = [team]
    }
    let made = headcount
    known.withLock { $0[key] = made }
    return made
  }
}
