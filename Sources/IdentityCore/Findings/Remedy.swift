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
  public static func all(for status: MemberStatus) -> [(kind: FindingKind, remedy: Remedy)] {
    status.record.findings.kinds.map { ($0, Remedy($0, of: status.record, in: status.rosterPlace)) }
  }

  /// The texts of all remedies of a member, each once, then the commands, each once, those that remove somebody last.
  public static func summary(
    for status: MemberStatus
  ) -> (texts: [String], commands: [String]) {
    let remedies = all(for: status).map(\.remedy)
    let commands = unique(remedies.flatMap(\.commands))
    return (
      unique(remedies.map(\.text)),
      commands.filter { !isRemoval($0) } + commands.filter(isRemoval)
    )
  }

  /// Whether a command takes somebody off a team: only for people who left, and said so wherever it is shown.
  public static func isRemoval(_ command: String) -> Bool {
    command.hasPrefix(MendingCommand.removing)
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
