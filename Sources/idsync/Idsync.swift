internal import ArgumentParser
internal import Dispatch
internal import Foundation
internal import Synchronization
internal import Worker

/// The command line: parsing, printing and exit codes, nothing else.
struct Idsync: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "idsync",
    abstract: "Who can get into this team without a second factor, and how do you know?",
    discussion: """
      Reads teams and identity providers, decides for every member whether MFA is enforced at the identity provider, \
      and says why: a proof, a concrete way in, or an honest "cannot tell".

      \(ExitStatus.table)
      """,
    version: ToolVersion.text,
    subcommands: [
      InitCommand.self, DoctorCommand.self, SyncCommand.self, PlanCommand.self, ApplyCommand.self,
      StatusCommand.self, ExplainCommand.self, HistoryCommand.self, RunsCommand.self,
      ReportCommand.self, AlertsCommand.self, WhatIfCommand.self, ProvidersCommand.self,
      MembersCommand.self, AccessCommand.self, AppsCommand.self, StoreCommand.self,
    ])

  /// Carries out a command line and ends the process.
  static func run(_ words: [String], watching signals: SignalWatch) -> Never {
    do {
      guard !words.isEmpty else {
        // Whoever meant a command and named none is not told that all went well.
        Console.note(helpMessage())
        throw ExitWith(status: .usage)
      }
      try Spelling.check(
        words, commands: configuration.subcommands.compactMap { $0.configuration.commandName })
      var command = try parseAsRoot(Spelling.ours(words))
      if let asynchronous = command as? any AsyncParsableCommand {
        try wait(for: asynchronous, watching: signals)
      } else {
        try command.run()
      }
    } catch {
      if let number = signals.received { signals.end(with: number) }
      leave(with: error)
    }
    if let number = signals.received { signals.end(with: number) }
    Foundation.exit(ExitStatus.done.rawValue)
  }

  /// Waits for a command on the thread that has nothing else to do.
  private static func wait(
    for command: any AsyncParsableCommand, watching signals: SignalWatch
  ) throws {
    let ended = DispatchSemaphore(value: 0)
    let outcome = CommandOutcome()
    let carried = Carried(command: command)
    let task = Task.detached {
      var command = carried.command
      do {
        try await command.run()
      } catch {
        outcome.set(error)
      }
      ended.signal()
    }
    signals.onSignal { task.cancel() }
    ended.wait()
    if let error = outcome.error { throw error }
  }
}

/// A command on its way to the task that runs it; unchecked, for it has one owner at a time.
private struct Carried: @unchecked Sendable {
  let command: any AsyncParsableCommand
}

/// How a command ended.
private final class CommandOutcome: Sendable {
  private let kept = Mutex<(any Error)?>(nil)

  /// What it ended with; nil when it was carried out.
  var error: (any Error)? { kept.withLock { $0 } }

  func set(_ error: any Error) { kept.withLock { $0 = error } }
}
