/// One attempt to change a team, as the append-only history keeps it.
public struct AdministrationEntry: Sendable, Codable, Hashable {
  /// What became of an attempt.
  public enum Outcome: String, Sendable, Codable, CaseIterable, Hashable {
    /// Made, and read back as it should be.
    case done
    /// All was as asked already.
    case unchanged
    /// A rule or the platform stood against it; nothing was changed.
    case refused
    /// It did not come to a change, for another reason than a rule.
    case failed
    /// Whether it was made is not known.
    case unknown
  }

  /// The number of the attempt in the store.
  public var id: Int64
  /// When it was begun.
  public var at: Timestamp
  /// Who asked: an address, `root as ana@acme.com`, or `user root`.
  public var actor: String
  /// The command: `members add`.
  public var command: String
  /// The source that was to change; `local` for our own store.
  public var source: SourceName
  /// The team; empty for an app without one.
  public var team: TeamName
  /// The app, if it was about one.
  public var app: String?
  /// The person, if it was about one.
  public var email: String?
  /// What was asked for, in words.
  public var text: String
  /// What became of it.
  public var outcome: Outcome
  /// What stood there before.
  public var before: String
  /// What stands there now, as read back; empty when that is not known.
  public var after: String
  /// The id under which the platform logged the request.
  public var requestID: String?
  /// The rule or failure, in words; empty when all went well.
  public var detail: String

  /// Makes an entry.
  public init(
    id: Int64 = 0, at: Timestamp, actor: String, command: String, source: SourceName,
    team: TeamName, app: String?, email: String?, text: String, outcome: Outcome,
    before: String = "", after: String = "", requestID: String? = nil, detail: String = ""
  ) {
    self.id = id
    self.at = at
    self.actor = actor
    self.command = command
    self.source = source
    self.team = team
    self.app = app
    self.email = email
    self.text = text
    self.outcome = outcome
    self.before = before
    self.after = after
    self.requestID = requestID
    self.detail = detail
  }
}
