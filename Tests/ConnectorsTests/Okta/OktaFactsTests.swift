import ConnectorKit
import IdentityCore
import MockIdP
import Testing

/// What rules ask of an account is known of it whichever way it was found.
@Suite("Okta, facts about accounts") struct OktaFactsTests {
  @Test("are the same however an account is found", arguments: 0..<40)
  func found(seed: Int) async throws {
    var random = Dice(seed: UInt64(seed) &* 7919 &+ 11)
    let world = FoundWorld(&random, people: seed % 8 == 0 ? 60 : 12)
    try await Bench.run(world.scenario) { bench in
      let keys = world.people.map(\.watched)
      let reading = await bench.okta().readProvider(
        ProviderQuery(apps: [Bench.app]) { WatchList(keys: keys) }, progress: .none)
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      let door = OneDoor(provider: reading, app: Bench.app)
      for person in world.people {
        let record = door.record(person.watched)
        #expect(
          record.verdict == world.expected(person),
          "\(person.way) \(person.account.id): \(record.reason)")
      }
    }
  }
}

/// A random organisation and what its rules mean, worked out without the program.
private struct FoundWorld {
  enum Way: String, CaseIterable { case email, login, appName, id, inactive }

  struct Member {
    var account: Person
    var way: Way
    var watched: String
  }

  struct Scope {
    var users: Set<String> = []
    var exceptUsers: Set<String> = []
    var groups: Set<String> = []
    var exceptGroups: Set<String> = []
    var types: Set<String> = []
    var isStrong = false
  }

  var people: [Member] = []
  var scopes: [Scope] = []
  let isStrongAtLast: Bool
  static let groups = ["G0", "G1", "G2"]
  static let types = ["oty0", "oty1", "oty2"]

  init(_ random: inout Dice, people count: Int) {
    isStrongAtLast = Bool.random(using: &random)
    for number in 0..<count {
      let way = Way.allCases.randomElement(using: &random) ?? .email
      let watched = "p\(number)@acme.com"
      var account = Person(
        way == .email || way == .inactive ? watched : "other\(number)@corp.example",
        login: way == .login ? watched : "login\(number)@corp.example")
      account.id = way == .id ? "00uWatched\(number)" : "00uAccount\(number)"
      account.groups = Self.groups.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
      account.userType = Self.types.randomElement(using: &random) ?? "oty0"
      if Int.random(in: 0..<6, using: &random) == 0 { account.provider = "FEDERATION" }
      if way == .inactive { account.status = ["SUSPENDED", "DEPROVISIONED"][number % 2] }
      people.append(
        Member(account: account, way: way, watched: way == .id ? account.id : watched))
    }
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      var scope = Scope(isStrong: Bool.random(using: &random))
      let someone = { (random: inout Dice, people: [Member]) in
        Set(people.map(\.account.id).filter { _ in Int.random(in: 0..<4, using: &random) == 0 })
      }
      switch Int.random(in: 0..<4, using: &random) {
      case 0: scope.users = someone(&random, people)
      case 1: scope.groups = [Self.groups.randomElement(using: &random) ?? "G0"]
      case 2: scope.types = [Self.types.randomElement(using: &random) ?? "oty0"]
      default: scope.exceptGroups = [Self.groups.randomElement(using: &random) ?? "G0"]
      }
      if Bool.random(using: &random) { scope.exceptUsers = someone(&random, people) }
      scopes.append(scope)
    }
  }

  var scenario: Scenario {
    var rules = scopes.enumerated().map { number, scope in
      Rule("R\(number)") {
        $0.users = scope.users.sorted()
        $0.exceptUsers = scope.exceptUsers.sorted()
        $0.groups = scope.groups.sorted()
        $0.exceptGroups = scope.exceptGroups.sorted()
        $0.userTypes = scope.types.sorted()
        $0.factors = scope.isStrong ? "2FA" : "1FA"
      }
    }
    rules.append(.catchAll(isStrongAtLast ? "2FA" : "1FA"))
    let users = people.map { member in
      AppUser(member.account.id, userName: member.way == .appName ? member.watched : nil)
    }
    var okta = OktaOrganisation(
      groups: Self.groups.map { Group($0) },
      apps: [OktaApp("App", id: Bench.app, accessPolicy: "Main", users: users)],
      policies: [Policy("Main", rules: rules)])
    okta.rateLimit = 1_000_000
    return Scenario(people: people.map(\.account), okta: okta)
  }

  func expected(_ member: Member) -> Verdict {
    // Whoever is only watched by id is no member that goes by an address.
    if member.way == .id { return .cannotTell }
    if member.way == .inactive { return .notEvaluated }
    let account = member.account
    let first = scopes.first { scope in
      let groups = Set(account.groups)
      let isIncluded =
        (scope.users.isEmpty || scope.users.contains(account.id))
        && (scope.groups.isEmpty || !scope.groups.isDisjoint(with: groups))
        && (scope.types.isEmpty || scope.types.contains(account.userType))
      return isIncluded && !scope.exceptUsers.contains(account.id)
        && scope.exceptGroups.isDisjoint(with: groups)
    }
    guard first?.isStrong ?? isStrongAtLast else { return .notEnforced }
    return account.provider == "FEDERATION" ? .enforcedConditionally : .enforced
  }
}
