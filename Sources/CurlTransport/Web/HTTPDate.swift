/// A date of HTTP in any of its three forms (RFC 9110 §5.6.7), read as bytes.
enum HTTPDate {
  /// Seconds since 1970, or nil when the bytes are no date.
  static func epochSeconds(_ bytes: ArraySlice<UInt8>) -> Int? {
    // `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`
    let words = bytes.split { ASCII.isSpace($0) || $0 == 0x2C || $0 == 0x2D }
    let hasZone =
      words.last.map { ASCII.equal($0, "GMT") || ASCII.equal($0, "UTC") } ?? false
    switch (words.count, hasZone) {
    case (6, true):
      guard let year = ASCII.number(words[3]) else { return nil }
      // Two digits, as in the oldest form: the century that puts the year nearest to ours.
      let full = words[3].count == 2 ? (year < 70 ? 2000 + year : 1900 + year) : year
      return seconds(day: words[1], month: words[2], year: full, time: words[4])
    case (5, false):
      guard let year = ASCII.number(words[4]) else { return nil }
      return seconds(day: words[2], month: words[1], year: year, time: words[3])
    default:
      return nil
    }
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  private static func seconds(
    day: ArraySlice<UInt8>, month: ArraySlice<UInt8>, year: Int, time: ArraySlice<UInt8>
  ) -> Int? {
    let clock = time.split(separator: 0x3A, omittingEmptySubsequences: false)
    guard let day = ASCII.number(day), (1...31).contains(day), (1...9999).contains(year),
      let month = months.firstIndex(where: { ASCII.equal(month, $0) }),
      clock.count == 3, let hour = ASCII.number(clock[0]), hour < 24,
      let minute = ASCII.number(clock[1]), minute < 60, let second = ASCII.number(clock[2]),
      second <= 60
    else { return nil }
    return days(year: year, month: month + 1, day: day) * 86_400 + hour * 3600 + minute * 60
      + second
  }

  /// Days since 1970 in the Gregorian calendar; the year is taken to begin in March.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
