/// A dated, reasoned, signed-off exception: shown and counted apart, never hidden, ends by itself.
public struct Exemption: Sendable, Codable, Hashable {
  /// The member's address.
  public var member: String
  /// Why.
  public var reason: String
  /// Who signed it off.
  public var approvedBy: String
  /// The moment from which it no longer holds.
  public var until: Timestamp

  /// Makes an exemption.
  public init(member: String, reason: String, approvedBy: String, until: Timestamp) {
    self.member = member
    self.reason = reason
    self.approvedBy = approvedBy
    self.until = until
  }

  /// Days before its end from which the end is announced.
  public static let warningDays: Int64 = 14

  /// Whether it holds at a moment.
  public func isValid(at now: Timestamp) -> Bool { now < until }

  /// Whether it holds and ends within ``warningDays``.
  public func isExpiring(at now: Timestamp) -> Bool {
    isValid(at: now) && until <= now.adding(seconds: Self.warningDays * 86_400)
  }
}
