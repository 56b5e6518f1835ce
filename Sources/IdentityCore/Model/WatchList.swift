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

  /// Adds an address, a login or an id as somebody wrote it.
  public mutating func insert(name: String) {
    var key = EmailKey.make(name)
    key.withUTF8 { insert($0) }
  }

  /// Whether an address or login may belong to a watched person; ASCII case and outer white space do not matter.
  public func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    if contains(hash: KeyHash.folded(text)) { return true }
    guard text.contains(where: { $0 >= 0x80 || $0 <= 0x20 }) else { return false }
    var key = EmailKey.make(text)
    return key.withUTF8 { contains(hash: KeyHash.folded($0)) }
  }

  /// Whether an account is to be kept: by its id, which the configuration may name, its address or its login.
  public func keeps(
    id: UnsafeBufferPointer<UInt8>?, email: UnsafeBufferPointer<UInt8>?,
    login: UnsafeBufferPointer<UInt8>?
  ) -> Bool {
    email.map(contains) == true || login.map(contains) == true || id.map(contains) == true
  }

  /// Whether an account is to be kept: by its id, which the configuration may name, or any of its names.
  public func keeps(id: String?, names: [String]) -> Bool {
    ([id].compactMap(\.self) + names).contains { name in
      var copy = name
      return copy.withUTF8 { contains($0) }
    }
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
    words(text) { word in
      // Eight bytes at a time: a byte from A to Z has its high bit set in `upper`.
      let low = word & 0x7F7F_7F7F_7F7F_7F7F
      let fromA = low &+ 0x3F3F_3F3F_3F3F_3F3F
      let beyondZ = low &+ 0x2525_2525_2525_2525
      let upper = (fromA ^ beyondZ) & ~word & 0x8080_8080_8080_8080
      return word | upper >> 2
    }
  }

  /// Hashes bytes as they are, eight at a time; never 0.
  static func fast(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 { words(text) { $0 } }

  @inline(__always)
  private static func words(
    _ text: UnsafeBufferPointer<UInt8>, _ change: (UInt64) -> UInt64
  ) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(text.count)
    let bytes = UnsafeRawBufferPointer(text)
    var offset = 0
    while offset + 8 <= bytes.count {
      let word = UInt64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      hash = (hash ^ change(word)) &* 0xD6E8_FEB8_6659_FD93
      hash ^= hash >> 29
      offset += 8
    }
    var rest: UInt64 = 0
    while offset < bytes.count {
      rest = rest << 8 | UInt64(bytes[offset])
      offset += 1
    }
    hash = (hash ^ change(rest)) &* 0xD6E8_FEB8_6659_FD93
    return finish(hash)
  }

  /// Hashes bytes as they are, in a way that is written down in stores and messages; never 0.
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
