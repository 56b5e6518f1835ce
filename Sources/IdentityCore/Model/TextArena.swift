/// Many short texts in one buffer: eight bytes a reference, no allocation each.
///
/// A million addresses as Swift strings cost some 80 bytes each, here their own length.
public struct TextArena: Sendable {
  /// Where a text lies; `nil` texts are ``none``.
  public struct Reference: Sendable, Hashable {
    var offset: UInt32
    var length: UInt32

    /// The reference of no text at all.
    public static let none = Reference(offset: .max, length: 0)
    /// Whether there is no text.
    public var isNone: Bool { offset == .max }
  }

  private var bytes: [UInt8] = []

  /// Makes an empty arena.
  public init() {}

  /// Keeps a copy of a text given as UTF-8.
  public mutating func add(_ text: UnsafeBufferPointer<UInt8>) -> Reference {
    let reference = Reference(offset: UInt32(bytes.count), length: UInt32(text.count))
    bytes.append(contentsOf: text)
    return reference
  }

  /// Keeps a copy of a text.
  public mutating func add(_ text: String) -> Reference {
    var copy = text
    return copy.withUTF8 { add($0) }
  }

  /// Keeps a copy of a text, or nothing of `nil`.
  public mutating func add(optional text: String?) -> Reference {
    text.map { add($0) } ?? .none
  }

  /// The text, or `nil` for ``Reference/none``.
  public subscript(_ reference: Reference) -> String? {
    reference.isNone ? nil : withBytes(of: reference) { String(decoding: $0, as: UTF8.self) }
  }

  /// Calls `body` with the text's bytes.
  public func withBytes<R>(
    of reference: Reference, _ body: (UnsafeBufferPointer<UInt8>) throws -> R
  ) rethrows -> R {
    try bytes.withUnsafeBufferPointer { all in
      guard !reference.isNone else { return try body(UnsafeBufferPointer(start: nil, count: 0)) }
      let start = Int(reference.offset)
      return try body(UnsafeBufferPointer(rebasing: all[start..<start + Int(reference.length)]))
    }
  }

  /// Whether two texts have the same bytes.
  public func isEqual(_ a: Reference, _ b: Reference) -> Bool {
    a == b
      || a.length == b.length
        && withBytes(of: a) { left in
          withBytes(of: b) { left.hasSameBytes(as: $0) }
        }
  }

  /// Orders two texts by their bytes, which is code point order.
  public func isLess(_ a: Reference, _ b: Reference) -> Bool {
    withBytes(of: a) { left in
      withBytes(of: b) { right in
        left.precedesByBytes(right)
      }
    }
  }
}
