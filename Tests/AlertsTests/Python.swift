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

  /// Runs a script with something on stdin and gives its stdout.
  static func run(_ script: String, _ arguments: [String] = [], input: [UInt8] = []) throws -> Data
  {
    let process = Process()
    process.executableURL = interpreter
    process.arguments = ["-W", "ignore", "-c", script] + arguments
    process.environment = ["PYTHONPATH": support.path, "PYTHONDONTWRITEBYTECODE": "1"]
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(input).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    process.standardInput = try FileHandle(forReadingFrom: file)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "the script failed")
    return data
  }

  /// A message as Python's `email` package reads it.
  static func parse(_ mail: [UInt8]) throws -> ParsedMail {
    let json = try run(
      "import sys, json, smtp_sink; print(json.dumps(smtp_sink.parse(sys.stdin.buffer.read())))",
      input: mail)
    return try JSONDecoder().decode(ParsedMail.self, from: json)
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
