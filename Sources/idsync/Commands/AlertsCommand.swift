internal import ArgumentParser
internal import IdentityCore
internal import Reports
internal import Worker

/// `idsync alerts`: the outbox.
struct AlertsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alerts", abstract: "Show, deliver and test alerts.",
    subcommands: [List.self, Deliver.self, Test.self], defaultSubcommand: List.self)

  /// Shows the outbox.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the messages in the outbox, the waiting ones first.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    @Flag(name: .long, help: "Delivered ones too.")
    var all = false

    func run() throws {
      try listing.write(
        .alerts(common.worker().alerts(includingDelivered: all)), common.environment)
    }
  }

  /// Delivers what is due.
  struct Deliver: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Deliver what is due now.")

    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Do not wait for the next try of messages that failed.")
    var now = false

    func run() async throws {
      let outcome = try await common.worker().deliverAlerts(ignoringSchedule: now)
      if !common.quiet { Console.line("\(outcome.delivered) delivered") }
      for problem in outcome.problems { Console.error(problem) }
      if !outcome.problems.isEmpty { throw ExitWith(status: .nothingRead) }
    }
  }

  /// Tries one channel.
  struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Send a test message over one channel.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The channel, as the configuration names it.")
    var channel: String

    func run() async throws {
      let summary = try await common.worker().testChannel(channel)
      if !common.quiet { Console.line("\(channel): \(summary)") }
    }
  }
}
