public import Foundation
import Synchronization

/// A program under way, which no test waits for with a thread.
public final class ChildProcess: Sendable {
  /// How a program ended: the code of its exit, or the signal as a negative number.
  public typealias Status = Int32

  private struct State {
    var status: Status?
    var waiting: [CheckedContinuation<Status, Never>] = []
  }

  /// The id of the process.
  public let id: Int32
  private let end: End

  /// Starts a program; the handles are closed on this side.
  public init(
    _ executable: URL, _ arguments: [String], environment: [String: String] = [:],
    directory: URL? = nil, input: Any? = FileHandle.nullDevice,
    output: Any? = FileHandle.nullDevice, errors: Any? = FileHandle.nullDevice
  ) throws {
    let end = End()
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = environment
    if let directory { process.currentDirectoryURL = directory }
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    process.terminationHandler = { process in
      let isKilled = process.terminationReason == .uncaughtSignal
      end.set(isKilled ? -process.terminationStatus : process.terminationStatus)
    }
    // One after the other: what tells Foundation of a child's end must not be inherited by a child that starts meanwhile,
    // or the end is not seen until that one ends too.
    try Self.starting.withLock { _ in try process.run() }
    // The child has its own by now, and a process that has ended may be kept by Foundation for long.
    for case let handle as FileHandle in [input, output, errors]
    where handle !== FileHandle.nullDevice {
      try handle.close()
    }
    id = process.processIdentifier
    self.end = end
  }

  private static let starting = Mutex(())

  /// Sends a signal; a process that has ended gets none.
  public func signal(_ number: Int32) {
    end.ifRunning { _ = kill(id, number) }
  }

  /// How it ended, once it has.
  public var status: Status {
    get async { await end.status }
  }

  private final class End: Sendable {
    private let state = Mutex(State())

    var status: Status {
      get async {
        await withCheckedContinuation { continuation in
          let status: Status? = state.withLock { state in
            if state.status == nil { state.waiting.append(continuation) }
            return state.status
          }
          if let status { continuation.resume(returning: status) }
        }
      }
    }

    func set(_ status: Status) {
      let waiting = state.withLock { state in
        state.status = status
        defer { state.waiting = [] }
        return state.waiting
      }
      for continuation in waiting { continuation.resume(returning: status) }
    }

    func ifRunning(_ body: () -> Void) {
      state.withLock { if $0.status == nil { body() } }
    }
  }
}
