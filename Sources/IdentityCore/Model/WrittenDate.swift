/// A moment or a day as people write it on a command line or in a configuration.
public struct WrittenDate: Sendable, Hashable {
  /// The moment; of a day, its first.
  public let start: Timestamp
  /// The moment; of a day, its last millisecond.
  public let end: Timestamp

  /// Whether it is a day without a time.
  public var isDay: Bool { start != end }

  /// A moment.
  public init(_ moment: Timestamp) {
    start = moment
    end = moment
  }

  /// Reads a day such as `2027-01-31` (in UTC), or a moment in any form of RFC 3339.
  ///
  /// `T` and `Z` in either case, a space for the `T`, any number of fractional digits, any offset (`-00:00` too), and a leap second,
  /// which counts as the second after it. A day that no calendar has is nil.
  public init?(_ text: String) {
    var reader = RFC3339Reader(text)
    guard let day = reader.day() else { return nil }
    let midnight = day * 86_400_000
    if reader.isAtEnd {
      start = Timestamp(milliseconds: midnight)
      end = Timestamp(milliseconds: midnight + 86_399_999)
      return
    }
    guard let time = reader.time(), let offset = reader.offset(), reader.isAtEnd else {
      return nil
    }
    start = Timestamp(milliseconds: midnight + time - offset)
    end = start
  }
}

/// Reads the parts of an RFC 3339 text one after the other.
private struct RFC3339Reader {
  private var rest: ArraySlice<UInt8>

  init(_ text: String) {
    rest = Array(text.utf8)[...]
  }

  var isAtEnd: Bool { rest.isEmpty }

  /// Days since 1970-01-01.
  mutating func day() -> Int64? {
    guard let year = number(4), take("-"), let month = number(2), take("-"),
      let day = number(2), 1...12 ~= month
    else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard 1...lengths[Int(month - 1)] ~= day else { return nil }
    // Counted from 1 March of year 0, so that the leap day ends each year.
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Milliseconds since midnight; further digits are cut off.
  mutating func time() -> Int64? {
    guard take("T") || take("t") || take(" "), let hour = number(2), hour < 24, take(":"),
      let minute = number(2), minute < 60, take(":"), let second = number(2), second <= 60
    else { return nil }
    var milliseconds: Int64 = 0
    if take(".") {
      let digits = rest.prefix { 0x30...0x39 ~= $0 }
      guard !digits.isEmpty else { return nil }
      rest = rest.dropFirst(digits.count)
      for digit in (Array(digits) + [0x30, 0x30]).prefix(3) {
        milliseconds = milliseconds * 10 + Int64(digit - 0x30)
      }
    }
    return ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds
  }

  /// Milliseconds to take off.
  mutating func offset() -> Int64? {
    if take("Z") || take("z") { return 0 }
    let isBehind = take("-")
    guard isBehind || take("+"), let hours = number(2), hours < 24, take(":"),
      let minutes = number(2), minutes < 60
    else { return nil }
    return (hours * 60 + minutes) * 60_000 * (isBehind ? -1 : 1)
  }

  private mutating func number(_ digits: Int) -> Int64? {
    guard rest.count >= digits, rest.prefix(digits).allSatisfy({ 0x30...0x39 ~= $0 }) else {
      return nil
    }
    defer { rest = rest.dropFirst(digits) }
    return rest.prefix(digits).reduce(0) { $0 * 10 + Int64($1 - 0x30) }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard let first = rest.first, UInt32(first) == character.value else { return false }
    rest = rest.dropFirst()
    return true
  }
}
