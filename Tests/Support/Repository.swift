public import Foundation

/// Where things lie that tests need.
public enum Repository {
  /// The directory of the package.
  public static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The directory of this target, with the programs in Python.
  public static let support = root.appending(path: "Tests/Support")

  /// A product as built beside the tests.
  public static func product(_ name: String) -> URL {
    URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: name)
  }
}
