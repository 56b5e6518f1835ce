import IdentityCore

/// Takes the bytes of a report, piece by piece and in order; a throw ends the writing.
public typealias ByteSink = (UnsafeRawBufferPointer) throws -> Void

/// Gathers UTF-8 and hands it on in large pieces, so that no report is ever whole in memory.
struct ByteOutput {
  private static let pieceSize = 1 << 16

  private(set) var bytes: [UInt8] = []
  private let sink: ByteSink

  /// Makes an output that hands its bytes to `sink`.
  init(to sink: @escaping ByteSink) {
    self.sink = sink
    bytes.reserveCapacity(Self.pieceSize + 4096)
  }

  /// Adds a text of our own, unchanged.
  mutating func literal(_ text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Adds a text unchanged; the caller knows it to be harmless.
  mutating func raw(_ text: String) {
    var copy = text
    copy.withUTF8 { bytes.append(contentsOf: $0) }
  }

  /// Adds a whole number.
  mutating func number(_ value: Int) { raw(String(value)) }

  /// Adds one byte.
  mutating func byte(_ value: UInt8) { bytes.append(value) }

  /// Adds bytes unchanged.
  mutating func append(_ more: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: more) }

  /// Adds bytes unchanged.
  mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

  /// Adds text with the five characters of HTML as entities.
  mutating func appendEscapedHTML(_ text: String) {
    InertText.appendEscapedHTML(of: text, to: &bytes)
  }

  /// Adds a moment as RFC 3339 in UTC.
  mutating func timestamp(_ moment: Timestamp) { TimestampText.append(moment, to: &bytes) }

  /// Hands on what was gathered once it is worth a call; to be called after each row.
  mutating func drain() throws {
    if bytes.count >= Self.pieceSize { try finish() }
  }

  /// Hands on everything that is left.
  mutating func finish() throws {
    guard !bytes.isEmpty else { return }
    try bytes.withUnsafeBytes { try sink($0) }
    bytes.removeAll(keepingCapacity: true)
  }
}
