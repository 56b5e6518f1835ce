internal import ArgumentParser
internal import Foundation
internal import Reports
internal import Worker

/// `idsync init`: a starter configuration.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a starter configuration; never over an existing file.")

  @Argument(help: "Where to.")
  var path = "idsync.yaml"

  func run() throws {
    try StarterConfiguration.write(to: path)
    Console.line("wrote \(path): fill in the sources and teams, then run idsync doctor")
  }
}

/// `idsync doctor`: what is right and what is not, one line each.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract:
      "Check configuration, credentials, scopes, TLS, clock and store: one line each, with the remedy."
  )

  @OptionGroup var common: CommonOptions

  @Option(name: .long, help: "text or json.")
  var format: RunFormat = .text

  @Option(
    name: .long,
    help: "Show one page of this source instead, the mapped rows and what was not understood.")
  var sample: String?

  func run() async throws {
    let worker = try common.worker()
    if let sample { return try await show(worker.sample(sample)) }
    let lines = await worker.diagnose()
    switch format {
    case .text: for line in lines { Console.line(text(line)) }
    case .json:
      var json = JSONWriter(to: Console.output)
      json.object { json in
        json.field("schema", "idsync.doctor/1")
        json.key("checks")
        json.array { json in
          for line in lines {
            json.object { json in
              json.field("source", line.source)
              json.field("check", line.check)
              json.field("outcome", line.outcome.rawValue)
              json.field("message", line.message)
              json.field("remedy", line.remedy)
            }
          }
        }
      }
      try json.finish()
    }
    if lines.contains(where: { $0.outcome == .failure }) {
      throw ExitWith(status: .configuration)
    }
  }

  private func show(_ sample: SampleReport) throws {
    let printer = SamplePrinter(sample: sample)
    switch format {
    case .text: printer.printText()
    case .json: try printer.printJSON()
    }
    // A page that cannot be read is a fault of the configuration; a value that is not listed may be meant.
    if !sample.notes.isEmpty { throw ExitWith(status: .configuration) }
  }

  private func text(_ line: Diagnosis) -> String {
    let style = Console.style(common.environment)
    let palette = style.palette
    let mark =
      switch line.outcome {
      case .good: palette.paint("ok  ", .good)
      case .warning: palette.paint("warn", .warning)
      case .failure: palette.paint("FAIL", .bad)
      }
    var lines = TerminalText.lines(
      "\(line.source): \(line.check): \(line.message)", style, indent: 6)
    lines[0] = mark + "  " + lines[0].dropFirst(6)
    if !line.remedy.isEmpty {
      lines += TerminalText.lines("→ \(line.remedy)", style, indent: 7, hanging: 2)
    }
    return lines.joined(separator: "\n")
  }
}
