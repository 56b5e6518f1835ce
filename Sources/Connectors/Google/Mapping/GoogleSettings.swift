internal import ConnectorKit
internal import IdentityCore

/// What decides sign-ins of one account, as it was read.
struct GoogleSettings: Sendable {
  /// Policies, or why there are none.
  enum Policies: Sendable {
    case read([GoogleWire.Policy])
    /// The configuration names no super administrator.
    case notAsked
    case unreadable(reason: String)
  }

  var orgUnits: Part<[GoogleWire.OrgUnit]>
  var assignments: Part<[GoogleWire.Assignment]>
  /// By name, as far as they were readable.
  var profiles: [String: GoogleWire.Profile]
  var policies: Policies
  /// How many seconds each policy of web sessions lets one last; nil where that cannot be read.
  var sessions: [Int64?] = []
  /// Settings of 2-step verification that nobody knows.
  var strangers: [UnrecognisedKey] = []
  /// For how many seconds an old second step may count.
  var sessionLimit: Int64
  /// Whether policies or groups are edited, so that the flags Google keeps on accounts no longer follow from them.
  var isEdited = false
  /// The names of groups, by id.
  var groupNames: [String: String] = [:]
  /// How many users are directly in a group, by its id, as far as it says so.
  var directMembers: [String: Int] = [:]
  /// The groups that a query asks for.
  var askedGroups: Set<String> = []
  /// Groups that have no members, for the sake of an edit.
  var emptiedGroups: Set<String> = []
  /// What the operator says of the legacy domain-wide SSO profile.
  var legacySSO: Bool?
  /// The moment of the reading.
  var now: Timestamp
}

/// What the accounts turned out to be, as far as it changes how models are put together.
struct GoogleSeen: Sendable {
  /// A new user's grace: how long it is and when it ends.
  struct Grace: Sendable, Hashable {
    var seconds: Int64
    /// The day, `2026-12-01`; nil for ends past counting.
    var until: String?
  }

  /// Flags that some account does not show.
  var missing: Set<GoogleFlag> = []
  /// The graces that accounts are in, in the order seen.
  var graces: [Grace] = []

  /// How many ends of graces are told apart; people beyond them share one without a date.
  static let maxGraces = 16
}

/// A flag that Google keeps on an account.
enum GoogleFlag: String, Sendable, Hashable, CaseIterable {
  case isEnforced = "isEnforcedIn2Sv"
  case isAdmin
  case isDelegatedAdmin
  case orgUnit = "orgUnitPath"
  /// Whether the account is suspended or archived; known where either is true or both are shown.
  case state = "suspended"
  /// Whether the account may be in a new user's grace; asked only where policies could not be read.
  case grace = "newUser"

  /// Its name as people know it.
  var title: String {
    switch self {
    case .isEnforced: "2-step verification is enforced (isEnforcedIn2Sv)"
    case .isAdmin: "super administrator"
    case .isDelegatedAdmin: "delegated administrator"
    case .orgUnit: "org unit"
    case .state: "suspended or archived"
    case .grace: "new user"
    }
  }
}
