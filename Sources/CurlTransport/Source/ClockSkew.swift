internal import Foundation

/// How far the clock of this machine is from a server's, as the date of a reply shows.
public struct ClockSkew: Sendable, Hashable {
  /// Seconds that our clock is ahead, negative when it is behind; 0 when the reply was dated while it was under way.
  public let seconds: Int

  /// From so many seconds on a difference is worth a word; a date is exact to the second, and signed assertions live for
  /// minutes.
  public static let tolerated = 60

  /// Whether it is worth a word.
  public var isLarge: Bool { seconds.magnitude > Self.tolerated }

  /// Makes a difference.
  public init(seconds: Int) { self.seconds = seconds }

  /// Compares the date of a reply with the time in which it was made; nil for a reply without one.
  ///
  /// A reply out of a shared cache has grown older there by its `Age` (RFC 9111 §5.1).
  init?(_ headers: HTTPHeaders, sentAt: Date, receivedAt: Date) {
    guard let dated = headers.firstBytes("Date").flatMap(HTTPDate.epochSeconds) else { return nil }
    let theirs = dated + min(headers.firstBytes("Age").flatMap { ASCII.number($0) } ?? 0, 1 << 32)
    let first = Int(sentAt.timeIntervalSince1970.rounded(.down))
    let last = Int(receivedAt.timeIntervalSince1970.rounded(.up))
    seconds = theirs < first ? first - theirs : theirs > last ? last - theirs : 0
  }

  /// How much and which way, for people: `7 min ahead of`, `90 s behind`.
  public var words: String {
    let size = Int(seconds.magnitude)
    let amount =
      switch size {
      case ..<120: "\(size) s"
      case ..<7200: "\(size / 60) min"
      case ..<172_800: "\(size / 3600) h"
      default: "\(size / 86_400) days"
      }
    return amount + (seconds > 0 ? " ahead of" : " behind")
  }
}
