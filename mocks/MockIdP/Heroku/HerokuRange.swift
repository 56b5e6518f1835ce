/// A `Range` header in Heroku's sense: `email ]kim@acme.com..; max=200, order=desc`.
struct HerokuRange: Sendable, Equatable {
  var property: String
  /// Where the page starts; nil at the beginning.
  var start: String?
  /// Whether the start itself is left out, written with a `]` before it.
  var isAfterStart = false
  /// Where the page ends at the latest.
  var end: String?
  var max = 200
  var isDescending = false

  /// Reads a header.
  /// - Returns: nil when the property is none of those allowed, or the form or size is wrong.
  init?(_ text: String, properties: [String]) {
    let parts = text.split(separator: ";", maxSplits: 1).map { $0.trimmingSpaces }
    guard let range = parts.first else { return nil }
    let words = range.split(separator: " ", maxSplits: 1).map(String.init)
    guard let property = words.first, properties.contains(property) else { return nil }
    self.property = property
    if words.count > 1 {
      guard let dots = words[1].firstRange(of: "..") else { return nil }
      var start = String(words[1][..<dots.lowerBound])
      let end = words[1][dots.upperBound...].trimmingSpaces
      if start.hasPrefix("]") {
        isAfterStart = true
        start.removeFirst()
      }
      self.start = start.isEmpty ? nil : start
      self.end = end.isEmpty ? nil : end
    }
    for option in parts.dropFirst().joined().split(separator: ",") {
      let pair = option.split(separator: "=").map { $0.trimmingSpaces }
      guard pair.count == 2 else { return nil }
      switch (pair[0], pair[1]) {
      case ("max", let value):
        guard let max = Int(value), (1...1000).contains(max) else { return nil }
        self.max = max
      case ("order", "asc"): isDescending = false
      case ("order", "desc"): isDescending = true
      default: return nil
      }
    }
  }

  init(property: String, max: Int = 200) {
    self.property = property
    self.max = max
  }

  /// The range that begins behind a value.
  func after(_ value: String) -> String {
    "\(property) ]\(value)..\(end ?? ""); max=\(max)" + (isDescending ? ", order=desc" : "")
  }

  /// Whether a value lies before the start, in the direction of this range.
  func isBeforeStart(_ value: String) -> Bool {
    guard let start else { return false }
    if value == start { return isAfterStart }
    return isDescending ? start.precedes(value) : value.precedes(start)
  }

  /// Whether a value lies behind the end.
  func isBehindEnd(_ value: String) -> Bool {
    guard let end, value != end else { return false }
    return isDescending ? value.precedes(end) : end.precedes(value)
  }
}

extension StringProtocol {
  /// The text without spaces at its ends.
  var trimmingSpaces: String {
    var text = self[...]
    while text.first == " " { text = text.dropFirst() }
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }

  /// Whether this text comes before another, byte by byte.
  func precedes(_ other: some StringProtocol) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }
}

extension Reply {
  /// Makes the reply to a list that may be read in ranges.
  init(
    _ range: HerokuRange, sent: String?, properties: [String], body: [UInt8], last: String?,
    hasMore: Bool
  ) {
    self.init(
      status: hasMore ? 206 : 200,
      headers: [
        ("Content-Type", "application/json"), ("Accept-Ranges", properties.joined(separator: ", ")),
      ],
      body: body)
    if hasMore, let last { setHeader("Next-Range", range.after(last)) }
    if let last {
      setHeader(
        "Content-Range", "\(range.property) \(range.start ?? "")..\(last); max=\(range.max)")
    }
    // "!" sorts before every character that may follow in a value, so nothing is skipped.
    page = Page(
      current: sent ?? "\(range.property) ..; max=\(range.max)",
      again: range.after((range.start ?? "") + "!"))
  }
}
