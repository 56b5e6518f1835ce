/// A role on a team, as the platform names it; an open set.
public struct Role: RawRepresentable, Sendable, Codable, Hashable {
  /// The platform's word, lower case.
  public let rawValue: String

  /// Makes a role from the platform's word.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// Has every permission on every app of the team.
  public static let admin = Role(rawValue: "admin")
  /// Reads every app, joins unlocked ones.
  public static let member = Role(rawValue: "member")
  /// Only reads.
  public static let viewer = Role(rawValue: "viewer")
  /// Sees only the apps granted; SSO cannot be put on this login.
  public static let collaborator = Role(rawValue: "collaborator")
  /// The platform named no role.
  public static let none = Role(rawValue: "")

  /// The platform has roles, and does not tell this one: it may be any.
  public static let untold = Role(rawValue: "unknown")

  /// Whether the platform tells which role it is.
  public var isTold: Bool { self != .none && self != .untold }
  /// Whether it is an administrator's.
  public var isAdministrator: Bool { self == .admin || rawValue == "owner" }
  /// Whether findings about this person weigh as an administrator's: those of a role that is not told do.
  public var weighsAsAdministrator: Bool { isAdministrator || self == .untold }
}
