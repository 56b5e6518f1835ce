internal import Foundation

/// Comparing texts that lie in memory as UTF-8, for the paths that see every member.
extension UnsafeBufferPointer<UInt8> {
  /// Whether both have the same bytes.
  func hasSameBytes(as other: Self) -> Bool {
    guard count == other.count else { return false }
    guard let left = baseAddress, let right = other.baseAddress else { return true }
    return left == right || memcmp(left, right, count) == 0
  }

  /// Whether the bytes come first in byte order, which is code point order.
  func precedesByBytes(_ other: Self) -> Bool {
    let shared = Swift.min(count, other.count)
    if shared > 0, let left = baseAddress, let right = other.baseAddress {
      let order = memcmp(left, right, shared)
      if order != 0 { return order < 0 }
    }
    return count < other.count
  }
}
