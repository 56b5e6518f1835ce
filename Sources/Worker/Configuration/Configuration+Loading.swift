internal import Foundation

extension Configuration {
  /// Finds and reads the configuration: the path given, `$IDSYNC_CONFIG`, `./idsync.yaml`, `/etc/idsync/idsync.yaml`.
  ///
  /// - Throws: ``ConfigurationError`` with every problem found.
  public static func load(
    path: String?, environment: [String: String], workingDirectory: String
  ) throws(ConfigurationError) -> Configuration {
    let found = try find(path, environment, workingDirectory)
    guard let data = FileManager.default.contents(atPath: found) else {
      throw ConfigurationError([
        .init(
          file: found, line: nil, column: nil, key: "",
          message: "the file cannot be read; check its owner and mode")
      ])
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw ConfigurationError([
        .init(file: found, line: nil, column: nil, key: "", message: "the file is not UTF-8")
      ])
    }
    let directory = URL(fileURLWithPath: found).deletingLastPathComponent().path
    return try ConfigurationParser(file: found, directory: directory).parse(text)
  }

  private static func find(
    _ path: String?, _ environment: [String: String], _ directory: String
  ) throws(ConfigurationError) -> String {
    let named = path ?? environment["IDSYNC_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
    let candidates = (named.map { [$0] } ?? ["idsync.yaml", "/etc/idsync/idsync.yaml"]).map {
      $0.hasPrefix("/") ? $0 : directory + "/" + $0
    }
    if let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) {
      return found
    }
    throw ConfigurationError([
      .init(
        file: candidates[0], line: nil, column: nil, key: "",
        message: "no configuration here\(named == nil ? " nor at \(candidates[1])" : "");"
          + " idsync init writes a starter, --config names another place")
    ])
  }
}
