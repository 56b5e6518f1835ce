/// From 64-bit hashes to positions, many positions a hash allowed: twelve bytes a slot.
struct HashIndex: Sendable {
  private var hashes: [UInt64] = [UInt64](repeating: 0, count: 64)
  private var positions: [Int32] = [Int32](repeating: 0, count: 64)
  private(set) var count = 0

  init() {}

  /// Makes an index with room for so many entries without growing.
  init(capacity: Int) {
    var size = 64
    while size * 3 < capacity * 4 { size *= 2 }
    hashes = [UInt64](repeating: 0, count: size)
    positions = [Int32](repeating: 0, count: size)
  }

  mutating func insert(_ hash: UInt64, _ position: Int32) {
    if (count + 1) * 4 > hashes.count * 3 { grow() }
    place(hash, position)
    count += 1
  }

  /// The first position with this hash that `isMatch` accepts.
  func first(_ hash: UInt64, where isMatch: (Int32) -> Bool) -> Int32? {
    let mask = hashes.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while hashes[slot] != 0 {
      if hashes[slot] == hash, isMatch(positions[slot]) { return positions[slot] }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private mutating func place(_ hash: UInt64, _ position: Int32) {
    let mask = hashes.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while hashes[slot] != 0 { slot = (slot + 1) & mask }
    hashes[slot] = hash
    positions[slot] = position
  }

  private mutating func grow() {
    var larger = HashIndex(capacity: hashes.count)
    for slot in hashes.indices where hashes[slot] != 0 {
      larger.place(hashes[slot], positions[slot])
    }
    larger.count = count
    self = larger
  }
}
