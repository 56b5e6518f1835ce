package import CurlTransport
package import IdentityCore

/// Compares our clock with that of a vendor.
package enum ServerClock {
  /// From so many seconds on a difference is worth a word; signed assertions live for minutes.
  private static let tolerated: Int64 = 60
  private static let fatal: Int64 = 300

  /// The line of `idsync doctor` about a reply's `Date`.
  package static func line(_ source: SourceName, _ response: HTTPResponse, now: Timestamp)
    -> DiagnosticLine
  {
    guard let theirs = response.headers["Date"].flatMap(seconds) else {
      return DiagnosticLine(
        source: source, check: "clock", outcome: .warning,
        message: "The reply names no date, so the clock could not be compared.",
        remedy: "Check the clock of this machine by other means.")
    }
    let skew = now.milliseconds / 1000 - theirs
    let size = skew.magnitude
    guard size > tolerated else {
      return DiagnosticLine(
        source: source, check: "clock", outcome: .good,
        message: "The clock agrees with the source's to \(size) seconds.")
    }
    return DiagnosticLine(
      source: source, check: "clock", outcome: size > fatal ? .failure : .warning,
      message: "The clock is \(size) seconds \(skew > 0 ? "ahead of" : "behind") the source's.",
      remedy: "Set the clock of this machine, best by NTP.")
  }

  /// Seconds since 1970 of a date as HTTP writes it: `Tue, 24 Nov 2026 05:04:41 GMT`.
  package static func seconds(_ text: String) -> Int64? {
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]),
      let month = months.firstIndex(of: String(parts[2])).map({ Int64($0 + 1) }),
      let year = Int64(parts[3]), (1970...9999).contains(year)
    else { return nil }
    let time = parts[4].split(separator: ":").compactMap { Int64($0) }
    guard time.count == 3 else { return nil }
    // Days since 1970 by a calendar whose year begins in March, so that the leap day is its last.
    let shifted = month <= 2 ? year - 1 : year
    let yearOfEra = shifted % 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = shifted / 400 * 146_097 + dayOfEra - 719_468
    return days * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
  }
}
