/// Compiles a regular expression of RFC 9485.
struct RegexpParser {
  typealias Malformed = RegularExpression.Malformed

  private indirect enum Node {
    case empty
    case one(RegularExpression.Instruction)
    case sequence([Node])
    case choice([Node])
    case group(Node, number: Int)
    case repeated(Node, Int, Int?)
  }

  /// Repetitions are written out, so they are bounded.
  private static let maxProgram = 4000
  private static let maxDepth = 64

  private let pattern: [Unicode.Scalar]
  private var place = 0
  private var groups = 0
  private var depth = 0
  private var program: [RegularExpression.Instruction] = []

  init(_ pattern: String) {
    self.pattern = Array(pattern.unicodeScalars)
  }

  mutating func parse() throws(Malformed) -> [RegularExpression.Instruction] {
    let node = try choice()
    guard place == pattern.count else { throw Malformed(reason: "unexpected )") }
    try emit(node)
    program.append(.match)
    return program
  }

  private var next: Unicode.Scalar? { place < pattern.count ? pattern[place] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    place += 1
    return true
  }

  private mutating func choice() throws(Malformed) -> Node {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.maxDepth else { throw Malformed(reason: "groups are nested too deep") }
    var branches = [try branch()]
    while take("|") { branches.append(try branch()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func branch() throws(Malformed) -> Node {
    var pieces: [Node] = []
    while let scalar = next, scalar != "|", scalar != ")" { pieces.append(try piece()) }
    return pieces.isEmpty ? .empty : .sequence(pieces)
  }

  private mutating func piece() throws(Malformed) -> Node {
    let atom = try atom()
    if take("*") { return .repeated(atom, 0, nil) }
    if take("+") { return .repeated(atom, 1, nil) }
    if take("?") { return .repeated(atom, 0, 1) }
    guard take("{") else { return atom }
    guard let least = number() else { throw Malformed(reason: "a number is missing after {") }
    var most: Int? = least
    if take(",") { most = number() }
    guard take("}") else { throw Malformed(reason: "} is missing") }
    if let most, most < least { throw Malformed(reason: "the bounds in {} are reversed") }
    return .repeated(atom, least, most)
  }

  private mutating func number() -> Int? {
    var text = ""
    while let scalar = next, ("0"..."9").contains(scalar) {
      text.unicodeScalars.append(scalar)
      place += 1
    }
    return Int(text)
  }

  private mutating func atom() throws(Malformed) -> Node {
    guard let scalar = next else { return .empty }
    place += 1
    switch scalar {
    case "(":
      groups += 1
      let number = groups
      let inner = try choice()
      guard take(")") else { throw Malformed(reason: ") is missing") }
      return .group(inner, number: number)
    case ".": return .one(.any)
    case "^": return .one(.start)
    case "$": return .one(.end)
    case "[": return .one(.charClass(try charClass()))
    case "\\":
      return .one(try escape { .charClass(RegexpClass(items: [$0])) })
    case "*", "+", "?", "{", "}", "]":
      throw Malformed(reason: "\(scalar) stands where nothing can be repeated or closed")
    default: return .one(.scalar(scalar))
    }
  }

  private mutating func escape(
    _ category: (RegexpClass.Item) -> RegularExpression.Instruction
  ) throws(Malformed) -> RegularExpression.Instruction {
    if let item = try categoryEscape() { return category(item) }
    return .scalar(try singleEscape())
  }

  private mutating func singleEscape() throws(Malformed) -> Unicode.Scalar {
    guard let scalar = next else { throw Malformed(reason: "a backslash stands at the end") }
    place += 1
    switch scalar {
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "(", ")", "*", "+", "-", ".", "?", "[", "\\", "]", "^", "{", "|", "}", "$":
      return scalar
    default: throw Malformed(reason: "\\\(scalar) is unknown; RFC 9485 has no such escape")
    }
  }

  private mutating func categoryEscape() throws(Malformed) -> RegexpClass.Item? {
    guard next == "p" || next == "P" else { return nil }
    let isNegated = next == "P"
    place += 1
    guard take("{") else { throw Malformed(reason: "{ is missing after \\p") }
    var name = ""
    while let scalar = next, scalar != "}" {
      name.unicodeScalars.append(scalar)
      place += 1
    }
    guard take("}"), RegexpClass.categories.contains(name) else {
      throw Malformed(reason: "\\p{\(name.prefix(10))} names no general category")
    }
    return .category(name, isNegated: isNegated)
  }

  private mutating func charClass() throws(Malformed) -> RegexpClass {
    var result = RegexpClass()
    result.isNegated = take("^")
    if take("-") { result.items.append(.range(0x2D...0x2D)) }
    while let scalar = next, scalar != "]" {
      if scalar == "-" {
        place += 1
        guard next == "]" else { throw Malformed(reason: "- in [] is written \\-") }
        result.items.append(.range(0x2D...0x2D))
        break
      }
      if scalar == "\\" {
        place += 1
        if let item = try categoryEscape() {
          result.items.append(item)
          continue
        }
        place -= 1
      }
      let low = try classScalar()
      if next == "-", place + 1 < pattern.count, pattern[place + 1] != "]" {
        place += 1
        let high = try classScalar()
        guard low.value <= high.value else { throw Malformed(reason: "a range in [] is reversed") }
        result.items.append(.range(low.value...high.value))
      } else {
        result.items.append(.range(low.value...low.value))
      }
    }
    guard take("]") else { throw Malformed(reason: "] is missing") }
    guard !result.items.isEmpty else { throw Malformed(reason: "[] is empty") }
    return result
  }

  private mutating func classScalar() throws(Malformed) -> Unicode.Scalar {
    guard let scalar = next else { throw Malformed(reason: "] is missing") }
    place += 1
    if scalar == "\\" { return try singleEscape() }
    guard scalar != "[" else { throw Malformed(reason: "[ in [] is written \\[") }
    return scalar
  }

  // MARK: Instructions

  private mutating func emit(_ node: Node) throws(Malformed) {
    guard program.count < Self.maxProgram else {
      throw Malformed(reason: "the expression is too large")
    }
    switch node {
    case .empty: break
    case .one(let instruction): program.append(instruction)
    case .sequence(let parts): for part in parts { try emit(part) }
    case .group(let inner, let number):
      if number == 1 { program.append(.save(2)) }
      try emit(inner)
      if number == 1 { program.append(.save(3)) }
    case .choice(let branches): try emit(branches)
    case .repeated(let inner, let least, let most):
      guard least <= 1000, most ?? 0 <= 1000 else {
        throw Malformed(reason: "more than 1000 repetitions")
      }
      for _ in 0..<least { try emit(inner) }
      if let most {
        var splits: [Int] = []
        for _ in least..<most {
          splits.append(program.count)
          program.append(.split(0, 0))
          try emit(inner)
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
      } else {
        let split = program.count
        program.append(.split(0, 0))
        try emit(inner)
        program.append(.jump(split))
        program[split] = .split(split + 1, program.count)
      }
    }
  }

  private mutating func emit(_ branches: [Node]) throws(Malformed) {
    var jumps: [Int] = []
    for (index, branch) in branches.enumerated() {
      if index + 1 == branches.count {
        try emit(branch)
        continue
      }
      let split = program.count
      program.append(.split(0, 0))
      try emit(branch)
      jumps.append(program.count)
      program.append(.jump(0))
      program[split] = .split(split + 1, program.count)
    }
    for jump in jumps { program[jump] = .jump(program.count) }
  }
}
