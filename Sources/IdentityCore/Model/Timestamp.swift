public import Foundation

/// A moment in UTC with millisecond precision; written as RFC 3339 with `Z`.
public struct Timestamp: Sendable, Hashable, Comparable, Codable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public var milliseconds: Int64

  /// Makes a moment from milliseconds since 1970.
  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// Makes a moment from a date, rounded to the millisecond.
  public init(_ date: Date) {
    milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
  }

  /// The same moment as a date.
  public var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

  /// Reads RFC 3339 (`2026-06-02T08:00:00.000Z`, offsets allowed) or a plain `2027-01-31` (midnight UTC).
  ///
  /// A day that no calendar has, such as 31 February, is nil.
  public init?(_ text: String) {
    guard Self.isDay(text.prefix(10)) else { return nil }
    let plainDay = Date.ISO8601FormatStyle().year().month().day()
    let styles = [
      Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true),
    ]
    for style in styles {
      if let date = try? style.parse(text) {
        self.init(date)
        return
      }
    }
    guard text.utf8.count == 10, let date = try? plainDay.parse(text) else { return nil }
    self.init(date)
  }

  /// Whether `2027-01-31` stands in the calendar.
  private static func isDay(_ text: Substring) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.count) == [4, 2, 2],
      text.utf8.allSatisfy({ $0 == 0x2D || 0x30...0x39 ~= $0 }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
      1...12 ~= month
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return 1...days[month - 1] ~= day
  }

  /// RFC 3339 in UTC, to the second: `2026-06-02T08:00:00Z`.
  public var text: String { date.formatted(.iso8601) }

  /// Orders by time.
  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

  /// Moves by a duration given in seconds.
  public func adding(seconds: Int64) -> Timestamp {
    Timestamp(milliseconds: milliseconds + seconds * 1000)
  }

  /// Decodes the RFC 3339 text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Timestamp(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not RFC 3339")
    }
    self = value
  }

  /// Encodes as RFC 3339 text with milliseconds.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
  }
}
