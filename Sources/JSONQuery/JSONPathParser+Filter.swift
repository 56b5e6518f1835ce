extension JSONPathParser {
  /// A logical expression: `||` of `&&` of basic ones.
  mutating func logical() throws(Malformed) -> JSONPath.Logical {
    try deeper { parser throws(Malformed) in
      var branches = [try parser.conjunction()]
      while parser.takesOperator("||") { branches.append(try parser.conjunction()) }
      return branches.count == 1 ? branches[0] : .any(branches)
    }
  }

  private mutating func conjunction() throws(Malformed) -> JSONPath.Logical {
    var parts = [try basic()]
    while takesOperator("&&") { parts.append(try basic()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func takesOperator(_ word: String) -> Bool {
    let start = place
    skipSpace()
    if take(word) {
      skipSpace()
      return true
    }
    place = start
    return false
  }

  private mutating func basic() throws(Malformed) -> JSONPath.Logical {
    if isNext("!") {
      place += 1
      skipSpace()
      if isNext("(") { return .not(try parenthesised()) }
      return .not(try test(try operand()))
    }
    if isNext("(") { return try parenthesised() }
    let left = try operand()
    let start = place
    skipSpace()
    guard let comparison = comparison() else {
      place = start
      return try test(left)
    }
    skipSpace()
    let right = try operand()
    return .compare(try comparable(left), comparison, try comparable(right))
  }

  private mutating func parenthesised() throws(Malformed) -> JSONPath.Logical {
    guard take("(") else { throw fault("( is missing") }
    skipSpace()
    let inner = try logical()
    skipSpace()
    guard take(")") else { throw fault(") is missing") }
    return inner
  }

  private mutating func comparison() -> JSONPath.Comparison? {
    // The longer ones stand first.
    JSONPath.Comparison.allCases.first { take($0.rawValue) }
  }

  private func test(_ operand: JSONPath.Operand) throws(Malformed) -> JSONPath.Logical {
    switch operand {
    case .query(let query): return .exists(query)
    case .call(let function) where function.isLogical: return .call(function)
    case .logical(let logical): return logical
    case .call: throw fault("the value of a function is to be compared")
    case .literal: throw fault("a literal is to be compared")
    }
  }

  private func comparable(_ operand: JSONPath.Operand) throws(Malformed) -> JSONPath.Operand {
    switch operand {
    case .query(let query) where !query.isSingular:
      throw fault("only a query for one value can be compared")
    case .call(let function) where function.isLogical:
      throw fault("\(function.name.rawValue)() is true or false and cannot be compared")
    case .logical: throw fault("a condition cannot be compared")
    default: return operand
    }
  }

  // MARK: Operands

  private mutating func operand() throws(Malformed) -> JSONPath.Operand {
    switch next {
    case "@", "$":
      let isRelative = next == "@"
      place += 1
      let segments = try deeper { parser throws(Malformed) in try parser.segments() }
      return .query(JSONPath.Query(isRelative: isRelative, segments: segments))
    case "'", "\"": return .literal(.string(try string()))
    case .some(let scalar) where scalar == "-" || Self.isDigit(scalar):
      return .literal(try number())
    case .some(let scalar) where ("a"..."z").contains(scalar): return try word()
    default: throw fault("a query, a literal or a function is missing")
    }
  }

  private mutating func word() throws(Malformed) -> JSONPath.Operand {
    var name = ""
    while let scalar = next,
      ("a"..."z").contains(scalar) || scalar == "_" || Self.isDigit(scalar)
    {
      name.unicodeScalars.append(scalar)
      place += 1
    }
    if isNext("(") { return .call(try call(name)) }
    switch name {
    case "true": return .literal(.bool(true))
    case "false": return .literal(.bool(false))
    case "null": return .literal(.null)
    default: throw fault("\"\(name.prefix(40))\" is neither true, false, null nor a function")
    }
  }

  private mutating func number() throws(Malformed) -> JSONValue {
    var text = ""
    if take("-") { text += "-" }
    let whole = takeDigits()
    guard !whole.isEmpty, whole == "0" || !whole.hasPrefix("0") else {
      throw fault("the number is none of JSON")
    }
    text += whole
    var isInteger = true
    if take(".") {
      let fraction = takeDigits()
      guard !fraction.isEmpty else { throw fault("digits are missing behind the point") }
      text += "." + fraction
      isInteger = false
    }
    if take("e") || take("E") {
      text += "e"
      if take("-") { text += "-" } else if take("+") { text += "+" }
      let exponent = takeDigits()
      guard !exponent.isEmpty else { throw fault("digits are missing in the exponent") }
      text += exponent
      isInteger = false
    }
    if isInteger, let integer = Int64(text) { return .integer(integer) }
    return .number(text)
  }

  private mutating func takeDigits() -> String {
    var digits = ""
    while let scalar = next, Self.isDigit(scalar) {
      digits.unicodeScalars.append(scalar)
      place += 1
    }
    return digits
  }

  // MARK: Functions

  private mutating func call(_ name: String) throws(Malformed) -> JSONPath.Function {
    guard let known = JSONPath.Function.Name(rawValue: name) else {
      throw fault(
        "there is no function \(name.prefix(40))(); length, count, match, search, value are")
    }
    guard take("(") else { throw fault("( is missing") }
    var arguments: [JSONPath.Operand] = []
    skipSpace()
    if !isNext(")") {
      repeat {
        skipSpace()
        arguments.append(try argument())
        skipSpace()
      } while take(",")
    }
    guard take(")") else { throw fault(") or , is missing") }
    let function = JSONPath.Function(name: known, arguments: arguments)
    try check(function)
    return function
  }

  /// An operand as it is, or a whole condition.
  private mutating func argument() throws(Malformed) -> JSONPath.Operand {
    let start = place
    if !isNext("!"), !isNext("(") {
      let operand = try deeper { parser throws(Malformed) in try parser.operand() }
      let end = place
      skipSpace()
      if isNext(",") || isNext(")") {
        place = end
        return operand
      }
    }
    place = start
    return .logical(try logical())
  }

  private func check(_ function: JSONPath.Function) throws(Malformed) {
    let name = function.name.rawValue
    let count = function.name == .match || function.name == .search ? 2 : 1
    guard function.arguments.count == count else {
      throw fault("\(name)() takes \(count == 1 ? "one argument" : "two arguments")")
    }
    for argument in function.arguments {
      let isRight: Bool
      switch (function.name, argument) {
      case (.count, .query), (.value, .query): isRight = true
      case (.count, _), (.value, _): isRight = false
      case (_, .literal): isRight = true
      case (_, .query(let query)): isRight = query.isSingular
      case (_, .call(let inner)): isRight = !inner.isLogical
      case (_, .logical): isRight = false
      }
      guard isRight else { throw fault("\(name)() takes another kind of argument") }
    }
  }
}
