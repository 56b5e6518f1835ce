internal import ArgumentParser
internal import Worker

/// `idsync store`: the file that everything is kept in.
struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Look after the store.", subcommands: [Check.self])

  /// Looks for damage.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Look for damage in the whole store; ends with 70 when there is any.",
      discussion: """
        Pages, the order of rows, indices against their tables, references, every row against the seal it was written \
        with, and what rows say of each other. Nothing is changed.
        """)

    @OptionGroup var common: CommonOptions

    func run() throws {
      let worker = try common.worker()
      let damages = try worker.storeDamages()
      guard !damages.isEmpty else {
        if !common.quiet { Console.line("\(worker.storePath) is whole") }
        return
      }
      for damage in damages { Console.error("\(worker.storePath): \(damage)") }
      Console.note(
        "Move the store away together with its -wal and -shm files, and put back the last backup; sqlite3 DAMAGED .recover"
          + " saves what is readable.")
      throw ExitWith(status: .internalError)
    }
  }
}
