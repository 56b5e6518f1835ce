internal import IdentityCore

/// Dates as mail and HTTP write them: `Tue, 02 Jun 2026 08:00:00 +0000`.
enum InternetDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

  /// Writes the date of a mail (RFC 5322), in UTC.
  static func mail(_ moment: Timestamp) -> String {
    let text = Array(moment.text)
    guard text.count >= 19, let month = Int(String(text[5...6])), (1...12).contains(month) else {
      return "Thu, 01 Jan 1970 00:00:00 +0000"
    }
    let day = moment.milliseconds.floorDivided(by: 86_400_000)
    let name = days[Int(((day % 7) + 7) % 7)]
    return "\(name), \(String(text[8...9])) \(months[month - 1]) \(String(text[0...3])) "
      + "\(String(text[11...18])) +0000"
  }

  /// Reads the preferred date of HTTP (`Tue, 02 Jun 2026 08:00:00 GMT`); nil for anything else.
  static func parseHTTP(_ text: String) -> Timestamp? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT", parts[1].count == 2,
      let month = months.firstIndex(of: String(parts[2])), parts[3].count == 4, parts[4].count == 8
    else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    return Timestamp("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
  }
}

extension Int64 {
  fileprivate func floorDivided(by divisor: Int64) -> Int64 {
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? quotient - 1 : quotient
  }
}
