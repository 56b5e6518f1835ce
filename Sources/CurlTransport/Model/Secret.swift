/// A credential that prints `<redacted>` wherever it is printed, described, dumped or reflected.
///
/// It is not `Codable`, `Hashable` or comparable on purpose: a secret goes in, and only the transport
/// takes it out, at the moment it is handed to libcurl.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  private let value: String

  /// Wraps a credential.
  public init(_ value: String) {
    self.value = value
  }

  /// Opens the secret for the duration of a closure.
  ///
  /// - Parameter body: receives the plain text, which must not outlive the call.
  /// - Returns: whatever the closure returns.
  public func withExposed<R>(_ body: (String) throws -> R) rethrows -> R {
    try body(value)
  }

  /// Always `<redacted>`.
  public var description: String { "<redacted>" }

  /// Always `<redacted>`.
  public var debugDescription: String { "<redacted>" }

  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
