import Foundation
import Testing

/// Python as an independent reader of what we write.
enum Python {
  static var root: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
  }

  static var support: URL { root.appending(path: "Tests/Support") }

  static var interpreter: URL {
    if let path = ProcessInfo.processInfo.environment["IDSYNC_PYTHON"] {
      return URL(filePath: path)
    }
    return root.appending(path: ".venv/bin/python")
  }

  /// Runs a script with something on stdin and gives its stdout; no thread of the tests waits for it.
  static func run(
    _ script: String, _ arguments: [String] = [], input: [UInt8] = []
  ) async throws -> Data {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let (source, target) = (directory.appending(path: "in"), directory.appending(path: "out"))
    try Data(input).write(to: source)
    try Data().write(to: target)
    let process = Process()
    process.executableURL = interpreter
    process.arguments = ["-W", "ignore", "-c", script] + arguments
    process.environment = ["PYTHONPATH": support.path, "PYTHONDONTWRITEBYTECODE": "1"]
    process.standardInput = try FileHandle(forReadingFrom: source)
    process.standardOutput = try FileHandle(forWritingTo: target)
    let status = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
      }
    }
    try #require(status == 0, "the script failed")
    return try Data(contentsOf: target)
  }

  /// Runs a script with a JSON value on stdin and reads the JSON value that it prints.
  static func map<Input: Encodable, Output: Decodable>(
    _ script: String, _ input: Input
  ) async throws -> Output {
    let json = try await run(
      "import json, sys; value = json.load(sys.stdin)\n\(script)\nprint(json.dumps(value))",
      input: Array(try JSONEncoder().encode(input)))
    return try JSONDecoder().decode(Output.self, from: json)
  }

  /// Messages as Python's `email` package reads them; one process for all, since starting it is slow.
  static func parse(_ mails: [[UInt8]]) async throws -> [ParsedMail] {
    try await map(
      "import base64, smtp_sink; value = [smtp_sink.parse(base64.b64decode(v)) for v in value]",
      mails.map { Data($0).base64EncodedString() })
  }

  /// One message as Python's `email` package reads it.
  static func parse(_ mail: [UInt8]) async throws -> ParsedMail {
    try #require(try await parse([mail]).first)
  }
}

/// A message as the sink writes it down.
struct ParsedMail: Decodable, Sendable {
  struct Part: Decodable, Sendable {
    var type: String
    var filename: String?
    var encoding: String?
    var text: String?
  }

  var headers: [[String]]
  var parts: [Part]
  var defects: [String]
  var longestLine: Int
  var bareLineEnds: Bool
  var isASCII: Bool
  // Only when it came through the server.
  var from: String?
  var to: [String]?
  var tls: Bool?
  var user: String?
  var raw: String?

  enum CodingKeys: String, CodingKey {
    case headers, parts, defects, from, to, tls, user, raw
    case longestLine = "longest_line"
    case bareLineEnds = "bare_line_ends"
    case isASCII = "is_ascii"
  }

  subscript(name: String) -> String? {
    headers.first { $0[0].lowercased() == name.lowercased() }?[1]
  }

  var names: [String] { headers.map { $0[0] } }

  func text(_ type: String) -> String {
    parts.first { $0.type == type }?.text?.replacing("\r\n", with: "\n") ?? ""
  }
}
