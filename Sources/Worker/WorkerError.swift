/// Why the worker could not do what it was asked; the code decides the exit status.
public struct WorkerError: Error, Sendable, CustomStringConvertible {
  /// Stable codes.
  public enum Code: String, Sendable, CaseIterable {
    /// The configuration is missing, unreadable or wrong.
    case configuration
    /// What was asked for does not exist, or a plan no longer fits.
    case badInput = "bad-input"
    /// No source could be read.
    case nothingRead = "nothing-read"
    /// The store failed.
    case store
    /// Another run holds the lock.
    case locked
    /// The operating system, the platform or a rule refused.
    case notPermitted = "not-permitted"
    /// The command lacks something it cannot do without.
    case usage
    /// A platform failed, or nobody knows what it did.
    case platform
  }

  /// The stable code.
  public let code: Code
  /// What failed, where, and what to do.
  public let description: String

  /// Whether the text is known as it is and to be shown without anything around it.
  public let isVerbatim: Bool

  /// Makes an error.
  public init(_ code: Code, _ description: String, isVerbatim: Bool = false) {
    self.code = code
    self.description = description
    self.isVerbatim = isVerbatim
  }
}
