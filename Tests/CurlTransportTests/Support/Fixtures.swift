import CurlTransport
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

/// A clock that jumps to the end of every sleep and notes how long it was.
final class ManualClock: Sendable {
  private struct State {
    var uptime: Duration = .zero
    var sleeps: [Duration] = []
    var dice: Double
  }

  private let start: Date
  private let state: Mutex<State>

  init(start: Date = Date(timeIntervalSince1970: 1_800_000_000), dice: Double = 1) {
    self.start = start
    state = Mutex(State(dice: dice))
  }

  var sleeps: [Duration] { state.withLock { $0.sleeps } }

  func advance(_ duration: Duration) {
    state.withLock { $0.uptime += duration }
  }

  var clock: TransportClock {
    TransportClock(
      now: { [self] in
        start.addingTimeInterval(
          state.withLock { Double($0.uptime.components.seconds) })
      },
      uptime: { [self] in state.withLock { $0.uptime } },
      sleep: { [self] duration in
        try Task.checkCancellation()
        state.withLock {
          $0.uptime += duration
          $0.sleeps.append(duration)
        }
        await Task.yield()
      },
      random: { [self] in state.withLock { $0.dice } })
  }
}

/// A log that keeps its lines.
final class LogRecorder: Sendable {
  private let kept = Mutex<[String]>([])

  var lines: [String] { kept.withLock { $0 } }

  func logger(_ level: Logger.Level = .trace) -> Logger {
    var logger = Logger(label: "test") { _ in Handler(recorder: self) }
    logger.logLevel = level
    return logger
  }

  private struct Handler: LogHandler {
    let recorder: LogRecorder
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(recorder: LogRecorder) { self.recorder = recorder }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let line = "\(event.message) \(event.metadata ?? [:])"
      recorder.kept.withLock { $0.append(line) }
    }
  }
}

/// Manners of telling a limit, as some vendors have them.
extension RateHeaders {
  static let okta = RateHeaders(
    .triple(prefix: "X-Rate-Limit-", reset: .epochSeconds), countsPerEndpoint: true,
    zeroOfZeroIsConcurrency: true)
  static let github = RateHeaders(
    .triple(prefix: "X-RateLimit-", reset: .epochSeconds), refusesByForbidding: true)
  static let oneLogin = RateHeaders(.triple(prefix: "X-RateLimit-", reset: .secondsFromNow))
  static let heroku = RateHeaders(
    .bucket(remaining: "RateLimit-Remaining", limit: 4500, refillPerMinute: 75))
}

/// A server and a source that speaks to it, ended together.
func withServer<R: Sendable>(
  policy: SourcePolicy = SourcePolicy(retry: .never), clock: TransportClock = .system,
  log: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
  _ handler: @escaping RawServer.Handler,
  _ body: (RawServer, HTTPSource) async throws -> R
) async throws -> R {
  try await TestSlots.run {
    let server = try RawServer(handler)
    let transport = HTTPTransport(
      configuration: TransportConfiguration(userAgent: "idsync/test", clock: clock), logger: log)
    defer {
      transport.shutdown()
      server.stop()
    }
    return try await body(server, transport.source("test", policy: policy))
  }
}

/// The error that a request ends with.
func failure<R>(
  _ body: () async throws -> R, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> TransportError {
  do {
    _ = try await body()
  } catch let error as TransportError {
    return error
  }
  Issue.record("no TransportError was thrown", sourceLocation: sourceLocation)
  throw CancellationError()
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A directory that is gone after the test.
func withTemporaryDirectory<R: Sendable>(
  _ body: (String) async throws -> R
) async throws -> R {
  let path = NSTemporaryDirectory() + "idsync-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try await body(path)
}

/// How many were inside at once.
final class Peak: Sendable {
  private let state = Mutex((inside: 0, most: 0))

  var most: Int { state.withLock { $0.most } }

  func enter() {
    state.withLock { state in
      state.inside += 1
      state.most = max(state.most, state.inside)
    }
  }

  func leave() { state.withLock { $0.inside -= 1 } }
}

extension HTTPSource {
  /// Checks the status that a request ends with.
  func expect(
    status: Int, _ request: HTTPRequest, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let response = try await send(request)
    #expect(response.status == status, sourceLocation: sourceLocation)
  }

  /// Checks the body that a request ends with.
  func expect(
    body: String, _ request: HTTPRequest, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let response = try await send(request)
    #expect(response.body.text == body, sourceLocation: sourceLocation)
  }
}

/// Counts what happened, by name.
final class Tally: Sendable {
  private let state = Mutex<[String: Int]>([:])

  var counts: [String: Int] { state.withLock { $0 } }

  var total: Int { counts.values.reduce(0, +) }

  func add(_ name: String) { state.withLock { $0[name, default: 0] += 1 } }
}

/// A cache that notes under which keys something was kept.
final class RecordingCache: ResponseCache {
  private let cache = MemoryResponseCache()
  private let kept = Mutex<[CacheKey]>([])

  var keys: [CacheKey] { kept.withLock { $0 } }

  func entry(for key: CacheKey) -> CachedResponse? { cache.entry(for: key) }

  func store(_ response: CachedResponse, for key: CacheKey) {
    kept.withLock { $0.append(key) }
    cache.store(response, for: key)
  }
}
