/// All sign-ins of a residual policy in all possible worlds as one diagram: what each of them meets.
///
/// Sign-ins that an axiom rules out are absent. Questions about it are walks over its nodes, however many sign-ins there
/// are.
struct SignInDiagram {
  private let order: [Int]
  private let diagram: DecisionDiagram
  private let root: DecisionDiagram.Node
  /// The outcomes below each node, whatever the variables may be.
  private let reach: [UInt8]
  /// The last question to which a node had no answer.
  private var failed: [UInt32]
  private var question: UInt32 = 0
  /// The sets of outcomes that possible worlds have over their sign-ins, each with the first world that has just these.
  private(set) var worlds: [(outcomes: UInt8, world: EscapeSearch.Partial)] = []
  /// The work that questions may cost.
  var meter = WorkMeter(free: .max)

  /// What an attempt in one order may cost, round by round: free, or of what the model may cost.
  private static let rounds = [
    (free: 4_000, more: 0), (free: 20_000, more: 0), (free: 0, more: 2_000_000),
  ]

  /// The diagram, in the first variable order in which it stays small.
  ///
  /// - Throws: ``BudgetExceeded`` when it is small in none.
  static func make(
    _ policy: ResidualPolicy, _ budget: SearchBudget
  ) throws(BudgetExceeded) -> SignInDiagram {
    var orders = VariableOrders(policy)
    for round in rounds {
      for choice in VariableOrders.Choice.allCases {
        guard let order = orders.order(choice) else { continue }
        let meter = WorkMeter(free: round.free, then: round.more, from: budget)
        if let made = try? SignInDiagram(policy, order, meter) { return made }
      }
    }
    throw BudgetExceeded()
  }

  /// Builds the diagram in one order of its variables.
  init(_ policy: ResidualPolicy, _ order: [Int], _ meter: WorkMeter) throws(BudgetExceeded) {
    var builder = Builder(policy, order, meter)
    root = try builder.root(policy)
    var diagram = builder.diagram
    var known = [DecisionDiagram.Node](repeating: -1, count: diagram.count)
    let sets = try Self.outcomes(
      root, &diagram, &known, order.map { $0 >= policy.firstUnknown })
    self.diagram = diagram
    self.order = order
    var reach = [UInt8](repeating: 0, count: diagram.count)
    for node in reach.indices {
      if node < DecisionDiagram.terminals {
        reach[node] = DecisionDiagram.outcomeBit(DecisionDiagram.Node(node))
        continue
      }
      for value in 0..<diagram.sizes[Int(diagram.levels[node])] {
        reach[node] |= reach[Int(diagram.successor(DecisionDiagram.Node(node), value))]
      }
    }
    self.reach = reach
    failed = [UInt32](repeating: 0, count: diagram.count)
    var seen = [Bool](repeating: false, count: diagram.count)
    var world = policy.domains
    for unknown in policy.firstUnknown..<max(policy.firstUnknown, world.count) {
      world[unknown] = 1
    }
    collect(sets, &world, &seen)
  }

  /// How many nodes there are, made ones that are no longer needed among them.
  var count: Int { diagram.count }

  /// The set of outcomes that a function has over all sign-ins, as a function of the unknowns alone.
  private static func outcomes(
    _ node: DecisionDiagram.Node, _ diagram: inout DecisionDiagram,
    _ known: inout [DecisionDiagram.Node], _ isUnknown: [Bool]
  ) throws(BudgetExceeded) -> DecisionDiagram.Node {
    if node < DecisionDiagram.terminals {
      return DecisionDiagram.terminal(set: DecisionDiagram.outcomeBit(node))
    }
    if known[Int(node)] >= 0 { return known[Int(node)] }
    let level = Int(diagram.levels[Int(node)])
    let made: DecisionDiagram.Node
    if isUnknown[level] {
      made = try diagram.node(level) { (diagram, value) throws(BudgetExceeded) in
        try outcomes(diagram.successor(node, value), &diagram, &known, isUnknown)
      }
    } else {
      var union = DecisionDiagram.terminal(set: 0)
      for value in 0..<diagram.sizes[level] {
        let part = try outcomes(diagram.successor(node, value), &diagram, &known, isUnknown)
        union = try diagram.apply(.union, union, part)
      }
      made = union
    }
    known[Int(node)] = made
    return made
  }

  private mutating func collect(
    _ node: DecisionDiagram.Node, _ world: inout EscapeSearch.Partial, _ seen: inout [Bool]
  ) {
    if seen[Int(node)] { return }
    seen[Int(node)] = true
    if node < DecisionDiagram.terminals {
      return worlds.append((DecisionDiagram.set(node), world))
    }
    let level = Int(diagram.levels[Int(node)])
    let before = world[order[level]]
    for value in 0..<diagram.sizes[level] {
      world[order[level]] = 1 << UInt64(value)
      collect(diagram.successor(node, value), &world, &seen)
    }
    world[order[level]] = before
  }
}

