internal import CurlTransport
internal import Foundation

/// Where a secret is; never the secret.
public enum SecretReference: Sendable, Hashable {
  /// In an environment variable.
  case environment(String)
  /// In a file, readable by its owner only.
  case file(String)
  /// On the standard output of a command.
  case command(String)

  /// The reference as the configuration writes it.
  var text: String {
    switch self {
    case .environment(let name): "env:\(name)"
    case .file(let path): "file:\(path)"
    case .command(let command): "command:\(command)"
    }
  }

  /// Reads `env:NAME`, `file:PATH` or `command:…`; nil for anything else, which may be a secret itself.
  init?(_ text: String, directory: String) {
    func rest(_ prefix: String) -> String? {
      guard text.hasPrefix(prefix), text.utf8.count > prefix.utf8.count else { return nil }
      return String(text.dropFirst(prefix.count))
    }
    if let name = rest("env:") {
      self = .environment(name)
    } else if let path = rest("file:") {
      self = .file(path.hasPrefix("/") ? path : directory + "/" + path)
    } else if let command = rest("command:") {
      self = .command(command)
    } else {
      return nil
    }
  }
}

/// Fetches secrets when they are needed.
struct SecretResolver: Sendable {
  let environment: [String: String]

  /// Fetches a secret.
  ///
  /// - Throws: ``WorkerError`` with `.configuration`: what is wrong with the place, never the content.
  func resolve(_ reference: SecretReference) throws(WorkerError) -> Secret {
    let text: String
    switch reference {
    case .environment(let name): text = try variable(name)
    case .file(let path): text = try content(of: path)
    case .command(let command): text = try output(of: command)
    }
    let trimmed = text.trimmingCharacters(in: .newlines)
    guard !trimmed.isEmpty else {
      throw WorkerError(.configuration, "The secret \(Self.name(reference)) is empty.")
    }
    return Secret(trimmed)
  }

  private static func name(_ reference: SecretReference) -> String {
    switch reference {
    case .environment(let name): "env:\(name)"
    case .file(let path): "file:\(path)"
    case .command: "command:…"
    }
  }

  private func variable(_ name: String) throws(WorkerError) -> String {
    guard let value = environment[name] else {
      throw WorkerError(
        .configuration, "The environment variable \(name) is not set; a secret is expected there.")
    }
    return value
  }

  private func content(of path: String) throws(WorkerError) -> String {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    guard let attributes, let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue else {
      throw WorkerError(.configuration, "The secret file \(path) is not there or cannot be read.")
    }
    guard mode & 0o077 == 0 else {
      throw WorkerError(
        .configuration,
        "The secret file \(path) can be read by others (mode \(String(mode, radix: 8))): chmod 600 \(path)"
      )
    }
    guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 16 else {
      throw WorkerError(.configuration, "The secret file \(path) cannot be read or is too large.")
    }
    return String(decoding: data, as: UTF8.self)
  }

  private func output(of command: String) throws(WorkerError) -> String {
    switch SecretCommand.run(command, environment: environment) {
    case .output(let bytes): return String(decoding: bytes, as: UTF8.self)
    case .failure(let problem): throw WorkerError(.configuration, problem)
    }
  }
}
