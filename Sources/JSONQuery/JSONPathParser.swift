/// Reads a JSONPath query by the grammar of RFC 9535.
struct JSONPathParser {
  typealias Malformed = JSONPath.Malformed

  private static let maxDepth = 64
  /// Integers in queries stay within what every JSON implementation holds exactly.
  private static let maxInteger = 9_007_199_254_740_991

  let text: [Unicode.Scalar]
  var place = 0
  private var depth = 0

  init(_ text: String) {
    self.text = Array(text.unicodeScalars)
  }

  mutating func parse() throws(Malformed) -> [JSONPath.Segment] {
    guard take("$") else { throw fault("a JSONPath begins with $") }
    let segments = try segments()
    guard place == text.count else { throw fault("unexpected end of the query") }
    return segments
  }

  // MARK: Characters

  var next: Unicode.Scalar? { place < text.count ? text[place] : nil }

  func fault(_ reason: String) -> Malformed { Malformed(place: place + 1, reason: reason) }

  func isNext(_ word: String) -> Bool {
    text[place...].starts(with: word.unicodeScalars)
  }

  mutating func take(_ word: String) -> Bool {
    guard isNext(word) else { return false }
    place += word.unicodeScalars.count
    return true
  }

  mutating func skipSpace() {
    while let scalar = next, scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" {
      place += 1
    }
  }

  // MARK: Segments

  mutating func segments() throws(Malformed) -> [JSONPath.Segment] {
    var segments: [JSONPath.Segment] = []
    while true {
      let start = place
      skipSpace()
      if isNext("..") {
        place += 2
        segments.append(
          JSONPath.Segment(
            isDescendant: true, selectors: isNext("[") ? try bracketed() : [try dotted()]))
      } else if take(".") {
        segments.append(JSONPath.Segment(isDescendant: false, selectors: [try dotted()]))
      } else if isNext("[") {
        segments.append(JSONPath.Segment(isDescendant: false, selectors: try bracketed()))
      } else {
        place = start
        return segments
      }
    }
  }

  private mutating func dotted() throws(Malformed) -> JSONPath.Selector {
    if take("*") { return .wildcard }
    guard let first = next, Self.isNameFirst(first) else {
      throw fault("a name or * is missing; other names stand in ['…']")
    }
    var name = String.UnicodeScalarView()
    while let scalar = next, Self.isNameFirst(scalar) || Self.isDigit(scalar) {
      name.append(scalar)
      place += 1
    }
    return .name(String(name))
  }

  private mutating func bracketed() throws(Malformed) -> [JSONPath.Selector] {
    guard take("[") else { throw fault("[ is missing") }
    var selectors: [JSONPath.Selector] = []
    repeat {
      skipSpace()
      selectors.append(try selector())
      skipSpace()
    } while take(",")
    guard take("]") else { throw fault("] or , is missing") }
    return selectors
  }

  private mutating func selector() throws(Malformed) -> JSONPath.Selector {
    switch next {
    case "'", "\"": return .name(try string())
    case "*":
      place += 1
      return .wildcard
    case "?":
      place += 1
      skipSpace()
      return .filter(try logical())
    default: return try indexOrSlice()
    }
  }

  private mutating func indexOrSlice() throws(Malformed) -> JSONPath.Selector {
    let start = try integer()
    let afterStart = place
    skipSpace()
    guard take(":") else {
      place = afterStart
      guard let start else { throw fault("a name, number, *, or ? is missing in []") }
      return .index(start)
    }
    skipSpace()
    let end = try integer()
    let afterEnd = place
    skipSpace()
    guard take(":") else {
      place = afterEnd
      return .slice(start, end, 1)
    }
    skipSpace()
    return .slice(start, end, try integer() ?? 1)
  }

  private mutating func integer() throws(Malformed) -> Int? {
    let start = place
    let isNegative = take("-")
    var digits = ""
    while let scalar = next, Self.isDigit(scalar) {
      digits.unicodeScalars.append(scalar)
      place += 1
    }
    if digits.isEmpty, !isNegative { return nil }
    guard let number = Int(digits), number <= Self.maxInteger,
      digits == "0" ? !isNegative : !digits.hasPrefix("0")
    else {
      place = start
      throw fault("the number is none of RFC 9535")
    }
    return isNegative ? -number : number
  }

  // MARK: Strings

  mutating func string() throws(Malformed) -> String {
    guard let quote = next, quote == "'" || quote == "\"" else { throw fault("a quote is missing") }
    place += 1
    var result = String.UnicodeScalarView()
    while let scalar = next {
      place += 1
      if scalar == quote { return String(result) }
      guard scalar.value >= 0x20 else { throw fault("a control character stands in a text") }
      result.append(scalar == "\\" ? try escaped(quote) : scalar)
    }
    throw fault("the closing quote is missing")
  }

  private mutating func escaped(_ quote: Unicode.Scalar) throws(Malformed) -> Unicode.Scalar {
    guard let scalar = next else { throw fault("the closing quote is missing") }
    place += 1
    switch scalar {
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "/", "\\": return scalar
    case quote: return scalar
    case "u":
      let high = try hex()
      if let whole = Unicode.Scalar(high) { return whole }
      guard (0xD800..<0xDC00).contains(high), take("\\u") else {
        throw fault("half of a surrogate pair stands alone")
      }
      let low = try hex()
      guard (0xDC00..<0xE000).contains(low),
        let whole = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
      else { throw fault("half of a surrogate pair stands alone") }
      return whole
    default: throw fault("unknown escape")
    }
  }

  private mutating func hex() throws(Malformed) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let scalar = next, scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
        throw fault("four hexadecimal digits are missing")
      }
      place += 1
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func isNameFirst(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
      || scalar.value >= 0x80
  }

  /// Goes one level down; the depth of a query is bounded.
  mutating func deeper<T>(
    _ body: (inout JSONPathParser) throws(Malformed) -> T
  ) throws(Malformed) -> T {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maxDepth else { throw fault("the query is nested too deep") }
    return try body(&self)
  }
}
