/// Runs a JSONPath query over a document, within bounds.
package struct JSONPathEvaluator {
  /// The query visits more values than are allowed, or descends too deep.
  package struct Exhausted: Error, Hashable {}

  static let maxVisits = 1_000_000
  package static let maxDepth = JSONValue.maxDepth

  package let root: JSONValue
  private var visits = 0

  package init(root: JSONValue) {
    self.root = root
  }

  package mutating func nodes(
    _ segments: [JSONPath.Segment], from start: JSONValue
  ) throws(Exhausted) -> [JSONValue] {
    var nodes = [start]
    for segment in segments {
      var found: [JSONValue] = []
      for node in nodes { try apply(segment, node, &found, depth: 0) }
      nodes = found
    }
    return nodes
  }

  private mutating func visit() throws(Exhausted) {
    visits += 1
    guard visits <= Self.maxVisits else { throw Exhausted() }
  }

  private mutating func apply(
    _ segment: JSONPath.Segment, _ node: JSONValue, _ found: inout [JSONValue], depth: Int
  ) throws(Exhausted) {
    guard depth <= Self.maxDepth else { throw Exhausted() }
    try visit()
    for selector in segment.selectors { try select(selector, node, &found) }
    guard segment.isDescendant else { return }
    for child in Self.children(node) { try apply(segment, child, &found, depth: depth + 1) }
  }

  private mutating func select(
    _ selector: JSONPath.Selector, _ node: JSONValue, _ found: inout [JSONValue]
  ) throws(Exhausted) {
    switch selector {
    case .name(let name):
      if let member = node.object?.member(name) { found.append(member) }
    case .wildcard:
      for child in Self.children(node) {
        try visit()
        found.append(child)
      }
    case .index(let index):
      guard let values = node.array else { return }
      let place = index < 0 ? values.count + index : index
      if values.indices.contains(place) { found.append(values[place]) }
    case .slice(let start, let end, let step):
      guard let values = node.array else { return }
      for place in Self.slice(start, end, step, values.count) {
        try visit()
        found.append(values[place])
      }
    case .filter(let condition):
      for child in Self.children(node) {
        try visit()
        if try holds(condition, child) { found.append(child) }
      }
    }
  }

  private static func children(_ node: JSONValue) -> [JSONValue] {
    switch node {
    case .array(let values): values
    case .object(let members): members.sorted { $0.key < $1.key }.map(\.value)
    default: []
    }
  }

  private static func slice(
    _ start: Int?, _ end: Int?, _ step: Int, _ count: Int
  ) -> StrideTo<Int> {
    func normal(_ place: Int) -> Int { place >= 0 ? place : count + place }
    if step > 0 {
      let lower = min(max(normal(start ?? 0), 0), count)
      let upper = min(max(normal(end ?? count), 0), count)
      return stride(from: lower, to: upper, by: step)
    }
    guard step < 0 else { return stride(from: 0, to: 0, by: 1) }
    let upper = min(max(start.map(normal) ?? count - 1, -1), count - 1)
    let lower = min(max(end.map(normal) ?? -1, -1), count - 1)
    return stride(from: upper, to: lower, by: step)
  }

  // MARK: Filters

  private mutating func holds(
    _ condition: JSONPath.Logical, _ current: JSONValue
  ) throws(Exhausted) -> Bool {
    switch condition {
    case .any(let parts):
      for part in parts where try holds(part, current) { return true }
      return false
    case .all(let parts):
      for part in parts where try !holds(part, current) { return false }
      return true
    case .not(let inner): return try !holds(inner, current)
    case .exists(let query): return try !nodes(query, current).isEmpty
    case .compare(let left, let comparison, let right):
      return Self.compare(try value(left, current), comparison, try value(right, current))
    case .call(let function): return try logical(function, current)
    }
  }

  private mutating func nodes(
    _ query: JSONPath.Query, _ current: JSONValue
  ) throws(Exhausted) -> [JSONValue] {
    try nodes(query.segments, from: query.isRelative ? current : root)
  }

  /// The value of an operand; nil stands for nothing.
  private mutating func value(
    _ operand: JSONPath.Operand, _ current: JSONValue
  ) throws(Exhausted) -> JSONValue? {
    switch operand {
    case .literal(let value): return value
    case .query(let query): return try nodes(query, current).first
    case .logical: return nil
    case .call(let function):
      switch function.name {
      case .length:
        return try value(function.arguments[0], current).flatMap(Self.length)
      case .count, .value:
        guard case .query(let query) = function.arguments[0] else { return nil }
        let found = try nodes(query, current)
        if function.name == .count { return .integer(Int64(found.count)) }
        return found.count == 1 ? found[0] : nil
      case .match, .search: return nil
      }
    }
  }

  private mutating func logical(
    _ function: JSONPath.Function, _ current: JSONValue
  ) throws(Exhausted) -> Bool {
    guard function.isLogical,
      let text = try value(function.arguments[0], current)?.string,
      let pattern = try value(function.arguments[1], current)?.string,
      let expression = try? RegularExpression(pattern)
    else { return false }
    return function.name == .match ? expression.matches(text) : expression.isFound(in: text)
  }

  private static func length(_ value: JSONValue) -> JSONValue? {
    switch value {
    case .string(let text): .integer(Int64(text.unicodeScalars.count))
    case .array(let values): .integer(Int64(values.count))
    case .object(let members): .integer(Int64(members.count))
    default: nil
    }
  }

  // MARK: Comparisons

  private static func compare(
    _ left: JSONValue?, _ comparison: JSONPath.Comparison, _ right: JSONValue?
  ) -> Bool {
    switch comparison {
    case .equal: isEqual(left, right)
    case .unequal: !isEqual(left, right)
    case .less: isLess(left, right)
    case .greater: isLess(right, left)
    case .lessOrEqual: isLess(left, right) || isEqual(left, right)
    case .greaterOrEqual: isLess(right, left) || isEqual(left, right)
    }
  }

  private static func isEqual(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return left.isSame(as: right)
  }

  private static func isLess(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
    switch (left, right) {
    case (.string(let left)?, .string(let right)?):
      left.utf8.lexicographicallyPrecedes(right.utf8)
    case (.integer(let left)?, .integer(let right)?): left < right
    case (let left?, let right?):
      if let left = left.double, let right = right.double { left < right } else { false }
    default: false
    }
  }
}

extension JSONValue {
  /// The number as a double; nil for anything else.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let text): Double(text)
    default: nil
    }
  }

  /// Whether two values are the same in JSON: numbers by value, texts by code points, nothing coerced.
  package func isSame(as other: JSONValue) -> Bool {
    switch (self, other) {
    case (.string(let left), .string(let right)): return left.utf8.elementsEqual(right.utf8)
    case (.integer(let left), .integer(let right)): return left == right
    case (.integer, .number), (.number, .integer), (.number, .number):
      return text == other.text || double == other.double
    case (.array(let left), .array(let right)):
      return left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
    case (.object(let left), .object(let right)):
      return left.count == right.count
        && left.allSatisfy { key, value in right.member(key).map { value.isSame(as: $0) } ?? false }
    default: return self == other
    }
  }
}
