/// Why something is not done: a rule, in words.
public struct Refusal: Error, Sendable, Hashable {
  /// The rules; tests, exit codes and the history rely on these names.
  public enum Code: String, Sendable, CaseIterable {
    /// The team would be left without an admin.
    case lastAdmin = "last-admin"
    /// The actor has no right to it.
    case notPermitted = "not-permitted"
    /// A locked app cannot be joined.
    case locked
    /// The app is locked already.
    case alreadyLocked = "already-locked"
    /// The app is not locked.
    case notLocked = "not-locked"
    /// Nobody of this address is there.
    case unknownPerson = "unknown-person"
    /// The person has access to apps, but is not on the team.
    case appPermissionsOnly = "app-permissions-only"
    /// The person is invited and has not joined.
    case pending
    /// The role cannot be given this way.
    case badRole = "bad-role"
    /// A role or permission that does not exist here.
    case unavailable
    /// No permission was named where one must be.
    case permissionsMissing = "permissions-missing"
    /// The app belongs to no team.
    case notTeamApp = "not-team-app"
    /// The address, or the name of an app, is none.
    case malformed
    /// No such app.
    case unknownApp = "unknown-app"
    /// There is such an app already.
    case appExists = "app-exists"
  }

  /// The rule.
  public let code: Code
  /// The rule in words, with what to do.
  public let message: String
  /// What is known instead, for "did you mean".
  public let known: [String]
  /// What was asked for and is not known.
  public let name: String?
  /// Whether the words are those of the platform's own tool, to be shown as they are.
  public let isVerbatim: Bool

  /// Makes a refusal.
  public init(
    _ code: Code, _ message: String, name: String? = nil, known: [String] = [],
    isVerbatim: Bool = false
  ) {
    self.code = code
    self.message = message
    self.name = name
    self.known = known
    self.isVerbatim = isVerbatim
  }

  /// Whether it is a matter of rights and rules, not of what was typed.
  public var isNotPermitted: Bool { [.lastAdmin, .notPermitted, .locked].contains(code) }
}

extension Refusal {
  static func lastAdmin(_ email: String, _ team: TeamName) -> Refusal {
    Refusal(
      .lastAdmin,
      "\(email) is the last admin of \(team). A team keeps at least one admin: make somebody else an admin first"
        + " (idsync members set ADDRESS --role admin --team \(team)).")
  }

  static func unknownPerson(_ email: String, _ place: String, known: [String]) -> Refusal {
    Refusal(.unknownPerson, "Nobody on \(place) goes by \(email).", name: email, known: known)
  }
}
