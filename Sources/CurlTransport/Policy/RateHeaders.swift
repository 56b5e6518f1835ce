/// How a vendor tells how much of its limit is left: which fields, what they mean, what they count for.
///
/// A value that each vendor's connector describes for itself; the transport knows the fields of the IETF draft only.
public struct RateHeaders: Sendable, Equatable {
  /// What the field about the reset holds.
  public enum Reset: Sendable, Equatable {
    /// Seconds since 1970, by the server's clock.
    case epochSeconds
    /// Seconds from now.
    case secondsFromNow
  }

  /// Where the figures stand.
  public enum Figures: Sendable, Equatable {
    /// Nowhere; only `Retry-After` is read.
    case none
    /// `RateLimit` and `RateLimit-Policy` of the IETF draft, or the three fields of its first versions.
    case ietf
    /// Three fields that begin alike: `<prefix>Limit`, `<prefix>Remaining`, `<prefix>Reset`.
    case triple(prefix: String, reset: Reset)
    /// One field for what is left of a bucket that is refilled all the time, of so many requests and with so many a minute.
    case bucket(remaining: String, limit: Int, refillPerMinute: Double)
  }

  /// Where the figures stand.
  public var figures: Figures

  /// Whether every endpoint has a limit of its own; otherwise there is one for the account.
  public var countsPerEndpoint: Bool

  /// Whether zero left of zero means that too many requests run at once, and says nothing about the limit.
  public var zeroOfZeroIsConcurrency: Bool

  /// Whether a 403 means the limit, where `Retry-After` comes with it or nothing is left.
  public var refusesByForbidding: Bool

  /// Describes a vendor's manner.
  public init(
    _ figures: Figures, countsPerEndpoint: Bool = false, zeroOfZeroIsConcurrency: Bool = false,
    refusesByForbidding: Bool = false
  ) {
    self.figures = figures
    self.countsPerEndpoint = countsPerEndpoint
    self.zeroOfZeroIsConcurrency = zeroOfZeroIsConcurrency
    self.refusesByForbidding = refusesByForbidding
  }

  /// Says nothing; only `Retry-After` is read.
  public static let none = RateHeaders(.none)

  /// The fields of the IETF draft, in its old and new forms.
  public static let ietf = RateHeaders(.ietf)

  /// The names of the fields, in lower case: they are about one reply and not kept with what it shows.
  var names: [String] {
    let names: [String] =
      switch figures {
      case .none: []
      case .ietf: ["RateLimit", "RateLimit-Policy"] + Self.triple(Self.draftPrefix)
      case .triple(let prefix, _): Self.triple(prefix)
      case .bucket(let remaining, _, _): [remaining]
      }
    return names.map { $0.lowercased() }
  }

  /// What the three fields of the draft's first versions begin with.
  static let draftPrefix = "RateLimit-"

  private static func triple(_ prefix: String) -> [String] {
    ["Limit", "Remaining", "Reset"].map { prefix + $0 }
  }
}
