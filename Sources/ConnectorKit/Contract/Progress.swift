package import IdentityCore

/// Where a connector tells how far it is.
package struct Progress: Sendable {
  /// One step.
  package struct Update: Sendable, Hashable {
    /// The source being read.
    package var source: SourceName
    /// What is being read, as a phrase: `accounts`, `members of acme-widgets`.
    package var phase: String
    /// Rows read so far in this phase.
    package var done: Int
    /// Rows there will be, where the source says.
    package var total: Int?

    /// Makes an update.
    package init(source: SourceName, phase: String, done: Int, total: Int? = nil) {
      self.source = source
      self.phase = phase
      self.done = done
      self.total = total
    }
  }

  private let report: @Sendable (Update) -> Void

  /// Makes a listener; it is called from several tasks at a time, once a page.
  package init(_ report: @escaping @Sendable (Update) -> Void) {
    self.report = report
  }

  /// Nobody listens.
  package static let none = Progress { _ in }

  /// Tells one step.
  package func callAsFunction(
    _ source: SourceName, _ phase: String, done: Int, total: Int? = nil
  ) {
    report(Update(source: source, phase: phase, done: done, total: total))
  }
}
