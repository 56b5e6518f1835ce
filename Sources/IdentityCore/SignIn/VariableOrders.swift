/// Orders of the variables of a residual policy in which its diagram may stay small.
struct VariableOrders {
  /// A way to order variables, the cheapest first.
  enum Choice: CaseIterable {
    /// Unknowns, then what sign-ins have, each as the policies ask for them.
    case unknownsFirst
    /// As the policies ask for them.
    case appearance
    /// What is asked together stands together.
    case gathered
  }

  private let policy: ResidualPolicy
  private let appearing: [Int]
  private var given: [Choice: [Int]] = [:]

  init(_ policy: ResidualPolicy) {
    self.policy = policy
    var appearance = Appearance(policy.domains.count)
    appearance.collect(policy.root)
    for axiom in policy.axioms { appearance.collect(axiom) }
    appearing = appearance.order
  }

  /// An order of all variables that are asked for; nil when it is that of an earlier choice.
  mutating func order(_ choice: Choice) -> [Int]? {
    if let known = given[choice] { return known }
    let order: [Int]
    switch choice {
    case .unknownsFirst:
      order =
        appearing.filter { $0 >= policy.firstUnknown }
        + appearing.filter { $0 < policy.firstUnknown }
    case .appearance: order = appearing
    case .gathered: order = gathered()
    }
    if given.values.contains(order) { return nil }
    given[choice] = order
    return order
  }

  /// How often variables are drawn to those they are asked with.
  private static let rounds = 40

  /// Draws every variable to the middle of what it is asked with, small groups more than large ones.
  private func gathered() -> [Int] {
    var groups = AskedTogether()
    _ = groups.collect(policy.root)
    for axiom in policy.axioms { _ = groups.collect(axiom) }
    var order = appearing
    var place = [Double](repeating: 0, count: policy.domains.count)
    for _ in 0..<Self.rounds {
      for (position, variable) in order.enumerated() { place[variable] = Double(position) }
      var sums = [Double](repeating: 0, count: place.count)
      var weights = sums
      for group in groups.list {
        let middle = group.reduce(0) { $0 + place[$1] } / Double(group.count)
        let weight = 1 / Double((group.count - 1) * (group.count - 1))
        for variable in group {
          sums[variable] += middle * weight
          weights[variable] += weight
        }
      }
      let drawn = order.map { weights[$0] == 0 ? place[$0] : sums[$0] / weights[$0] }
      let next = order.indices.sorted {
        drawn[$0] == drawn[$1] ? $0 < $1 : drawn[$0] < drawn[$1]
      }.map { order[$0] }
      if next == order { break }
      order = next
    }
    return order
  }
}

/// The variables of a policy in order of first appearance.
private struct Appearance {
  private(set) var order: [Int] = []
  private var seen: [Bool]

  init(_ count: Int) { seen = [Bool](repeating: false, count: count) }

  mutating func collect(_ tree: ResidualPolicy.Tree) {
    switch tree {
    case .leaf: return
    case .open(let variable, _): note(variable)
    case .firstMatch(let branches, let otherwise):
      for (condition, branch) in branches {
        collect(condition)
        collect(branch)
      }
      collect(otherwise)
    case .all(let parts), .any(let parts): for part in parts { collect(part) }
    }
  }

  mutating func collect(_ formula: ResidualPolicy.Formula) {
    switch formula {
    case .constant: return
    case .variable(let variable, _): note(variable)
    case .not(let inner): collect(inner)
    case .all(let parts), .any(let parts): for part in parts { collect(part) }
    }
  }

  private mutating func note(_ variable: Int) {
    if seen[variable] { return }
    seen[variable] = true
    order.append(variable)
  }
}

/// Which variables conditions and rules ask together.
private struct AskedTogether {
  private(set) var list: [[Int]] = []

  mutating func collect(_ tree: ResidualPolicy.Tree) -> Set<Int> {
    switch tree {
    case .leaf: return []
    case .open(let variable, _): return [variable]
    case .firstMatch(let branches, let otherwise):
      var together: Set<Int> = []
      for (condition, branch) in branches {
        together.formUnion(noted(collect(condition).union(collect(branch))))
      }
      return noted(together.union(collect(otherwise)))
    case .all(let parts), .any(let parts):
      return noted(parts.reduce(into: []) { $0.formUnion(collect($1)) })
    }
  }

  mutating func collect(_ formula: ResidualPolicy.Formula) -> Set<Int> {
    switch formula {
    case .constant: return []
    case .variable(let variable, _): return [variable]
    case .not(let inner): return collect(inner)
    case .all(let parts), .any(let parts):
      return noted(parts.reduce(into: []) { $0.formUnion(collect($1)) })
    }
  }

  private mutating func noted(_ group: Set<Int>) -> Set<Int> {
    if group.count > 1 { list.append(group.sorted()) }
    return group
  }
}
