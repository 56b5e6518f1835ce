/// Everything that is wrong with a configuration, found in one reading.
public struct ConfigurationError: Error, Sendable, CustomStringConvertible {
  /// One thing that is wrong.
  public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// The file.
    public var file: String
    /// The line, from 1; nil where the file as a whole is meant.
    public var line: Int?
    /// The column, from 1.
    public var column: Int?
    /// The path of the key, `sources.okta.token`; empty for the file.
    public var key: String
    /// What is wrong and what to do about it; never the value of a secret.
    public var message: String

    /// Place, key and message: `idsync.yaml:12:5: sources.okta.tokn: unknown key; did you mean "token"?`.
    public var description: String {
      let place = [file, line.map(String.init), column.map(String.init)].compactMap { $0 }
        .joined(separator: ":")
      return key.isEmpty ? "\(place): \(message)" : "\(place): \(key): \(message)"
    }
  }

  /// The problems, in the order of the file.
  public let problems: [Problem]

  /// Makes an error.
  public init(_ problems: [Problem]) {
    self.problems = problems.sorted {
      ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0)
    }
  }

  /// A line a problem.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
