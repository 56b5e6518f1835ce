public import Foundation

/// Python as an independent reader of what we write.
public enum Python {
  /// Why a script gave nothing.
  public struct Failed: Error {}

  /// The interpreter with the packages of `scripts/requirements.txt`.
  public static var interpreter: URL {
    if let path = ProcessInfo.processInfo.environment["IDSYNC_PYTHON"] {
      return URL(filePath: path)
    }
    return Repository.root.appending(path: ".venv/bin/python")
  }

  /// Runs a script with something on stdin and gives its stdout; no thread of the tests waits for it.
  public static func run(
    _ script: String, _ arguments: [String] = [], input: [UInt8] = []
  ) async throws -> Data {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let (source, target) = (directory.appending(path: "in"), directory.appending(path: "out"))
    try Data(input).write(to: source)
    try Data().write(to: target)
    let process = try ChildProcess(
      interpreter, ["-W", "ignore", "-c", script] + arguments,
      environment: ["PYTHONPATH": Repository.support.path, "PYTHONDONTWRITEBYTECODE": "1"],
      input: try FileHandle(forReadingFrom: source),
      output: try FileHandle(forWritingTo: target))
    guard await process.status == 0 else { throw Failed() }
    return try Data(contentsOf: target)
  }

  /// Runs a script with a JSON value on stdin and reads the JSON value that it prints.
  public static func map<Input: Encodable, Output: Decodable>(
    _ script: String, _ input: Input
  ) async throws -> Output {
    let json = try await run(
      "import json, sys; value = json.load(sys.stdin)\n\(script)\nprint(json.dumps(value))",
      input: Array(try JSONEncoder().encode(input)))
    return try JSONDecoder().decode(Output.self, from: json)
  }

  /// Messages as Python's `email` package reads them; one process for all, since starting it is slow.
  public static func parse(_ mails: [[UInt8]]) async throws -> [ParsedMail] {
    try await map(
      "import base64, smtp_sink; value = [smtp_sink.parse(base64.b64decode(v)) for v in value]",
      mails.map { Data($0).base64EncodedString() })
  }

  /// One message as Python's `email` package reads it.
  public static func parse(_ mail: [UInt8]) async throws -> ParsedMail {
    guard let parsed = try await parse([mail]).first else { throw Failed() }
    return parsed
  }
}
