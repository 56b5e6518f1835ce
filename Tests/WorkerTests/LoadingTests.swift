import CurlTransport
import Foundation
import IdentityCore
import Testing

@testable import Worker

@Suite("Configuration files and secrets") struct LoadingTests {
  private func withDirectory(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "idsync-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func write(_ text: String, _ path: String, mode: Int = 0o600) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  // MARK: Finding the file

  @Test("the option goes before the environment, and that before the working directory")
  func order() throws {
    try withDirectory { directory throws in
      for name in ["option", "environment", "idsync"] {
        try write(
          ConfigurationTests.good.replacingOccurrences(of: "idsync.db", with: "\(name).db"),
          "\(directory)/\(name).yaml")
      }
      func load(_ path: String?, _ environment: [String: String]) throws -> String {
        try Configuration.load(
          path: path, environment: environment, workingDirectory: directory
        ).storePath
      }
      let environment = ["IDSYNC_CONFIG": "environment.yaml"]
      #expect(try load("option.yaml", environment) == directory + "/option.db")
      #expect(try load(nil, environment) == directory + "/environment.db")
      #expect(try load(nil, ["IDSYNC_CONFIG": ""]) == directory + "/idsync.db")
      #expect(try load(directory + "/option.yaml", [:]) == directory + "/option.db")
    }
  }

  @Test("no file, a directory or bytes that are no text say what to do")
  func missing() throws {
    try withDirectory { directory throws in
      func problem(_ path: String) -> String {
        do {
          _ = try Configuration.load(path: path, environment: [:], workingDirectory: directory)
          return ""
        } catch { return "\(error)" }
      }
      #expect(problem("nowhere.yaml").contains("\(directory)/nowhere.yaml"))
      #expect(problem("nowhere.yaml").contains("idsync init"))
      #expect(problem(directory).contains("cannot be read"))
      try Data([0xFF, 0xFE, 0x00]).write(to: URL(filePath: directory + "/bytes.yaml"))
      #expect(problem("bytes.yaml").contains("not UTF-8"))
    }
  }

  // MARK: The starter

  @Test("init writes a starter that parses, for its owner only, and never over a file")
  func starter() throws {
    try withDirectory { directory throws in
      let path = directory + "/idsync.yaml"
      try StarterConfiguration.write(to: path)
      let configuration = try Configuration.load(
        path: path, environment: [:], workingDirectory: directory)
      #expect(configuration.teams.map(\.name) == ["YOUR-TEAM"])
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      let error = #expect(throws: WorkerError.self) { try StarterConfiguration.write(to: path) }
      #expect(error?.code == .badInput)
      let nowhere = #expect(throws: WorkerError.self) {
        try StarterConfiguration.write(to: directory + "/no/such/place.yaml")
      }
      #expect(nowhere?.code == .notPermitted)
    }
  }

  @Test("what the starter has in comments parses as well, taken out of them")
  func starterComments() throws {
    let text = StarterConfiguration.text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in
        line.hasPrefix("# ") && (line.contains(":") && !line.contains("?"))
          && !line.contains("never")
          ? String(line.dropFirst(2)) : String(line)
      }
      .joined(separator: "\n")
    let configuration = try ConfigurationTests.parse(text)
    #expect(configuration.alerts.count == 1)
    #expect(configuration.reports.count == 1)
  }

  // MARK: Secrets

  private func resolve(
    _ text: String, in directory: String = "/", _ environment: [String: String] = [:]
  ) throws -> String {
    let reference = try #require(SecretReference(text, directory: directory))
    let secret = try SecretResolver(environment: environment).resolve(reference)
    #expect("\(secret)" == "<redacted>")
    return secret.withExposed { $0 }
  }

  @Test("secrets come from the environment, from files of their owner and from commands")
  func secrets() throws {
    try withDirectory { directory throws in
      #expect(try resolve("env:TOKEN", ["TOKEN": "abc"]) == "abc")
      try write("a b\tc\r\n", directory + "/token")
      #expect(try resolve("file:token", in: directory) == "a b\tc")
      #expect(try resolve("file:\(directory)/token") == "a b\tc")
      #expect(try resolve("command:echo $X", ["PATH": "/usr/bin:/bin", "X": "abc"]) == "abc")
    }
  }

  @Test("a secret that cannot be had says where it was looked for, and never what was there")
  func noSecrets() throws {
    try withDirectory { directory throws in
      try write("SECRET", directory + "/open", mode: 0o644)
      try write("SECRET", directory + "/group", mode: 0o640)
      try write("\n", directory + "/empty")
      try write(String(repeating: "SECRET", count: 20_000), directory + "/large")
      try FileManager.default.createSymbolicLink(
        atPath: directory + "/link", withDestinationPath: directory + "/open")
      let cases: [(String, [String: String], String)] = [
        ("env:MISSING", [:], "MISSING is not set"), ("env:EMPTY", ["EMPTY": ""], "is empty"),
        ("file:open", [:], "chmod 600"), ("file:group", [:], "chmod 600"),
        ("file:link", [:], "chmod 600"), ("file:nowhere", [:], "not there"),
        ("file:empty", [:], "is empty"), ("file:large", [:], "too large"),
        ("command:echo SECRET; exit 3", [:], "failed"), ("command:exit 0", [:], "is empty"),
      ]
      for (text, environment, word) in cases {
        let error = #expect(throws: WorkerError.self, "\(text)") {
          try resolve(text, in: directory, environment)
        }
        #expect(error?.code == .configuration)
        #expect(error?.description.contains(word) == true, "\(text): \(error?.description ?? "")")
        #expect(error?.description.contains("SECRET") == false)
      }
    }
  }

  @Test(
    "what is no reference is taken for a literal", arguments: ["abc", "env:", "file:", "Env:X", ""])
  func literals(text: String) {
    #expect(SecretReference(text, directory: "/") == nil)
  }

  // MARK: Names

  @Test(
    "the nearest name is one that was probably meant",
    arguments: [
      ("rostr", "roster"), ("ROSTER", "roster"), ("orster", "roster"), ("sing_in", "sign_in"),
      ("xyz", nil), ("", nil), ("exemption", "exemptions"),
    ])
  func nearest(name: String, expected: String?) {
    #expect(
      NearestName.find(name, in: ["roster", "sign_in", "exemptions"]) == expected)
  }
}
