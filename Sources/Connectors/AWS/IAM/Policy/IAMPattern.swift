/// A pattern of actions or resources: `*` stands for any text, `?` for one character.
///
/// - SeeAlso: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
struct IAMPattern: Sendable, Hashable {
  /// As the policy writes it.
  let text: String
  /// Its characters, a variable (`${aws:username}`) as `*`.
  private let units: [UInt8]
  /// Whether it is of actions, which have one colon.
  let isAction: Bool
  /// Whether it has a variable, so that it may mean less than ``units``.
  let hasVariable: Bool

  private static let star = UInt8(ascii: "*")
  private static let mark = UInt8(ascii: "?")

  /// Makes a pattern; actions are told apart without case, resources with it.
  init(_ text: String, ignoringCase: Bool) {
    self.text = text
    isAction = ignoringCase
    let (plain, hasVariable) = Self.withoutVariables(ignoringCase ? text.lowercased() : text)
    self.hasVariable = hasVariable
    units = Array(plain.utf8)
  }

  private static func withoutVariables(_ text: String) -> (String, Bool) {
    var result = ""
    var rest = text[...]
    var hasVariable = false
    while let start = rest.firstRange(of: "${"),
      let end = rest[start.upperBound...].firstIndex(of: "}")
    {
      result += rest[..<start.lowerBound] + "*"
      rest = rest[rest.index(after: end)...]
      hasVariable = true
    }
    return (result + rest, hasVariable)
  }

  /// Whether it is every text.
  var isEverything: Bool { !units.isEmpty && units.allSatisfy { $0 == Self.star } }

  /// A text that it matches, mostly; the letters of `filling` stand for each `*`.
  func sample(_ filling: String) -> String {
    String(
      decoding: units.flatMap { unit -> [UInt8] in
        unit == Self.star ? Array(filling.utf8) : unit == Self.mark ? [0x78] : [unit]
      }, as: UTF8.self)
  }

  /// What stands before its first wildcard.
  var prefix: String {
    String(decoding: units.prefix { $0 != Self.star && $0 != Self.mark }, as: UTF8.self)
  }

  /// What stands after its last wildcard.
  var suffix: String {
    let last = units.lastIndex { $0 == Self.star || $0 == Self.mark }.map { $0 + 1 } ?? 0
    return String(decoding: units[last...], as: UTF8.self)
  }

  /// Whether it matches a text, which has the case that the pattern was made with.
  func matches(_ text: String) -> Bool {
    Self.covers(units[...], Array(text.utf8)[...], literal: true)
  }

  /// Whether it certainly matches whatever the other one matches.
  func covers(_ other: IAMPattern) -> Bool {
    Self.covers(units[...], other.units[...], literal: false)
  }

  /// Matches a pattern against characters; those of another pattern stand for themselves, so that only `*` covers a `*`.
  private static func covers(
    _ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>, literal: Bool
  ) -> Bool {
    var (place, position) = (pattern.startIndex, text.startIndex)
    var back: (place: Int, position: Int)?
    while position < text.endIndex {
      let unit = text[position]
      if place < pattern.endIndex, pattern[place] == star {
        back = (place, position)
        place += 1
      } else if place < pattern.endIndex,
        pattern[place] == unit || pattern[place] == mark && (literal || unit != star)
      {
        place += 1
        position += 1
      } else if let last = back {
        back = (last.place, last.position + 1)
        place = last.place + 1
        position = last.position + 1
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == star }
  }

  /// Whether some text may match both; an action has one colon, so both sides of it must be met.
  func overlaps(_ other: IAMPattern) -> Bool {
    if isEverything || other.isEverything { return true }
    let (mine, theirs) = (units.split(separator: 0x3A), other.units.split(separator: 0x3A))
    if isAction, other.isAction, mine.count == 2, theirs.count == 2 {
      return zip(mine, theirs).allSatisfy { Self.overlap(Array($0), Array($1)) }
    }
    return Self.overlap(units, other.units)
  }

  /// What actions have in common, where one pattern says all of the service and one all of the name; nil else.
  static func common(_ patterns: [IAMPattern]) -> IAMPattern? {
    let parts = patterns.filter { !$0.isEverything }.map {
      $0.text.split(separator: ":", omittingEmptySubsequences: false).map {
        IAMPattern(String($0), ignoringCase: true)
      }
    }
    guard patterns.allSatisfy({ $0.isAction || $0.isEverything }), !parts.isEmpty,
      parts.allSatisfy({ $0.count == 2 })
    else { return nil }
    func narrowest(_ place: Int) -> IAMPattern? {
      parts.map { $0[place] }.first { one in parts.allSatisfy { $0[place].covers(one) } }
    }
    guard let service = narrowest(0), let name = narrowest(1) else { return nil }
    return IAMPattern("\(service.text):\(name.text)", ignoringCase: true)
  }

  private static func overlap(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    // Beginnings without a wildcard must agree: most pairs end here.
    let length = min(plainLength(left), plainLength(right))
    guard left.prefix(length) == right.prefix(length) else { return false }
    var row = [Bool](repeating: false, count: right.count + 1)
    for place in 0...left.count {
      var next = [Bool](repeating: false, count: right.count + 1)
      for other in 0...right.count {
        if place == 0, other == 0 {
          next[0] = true
          continue
        }
        let mine = place > 0 ? left[place - 1] : 0
        let theirs = other > 0 ? right[other - 1] : 0
        var isMet = place > 0 && mine == star && row[other]
        isMet = isMet || other > 0 && theirs == star && next[other - 1]
        if place > 0, other > 0 {
          let isSame = mine == theirs || mine == mark || theirs == mark
          if mine == star { isMet = isMet || next[other - 1] && theirs != star }
          if theirs == star { isMet = isMet || row[other] && mine != star }
          if mine != star, theirs != star, isSame { isMet = isMet || row[other - 1] }
        }
        next[other] = isMet
      }
      row = next
    }
    return row[right.count]
  }

  private static func plainLength(_ units: [UInt8]) -> Int {
    units.firstIndex { $0 == star || $0 == mark } ?? units.count
  }
}

/// The actions or resources of a statement: those that a pattern matches, or all others (`NotAction`).
struct IAMSet: Sendable, Hashable {
  var patterns: [IAMPattern]
  var isInverted = false

  /// All others.
  var inverted: IAMSet { IAMSet(patterns: patterns, isInverted: !isInverted) }

  /// Whether it means exactly what it says, for every person.
  var isExact: Bool { !patterns.contains(where: \.hasVariable) }

  /// Whether it is everything.
  var isEverything: Bool {
    isInverted ? patterns.isEmpty : patterns.contains(where: \.isEverything)
  }

  func contains(_ text: String) -> Bool {
    patterns.contains { $0.matches(text) } != isInverted
  }
}
