/// The words the platform's own tool uses.
public enum AdministrationWording {
  /// The mark before names of apps.
  public static let appMark = "⬢ "

  /// The line that tells of a change.
  public static func text(_ change: TeamChange, team: TeamName) -> String {
    switch change {
    // The platform's tool says Adding for both.
    case .addMember(let email, let role), .setRole(let email, let role):
      "Adding \(email) to \(team) as \(role.rawValue)"
    case .invite(let email, let role): "Inviting \(email) to \(team) as \(role.rawValue)"
    case .removeMember(let email): "Removing \(email) from \(team)"
    case .revokeInvitation(let email): "Revoking invite for \(email) in \(team)"
    case .setLock(let app, let isLocked): "\(isLocked ? "Locking" : "Unlocking") \(appMark)\(app)"
    case .grant(let app, let email, nil): "Adding \(email) access to the app \(appMark)\(app)"
    case .grant(let app, let email, let permissions?):
      "Adding \(email) access to the app \(appMark)\(app) with "
        + "\(permissions.withView.names.joined(separator: ", ")) permissions"
    case .join(let app, _): "Joining \(appMark)\(app)"
    case .setAccess(let app, let email, let permissions):
      "Updating \(email) in application \(appMark)\(app) with "
        + "\(permissions.withView.names.joined(separator: ",")) permissions"
    case .removeAccess(let app, let email):
      "Removing \(email) access from the app \(appMark)\(app)"
    case .createApp(let app, _): "Creating \(appMark)\(app) in \(team)"
    case .removeApp(let app): "Removing \(appMark)\(app) from \(team)"
    }
  }
}
