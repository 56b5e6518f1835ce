/// Something that went wrong, or was left out, while a source was read.
public struct SourceIssue: Sendable, Codable, Hashable {
  /// What the issue makes uncertain.
  public enum Affects: String, Sendable, Codable, Hashable {
    /// Every verdict that rests on the source: it counts as incomplete, and what was known before stays.
    case verdicts
    /// Only verdicts that hang on the part that is missing, which the model knows as unknown: the source counts as
    /// incomplete, and where the unknown decides, what was known before stays.
    case parts
    /// Only enrolment or names are missing; the source counts as complete.
    case details
  }

  /// The code of an issue about accounts that no name leads to: whoever is not found may have one of them.
  public static let namelessAccount = "nameless-account"

  /// A stable code: `unauthorised`, `forbidden`, `malformed`, `truncated`, `cursor-loop`, and so on.
  public var code: String
  /// The call, as method and path template.
  public var call: String
  /// The page on which it happened, from 1; nil where there are no pages.
  public var page: Int?
  /// The HTTP status, if there was one.
  public var status: Int?
  /// What happened, one sentence for people; no secret, no query.
  public var message: String
  /// What to do about it.
  public var remedy: String
  /// What it makes uncertain.
  public var affects: Affects

  /// Makes an issue.
  public init(
    code: String, call: String, page: Int? = nil, status: Int? = nil, message: String,
    remedy: String, affects: Affects = .verdicts
  ) {
    self.code = code
    self.call = call
    self.page = page
    self.status = status
    self.message = message
    self.remedy = remedy
    self.affects = affects
  }
}

/// How one source was read in one run.
public struct SourceReading: Sendable, Codable, Hashable {
  /// The name in the configuration.
  public var name: SourceName
  /// The kind of source: `okta`.
  public var kind: String
  /// Rows taken in: people, accounts.
  public var fetched: Int
  /// Rows the source says it has; nil when it does not say.
  public var declared: Int?
  /// Requests sent, retries included.
  public var requests: Int
  /// Requests by method and path template.
  public var requestsByEndpoint: [String: Int]
  /// Bytes received.
  public var bytes: Int
  /// When the reading began.
  public var startedAt: Timestamp
  /// When it ended.
  public var observedAt: Timestamp
  /// What went wrong, in the order it happened.
  public var issues: [SourceIssue]

  /// Whether everything verdicts rest on was read to its declared end.
  public var isComplete: Bool { firstGap == nil }
  /// Whether verdicts can be worked out: what is missing at most is known to the model as missing.
  public var carriesVerdicts: Bool { !issues.contains { $0.affects == .verdicts } }
  /// Why somebody who is not found may have an account all the same; nil where nobody can.
  var namelessReason: String? {
    issues.first { $0.code == SourceIssue.namelessAccount }?.message
  }
  /// The gravest reason for not being complete.
  public var firstGap: SourceIssue? {
    issues.first { $0.affects == .verdicts } ?? issues.first { $0.affects == .parts }
  }

  /// Why nothing certain can be said from an incomplete reading, with its first cause.
  var incompleteReason: String {
    "Source \(name) was not read to its end\(firstGap.map { ": \($0.message)" } ?? ".")"
  }

  /// Makes a reading.
  public init(
    name: SourceName, kind: String, fetched: Int = 0, declared: Int? = nil, requests: Int = 0,
    requestsByEndpoint: [String: Int] = [:], bytes: Int = 0, startedAt: Timestamp,
    observedAt: Timestamp, issues: [SourceIssue] = []
  ) {
    self.name = name
    self.kind = kind
    self.fetched = fetched
    self.declared = declared
    self.requests = requests
    self.requestsByEndpoint = requestsByEndpoint
    self.bytes = bytes
    self.startedAt = startedAt
    self.observedAt = observedAt
    self.issues = issues
  }
}

/// One execution, as it stands in the store.
public struct RunRecord: Sendable, Codable, Hashable {
  /// How the run ended.
  public enum Outcome: String, Sendable, Codable, Hashable {
    case committed, held, failed, applied
    /// It was cut before its end: killed, or the machine went down.
    case interrupted
    /// It is under way.
    case running
    /// It only showed what it would change, and stands in no store.
    case rehearsed = "dry-run"

    /// Whether the sources were read as far as they could be, and what they said was put into the store or shown.
    public var isDone: Bool {
      switch self {
      case .committed, .held, .applied, .rehearsed: true
      case .failed, .interrupted, .running: false
      }
    }
  }

  /// A UUID.
  public var id: String
  /// When it began.
  public var startedAt: Timestamp
  /// When it ended.
  public var finishedAt: Timestamp
  /// How it ended.
  public var outcome: Outcome
  /// Its sources, by name.
  public var sources: [SourceReading]
  /// What changed.
  public var changes: ChangeCounts
  /// Why it failed, where that is known.
  public var reason: String?

  /// Whether it came to its end and every source was read to its own.
  public var isComplete: Bool { outcome.isDone && sources.allSatisfy(\.isComplete) }

  /// Makes a run.
  public init(
    id: String, startedAt: Timestamp, finishedAt: Timestamp, outcome: Outcome,
    sources: [SourceReading], changes: ChangeCounts, reason: String? = nil
  ) {
    self.id = id
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.outcome = outcome
    self.sources = sources
    self.changes = changes
    self.reason = reason
  }
}

/// How many members a run added, changed and removed, and how many findings opened and resolved.
public struct ChangeCounts: Sendable, Codable, Hashable {
  /// Members new to a team.
  public var added = 0
  /// Members whose record changed.
  public var changed = 0
  /// Members no longer on a team.
  public var removed = 0
  /// Findings opened.
  public var opened = 0
  /// Findings resolved.
  public var resolved = 0

  /// Makes counts of nothing.
  public init() {}
}
