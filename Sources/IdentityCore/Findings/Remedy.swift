/// What mends a finding: who does it, where, and what; never carried out by itself.
public struct Remedy: Sendable, Codable, Hashable {
  /// Who mends it.
  public enum Owner: String, Sendable, Codable, CaseIterable, Hashable {
    /// Whoever administers the identity provider.
    case providerAdministrator = "provider-admin"
    /// Whoever administers the platform or the team on it.
    case platformAdministrator = "platform-admin"
    /// The person.
    case member
    /// Whoever runs idsync.
    case `operator`
  }

  /// Who mends it.
  public let owner: Owner
  /// What is to be done and where, a sentence or two.
  public let text: String
  /// Commands that do it or lead there, in the order to try; one that removes somebody comes last.
  public let commands: [String]

  /// The sentences with the commands behind them, in one text.
  public var line: String {
    commands.isEmpty ? text : "\(text) (\(commands.joined(separator: "; ")))"
  }

  /// What mends each open finding of a member, in the order of the kinds.
  public static func all(for record: MemberRecord) -> [(kind: FindingKind, remedy: Remedy)] {
    record.findings.kinds.map { ($0, Remedy($0, of: record)) }
  }

  /// The texts of all remedies of a member, each once, then the commands, each once, those that remove somebody last.
  public static func summary(
    for record: MemberRecord
  ) -> (texts: [String], commands: [String]) {
    let remedies = all(for: record).map(\.remedy)
    let commands = unique(remedies.flatMap(\.commands))
    let removal = MendingCommand.removal(of: record)
    return (
      unique(remedies.map(\.text)),
      commands.filter { $0 != removal } + commands.filter { $0 == removal }
    )
  }

  private static func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }

  init(_ owner: Owner, _ text: String, _ commands: [String] = []) {
    self.owner = owner
    self.text = text
    self.commands = commands
  }
}
