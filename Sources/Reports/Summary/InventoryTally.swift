import IdentityCore

/// The doors and modifiers at one door, as people read them: the unknown first, then by how they are accounted for.
struct InventoryTally {
  /// The entries, in the order shown.
  let entries: [InventoryEntry]

  init(_ all: [InventoryEntry]) {
    entries = Self.order.flatMap { state in all.filter { $0.state == state } }
  }

  private static let order: [InventoryEntry.State] = [
    .unknown, .vouched, .judged, .closed, .absent, .outOfScope,
  ]

  private var unknown: Int { entries.count { $0.state == .unknown } }

  /// Whether all are accounted for.
  var isWhole: Bool { unknown == 0 }

  /// `Doors and modifiers: all 14 accounted for`.
  var headline: String {
    isWhole
      ? "Doors and modifiers: all \(entries.count) accounted for"
      : "Doors and modifiers: \(unknown) of \(entries.count) not accounted for"
  }
}

extension InventoryEntry.State {
  /// The word in listings.
  var title: String {
    switch self {
    case .judged: "judged"
    case .closed: "closed"
    case .absent: "none here"
    case .vouched: "vouched for"
    case .outOfScope: "not judged"
    case .unknown: "unknown"
    }
  }
}
