package import IdentityCore

/// What a source states outright about the second factor of some people; they share a judgement.
package struct StatedCase: Sendable, Hashable {
  /// What the operator's table makes of it; never `notEvaluated`.
  package var verdict: Verdict
  /// What was stated, as a phrase: `/security/mfa/policy is REQUIRED`.
  package var statement: String
  /// The id of the policy behind it, where the source names one.
  package var policyID: String?
  /// What makes it conditional, or why nobody can tell.
  package var reason: String = ""
  /// Who can mend it; for what nobody can tell.
  package var remedy: String = ""

  package init(
    verdict: Verdict,
    statement: String,
    policyID: String? = nil,
    reason: String = "",
    remedy: String = ""
  ) {
    self.verdict = verdict
    self.statement = statement
    self.policyID = policyID
    self.reason = reason
    self.remedy = remedy
  }
}

/// The statements about one application, compiled to the common form.
package struct StatedVerdicts: Sendable {
  /// So many policies are told apart in the evidence; beyond them only the statement is.
  private static let maxCases = 48

  package private(set) var cases: [StatedCase] = []
  private var numbers: [StatedCase: Int] = [:]

  /// The number of a case.
  package mutating func number(of found: StatedCase) -> Int {
    if let known = numbers[found] { return known }
    var kept = found
    if cases.count >= Self.maxCases {
      kept.policyID = nil
      if let known = numbers[kept] { return known }
    }
    if cases.count >= Self.maxCases * 2 {
      kept.statement = "a statement of its own"
      kept.reason = ""
      if let known = numbers[kept] { return known }
    }
    numbers[kept] = cases.count
    cases.append(kept)
    return cases.count - 1
  }

  /// The facts about people: which case each belongs to.
  package var atoms: [SubjectAtom] {
    cases.map { stated in
      let id = stated.policyID.map { "\(stated.statement), policy \($0)" } ?? stated.statement
      return SubjectAtom(kind: .attribute, id: id, name: id)
    }
  }

  /// The model of the application.
  ///
  /// - Parameters:
  ///   - atoms: the facts of all applications; those of this one begin at `first`.
  ///   - silence: what is not known of people of whom nothing is stated.
  package func model(
    source: SourceName, atoms: [SubjectAtom], first: SubjectAtom.ID, silence: Unknown
  ) -> SignInModel {
    var model = SignInModel(atoms: atoms, unknowns: [silence], policy: .demand(.refused, by: nil))
    model.isStated = true
    // A person has one statement; which of the others come before it must not hang on whom the list names first.
    let ordered = cases.enumerated().sorted { Self.key($0.element) < Self.key($1.element) }
    let branches = ordered.map { index, stated in
      SignInPolicy.Branch(
        .subject(first + index), Self.policy(of: stated, source, &model))
    }
    model.policy = .firstMatch(branches, otherwise: .demand(.unknown(0), by: nil))
    return model
  }

  private static func policy(
    of stated: StatedCase, _ source: SourceName, _ model: inout SignInModel
  ) -> SignInPolicy {
    model.rules.append(
      RuleReference(
        policyID: stated.policyID ?? source, policyName: stated.policyID ?? source,
        ruleID: stated.policyID ?? stated.statement, ruleName: stated.statement,
        demand: demand(stated.verdict)))
    let rule = model.rules.count - 1
    switch stated.verdict {
    case .enforced: return .demand(.multiFactor, by: rule)
    case .notEnforced: return .demand(.singleFactor, by: rule)
    case .enforcedConditionally:
      let name = stated.reason.isEmpty ? "an exception that \(source) does not name" : stated.reason
      let known = model.variables.firstIndex { $0.name == name }
      if known == nil { model.variables.append(Variable(name: name, values: ["yes", "no"])) }
      let exception = known ?? model.variables.count - 1
      return .firstMatch(
        [.init(.variable(exception, in: [0]), .demand(.singleFactor, by: rule))],
        otherwise: .demand(.multiFactor, by: rule))
    case .cannotTell, .notEvaluated:
      let why = stated.reason.isEmpty ? stated.statement : stated.reason
      model.unknowns.append(
        Unknown(title: "what \(source) asks for: \(why)", remedy: stated.remedy))
      return .demand(.unknown(model.unknowns.count - 1), by: rule)
    }
  }

  private static func key(_ stated: StatedCase) -> String {
    [stated.statement, stated.policyID ?? "", stated.verdict.rawValue, stated.reason]
      .joined(separator: "\0")
  }

  private static func demand(_ verdict: Verdict) -> String {
    switch verdict {
    case .enforced: "asks for two factors"
    case .enforcedConditionally: "asks for two factors with exceptions"
    case .notEnforced: "asks for one factor only"
    case .cannotTell, .notEvaluated: "says nothing that can be told"
    }
  }
}

