/// What Okta ranks by a number: policies and rules.
protocol OktaRanked {
  /// 1 (or 0) is asked first; nil when Okta does not show it.
  var priority: Int64? { get }
  /// Whether it is the vendor's own, which is always last; nil when Okta does not show it.
  var isSystem: Bool? { get }
}

/// In which order Okta asks.
enum OktaOrder {
  /// By number, the vendor's own last whatever its number says; without a number behind all that have one.
  static func sorted<T: OktaRanked>(_ items: [T]) -> [T] {
    items.enumerated().sorted {
      let first = ($0.element.isSystem == true ? 1 : 0, $0.element.priority ?? .max, $0.offset)
      let second = ($1.element.isSystem == true ? 1 : 0, $1.element.priority ?? .max, $1.offset)
      return first < second
    }.map(\.element)
  }

  /// Whether what was shown says in which order these are asked.
  static func isKnown<T: OktaRanked>(_ items: [T]) -> Bool {
    let others = items.filter { $0.isSystem != true }
    guard others.count > 1 else { return true }
    let numbers = others.compactMap(\.priority)
    guard numbers.count == others.count, let last = numbers.max() else { return false }
    // Which of two with one number is asked first is documented nowhere.
    guard Set(numbers).count == numbers.count else { return false }
    // What is not said to be the last one is it by its number, or its place is not known.
    return others.allSatisfy { $0.isSystem != nil || $0.priority == last }
  }
}
