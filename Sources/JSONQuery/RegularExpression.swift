/// A regular expression of RFC 9485 (I-Regexp), with `^` and `$` as anchors; runs in linear time.
///
/// The text is followed by all threads of the expression at once, so no expression can make a hostile text dear.
package struct RegularExpression: Sendable, Hashable {
  /// Why a text is no expression.
  package struct Malformed: Error, Hashable {
    package let reason: String
  }

  enum Instruction: Sendable, Hashable {
    case scalar(Unicode.Scalar)
    /// Any but line feed and carriage return.
    case any
    case charClass(RegexpClass)
    /// The first branch is preferred.
    case split(Int, Int)
    case jump(Int)
    case save(Int)
    case start
    case end
    case match
  }

  let program: [Instruction]

  package init(_ pattern: String) throws(Malformed) {
    var parser = RegexpParser(pattern)
    program = try parser.parse()
  }

  /// Whether the whole text fits.
  package func matches(_ text: String) -> Bool {
    run(Array(text.unicodeScalars), isWhole: true) != nil
  }

  /// Whether some part of the text fits.
  func isFound(in text: String) -> Bool {
    run(Array(text.unicodeScalars), isWhole: false) != nil
  }

  /// What the first group took in the leftmost part that fits; the whole part where there are no groups.
  package func capture(in text: String) -> String? {
    let scalars = Array(text.unicodeScalars)
    guard let saved = run(scalars, isWhole: false) else { return nil }
    let hasGroup = program.contains(.save(2))
    let place = hasGroup ? 2 : 0
    guard saved[place] >= 0, saved[place + 1] >= saved[place] else { return nil }
    return String(String.UnicodeScalarView(scalars[saved[place]..<saved[place + 1]]))
  }

  private struct Thread {
    var place: Int
    /// Where the match and the first group begin and end; -1 where not yet.
    var saved: [Int]
  }

  private func run(_ text: [Unicode.Scalar], isWhole: Bool) -> [Int]? {
    var current: [Thread] = []
    var best: [Int]?
    for position in 0...text.count {
      var seen = [Bool](repeating: false, count: program.count)
      var threads: [Thread] = []
      for thread in current { follow(thread, position, text, &threads, &seen) }
      if best == nil, position == 0 || !isWhole {
        follow(
          Thread(place: 0, saved: [position, -1, -1, -1]), position, text, &threads, &seen)
      }
      current = []
      for thread in threads {
        switch program[thread.place] {
        case .match:
          if isWhole, position < text.count { continue }
          var saved = thread.saved
          saved[1] = position
          best = saved
        default:
          guard position < text.count, takes(program[thread.place], text[position]) else {
            continue
          }
          current.append(Thread(place: thread.place + 1, saved: thread.saved))
          continue
        }
        // Threads behind a match are less preferred.
        break
      }
      if current.isEmpty, best != nil || isWhole { break }
    }
    return best
  }

  /// Follows a thread to the instructions that take a character.
  private func follow(
    _ thread: Thread, _ position: Int, _ text: [Unicode.Scalar], _ threads: inout [Thread],
    _ seen: inout [Bool]
  ) {
    var open = [thread]
    while var next = open.popLast() {
      guard !seen[next.place] else { continue }
      seen[next.place] = true
      switch program[next.place] {
      case .jump(let place):
        next.place = place
        open.append(next)
      case .split(let first, let second):
        var other = next
        next.place = first
        other.place = second
        open.append(other)
        open.append(next)
      case .save(let slot):
        next.saved[slot] = position
        next.place += 1
        open.append(next)
      case .start:
        if position == 0 {
          next.place += 1
          open.append(next)
        }
      case .end:
        if position == text.count {
          next.place += 1
          open.append(next)
        }
      case .scalar, .any, .charClass, .match: threads.append(next)
      }
    }
  }

  private func takes(_ instruction: Instruction, _ scalar: Unicode.Scalar) -> Bool {
    switch instruction {
    case .scalar(let wanted): scalar == wanted
    case .any: scalar != "\n" && scalar != "\r"
    case .charClass(let set): set.contains(scalar)
    default: false
    }
  }
}

/// A set of characters: ranges and general categories.
struct RegexpClass: Sendable, Hashable {
  enum Item: Sendable, Hashable {
    case range(ClosedRange<UInt32>)
    /// A category such as `Lu`, or its group `L`; the flag says whether the rest is meant.
    case category(String, isNegated: Bool)
  }

  var items: [Item] = []
  var isNegated = false

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let isListed = items.contains { item in
      switch item {
      case .range(let range): range.contains(scalar.value)
      case .category(let name, let isNegated):
        Self.category(of: scalar).hasPrefix(name) != isNegated
      }
    }
    return isListed != isNegated
  }

  /// The categories of RFC 9485.
  static let categories: Set<String> = [
    "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc",
    "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "Z", "Zl", "Zp", "Zs", "S", "Sc", "Sk", "Sm", "So", "C",
    "Cc", "Cf", "Cn", "Co",
  ]

  private static func category(of scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    case .unassigned: "Cn"
    @unknown default: "Cn"
    }
  }
}