/// The accounts of watched people while their statements come in.
package struct StatedAccounts: Sendable {
  private var table = AccountTable(atomCount: 0)
  private var aliases: [Int: [String]] = [:]
  /// What became known of accounts only after they were added.
  private var statuses: [Int: (AccountStatus, text: String)] = [:]
  /// The case of every account, one list for each application; -1 where nothing is stated.
  private var cases: [[Int32]]
  /// The applications taken away, by account.
  private var unassigned: [Int: Set<Int>] = [:]
  package private(set) var verdicts: [StatedVerdicts]
  /// The groups of which it is wanted who is in them, and those that could not be read.
  package let groups: [String]
  private var unreadableGroups: Set<Int> = []
  /// The groups that an account is in, by account.
  private var memberships: [Int: Set<Int>] = [:]

  package init(apps: Int, groups: [String] = []) {
    self.groups = groups
    cases = Array(repeating: [], count: apps)
    verdicts = Array(repeating: StatedVerdicts(), count: apps)
  }

  /// How many accounts there are.
  package var count: Int { table.count }

  /// Adds an account that may use every application; nil when its id is there already.
  package mutating func add(_ account: Account) -> Int? {
    var plain = account
    plain.aliases = []
    guard let position = table.append(plain) else { return nil }
    if !account.aliases.isEmpty { aliases[position] = account.aliases }
    for app in cases.indices { cases[app].append(-1) }
    return position
  }

  /// The position of an account by its id.
  package func position(ofID id: String) -> Int? { table.position(ofID: id) }

  /// The account at a position, as far as it is the same for every application.
  package func account(at position: Int) -> Account {
    var account = table[position]
    account.aliases = aliases[position] ?? []
    if let (status, text) = statuses[position] {
      account.status = status
      account.statusText = text
    }
    return account
  }

  /// Whether something was stated of an account for an application.
  func hasCase(at position: Int, app: Int) -> Bool { cases[app][position] >= 0 }

  /// States something of an account for an application; of several statements the weakest counts.
  package mutating func state(_ stated: StatedCase, at position: Int, app: Int) {
    if hasCase(at: position, app: app) {
      let before = verdicts[app].cases[Int(cases[app][position])]
      if (before.verdict.strength ?? .max) <= (stated.verdict.strength ?? .max) { return }
    }
    cases[app][position] = Int32(verdicts[app].number(of: stated))
  }

  /// Takes the application away from an account.
  package mutating func unassign(at position: Int, app: Int) {
    unassigned[position, default: []].insert(app)
  }

  /// Sets in which of the wanted groups an account is; a group of which that is not known of one account is not read.
  package mutating func setGroups(at position: Int, _ isIn: (String) -> Tri) {
    for (index, group) in groups.enumerated() {
      switch isIn(group) {
      case .yes: memberships[position, default: []].insert(index)
      case .no: break
      case .unknown: unreadableGroups.insert(index)
      }
    }
  }

  /// Sets whether an account is active.
  package mutating func setStatus(_ status: AccountStatus, _ text: String, at position: Int) {
    statuses[position] = (status, text)
  }

  /// Sets what is known of the factors set up.
  package mutating func setEnrolment(_ enrolled: Tri, _ factors: FactorSet, at position: Int) {
    table.setEnrolment(enrolled, factors, at: position)
  }

  /// The accounts with their facts, the model of every application, and the facts that the wanted groups are.
  package func finished(
    source: SourceName, silence: (Int) -> Unknown
  ) -> (accounts: AccountTable, models: [SignInModel], groups: [String: SubjectAtom.ID]) {
    var atoms = verdicts.flatMap(\.atoms)
    var places: [Int: SubjectAtom.ID] = [:]
    for (index, group) in groups.enumerated() where !unreadableGroups.contains(index) {
      places[index] = atoms.count
      atoms.append(SubjectAtom(kind: .group, id: group, name: group))
    }
    let firsts = verdicts.indices.map { app in verdicts[..<app].reduce(0) { $0 + $1.cases.count } }
    var result = AccountTable(atomCount: atoms.count)
    for position in 0..<table.count {
      var account = account(at: position)
      for app in cases.indices {
        if cases[app][position] >= 0 {
          account.atoms.insert(firsts[app] + Int(cases[app][position]))
        }
        if unassigned[position]?.contains(app) != true { account.assigned.insert(app) }
      }
      account.atoms.formUnion((memberships[position] ?? []).compactMap { places[$0] })
      result.append(account)
    }
    let models = verdicts.indices.map { app in
      verdicts[app].model(
        source: source, atoms: atoms, first: firsts[app], silence: silence(app))
    }
    let read = places.map { (groups[$0.key], $0.value) }
    return (result, models, Dictionary(read) { first, _ in first })
  }
}
