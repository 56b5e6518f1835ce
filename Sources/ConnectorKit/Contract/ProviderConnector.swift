package import IdentityCore

/// Reads an identity provider: what decides sign-ins to some applications, and the accounts of watched people.
package protocol ProviderConnector: Sendable {
  /// The name in the configuration.
  var name: SourceName { get }
  /// The kind of source, e.g. `okta`.
  var kind: String { get }

  /// Reads policies and accounts.
  ///
  /// Never throws: what could not be read is an issue of the source, an unreadable application or an unknown of its
  /// model. An incomplete list is said to be incomplete, with the page and the cause.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading
}

/// What is wanted from an identity provider.
package struct ProviderQuery: Sendable {
  /// The applications, by the provider's own ids; any number.
  package var apps: [AppID]
  /// Gives the people whose accounts are to be kept; awaited only when policies are read, so that a roster may still be
  /// on its way.
  package var watch: @Sendable () async -> WatchList
  /// Whether to ask for the enrolled factors of every kept account: one request each, off the path to a verdict.
  package var collectFactors: Bool
  /// What is to be read otherwise than the provider says it; none but for `idsync whatif`.
  package var edits: PolicyEdits
  /// Groups, by id or name, of which it is wanted to be known who of the watched is in them (``ProviderReading/groups``).
  package var groups: [String]

  /// Makes a query.
  package init(
    apps: [AppID], collectFactors: Bool = false, edits: PolicyEdits = PolicyEdits(),
    groups: [String] = [], watch: @escaping @Sendable () async -> WatchList
  ) {
    self.apps = apps
    self.collectFactors = collectFactors
    self.edits = edits
    self.groups = groups
    self.watch = watch
  }
}
