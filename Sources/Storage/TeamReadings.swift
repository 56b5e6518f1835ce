internal import GRDB
internal import IdentityCore

/// What a source is to a team.
public enum ReadingRole: String, Sendable, Codable, Hashable {
  /// Who is on it.
  case roster
  /// How its people sign in.
  case provider
}

/// How a source was read for a team.
public enum ReadingQuality: String, Sendable, Codable, Hashable {
  /// To its declared end.
  case complete
  /// Some parts are missing, which is known: what was judged all the same is of now.
  case partial
  /// Nothing can be judged by it: what was known before stays.
  case failed

  /// Whether what it gave can be judged by.
  public var isSound: Bool { self != .failed }
}

/// Looks up how the sources of a team stand in one snapshot, as they were after a run.
final class TeamReadings {
  struct State {
    var quality: ReadingQuality
    /// When it last gave something to judge by; nil before the first time.
    var lastSoundAt: Timestamp?
  }

  private struct Key: Hashable {
    var team: TeamName
    var source: SourceName
    var role: ReadingRole
  }

  private let database: Database
  /// The last run to know of.
  private let run: Int64
  private let older: SourceStates
  private var known: [Key: State?] = [:]

  init(_ database: Database, upTo run: Int64 = .max) {
    self.database = database
    self.run = run
    older = SourceStates(database, upTo: run)
  }

  /// How a source stands for a team; nil when it was never tried.
  func state(of source: SourceName, for team: TeamName, as role: ReadingRole) throws -> State? {
    let key = Key(team: team, source: source, role: role)
    if let state = known[key] { return state }
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT * FROM team_readings
        WHERE team = ? AND source = ? AND role = ? AND run <= ? ORDER BY run DESC LIMIT 1
        """, arguments: [team, source, role.rawValue, run])
    if let row, let seal = row["seal"] as Int64?, RowSeal.whole(row).stored != seal {
      throw StorageError.altered("a reading of \(source) for team \(team)")
    }
    let state =
      if let row {
        State(
          quality: ReadingQuality(rawValue: row["quality"]) ?? .failed,
          lastSoundAt: try (row["last_sound_at"] as Int64?).map(Timestamp.init(milliseconds:))
            ?? older.state(source, Self.scope(team, role))?.lastCompleteAt)
      } else {
        // Runs of before the readings of teams were kept apart.
        try older.state(source, Self.scope(team, role)).map {
          State(quality: $0.isComplete ? .complete : .failed, lastSoundAt: $0.lastCompleteAt)
        }
      }
    known[key] = .some(state)
    return state
  }

  private static func scope(_ team: TeamName, _ role: ReadingRole) -> String {
    role == .roster ? team : ""
  }

  /// The age of a record: when the oldest thing that its verdict rests on was read, and whether it is kept from an earlier
  /// reading than the last attempt.
  ///
  /// What was never read makes nothing young: a verdict that rests on it is as old as its first appearance.
  func age(
    of record: MemberRecord, roster: SourceName
  ) throws -> (at: Timestamp, isKept: Bool, didFail: Bool) {
    var states = [try state(of: roster, for: record.team, as: .roster)]
    for source in record.restsOn {
      states.append(try state(of: source, for: record.team, as: .provider))
    }
    let isUnread = states.contains { $0?.lastSoundAt == nil }
    var moments = states.compactMap { $0?.lastSoundAt }
    if isUnread { moments.append(record.since) }
    if let kept = record.keptFrom { moments.append(kept) }
    return (
      moments.min() ?? record.since,
      record.keptFrom != nil || states.contains { $0?.quality.isSound == false },
      states.contains { $0 != nil && $0?.quality != .complete }
    )
  }
}
