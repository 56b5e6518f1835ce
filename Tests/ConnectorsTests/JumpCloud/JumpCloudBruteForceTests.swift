import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import JumpCloud

/// Random organisations with every modifier in, judged over HTTP and by a brute force that was written from the facts.
@Suite("JumpCloud against a brute force") struct JumpCloudBruteForceTests {
  private typealias J = JumpCloudOrganisations

  @Test("5,000 verdicts of random organisations are those of the brute force")
  func random() async throws {
    var dice = Dice(seed: 20_261_202)
    var counts = VerdictCounts()
    for number in 0..<100 {
      let world = JumpCloudWorld(&dice)
      try await ProviderBench.run(world.scenario) { bench in
        let connector = bench.jumpCloud {
          $0.vouches = world.isVouched ? Vouch.for("default-policy") : []
        }
        let reading = await bench.read(connector, app: J.app, people: world.people.map(\.email))
        let door = OneDoor(provider: reading, app: J.app)
        let records = door.records(world.people.map(\.email))
        var expected = ExpectedVerdicts(world.verdict)
        for (person, record) in zip(world.people, records) {
          let expected = expected.verdict(person.traits, &counts)
          #expect(
            record.verdict == expected,
            "world \(number), \(person): \(record.reason); \(record.witness ?? ""); \(world)")
        }
      }
    }
    counts.expect(atLeast: 5_000)
  }
}

/// An organisation and what its rules mean, worked out without the program.
private struct JumpCloudWorld: Sendable {
  enum Action: Sendable, Hashable, CaseIterable { case deny, one, two, goOnly, goToo, goVerified }
  enum Exception: Sendable, Hashable, CaseIterable { case none, over, until, endless }

  struct Policy: Sendable, Hashable {
    var included: Int?
    var excluded: Int?
    var condition: Test?
    var action: Action
  }

  indirect enum Test: Sendable, Hashable {
    case office, managed, abroad
    case not(Test)
    case both(Test, Test)
    case either(Test, Test)
  }

  struct Person: Sendable {
    struct Traits: Sendable, Hashable {
      var groups: Set<Int>
      var isRequired: Bool
      var exception: Exception
      var isAssigned: Bool
    }
    var email: String
    var traits: Traits
  }

  struct SignIn: Sendable {
    var isInOffice: Bool
    var isManaged: Bool
    var isAbroad: Bool
    var weakestDecides: Bool
    var isBeforeEnd: Bool
    var isByGo: Bool
    var isOldSession: Bool
  }

  /// What nobody knows, decided in one way.
  struct Secret: Sendable {
    var defaultPolicyLetsIn: Bool
    var portalGuardsApplication: Bool
    var routed: Asked?
  }

  var policies: [Policy] = []
  var portal: Policy?
  var people: [Person] = []
  var isVouched: Bool
  var hasIdentityProvider: Bool
  var hasLongSessions: Bool

  init(_ dice: inout Dice) {
    func test(_ depth: Int) -> Test {
      switch Int.random(in: 0..<(depth > 1 ? 3 : 6), using: &dice) {
      case 0: .office
      case 1: .managed
      case 2: .abroad
      case 3: .not(test(depth + 1))
      case 4: .both(test(depth + 1), test(depth + 1))
      default: .either(test(depth + 1), test(depth + 1))
      }
    }
    func policy(_ actions: [Action]) -> Policy {
      Policy(
        included: dice.chance(3) ? Int.random(in: 0..<2, using: &dice) : nil,
        excluded: dice.chance(3) ? Int.random(in: 0..<2, using: &dice) : nil,
        condition: dice.chance(2) ? nil : test(0),
        action: actions.randomElement(using: &dice) ?? .two)
    }
    isVouched = dice.chance(2)
    hasIdentityProvider = dice.chance(6)
    hasLongSessions = dice.chance(4)
    for _ in 0..<Int.random(in: 0..<4, using: &dice) {
      policies.append(policy(Action.allCases + [.two, .two]))
    }
    portal = dice.chance(3) ? policy([.one, .two, .deny]) : nil
    people = (0..<52).map { number in
      Person(
        email: "p\(number)@acme.com",
        traits: .init(
          groups: Set([0, 1].filter { _ in dice.chance(2) }), isRequired: !dice.chance(3),
          exception: dice.chance(2)
            ? .none : Exception.allCases.randomElement(using: &dice) ?? .none,
          isAssigned: !dice.chance(12)))
    }
  }

  // MARK: As JumpCloud shows it

  var scenario: Scenario {
    JumpCloudOrganisations.small { organisation in
      organisation.users = people.map { person in
        var user = JumpCloudUser(person.email)
        user.requiresMFA = person.traits.isRequired
        user.exclusion = person.traits.exception != .none
        switch person.traits.exception {
        case .over: user.exclusionUntil = JumpCloudOrganisations.day(-2)
        case .until: user.exclusionUntil = JumpCloudOrganisations.day(2)
        case .none, .endless: break
        }
        return user
      }
      organisation.groups = (0..<2).map { number in
        JumpCloudGroup(
          "g-\(number)", name: "Group \(number)",
          members: people.filter { $0.traits.groups.contains(number) }.map(\.email))
      }
      organisation.groups.append(
        JumpCloudGroup(
          "g-app", name: "Heroku users",
          members: people.filter(\.traits.isAssigned).map(\.email)))
      organisation.policies =
        policies.enumerated().map { Self.json($1, "p\($0)", "application") }
        + [portal].compactMap { $0 }.map { Self.json($0, "portal", "user_portal") }
      organisation.sessionMinutes = hasLongSessions ? 10_000 : 60
      if hasIdentityProvider { organisation.identityProviders = [["id": "i1", "name": "Okta"]] }
    }
  }

