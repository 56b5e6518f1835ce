internal import Foundation

/// A growing piece of memory that ends as a ``ResponseBody`` without a copy.
///
/// It has one owner, which either takes the memory out or discards it; copies of the value share the memory
/// and must not both be used. Unchecked for that reason: whoever holds the buffer, under a lock or on the loop thread, is
/// its owner.
struct ByteBuffer: @unchecked Sendable {
  private var base: UnsafeMutableRawPointer?
  private(set) var count = 0
  private var capacity = 0

  /// Makes room for that many bytes in one go, as when a server says the length beforehand.
  ///
  /// - Returns: false when there is no memory; what is in the buffer stays.
  mutating func reserve(_ bytes: Int) -> Bool {
    bytes <= capacity || grow(to: bytes)
  }

  /// Appends bytes.
  ///
  /// - Returns: false when there is no memory; what is in the buffer stays.
  mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return true }
    let needed = count + bytes.count
    if needed > capacity, !grow(to: max(needed, capacity * 2, 16 * 1024)) { return false }
    guard let base else { return false }
    memcpy(base + count, source, bytes.count)
    count = needed
    return true
  }

  /// The memory with its padding, handed over; nothing when nothing was appended.
  mutating func take() -> (base: UnsafeMutableRawPointer?, count: Int) {
    // Give back what a generous guess left over; realloc shrinks in place.
    if count > 0, capacity - count > max(count / 4, 4096) { _ = grow(to: count) }
    let result = (base: count > 0 ? base : nil, count: count)
    if let base = result.base { memset(base + count, 0, ResponseBody.padding) } else { free(base) }
    base = nil
    count = 0
    capacity = 0
    return result
  }

  /// Frees the memory.
  mutating func discard() {
    free(base)
    base = nil
    count = 0
    capacity = 0
  }

  private mutating func grow(to bytes: Int) -> Bool {
    guard let memory = realloc(base, bytes + ResponseBody.padding) else { return false }
    base = memory
    capacity = bytes
    return true
  }
}
