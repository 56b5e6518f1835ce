internal import ArgumentParser
internal import Foundation
internal import Logging
internal import Worker

/// What a shell may offer: names out of the configuration and the store, never out of the network.
enum Completions {
  static let teams = CompletionKind.custom { arguments, _, _ in
    worker(arguments)?.knownTeams ?? []
  }

  static let apps = CompletionKind.custom { arguments, _, _ in
    (try? worker(arguments)?.knownApps()) ?? []
  }

  static let addresses = CompletionKind.custom { arguments, _, _ in
    let team = value(of: ["--team", "-t"], arguments)
    return (try? worker(arguments)?.knownAddresses(on: team)) ?? []
  }

  static let roles = CompletionKind.list(["admin", "member", "viewer", "collaborator"])
  static let permissions = CompletionKind.list(["view", "deploy", "operate", "manage"])

  private static func worker(_ arguments: [String]) -> SyncWorker? {
    let setting = WorkerSetting(
      environment: ProcessInfo.processInfo.environment,
      workingDirectory: FileManager.default.currentDirectoryPath,
      logger: Logger(label: "idsync") { _ in SwiftLogNoOpLogHandler() })
    return try? SyncWorker(
      configurationPath: value(of: ["--config"], arguments), setting: setting)
  }

  private static func value(of names: [String], _ arguments: [String]) -> String? {
    for (index, argument) in arguments.enumerated() {
      if names.contains(argument), index + 1 < arguments.count { return arguments[index + 1] }
      for name in names where argument.hasPrefix(name + "=") {
        return String(argument.dropFirst(name.count + 1))
      }
    }
    return nil
  }
}
