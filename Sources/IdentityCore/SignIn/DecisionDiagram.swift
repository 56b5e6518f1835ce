/// Functions of variables with a few values each, every function stored once: an ordered decision diagram.
///
/// A node asks one variable and has a successor for each of its values; on every way down variables come in the order of
/// their levels. Equal functions are the same node, so that what is known of a pair of functions is worked out once.
struct DecisionDiagram {
  /// A function; those below ``terminals`` are constants.
  typealias Node = Int32

  /// No outcome here: false, or a sign-in that cannot be.
  static let absent: Node = 0
  /// True.
  static let holds: Node = 5
  /// How many constants there are: absent, the four outcomes, true, the sixteen sets of outcomes.
  static let terminals = 22

  /// An outcome as a constant.
  static func terminal(_ outcome: Outcome) -> Node { Node(1 + outcome.rawValue) }
  /// A set of outcomes as a constant.
  static func terminal(set: UInt8) -> Node { 6 + Node(set) }
  /// The outcome that a constant stands for, as a bit; 0 for no outcome.
  static func outcomeBit(_ node: Node) -> UInt8 {
    node >= 1 && node <= 4 ? 1 << UInt8(node - 1) : 0
  }
  /// The set that a constant stands for.
  static func set(_ node: Node) -> UInt8 { UInt8(node - 6) }

  /// How two functions make a third.
  enum Operation: UInt64 {
    /// The second where the first is true, otherwise absent; of conditions: and.
    case when = 0
    /// The first where it is there, otherwise the second; of conditions: or.
    case otherwise
    /// True where the first is absent.
    case negate
    /// Both demands are to be passed.
    case all
    /// The person chooses.
    case any
    /// Of sets of outcomes.
    case union
  }

  /// How many values the variable of each level has.
  let sizes: [Int]
  /// The work that building may cost.
  var meter: WorkMeter

  private(set) var levels: [Int32]
  private var starts: [Int32]
  private var edges: [Node] = []
  private var unique = HashIndex()
  private var memo = PairMemo()
  /// Successors of nodes that are being made.
  private var pending: [Node] = []

  init(sizes: [Int], meter: WorkMeter) {
    self.sizes = sizes
    self.meter = meter
    levels = [Int32](repeating: .max, count: Self.terminals)
    starts = [Int32](repeating: 0, count: Self.terminals)
  }

  /// How many functions there are, constants among them; each has a greater number than its successors.
  var count: Int { levels.count }

  /// Where a function goes on for a value of its variable.
  func successor(_ node: Node, _ value: Int) -> Node { edges[Int(starts[Int(node)]) + value] }

  /// The function that is, for each value of the variable of a level, the successor given for it.
  mutating func node(_ level: Int, _ successor: (Int) -> Node) -> Node {
    let base = pending.count
    for value in 0..<sizes[level] { pending.append(successor(value)) }
    return finish(level, from: base)
  }

  /// The same, where the successors have to be worked out first.
  mutating func node(
    _ level: Int, _ successor: (inout DecisionDiagram, Int) throws(BudgetExceeded) -> Node
  ) throws(BudgetExceeded) -> Node {
    let base = pending.count
    for value in 0..<sizes[level] { pending.append(try successor(&self, value)) }
    return finish(level, from: base)
  }

  private mutating func finish(_ level: Int, from base: Int) -> Node {
    defer { pending.removeSubrange(base...) }
    let first = pending[base]
    var isSame = true
    var hash = UInt64(level) &+ 0x9E37_79B9_7F4A_7C15
    for position in base..<pending.count {
      isSame = isSame && pending[position] == first
      hash = (hash ^ UInt64(UInt32(pending[position]))) &* 0xD6E8_FEB8_6659_FD93
      hash ^= hash >> 32
    }
    if isSame { return first }
    if hash == 0 { hash = 1 }
    let size = pending.count - base
    let known = unique.first(hash) { node in
      guard levels[Int(node)] == Int32(level) else { return false }
      let start = Int(starts[Int(node)])
      for offset in 0..<size where edges[start + offset] != pending[base + offset] { return false }
      return true
    }
    if let known { return known }
    let made = Node(levels.count)
    levels.append(Int32(level))
    starts.append(Int32(edges.count))
    for position in base..<pending.count { edges.append(pending[position]) }
    unique.insert(hash, made)
    return made
  }

