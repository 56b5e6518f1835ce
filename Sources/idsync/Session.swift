internal import ArgumentParser
internal import Foundation
internal import Logging
internal import Worker

/// The options every command has.
struct CommonOptions: ParsableArguments {
  @Option(
    name: .long,
    help: "The configuration; otherwise $IDSYNC_CONFIG, ./idsync.yaml, /etc/idsync/idsync.yaml.")
  var config: String?

  @Flag(name: .shortAndLong, help: "No progress, no notes; results and errors only.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say what is asked of whom, on standard error; never a secret.")
  var verbose = false

  /// The environment, read here and nowhere below.
  var environment: [String: String] { ProcessInfo.processInfo.environment }

  /// Opens the configuration and readies the worker.
  func worker(_ bars: ProgressBars? = nil) throws -> SyncWorker {
    var logger = Logger(label: "idsync") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = verbose ? .debug : quiet ? .error : .warning
    let setting = WorkerSetting(
      environment: environment, workingDirectory: FileManager.default.currentDirectoryPath,
      logger: logger, progress: bars?.show, user: Console.user)
    return try SyncWorker(configurationPath: config, setting: setting)
  }

  /// Progress bars where they can be seen and are wanted.
  var bars: ProgressBars? { !quiet && !verbose && Console.showsProgress ? ProgressBars() : nil }
}
