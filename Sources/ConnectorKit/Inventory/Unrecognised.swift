package import IdentityCore

/// What stands in the objects that decide about sign-ins and is not known, at one application.
///
/// Each is a thing of one line of the inventory, so that it is named where people look, and a line of `vouch` may say
/// that it is harmless; until then the model holds it as an unknown at its place.
package struct Unrecognised: Sendable {
  private let row: InventoryRow
  private let vouches: Vouches
  private let app: AppID
  private let remedy: String
  private var versions: [String: String] = [:]
  /// The things, in the order met, for the line of the inventory.
  package private(set) var things: [(object: String, version: String?, state: RowState)] = []

  /// Nothing yet.
  ///
  /// - Parameters:
  ///   - row: the line of the vendor's inventory.
  ///   - remedy: who can mend it, as a clause.
  package init(
    _ row: InventoryRow, _ vouches: Vouches, at app: AppID,
    remedy: String = "update idsync, or see that it lets nobody in with one factor"
  ) {
    self.row = row
    self.vouches = vouches
    self.app = app
    self.remedy = remedy
  }

  /// Notes a thing.
  ///
  /// - Parameters:
  ///   - object: where it stands: the object that decides and the path in it.
  ///   - version: what tells one value of it from another.
  ///   - why: what is not known of it, as a clause.
  /// - Returns: the unknown for its place in the model; nil where somebody vouches that it is harmless.
  package mutating func note(_ object: String, version: String, _ why: String) -> Unknown? {
    if versions[object] == nil {
      versions[object] = version
      things.append((object, version, .unknown(why, remedy: remedy)))
    }
    let isVouched =
      versions[object] == version
      && vouches.vouch(for: row.id, object: object, version: version, at: app) != nil
    return isVouched ? nil : row.unknown(object, why, remedy: remedy)
  }

  /// Notes the keys of an object that are neither understood nor known to be harmless.
  ///
  /// - Parameter place: the object that decides, by its own name.
  /// - Returns: the unknowns for the model, without those that are vouched for.
  package mutating func note(_ keys: [UnrecognisedKey], of place: String) -> [Unknown] {
    keys.compactMap { key in
      note("\(place): \(key.path)", version: key.version, "idsync does not know \(key.path)")
    }
  }
}