  /// Combines two functions.
  mutating func apply(
    _ operation: Operation, _ first: Node, _ second: Node
  ) throws(BudgetExceeded) -> Node {
    if let known = Self.constant(operation, first, second) { return known }
    var (a, b) = (first, second)
    switch operation {
    case .all, .any, .union: if a > b { swap(&a, &b) }
    case .when, .otherwise, .negate: break
    }
    let key = operation.rawValue << 60 | UInt64(UInt32(a)) << 30 | UInt64(UInt32(b))
    if let known = memo[key] { return known }
    let level = min(levels[Int(a)], levels[Int(b)])
    let splitsFirst = levels[Int(a)] == level
    let splitsSecond = levels[Int(b)] == level
    try meter.spend(sizes[Int(level)])
    let base = pending.count
    for value in 0..<sizes[Int(level)] {
      let made = try apply(
        operation, splitsFirst ? successor(a, value) : a, splitsSecond ? successor(b, value) : b)
      pending.append(made)
    }
    let made = finish(Int(level), from: base)
    memo.insert(key, made)
    return made
  }

  /// True where a condition is false.
  mutating func negation(_ condition: Node) throws(BudgetExceeded) -> Node {
    try apply(.negate, condition, Self.absent)
  }

  /// Combines many; those that ask variables furthest down first, so that what is large stays below.
  mutating func fold(
    _ operation: Operation, _ parts: [Node], empty: Node
  ) throws(BudgetExceeded) -> Node {
    if parts.count < 2 { return parts.first ?? empty }
    let ordered = parts.enumerated().sorted {
      let (left, right) = (levels[Int($0.element)], levels[Int($1.element)])
      return left == right ? $0.offset < $1.offset : left > right
    }
    var result = ordered[0].element
    for (_, part) in ordered.dropFirst() { result = try apply(operation, part, result) }
    return result
  }

  /// What two functions make where that can be said without looking at their variables.
  private static func constant(_ operation: Operation, _ a: Node, _ b: Node) -> Node? {
    switch operation {
    case .when:
      if a == absent || b == absent { return absent }
      return a == holds ? b : a == b ? a : nil
    case .otherwise:
      if a == absent || a == b { return b }
      return b == absent || a < terminals ? a : nil
    case .negate: return a == absent ? holds : a == holds ? absent : nil
    case .all:
      if a == b || b == terminal(.single) { return a }
      if a == terminal(.single) { return b }
      if a == terminal(.refused) || b == terminal(.refused) { return terminal(.refused) }
    case .any:
      if a == b || b == terminal(.nothing) { return a }
      if a == terminal(.nothing) { return b }
      if a == terminal(.single) || b == terminal(.single) { return terminal(.single) }
    case .union:
      if a == b || b == terminal(set: 0) { return a }
      if a == terminal(set: 0) { return b }
      if a < terminals, b < terminals { return terminal(set: set(a) | set(b)) }
      return nil
    }
    // What is left of two constants: multi and nothing, or refused and multi.
    guard a < terminals, b < terminals else { return nil }
    return operation == .all ? terminal(.nothing) : terminal(.multi)
  }
}

/// What was worked out for pairs of functions.
private struct PairMemo {
  private var keys = [UInt64](repeating: 0, count: 64)
  private var values = [Int32](repeating: 0, count: 64)
  private var count = 0

  /// A key is never zero: the functions of a pair that is looked up are not both constants.
  subscript(key: UInt64) -> Int32? {
    let mask = keys.count - 1
    var slot = Self.slot(key, mask)
    while keys[slot] != 0 {
      if keys[slot] == key { return values[slot] }
      slot = (slot + 1) & mask
    }
    return nil
  }

  mutating func insert(_ key: UInt64, _ value: Int32) {
    if (count + 1) * 4 > keys.count * 3 { grow() }
    place(key, value)
    count += 1
  }

  private mutating func place(_ key: UInt64, _ value: Int32) {
    let mask = keys.count - 1
    var slot = Self.slot(key, mask)
    while keys[slot] != 0 { slot = (slot + 1) & mask }
    keys[slot] = key
    values[slot] = value
  }

  private static func slot(_ key: UInt64, _ mask: Int) -> Int {
    let mixed = key &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 32) & mask
  }

  private mutating func grow() {
    let (oldKeys, oldValues) = (keys, values)
    keys = [UInt64](repeating: 0, count: oldKeys.count * 2)
    values = [Int32](repeating: 0, count: oldKeys.count * 2)
    for slot in oldKeys.indices where oldKeys[slot] != 0 { place(oldKeys[slot], oldValues[slot]) }
  }
}
