import ArgumentParser
import Dispatch
import Foundation
import MockIdP

/// Serves an organisation until SIGINT or SIGTERM.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve an organisation until interrupted (the default).")

  @OptionGroup var options: ScenarioOptions

  @Option(name: .long, help: "Write the URLs and tokens to this file as JSON, once ready.")
  var portFile: String?

  @Flag(name: .long, help: "Print nothing but an idsync configuration for this organisation.")
  var printConfig = false

  @Option(name: .long, help: "The port of Heroku; by default a free one.")
  var herokuPort: UInt16 = 0

  @Option(name: .long, help: "The port of Okta; by default a free one.")
  var oktaPort: UInt16 = 0

  func run() async throws {
    let scenario = try options.load()
    let signals = Signals()
    let mock = try await MockIdP.start(scenario, herokuPort: herokuPort, oktaPort: oktaPort)
    if let portFile { try write(mock, to: portFile) }
    let introduction = Introduction(mock: mock, scenario: scenario)
    print(printConfig ? introduction.configuration : introduction.text)
    fflush(nil)
    await signals.wait()
    await mock.stop()
  }

  private func write(_ mock: MockIdP, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(
      Dictionary(uniqueKeysWithValues: mock.endpoints.map { ($0.key.rawValue, $0.value) }))
    // Written aside and moved, so that whoever waits for the file never reads half of it.
    try data.write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}

/// Waits for the signals that end the program.
final class Signals {
  private let stream: AsyncStream<Void>
  private let sources: [any DispatchSourceSignal]

  init() {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    self.stream = stream
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { continuation.yield() }
      source.resume()
      return source
    }
  }

  /// Returns when one of the signals came.
  func wait() async {
    for await _ in stream { return }
  }
}