  private static func json(_ policy: Policy, _ id: String, _ type: String) -> JSON {
    var groups: [String: JSON] = [:]
    if let group = policy.included { groups["inclusions"] = ["g-\(group)"].json }
    if let group = policy.excluded { groups["exclusions"] = ["g-\(group)"].json }
    var targets: [String: JSON] = ["resources": [["type": .string(type)]]]
    if policy.included == nil { targets["users"] = ["inclusions": ["ALL"]] }
    if !groups.isEmpty { targets["userGroups"] = .object(groups) }
    return [
      "id": .string(id), "name": .string(id), "type": .string(type), "disabled": false,
      "targets": .object(targets), "conditions": policy.condition.map(json) ?? [:],
      "effect": json(policy.action),
    ]
  }

  private static func json(_ test: Test) -> JSON {
    switch test {
    case .office: ["ipAddressIn": ["l1"]]
    case .managed: ["deviceManaged": true]
    case .abroad: ["not": ["locationIn": ["countries": ["PT"]]]]
    case .not(let inner): ["not": json(inner)]
    case .both(let one, let other): ["all": [json(one), json(other)]]
    case .either(let one, let other): ["any": [json(one), json(other)]]
    }
  }

  private static func json(_ action: Action) -> JSON {
    func allow(_ required: Bool, _ factors: JSON?, _ verification: String) -> JSON {
      var obligations: [String: JSON] = [
        "mfa": ["required": .bool(required)],
        "userVerification": ["requirement": .string(verification)],
      ]
      obligations["mfaFactors"] = factors
      return ["action": "allow", "obligations": .object(obligations)]
    }
    return switch action {
    case .deny: ["action": "deny"]
    case .one: allow(false, nil, "none")
    case .two: allow(true, nil, "none")
    case .goOnly: allow(true, ["DURT"], "optional")
    case .goToo: allow(true, [["type": "DURT"], ["type": "PUSH"]], "none")
    case .goVerified: allow(true, ["DURT", "PUSH"], "required")
    }
  }

  // MARK: What it means

  func verdict(_ person: Person.Traits) -> Verdict {
    guard person.isAssigned else { return .notEvaluated }
    return Asked.verdict(
      secrets.map { secret in Set(Self.signIns.map { asks($0, person, secret) }) })
  }

  private static let signIns: [SignIn] = (0..<128).map { bits in
    func bit(_ place: Int) -> Bool { bits >> place & 1 == 1 }
    return SignIn(
      isInOffice: bit(0), isManaged: bit(1), isAbroad: bit(2), weakestDecides: bit(3),
      isBeforeEnd: bit(4), isByGo: bit(5), isOldSession: bit(6))
  }

  private var secrets: [Secret] {
    let both = [false, true]
    let routes: [Asked?] = hasIdentityProvider ? Asked.unread : [nil]
    return (isVouched ? [false] : both).flatMap { lets in
      both.flatMap { guards in
        routes.map {
          Secret(defaultPolicyLetsIn: lets, portalGuardsApplication: guards, routed: $0)
        }
      }
    }
  }

  private func asks(_ signIn: SignIn, _ person: Person.Traits, _ secret: Secret) -> Asked {
    var asked = ownDoor(signIn, person, secret)
    if let routed = secret.routed { asked = asked.or(routed) }
    // An old session is let in by what it once proved, but nobody who is refused.
    if hasLongSessions, signIn.isOldSession, asked == .two { return .one }
    return asked
  }

  private func ownDoor(_ signIn: SignIn, _ person: Person.Traits, _ secret: Secret) -> Asked {
    let matching = policies.filter { applies($0, signIn, person) }.map { demand($0.action, signIn) }
    if !matching.isEmpty {
      // Refusals count as the strictest, and let nobody in where the weakest decides.
      return signIn.weakestDecides ? matching.min() ?? .refused : matching.max() ?? .refused
    }
    let flag = flag(signIn, person, secret)
    guard let portal, portal.action != .deny, applies(portal, signIn, person) else { return flag }
    if portal.action == .one { return .one }
    return secret.portalGuardsApplication ? .two : flag
  }

  private func demand(_ action: Action, _ signIn: SignIn) -> Asked {
    switch action {
    case .deny: .refused
    case .one, .goOnly: .one
    case .two, .goVerified: .two
    case .goToo: signIn.isByGo ? .one : .two
    }
  }

  private func flag(_ signIn: SignIn, _ person: Person.Traits, _ secret: Secret) -> Asked {
    guard person.isRequired, !secret.defaultPolicyLetsIn else { return .one }
    switch person.exception {
    case .none, .over: return .two
    case .endless: return .one
    case .until: return signIn.isBeforeEnd ? .one : .two
    }
  }

  private func applies(_ policy: Policy, _ signIn: SignIn, _ person: Person.Traits) -> Bool {
    if let group = policy.included, !person.groups.contains(group) { return false }
    if let group = policy.excluded, person.groups.contains(group) { return false }
    return policy.condition.map { holds($0, signIn) } ?? true
  }

  private func holds(_ test: Test, _ signIn: SignIn) -> Bool {
    switch test {
    case .office: signIn.isInOffice
    case .managed: signIn.isManaged
    case .abroad: signIn.isAbroad
    case .not(let inner): !holds(inner, signIn)
    case .both(let one, let other): holds(one, signIn) && holds(other, signIn)
    case .either(let one, let other): holds(one, signIn) || holds(other, signIn)
    }
  }
}

extension [String] {
  fileprivate var json: JSON { .texts(self) }
}
