/// A dated, reasoned, signed-off exception: shown and counted apart, never hidden, ends by itself.
public struct Exemption: Sendable, Codable, Hashable {
  /// The member's address or the roster's own id of the person; empty where a group is named.
  public var member: String
  /// Why.
  public var reason: String
  /// Who signed it off.
  public var approvedBy: String
  /// The moment from which it no longer holds.
  public var until: Timestamp
  /// The group whose members it is for; nil where it names one member.
  public var group: ExemptGroup?

  /// Makes an exemption of one member.
  public init(member: String, reason: String, approvedBy: String, until: Timestamp) {
    self.init(member: member, group: nil, reason: reason, approvedBy: approvedBy, until: until)
  }

  /// Makes an exemption of a group's members.
  public init(group: ExemptGroup, reason: String, approvedBy: String, until: Timestamp) {
    self.init(member: "", group: group, reason: reason, approvedBy: approvedBy, until: until)
  }

  private init(
    member: String, group: ExemptGroup?, reason: String, approvedBy: String, until: Timestamp
  ) {
    self.member = member
    self.group = group
    self.reason = reason
    self.approvedBy = approvedBy
    self.until = until
  }

  /// Whom it is for, as people read it: the member, or `group break-glass at okta`.
  public var subject: String {
    group.map { "group \($0.name) at \($0.provider)" } ?? member
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

/// A group at a provider whose members are exempt, as long as they are few.
public struct ExemptGroup: Sendable, Codable, Hashable {
  /// The source.
  public var provider: SourceName
  /// The group's id or name there.
  public var name: String
  /// With more members on the team than this, nobody is exempt.
  public var atMost: Int

  /// Names a group.
  public init(provider: SourceName, name: String, atMost: Int) {
    self.provider = provider
    self.name = name
    self.atMost = atMost
  }
}
