internal import IdentityCore

/// Ids that follow from what they name, the same on every machine.
enum StableID {
  /// The id of a finding: 32 hexadecimal digits.
  ///
  /// - Parameter person: the roster's own id of the member, or the match key where the roster has none.
  static func finding(team: TeamName, person: String, kind: FindingKind) -> String {
    let (a, b) = lanes("finding", [team, person, kind.rawValue])
    return hex(a) + hex(b)
  }

  /// The id of a message: a UUID of version 8 (RFC 9562, section 5.8: bits of the application's choice).
  static func message(run: String, team: TeamName, channel: String, part: Int) -> String {
    let (a, b) = lanes("alert", [run, team, channel, String(part)])
    let digits = hex(a & ~0xF000 | 0x8000) + hex(b & ~(0b11 << 62) | 0b10 << 62)
    var text = ""
    for (position, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(position) { text.append("-") }
      text.append(digit)
    }
    return text
  }

  private static func lanes(_ domain: String, _ parts: [String]) -> (UInt64, UInt64) {
    let text = ([domain] + parts).joined(separator: "\u{0}")
    func lane(_ number: UInt8) -> UInt64 {
      let bytes = [number] + Array(text.utf8)
      return bytes.withUnsafeBufferPointer { KeyHash.exact($0) }
    }
    return (lane(1), lane(2))
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
