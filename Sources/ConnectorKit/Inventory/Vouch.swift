package import IdentityCore

/// What the operator vouches for: one thing, one version of it, for a reason, until a day.
///
/// A vouch accounts for a door or modifier that nobody can read; it never lifts a verdict above what was read.
package struct Vouch: Sendable, Hashable {
  /// The line of the inventory, by its word.
  package var row: String
  /// The application it is about; nil: all of the source.
  package var app: AppID?
  /// The thing it is about, where a line has several.
  package var object: String?
  /// The version of the thing; another one is not vouched for.
  package var version: String?
  /// Why it is safe.
  package var reason: String
  /// Who says so.
  package var author: String
  /// The moment after which it counts no more.
  package var until: Timestamp
  /// The same as a day, as the configuration writes it.
  package var day: String

  /// Makes a vouch.
  package init(
    row: String, app: AppID? = nil, object: String? = nil, version: String? = nil, reason: String,
    author: String, until: Timestamp, day: String
  ) {
    self.row = row
    self.app = app
    self.object = object
    self.version = version
    self.reason = reason
    self.author = author
    self.until = until
    self.day = day
  }

  /// Whether it is about a thing, whatever its version and day.
  func concerns(_ row: String, _ object: String?, at app: AppID) -> Bool {
    self.row == row && self.object == object && (self.app == nil || self.app == app)
  }
}

/// What the operator vouches for at one source, at one moment.
package struct Vouches: Sendable {
  /// What becomes of a vouch when the source is read.
  package enum Fate: Sendable, Hashable {
    case used, ended
    /// The thing has another version than the one vouched for.
    case changed(String)
  }

  /// All of them.
  package let all: [Vouch]
  private let now: Timestamp

  /// Makes the vouches of a source.
  package init(_ all: [Vouch] = [], at now: Timestamp) {
    self.all = all
    self.now = now
  }

  /// The entry as it stands with what is vouched for, and what became of a vouch that is about it.
  package func applied(
    to entry: InventoryEntry, at app: AppID
  ) -> (entry: InventoryEntry, vouch: Vouch?, fate: Fate) {
    guard entry.state == .unknown,
      let vouch = all.first(where: { $0.concerns(entry.row, entry.object, at: app) })
    else { return (entry, nil, .used) }
    if vouch.until <= now { return (entry, vouch, .ended) }
    if vouch.version != entry.version {
      return (entry, vouch, .changed(entry.version ?? "none"))
    }
    var entry = entry
    entry.state = .vouched
    entry.why = "\(vouch.reason), says \(vouch.author), until \(vouch.day)"
    entry.remedy = ""
    entry.until = vouch.until
    return (entry, vouch, .used)
  }

  /// The vouch for a thing of a line, as far as it counts now; for places that a model asks about itself.
  package func vouch(
    for row: String, object: String?, version: String?, at app: AppID
  ) -> Vouch? {
    all.first {
      $0.concerns(row, object, at: app) && $0.version == version && $0.until > now
    }
  }
}
