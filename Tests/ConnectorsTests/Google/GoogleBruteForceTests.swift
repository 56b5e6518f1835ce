import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Google

/// Random accounts with every modifier in, judged over HTTP and by a brute force that was written from the facts.
@Suite("Google against a brute force") struct GoogleBruteForceTests {
  @Test("5,000 verdicts of random accounts are those of the brute force")
  func random() async throws {
    var dice = Dice(seed: 20_261_203)
    var counts = VerdictCounts()
    for number in 0..<100 {
      let world = GoogleWorld(&dice)
      try await Bench.run(Workspaces.scenario(world.account)) { bench in
        let judged = await bench.judgeGoogle(world.people.map(\.email), behind: world.behind) {
          $0.legacySSO = world.legacySSO
          $0.vouches = world.vouched.flatMap { Vouch.for($0) }
        }
        var expected = ExpectedVerdicts(world.verdict)
        for person in world.people {
          let expected = expected.verdict(person.traits, &counts)
          let record = try #require(judged[person.email])
          #expect(
            record.verdict == expected,
            "world \(number), \(person): \(record.reason); \(record.witness ?? ""); \(world)")
        }
      }
    }
    counts.expect(atLeast: 5_000)
  }
}

/// An account and what its settings mean, worked out without the program.
private struct GoogleWorld: Sendable {
  enum Mode: Sendable, Hashable, CaseIterable { case off, saml, samlNever, domainWide }

  struct Person: Sendable {
    struct Traits: Sendable, Hashable {
      var unit: Int
      var groups: Set<Int>
      var isEnforced: Bool
      var isAdmin: Bool
      var isSuspended: Bool
      var isNew: Bool
    }
    var email: String
    var traits: Traits
  }

  struct SignIn: Sendable {
    var isTrusted: Bool
    var isOutside: Bool
    var isOldSession: Bool
    var isBeforeEnd: Bool
    var isJoined: Bool
  }

  /// What nobody knows, decided in one way.
  struct Secret: Sendable {
    var trustsByDefault: Bool
    var hasMasks: Bool
    var legacyIsUsed: Bool
    var sessionsLast: Bool
    var joins: Bool
    var corporate: Asked
    var legacy: Asked
  }

  static let units = ["/", "/Staff", "/Staff/Finance"]

  var people: [Person] = []
  /// By group, which is its rank as well.
  var groupModes: [Int: Mode] = [:]
  var unitModes: [Int: Mode] = [:]
  /// Whether devices may be trusted, by unit and by group; those of groups come first.
  var unitTrust: [Int: Bool] = [:]
  var groupTrust: [Int: Bool] = [:]
  var hasGrace: Bool
  var isEnforcing: Bool
  var sessionDays: Int?
  var legacySSO: Bool?
  var corporate: Asked?
  var legacy: Asked?
  var vouched: [String]

  init(_ dice: inout Dice) {
    func mode() -> Mode { Mode.allCases.randomElement(using: &dice) ?? .off }
    hasGrace = dice.chance(2)
    isEnforcing = !dice.chance(4)
    sessionDays = dice.chance(4) ? nil : dice.chance(4) ? 14 : 1
    legacySSO = dice.chance(4) ? nil : dice.chance(3)
    corporate = dice.chance(6) ? nil : dice.chance(4) ? .one : .two
    legacy = dice.chance(4) ? nil : dice.chance(4) ? .one : .two
    vouched = ["trusted-devices", "network-masks", "session", "legacy-sso"].filter { _ in
      dice.chance(2)
    }
    for group in 0..<2 where dice.chance(3) { groupModes[group] = mode() }
    for unit in 0..<3 where dice.chance(3) { unitModes[unit] = mode() }
    if !dice.chance(4) { unitTrust[0] = dice.chance(5) }
    for unit in 1..<3 where dice.chance(4) { unitTrust[unit] = dice.chance(2) }
    for group in 0..<2 where dice.chance(4) { groupTrust[group] = dice.chance(2) }
    if dice.chance(2) { vouched.append("joining") }
    people = (0..<52).map { number in
      Person(
        email: "p\(number)@acme.com",
        traits: .init(
          unit: Int.random(in: 0..<3, using: &dice),
          groups: Set([0, 1].filter { _ in dice.chance(2) }),
          isEnforced: !dice.chance(4), isAdmin: dice.chance(5), isSuspended: dice.chance(12),
          isNew: dice.chance(4)))
    }
  }

  // MARK: As Google shows it

  var account: GoogleWorkspace {
    var account = GoogleWorkspace()
    account.orgUnits = ["/Staff": "03ph8a2z1staff", "/Staff/Finance": "03ph8a2z1fin"]
    account.profiles = [Workspaces.corporate]
    account.users = people.map { person in
      let traits = person.traits
      var user = GoogleUser(
        person.email, isEnforced: traits.isEnforced, isAdmin: traits.isAdmin,
        orgUnit: Self.units[traits.unit])
      user.isSuspended = traits.isSuspended
      user.created = Workspaces.day(traits.isNew ? -2 : -400)
      return user
    }
    account.groups = (0..<2).map { group in
      GoogleGroup(
        "Group \(group)",
        users: people.filter { $0.traits.groups.contains(group) }.map(\.email))
    }
    account.assignments =
      groupModes.map { Self.assignment($1, group: "Group \($0)", rank: $0 + 1) }
      + unitModes.map { Self.assignment($1, unit: Self.units[$0]) }
    account.policies = [
      Workspaces.enforcement(
        from: isEnforcing ? "2025-03-01T00:00:00Z" : "1970-01-01T00:00:00Z")
    ]
    if hasGrace { account.policies.append(Workspaces.grace) }
    if let sessionDays {
      account.policies.append(
        GooglePolicy(
          "security.session_controls",
          ["webSessionDuration": .string("\(sessionDays * 86_400)s")]))
    }
    account.policies += unitTrust.map {
      GooglePolicy(
        "device_trust", ["allowTrustingDevice": .bool($1)], orgUnit: Self.units[$0],
        sortOrder: Double($0 + 1))
    }
    account.policies += groupTrust.map {
      GooglePolicy(
        "device_trust", ["allowTrustingDevice": .bool($1)], group: "Group \($0)",
        sortOrder: Double($0 + 10))
    }
    return account
  }

