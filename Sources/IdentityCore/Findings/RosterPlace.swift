/// Where the people of a team are changed: its system of record.
public enum RosterPlace: Sendable, Codable, Hashable {
  /// idsync's own commands change it: a platform whose interface allows that, or our own store.
  case commands
  /// Whoever keeps this file changes its rows; the source that reads it.
  case file(String, source: SourceName)
  /// The system behind a source, which is only read here.
  case system(kind: String, source: SourceName)

  /// Whether idsync's own commands change the team.
  public var takesCommands: Bool { self == .commands }

  /// What it is, for a sentence: `the file people.csv`.
  public var words: String {
    switch self {
    case .commands: "the team"
    case .file(let path, _): "the file \(path)"
    case .system(let kind, let source):
      "the system of record that the source \(source) (\(kind)) reads"
    }
  }

  /// Why nothing is changed from here, and where it is.
  public func refusal(_ team: TeamName) -> String {
    switch self {
    case .commands: ""
    case .file(let path, let source):
      "\(team) is kept in \(words) (source \(source)), which idsync only reads: change the row of the person in \(path), "
        + "then read it again: idsync sync. Nothing was changed."
    case .system(_, let source):
      "\(team) is kept in \(words), and idsync changes nothing there: change it where \(source) comes from, "
        + "then read it again: idsync sync. Nothing was changed."
    }
  }

  /// Who takes somebody off the team who left, and where: a clause.
  func removal(_ email: String, _ team: TeamName) -> String {
    switch self {
    case .commands: "an admin of \(team) takes the person off the team"
    case .file: "whoever keeps \(words) takes the row of \(email) on \(team) out of it"
    case .system: "whoever keeps \(words) takes the person off \(team) there"
    }
  }

  /// Where the address of somebody stands, for a sentence.
  func addressPlace(_ team: TeamName) -> String {
    takesCommands ? "on the team" : "in \(words)"
  }

  /// Who makes somebody else an admin, and where.
  func secondAdmin(_ team: TeamName) -> String {
    switch self {
    case .commands: "The admin of \(team) makes a second person an admin."
    case .file: "Whoever keeps \(words) gives a second person of \(team) the role admin there."
    case .system: "Whoever keeps \(words) makes a second person an admin of \(team) there."
    }
  }
}
