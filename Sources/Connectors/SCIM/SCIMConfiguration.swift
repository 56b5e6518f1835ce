internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// How to read a SCIM server.
struct SCIMConfiguration: Sendable {
  /// What a team is there.
  enum TeamIs: String, CaseIterable, Sendable {
    /// A group, by its display name or id.
    case group
    /// Everybody.
    case everyone
  }

  /// An attribute that tells of the second factor, as the operator declares it.
  struct Mapping: Sendable {
    enum Meaning: String, CaseIterable, Sendable { case enforcement, enrolment }

    var path: SCIMPath
    var meaning: Meaning
    var table: [String: Verdict]

    /// Whether a value says that a factor is set up; nil when it says neither.
    func isEnrolled(_ value: JSONValue?) -> Bool? {
      if let listed = value?.scalarText.flatMap({ table[$0] }) { return listed != .notEnforced }
      return value?.lenientBool
    }
  }

  var name: SourceName
  var url: String
  var teamIs = TeamIs.group
  /// The groups of teams that go by another name.
  var groups: [TeamName: String] = [:]
  /// The groups whose members are administrators of their teams.
  var adminGroups: [String] = []
  var rolePath: SCIMPath?
  var pageSize = 100
  /// Whether `count` is asked for; some servers fail over it.
  var sendsCount = true
  var mapping: Mapping?
  /// What the operator vouches for.
  var vouches: [Vouch] = []
  var maxConcurrent = 4
  var rateShare = 0.5

  /// What to do about a call that was refused.
  func remedy(for error: ConnectorError) -> String {
    switch error.code {
    case .unauthorised: "Check the credentials under auth of \(name)."
    case .forbidden: "Grant the credentials of \(name) the right to read \(error.call)."
    case .notFound: "Check the url of \(name): it ends before /Users, often with /v2."
    default: "Check the url of \(name), and what idsync doctor --sample \(name) shows."
    }
  }
}
