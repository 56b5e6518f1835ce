package import IdentityCore

/// What the objects that decide about sign-ins to one application say and nobody knows: a line of its inventory.
///
/// Each thing is an unknown at its place in the model, and an entry that the operator may vouch for as harmless.
package struct UnrecognisedKeys: Sendable {
  private let row: InventoryRow
  private let vouches: Vouches
  private let app: AppID
  private var things: [(object: String, version: String?, state: RowState)] = []

  /// None yet.
  ///
  /// - Parameter row: the line that they are entries of.
  package init(_ row: InventoryRow, _ vouches: Vouches, at app: AppID) {
    self.row = row
    self.vouches = vouches
    self.app = app
  }

  /// Notes a key of an object.
  ///
  /// - Parameters:
  ///   - object: the object that decides, by the ids on the way to it.
  ///   - title: the same as messages name it.
  /// - Returns: the unknown for its place; nil where somebody vouches that it is harmless.
  package mutating func note(
    _ key: UnrecognisedKey, of object: String, _ title: String
  ) -> Unknown? {
    let name = "\(object): \(key.path.prefix(80))"
    let why = "idsync does not know the key \(key.path.prefix(80)) of \(title)"
    let remedy = "update idsync, or see what the key does and vouch for it"
    if !things.contains(where: { $0.object == name }) {
      things.append((name, key.version, .unknown(why, remedy: remedy)))
    }
    let vouch = vouches.vouch(for: row.id, object: name, version: key.version, at: app)
    return vouch == nil ? row.unknown(name, why, remedy: remedy) : nil
  }

  /// How the reading accounts for the line.
  package var state: RowState {
    things.isEmpty ? .absent("everything that decides is known") : .each(things)
  }
}
