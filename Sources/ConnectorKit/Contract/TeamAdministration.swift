package import IdentityCore

/// What is to be read of a team before something on it changes.
package struct TeamScope: Sendable, Hashable {
  /// Whether those invited are wanted.
  package var invitations: Bool
  /// The person whose own access to the team's apps is wanted.
  package var accessOf: String?

  /// Makes a scope; the people on the team are always read.
  package init(invitations: Bool = true, accessOf: String? = nil) {
    self.invitations = invitations
    self.accessOf = accessOf
  }
}

/// A write that a platform took.
package struct WriteReceipt: Sendable, Hashable {
  /// The id under which the platform logged it.
  package var requestID: String

  /// Makes a receipt.
  package init(requestID: String) {
    self.requestID = requestID
  }
}

/// A write that did not come back as made.
package struct WriteFailure: Error, Sendable {
  /// Whether the write may have been made all the same.
  package enum Fate: Sendable, Hashable {
    /// It was refused, or never sent: nothing changed.
    case notMade
    /// Nobody can tell without looking.
    case unknown
  }

  /// What is known of it.
  package var fate: Fate
  /// What went wrong.
  package var error: ConnectorError
  /// The id under which the platform may have logged it.
  package var requestID: String

  /// Makes a failure.
  package init(fate: Fate, error: ConnectorError, requestID: String) {
    self.fate = fate
    self.error = error
    self.requestID = requestID
  }
}

/// Changes teams and the access to their apps at a platform that is their system of record.
///
/// One call, one request of writing; nothing is ever sent twice by itself. Whoever calls reads before and after.
package protocol TeamAdministration: Sendable {
  /// The name in the configuration.
  var name: SourceName { get }
  /// The kind of source.
  var kind: String { get }

  /// Reads a team: its people to the end of the list, and what the scope adds.
  func readTeam(
    _ team: TeamName, scope: TeamScope
  ) async throws(ConnectorError) -> TeamState

  /// Reads one app with its access; the team in the state is the one that owns it, or empty.
  ///
  /// The people on the team are not read.
  func readApp(_ app: String) async throws(ConnectorError) -> TeamState

  /// The apps of a team, without their access.
  func readApps(of team: TeamName) async throws(ConnectorError) -> [TeamState.App]

  /// Everybody on a team and those invited, by address.
  func people(of team: TeamName) async throws(ConnectorError) -> [TeamPerson]

  /// The address of the account that acts.
  func ownAddress() async throws(ConnectorError) -> String

  /// Makes one write.
  ///
  /// - Throws: ``WriteFailure``, which says whether the write may have been made.
  func perform(
    _ change: TeamChange, on state: TeamState
  ) async throws(WriteFailure) -> WriteReceipt

  /// What to do about a refused call.
  func remedy(for error: ConnectorError) -> String
}
