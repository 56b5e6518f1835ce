/// A duration of ISO 8601 as Okta writes it: `PT2H`, `P30D`, `PT43800H`.
enum OktaDuration {
  private static let days: [Character: Int64] = ["Y": 366, "M": 31, "W": 7, "D": 1]
  private static let minutes: [Character: Int64] = ["H": 60, "M": 1, "S": 0]

  /// The minutes, rounded up; nil for what is no duration.
  static func minutes(_ text: String?) -> Int64? {
    guard let text, text.first == "P", text.count > 2 else { return nil }
    var total: Int64 = 0
    var digits = ""
    var isTime = false
    for character in text.dropFirst() {
      if character == "T", !isTime, digits.isEmpty {
        isTime = true
      } else if character.isASCII, character.isNumber {
        digits.append(character)
      } else if let number = Int64(digits), number < 1_000_000_000 {
        digits = ""
        if isTime, character == "S" {
          total += (number + 59) / 60
        } else if let factor = isTime ? minutes[character] : days[character].map({ $0 * 1440 }) {
          total += number * factor
        } else {
          return nil
        }
      } else {
        return nil
      }
    }
    return digits.isEmpty ? total : nil
  }
}