  private static func assignment(
    _ mode: Mode, group: String? = nil, unit: String? = nil, rank: Int = 0
  ) -> GoogleAssignment {
    let word: String =
      switch mode {
      case .off: "SSO_OFF"
      case .saml, .samlNever: "SAML_SSO"
      case .domainWide: "DOMAIN_WIDE_SAML_IF_ENABLED"
      }
    return GoogleAssignment(
      word, group: group, orgUnit: unit, rank: rank,
      profile: word == "SAML_SSO" ? Workspaces.corporate.id : nil,
      redirectCondition: mode == .samlNever ? "NEVER" : nil)
  }

  var behind: [Behind] {
    func behind(_ key: String, _ asked: Asked?) -> [Behind] {
      asked.map { [Behind(key: key, verdict: $0 == .one ? .notEnforced : .enforced)] } ?? []
    }
    return behind(Workspaces.realm, corporate) + behind("legacy_sso", legacy)
  }

  // MARK: What it means

  func verdict(_ person: Person.Traits) -> Verdict {
    if person.isSuspended { return .notEvaluated }
    return Asked.verdict(
      secrets.map { secret in Set(Self.signIns.map { asks($0, person, secret) }) })
  }

  private static let signIns: [SignIn] = (0..<32).map { bits in
    func bit(_ place: Int) -> Bool { bits >> place & 1 == 1 }
    return SignIn(
      isTrusted: bit(0), isOutside: bit(1), isOldSession: bit(2), isBeforeEnd: bit(3),
      isJoined: bit(4))
  }

  /// Whether an assignment or a policy is for a group, which people may join.
  private var namesGroups: Bool { !groupModes.isEmpty || !groupTrust.isEmpty }

  private var secrets: [Secret] {
    func either(_ isKnown: Bool) -> [Bool] { isKnown ? [false] : [false, true] }
    let isTold = sessionDays.map { $0 <= 1 } ?? false
    var all: [Secret] = []
    for trusts in either(vouched.contains("trusted-devices")) {
      for masks in either(vouched.contains("network-masks")) {
        for used in either(vouched.contains("legacy-sso")) {
          for last in either(isTold || vouched.contains("session")) {
            for joins in either(!namesGroups || vouched.contains("joining")) {
              for corporate in corporate.map({ [$0] }) ?? Asked.unread {
                for legacy in legacy.map({ [$0] }) ?? Asked.unread {
                  all.append(
                    Secret(
                      trustsByDefault: trusts, hasMasks: masks, legacyIsUsed: used,
                      sessionsLast: last, joins: joins, corporate: corporate, legacy: legacy))
                }
              }
            }
          }
        }
      }
    }
    return all
  }

  private func asks(_ signIn: SignIn, _ person: Person.Traits, _ secret: Secret) -> Asked {
    if secret.sessionsLast, signIn.isOldSession { return .one }
    if secret.joins, signIn.isJoined { return .one }
    let google = google(signIn, person, secret)
    func beside(_ other: Asked) -> Asked { person.isAdmin ? other.or(google) : other }
    switch mode(person) {
    case .off?: return google
    case .saml?: return beside(secret.corporate)
    case .samlNever?: return secret.corporate.or(google)
    case .domainWide?, nil:
      guard legacySSO ?? secret.legacyIsUsed else { return google }
      return secret.hasMasks && signIn.isOutside ? google : beside(secret.legacy)
    }
  }

  /// The group with the smallest rank, else the innermost unit.
  private func mode(_ person: Person.Traits) -> Mode? {
    for group in 0..<2 where person.groups.contains(group) {
      if let mode = groupModes[group] { return mode }
    }
    for unit in (0...person.unit).reversed() {
      if let mode = unitModes[unit] { return mode }
    }
    return nil
  }

  private func google(_ signIn: SignIn, _ person: Person.Traits, _ secret: Secret) -> Asked {
    guard person.isEnforced else {
      return isEnforcing && hasGrace && person.isNew && !signIn.isBeforeEnd ? .two : .one
    }
    return signIn.isTrusted && trusts(person, secret) ? .one : .two
  }

  /// The policy with the highest order, else Google's default, which nobody knows.
  private func trusts(_ person: Person.Traits, _ secret: Secret) -> Bool {
    for group in (0..<2).reversed() where person.groups.contains(group) {
      if let trust = groupTrust[group] { return trust }
    }
    for unit in (0...person.unit).reversed() {
      if let trust = unitTrust[unit] { return trust }
    }
    return secret.trustsByDefault
  }
}
