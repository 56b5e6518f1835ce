internal import IdentityCore

/// Reads the small notations of the configuration.
enum ScalarText {
  /// `90s`, `15m`, `72h`, `7d` as seconds.
  static func seconds(_ text: String) -> Int64? {
    guard let unit = text.last, let count = Int64(text.dropLast()), count >= 0 else { return nil }
    let factor: Int64? =
      switch unit {
      case "s": 1
      case "m": 60
      case "h": 3600
      case "d": 86_400
      default: nil
      }
    guard let factor, count <= 36_525 * 86_400 / factor else { return nil }
    return count * factor
  }

  /// A time that something may take, `30m`, in seconds; none at all is no time.
  static func span(_ text: String) -> Int64? {
    seconds(text).flatMap { $0 > 0 ? $0 : nil }
  }

  /// What ``span(_:)`` reads, for whoever wrote something else.
  static let spanText = "a duration above zero such as 30m"

  /// `20%` as 0.2.
  static func share(_ text: String) -> Double? {
    guard text.hasSuffix("%"), let value = Double(text.dropLast()), (0...100).contains(value)
    else { return nil }
    return value / 100
  }

  /// A whole number from 1.
  static func positive(_ text: String) -> Int? {
    Int(text).flatMap { $0 > 0 ? $0 : nil }
  }

  /// An http or https URL without user info, a trailing slash taken off.
  static func url(_ text: String) -> String? {
    let scheme = text.prefix { $0 != ":" }.lowercased()
    guard scheme == "https" || scheme == "http", text.contains("://") else { return nil }
    let rest = text.drop { $0 != ":" }.dropFirst(3)
    let host = rest.prefix { $0 != "/" }
    guard !host.isEmpty, !host.contains("@"), !text.contains(where: \.isWhitespace) else {
      return nil
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  /// `2027-01-31`, which is its first moment in UTC, or a moment in RFC 3339.
  static func moment(_ text: String) -> Timestamp? { WrittenDate(text)?.start }

  /// A cron expression of five fields, checked as far as its characters go.
  static func schedule(_ text: String) -> String? {
    let fields = text.split(separator: " ")
    let allowed = Set("0123456789*/,-")
    guard fields.count == 5, fields.allSatisfy({ $0.allSatisfy { allowed.contains($0) } }) else {
      return nil
    }
    return text
  }
}
