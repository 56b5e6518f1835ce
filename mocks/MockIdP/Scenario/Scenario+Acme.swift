internal import Foundation

extension Scenario {
  /// Reads the demo organisation, `mocks/scenarios/acme.yaml` of this repository.
  public static func acme() throws -> Scenario {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appendingPathComponent("scenarios/acme.yaml")
    // A binary that was moved away from its sources still works inside a checkout.
    let isThere = FileManager.default.fileExists(atPath: file.path)
    return try Scenario(contentsOf: isThere ? file.path : "mocks/scenarios/acme.yaml")
  }
}