extension SignInDiagram: SignInSearch {
  mutating func find(
    _ wanted: UInt8, in start: EscapeSearch.Partial
  ) throws(BudgetExceeded) -> EscapeSearch.Partial? {
    question &+= 1
    var found = start
    return try walk(root, wanted, &found) ? found : nil
  }

  private mutating func walk(
    _ node: DecisionDiagram.Node, _ wanted: UInt8, _ partial: inout EscapeSearch.Partial
  ) throws(BudgetExceeded) -> Bool {
    if reach[Int(node)] & wanted == 0 { return false }
    if node < DecisionDiagram.terminals { return true }
    if failed[Int(node)] == question { return false }
    let level = Int(diagram.levels[Int(node)])
    let variable = order[level]
    try meter.spend(diagram.sizes[level])
    let allowed = partial[variable]
    for value in 0..<diagram.sizes[level] where allowed & 1 << UInt64(value) != 0 {
      let next = diagram.successor(node, value)
      guard try walk(next, wanted, &partial) else { continue }
      partial[variable] = 0
      for other in 0..<diagram.sizes[level] where diagram.successor(node, other) == next {
        partial[variable] |= allowed & 1 << UInt64(other)
      }
      return true
    }
    failed[Int(node)] = question
    return false
  }
}

/// Turns conditions and policies into functions of a diagram.
private struct Builder {
  var diagram: DecisionDiagram
  /// The level of each variable.
  private let levels: [Int]

  init(_ policy: ResidualPolicy, _ order: [Int], _ meter: WorkMeter) {
    var levels = [Int](repeating: 0, count: policy.domains.count)
    for (level, variable) in order.enumerated() { levels[variable] = level }
    self.levels = levels
    diagram = DecisionDiagram(
      sizes: order.map { policy.domains[$0].nonzeroBitCount }, meter: meter)
  }

  mutating func root(_ policy: ResidualPolicy) throws(BudgetExceeded) -> DecisionDiagram.Node {
    var axioms: [DecisionDiagram.Node] = []
    for axiom in policy.axioms { axioms.append(try condition(axiom)) }
    let possible = try diagram.fold(.when, axioms, empty: DecisionDiagram.holds)
    return try diagram.apply(.when, possible, tree(policy.root))
  }

  private mutating func condition(
    _ formula: ResidualPolicy.Formula
  ) throws(BudgetExceeded) -> DecisionDiagram.Node {
    switch formula {
    case .constant(let value): return value ? DecisionDiagram.holds : DecisionDiagram.absent
    case .variable(let variable, let mask):
      return diagram.node(levels[variable]) {
        mask & 1 << UInt64($0) == 0 ? DecisionDiagram.absent : DecisionDiagram.holds
      }
    case .not(let inner): return try diagram.negation(condition(inner))
    case .all(let parts):
      return try diagram.fold(.when, conditions(parts), empty: DecisionDiagram.holds)
    case .any(let parts):
      return try diagram.fold(.otherwise, conditions(parts), empty: DecisionDiagram.absent)
    }
  }

  private mutating func conditions(
    _ parts: [ResidualPolicy.Formula]
  ) throws(BudgetExceeded) -> [DecisionDiagram.Node] {
    var made: [DecisionDiagram.Node] = []
    for part in parts { made.append(try condition(part)) }
    return made
  }

  private mutating func tree(
    _ tree: ResidualPolicy.Tree
  ) throws(BudgetExceeded) -> DecisionDiagram.Node {
    switch tree {
    case .leaf(let outcome, _): return DecisionDiagram.terminal(outcome)
    case .open(let variable, _):
      return diagram.node(levels[variable]) {
        DecisionDiagram.terminal($0 == 0 ? .nothing : $0 == 1 ? .single : .multi)
      }
    case .firstMatch(let branches, let otherwise):
      var result = try self.tree(otherwise)
      for (formula, branch) in branches.reversed() {
        let here = try diagram.apply(.when, condition(formula), self.tree(branch))
        result = try diagram.apply(.otherwise, here, result)
      }
      return result
    case .all(let parts):
      return try diagram.fold(.all, trees(parts), empty: DecisionDiagram.terminal(.single))
    case .any(let parts):
      return try diagram.fold(.any, trees(parts), empty: DecisionDiagram.terminal(.nothing))
    }
  }

  private mutating func trees(
    _ parts: [ResidualPolicy.Tree]
  ) throws(BudgetExceeded) -> [DecisionDiagram.Node] {
    var made: [DecisionDiagram.Node] = []
    for part in parts { made.append(try tree(part)) }
    return made
  }
}
