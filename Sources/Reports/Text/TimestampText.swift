import IdentityCore

/// Moments in UTC as text, written without a formatter: listings hold two of them a row.
enum TimestampText {
  /// Appends RFC 3339 to the second: `2026-06-02T08:00:00Z`.
  static func append(_ moment: Timestamp, to bytes: inout [UInt8]) {
    let parts = Parts(moment)
    parts.appendDay(to: &bytes)
    bytes.append(UInt8(ascii: "T"))
    parts.appendClock(withSeconds: true, to: &bytes)
    bytes.append(UInt8(ascii: "Z"))
  }

  /// RFC 3339 to the second: `2026-06-02T08:00:00Z`.
  static func rfc3339(_ moment: Timestamp) -> String {
    var bytes: [UInt8] = []
    append(moment, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// For people: `2026-06-02 08:00 UTC`.
  static func minute(_ moment: Timestamp) -> String {
    let parts = Parts(moment)
    var bytes: [UInt8] = []
    parts.appendDay(to: &bytes)
    bytes.append(UInt8(ascii: " "))
    parts.appendClock(withSeconds: false, to: &bytes)
    return String(decoding: bytes, as: UTF8.self) + " UTC"
  }

  /// The day alone: `2026-06-02`.
  static func day(_ moment: Timestamp) -> String {
    var bytes: [UInt8] = []
    Parts(moment).appendDay(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A span of time in the largest step that is whole: `45 s`, `12 min`, `5 h`, `3 days`.
  static func span(from start: Timestamp, to end: Timestamp) -> String {
    let seconds = max(0, (end.milliseconds - start.milliseconds) / 1000)
    return switch seconds {
    case ..<60: "\(seconds) s"
    case ..<3600: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) days"
    }
  }

  /// Calendar fields of a moment; the proleptic Gregorian calendar in UTC.
  private struct Parts {
    var year: Int64
    var month: Int64
    var day: Int64
    var second: Int64

    init(_ moment: Timestamp) {
      let seconds = Self.floored(moment.milliseconds, by: 1000)
      let days = Self.floored(seconds, by: 86_400)
      second = seconds - days * 86_400
      // Counted from 1 March of year 0, so that the leap day ends each year.
      let shifted = days + 719_468
      let era = Self.floored(shifted, by: 146_097)
      let dayOfEra = shifted - era * 146_097
      let yearOfEra =
        (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
      let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
      let shiftedMonth = (5 * dayOfYear + 2) / 153
      day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
      month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
      year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    func appendDay(to bytes: inout [UInt8]) {
      Self.append(min(max(year, 0), 9999), digits: 4, to: &bytes)
      bytes.append(UInt8(ascii: "-"))
      Self.append(month, digits: 2, to: &bytes)
      bytes.append(UInt8(ascii: "-"))
      Self.append(day, digits: 2, to: &bytes)
    }

    func appendClock(withSeconds: Bool, to bytes: inout [UInt8]) {
      Self.append(second / 3600, digits: 2, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      Self.append(second / 60 % 60, digits: 2, to: &bytes)
      guard withSeconds else { return }
      bytes.append(UInt8(ascii: ":"))
      Self.append(second % 60, digits: 2, to: &bytes)
    }

    private static func floored(_ value: Int64, by divisor: Int64) -> Int64 {
      let quotient = value / divisor
      return value % divisor < 0 ? quotient - 1 : quotient
    }

    private static func append(_ value: Int64, digits: Int, to bytes: inout [UInt8]) {
      var divisor: Int64 = 1
      for _ in 1..<digits { divisor *= 10 }
      while divisor > 0 {
        bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
        divisor /= 10
      }
    }
  }
}
