internal import Foundation

/// The bytes of a reply, in one piece, with at least 64 readable zero bytes behind them.
///
/// The padding is what simdjson asks for, so that a body is parsed where libcurl's callback put it.
public final class ResponseBody: @unchecked Sendable {
  // Unchecked because of the pointers: the bytes are written before the object exists and never after.
  private let base: UnsafeMutableRawPointer?

  // What an empty body lends: it lives as long as the process, and nobody writes to it.
  private nonisolated(unsafe) static let nothing = UnsafeRawPointer(calloc(1, padding))

  /// How many bytes there are behind the last one of the body, all zero.
  public static let padding = 64

  /// How many bytes the body has, without the padding.
  public let count: Int

  /// Copies bytes, for tests and caches.
  public init(copying bytes: some Sequence<UInt8>) {
    var buffer = ByteBuffer()
    let array = Array(bytes)
    _ = array.withUnsafeBytes { buffer.append($0) }
    (base, count) = buffer.take()
  }

  /// Takes over the memory of a buffer.
  init(taking buffer: inout ByteBuffer) {
    (base, count) = buffer.take()
  }

  deinit {
    free(base)
  }

  /// Lends the bytes for the duration of a closure; the padding lies behind the end of the buffer.
  public func withUnsafeBytes<R>(
    _ body: (UnsafeRawBufferPointer) throws -> R
  ) rethrows -> R {
    try withExtendedLifetime(self) {
      let start = base.map { UnsafeRawPointer($0) } ?? Self.nothing
      return try body(UnsafeRawBufferPointer(start: start, count: count))
    }
  }

  /// Takes secrets out of the bytes, in place; by whoever has the only reference, before the body is handed on.
  func mask(_ gate: SecretGate, _ use: SecretGate.Use, carried: [SecretNeedle]?) {
    guard let base, count > 0 else { return }
    gate.mask(UnsafeMutableRawBufferPointer(start: base, count: count), use, carried: carried)
  }

  /// A copy of the bytes.
  public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

  /// The body as text for messages; what is not UTF-8 is replaced.
  public var text: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}

extension ResponseBody: CustomStringConvertible, CustomReflectable {
  /// The size only: a body may hold personal data or a token.
  public var description: String { "\(count) bytes" }

  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
