internal import ArgumentParser
internal import Foundation
internal import Worker

/// How the program ends; the numbers are public.
enum ExitStatus: Int32, CaseIterable {
  case done = 0
  case gaps = 10
  case incomplete = 20
  case held = 30
  case untold = 40
  case usage = 64
  case badInput = 65
  case nothingRead = 69
  case internalError = 70
  case scarce = 71
  case locked = 75
  case notPermitted = 77
  case configuration = 78
  case hangup = 129
  case interrupted = 130
  case terminated = 143

  /// What the number says, for `--help`.
  var meaning: String {
    switch self {
    case .done: "done"
    case .gaps: "gaps found (with --fail-on gaps; an exempt member is none)"
    case .incomplete:
      "a source was incomplete (with --fail-on incomplete), or a team was never read (with --fail-on gaps as well)"
    case .held: "held by the guard: see idsync plan"
    case .untold: "a channel could not be told (with --fail-on alerts)"
    case .usage: "usage"
    case .badInput: "bad input data"
    case .nothingRead: "no source could be read, or a platform failed"
    case .internalError: "internal"
    case .scarce: "the system gives too few open files, threads or memory"
    case .locked: "another run holds the lock"
    case .notPermitted: "not permitted"
    case .configuration: "configuration"
    case .hangup: "ended by SIGHUP"
    case .interrupted: "ended by SIGINT"
    case .terminated: "ended by SIGTERM"
    }
  }

  /// All numbers with their meaning, for `--help`.
  static var table: String {
    "EXIT STATUS\n"
      + allCases.map { "  \($0.rawValue)\t\($0.meaning)" }.joined(separator: "\n")
  }

  /// The number for an error of the worker.
  init(_ code: WorkerError.Code) {
    switch code {
    case .configuration: self = .configuration
    case .badInput: self = .badInput
    case .nothingRead: self = .nothingRead
    case .locked: self = .locked
    case .notPermitted: self = .notPermitted
    case .usage: self = .usage
    case .platform: self = .nothingRead
    case .store: self = .internalError
    }
  }
}

/// Ends the command with a number that is no error.
struct ExitWith: Error {
  let status: ExitStatus
}

extension ParsableCommand {
  /// Prints what ArgumentParser has to say; it repeats what was typed, with whatever control characters that holds.
  private static func tell(_ error: any Error, _ code: ExitCode) -> Never {
    let message = fullMessage(for: error)
    if code == .success {
      Console.line(message)
    } else if !message.isEmpty {
      Console.note(message)
    }
    Foundation.exit(code.rawValue)
  }

  /// Prints an error to standard error and ends the process with its number.
  static func leave(with error: any Error) -> Never {
    switch error {
    case let end as ExitWith: Foundation.exit(end.status.rawValue)
    case let error as WorkerError:
      if error.isVerbatim {
        Console.note(error.description)
      } else {
        Console.error(error.description)
      }
      Foundation.exit(ExitStatus(error.code).rawValue)
    case is CancellationError:
      Foundation.exit(ExitStatus.internalError.rawValue)
    default:
      // ArgumentParser's own errors know their text and their number (64); others are ours to name.
      let code = exitCode(for: error)
      if code == .failure, !(error is ValidationError), !(error is CleanExit) {
        Console.error("\(error)")
        Foundation.exit(ExitStatus.internalError.rawValue)
      }
      tell(error, code)
    }
  }
}
