internal import ConnectorKit
internal import IdentityCore

/// What nobody knows of doors and modifiers, each thing for itself, where the model holds it at its place.
struct EntraDoubts: Sendable {
  private struct Thing: Sendable {
    /// Nil for the line as a whole.
    var object: String?
    var version: String?
    var why: String
    var remedy: String
  }

  private let vouches: Vouches
  private let app: AppID
  private var things: [EntraDoors: [Thing]] = [:]

  /// None yet.
  init(_ vouches: Vouches, at app: AppID) {
    self.vouches = vouches
    self.app = app
  }

  /// Notes a thing that nobody knows.
  ///
  /// - Returns: the unknown for the model; nil where somebody vouches for the thing.
  mutating func note(
    _ door: EntraDoors, _ object: String?, version: String?, _ why: String, remedy: String
  ) -> Unknown? {
    if things[door]?.contains(where: { $0.object == object }) != true {
      things[door, default: []].append(
        Thing(object: object, version: version, why: why, remedy: remedy))
    }
    let row = door.row
    guard vouches.vouch(for: row.id, object: object, version: version, at: app) == nil else {
      return nil
    }
    return row.unknown(object, why, remedy: remedy)
  }

  /// How a line is accounted for; nil where nothing of it is in doubt.
  func state(of door: EntraDoors) -> RowState? {
    guard let things = things[door], let first = things.first else { return nil }
    guard first.object != nil else { return .unknown(first.why, remedy: first.remedy) }
    return .each(
      things.map { thing in
        (thing.object ?? "", thing.version, .unknown(thing.why, remedy: thing.remedy))
      })
  }
}
