internal import IdentityCore

/// How far one sign-in has come: what was asked for, and what later steps depend on.
///
/// Two that differ in nothing but the way they came count as equal.
struct KeycloakProgress: Hashable {
  /// Whether something the person knows was asked for, or another system vouched for the person.
  var hasFirst = false
  /// The credentials asked for that the person has.
  var second: Set<String> = []
  /// Whether a step asked for two factors at once.
  var isStrong = false
  /// Whether a passkey stood for the name, so that no password is asked for.
  var byPasskey = false
  /// Whether a step named the person, so that conditions about people can hold.
  var isNamed = false
  /// The steps of others that may have.
  var namers: [String] = []
  /// The level reached last; below 0 none was.
  var level = -1
  /// The levels reached, those of earlier sign-ins included.
  var levels: Set<Int> = []
  /// The types of credentials used.
  var used: Set<String> = []
  /// Which credentials the person has, as far as it was asked.
  var enrolled: [String: Bool] = [:]
  /// The sub-flows that ended well.
  var executed: Set<String> = []
  /// The client through which the session was opened that the sign-in began with.
  var session: String?
  /// The names of the steps passed.
  var path: [String] = []
  /// Sub-flows passed over because the person has set up nothing for them, as clauses.
  var skipped: [String] = []

  /// Whether two different factors were asked for: things that one has are one, however many.
  var isMultiFactor: Bool { isStrong || (hasFirst && !second.isEmpty) }

  /// The same one step further.
  func passing(
    _ step: KeycloakFlow.Step, _ change: (inout KeycloakProgress) -> Void
  ) -> KeycloakProgress {
    var next = self
    change(&next)
    switch KeycloakAuthenticator.names(step.provider) {
    case .yes: next.isNamed = true
    case .unknown where !isNamed: next.namers.append(step.id)
    default: break
    }
    next.path.append(step.name)
    return next
  }

  /// What a session that is there adds to what was asked for before it was taken.
  func joining(_ earlier: KeycloakProgress) -> KeycloakProgress {
    var next = self
    next.hasFirst = hasFirst || earlier.hasFirst
    next.second.formUnion(earlier.second)
    next.isStrong = isStrong || earlier.isStrong
    next.byPasskey = byPasskey || earlier.byPasskey
    next.levels.formUnion(earlier.levels)
    next.level = max(level, earlier.level)
    next.used.formUnion(earlier.used)
    next.enrolled.merge(earlier.enrolled) { own, _ in own }
    next.executed.formUnion(earlier.executed)
    next.path = earlier.path + path
    next.skipped = earlier.skipped + skipped
    return next
  }

  static func == (left: KeycloakProgress, right: KeycloakProgress) -> Bool {
    left.hasFirst == right.hasFirst && left.second == right.second
      && left.isStrong == right.isStrong && left.byPasskey == right.byPasskey
      && left.isNamed == right.isNamed && left.namers == right.namers
      && left.level == right.level
      && left.levels == right.levels && left.used == right.used
      && left.enrolled == right.enrolled && left.executed == right.executed
      && left.session == right.session
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(hasFirst)
    hasher.combine(second)
    hasher.combine(isStrong)
    hasher.combine(byPasskey)
    hasher.combine(isNamed)
    hasher.combine(namers)
    hasher.combine(level)
    hasher.combine(levels)
    hasher.combine(used)
    hasher.combine(enrolled)
    hasher.combine(executed)
    hasher.combine(session)
  }
}

/// What follows a step: takes how far the sign-in came, gives what may still be asked for.
///
/// Asked twice with equal progress it answers from memory, so that ways that meet again are followed once.
final class KeycloakNext {
  private let body: (KeycloakProgress) -> SignInPolicy
  private var known: [KeycloakProgress: SignInPolicy] = [:]

  init(_ body: @escaping (KeycloakProgress) -> SignInPolicy) {
    self.body = body
  }

  func callAsFunction(_ progress: KeycloakProgress) -> SignInPolicy {
    if let policy = known[progress] { return policy }
    let policy = body(progress)
    known[progress] = policy
    return policy
  }
}
