/// A role that can be given on a team; ``Role`` is the open set of what platforms may show.
public enum TeamRole: String, Sendable, Codable, CaseIterable, Hashable {
  /// Has every permission on every app and manages the team.
  case admin
  /// Sees every app, joins unlocked ones, makes new ones.
  case member
  /// Only reads.
  case viewer
  /// Outside the team: sees only the apps granted.
  case collaborator

  /// The role behind a platform's word; an owner counts as an admin, a word unknown here as none.
  public init?(_ role: Role) {
    guard let known = role.isAdministrator ? .admin : TeamRole(rawValue: role.rawValue) else {
      return nil
    }
    self = known
  }

  /// The roles of people who are on the team; collaborators are not.
  public static let onTeam: [TeamRole] = [.admin, .member, .viewer]
  /// The roles that `members set` gives.
  public static let settable: [TeamRole] = [.admin, .member]

  /// The role as an open word.
  public var role: Role { Role(rawValue: rawValue) }
}
