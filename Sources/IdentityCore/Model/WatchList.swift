/// The keys of the people whose accounts are to be kept; everyone else streams past.
///
/// An open-addressing table of 64-bit hashes: eight bytes a person at half load. A hash may match by chance, so a kept
/// account is only a candidate; the exact match is made when accounts and members are brought together.
public struct WatchList: Sendable {
  private var slots: [UInt64]
  private let mask: Int
  /// How many keys were put in, repeats included.
  public private(set) var count = 0

  /// Makes a list with room for so many keys.
  public init(capacity: Int) {
    var size = 64
    while size < capacity * 2 { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
    mask = size - 1
  }

  /// Makes a list of keys (see ``EmailKey``).
  public init(keys: some Collection<String>) {
    self.init(capacity: keys.count)
    for key in keys {
      var copy = key
      copy.withUTF8 { insert($0) }
    }
  }

  /// Whether nobody is watched.
  public var isEmpty: Bool { count == 0 }

  /// Adds a key.
  public mutating func insert(_ key: UnsafeBufferPointer<UInt8>) {
    if (count + 1) * 4 > slots.count * 3 { grow() }
    place(KeyHash.folded(key))
    count += 1
  }

  /// Whether an address or login may belong to a watched person; ASCII case and outer white space do not matter.
  public func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    if contains(hash: KeyHash.folded(text)) { return true }
    guard text.contains(where: { $0 >= 0x80 || $0 <= 0x20 }) else { return false }
    var key = EmailKey.make(text)
    return key.withUTF8 { contains(hash: KeyHash.folded($0)) }
  }

  private func contains(hash: UInt64) -> Bool {
    var index = Int(truncatingIfNeeded: hash) & mask
    while slots[index] != 0 {
      if slots[index] == hash { return true }
      index = (index + 1) & mask
    }
    return false
  }

  private mutating func place(_ hash: UInt64) {
    var index = Int(truncatingIfNeeded: hash) & mask
    while slots[index] != 0 && slots[index] != hash { index = (index + 1) & mask }
    slots[index] = hash
  }

  private mutating func grow() {
    var larger = WatchList(capacity: slots.count)
    for hash in slots where hash != 0 { larger.place(hash) }
    larger.count = count
    self = larger
  }
}

/// A fast 64-bit hash of short texts, the same on every run and machine; not for secrets.
public enum KeyHash {
  /// Hashes UTF-8, ASCII letters folded to lower case; never 0.
  public static func folded(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text {
      let lower = byte &- 0x41 < 26 ? byte | 0x20 : byte
      hash = (hash ^ UInt64(lower)) &* 0x0000_0100_0000_01B3
    }
    return finish(hash)
  }

  /// Hashes bytes as they are; never 0.
  public static func exact(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return finish(hash)
  }

  private static func finish(_ value: UInt64) -> UInt64 {
    var hash = value
    hash ^= hash >> 32
    hash = hash &* 0xD6E8_FEB8_6659_FD93
    hash ^= hash >> 32
    return hash == 0 ? 1 : hash
  }
}
