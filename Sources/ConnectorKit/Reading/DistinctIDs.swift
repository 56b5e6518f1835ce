/// Counts the different ids of a list that may name some twice: eight to twenty-two bytes each.
package struct DistinctIDs: Sendable {
  private var slots: [UInt64] = [UInt64](repeating: 0, count: 64)
  /// How many different ids there were.
  package private(set) var count = 0

  package init() {}

  /// Adds an id; false when it was there.
  package mutating func insert(_ id: String) -> Bool {
    if (count + 1) * 4 > slots.count * 3 { grow() }
    var hasher = Hasher()
    hasher.combine(id)
    let value = UInt64(bitPattern: Int64(hasher.finalize()))
    guard place(value == 0 ? 1 : value) else { return false }
    count += 1
    return true
  }

  private mutating func place(_ hash: UInt64) -> Bool {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      if slots[slot] == hash { return false }
      slot = (slot + 1) & mask
    }
    slots[slot] = hash
    return true
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count * 2)
    for hash in old where hash != 0 { _ = place(hash) }
  }
}
