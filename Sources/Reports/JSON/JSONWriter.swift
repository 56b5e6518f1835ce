public import IdentityCore

/// Writes JSON as a stream of UTF-8, in the order given, byte for byte the same for the same calls.
///
/// Rows may stand on lines of their own (``line(_:)``). Strings keep every character: quotes, backslashes and controls
/// are escaped as JSON demands; `<`, line separators, bidi and invisible characters are escaped as well, so that the
/// file is harmless on a terminal and inside a page.
public struct JSONWriter {
  private var output: ByteOutput
  private var needsComma = false
  private var indent: Int?

  /// Makes a writer that hands its bytes to `sink`.
  public init(to sink: @escaping ByteSink) {
    output = ByteOutput(to: sink)
  }

  /// Writes an object; `body` writes keys and values.
  public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    open(UInt8(ascii: "{"))
    try body(&self)
    close(UInt8(ascii: "}"))
  }

  /// Writes an array; `body` writes its values.
  public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
    open(UInt8(ascii: "["))
    try body(&self)
    close(UInt8(ascii: "]"))
  }

  /// Puts the next key, value or closing bracket on a line of its own, so many spaces in.
  public mutating func line(_ spaces: Int) { indent = spaces }

  /// Writes a key of our own, which needs no escapes.
  public mutating func key(_ name: StaticString) {
    separate()
    output.byte(UInt8(ascii: "\""))
    output.literal(name)
    output.literal("\": ")
    needsComma = false
  }

  /// Writes a key that comes from elsewhere.
  public mutating func key(of name: String) {
    separate()
    escape(name)
    output.literal(": ")
    needsComma = false
  }

  /// Writes a string, or null.
  public mutating func string(_ value: String?) {
    separate()
    if let value { escape(value) } else { output.literal("null") }
    needsComma = true
  }

  /// Writes a whole number, or null.
  public mutating func integer(_ value: Int?) {
    separate()
    if let value { output.number(value) } else { output.literal("null") }
    needsComma = true
  }

  /// Writes `true` or `false`.
  public mutating func boolean(_ value: Bool) {
    separate()
    if value { output.literal("true") } else { output.literal("false") }
    needsComma = true
  }

  /// Writes `null`.
  public mutating func null() {
    separate()
    output.literal("null")
    needsComma = true
  }

  /// Writes a moment as RFC 3339 in UTC, or null.
  public mutating func timestamp(_ value: Timestamp?) {
    separate()
    if let value {
      output.byte(UInt8(ascii: "\""))
      output.timestamp(value)
      output.byte(UInt8(ascii: "\""))
    } else {
      output.literal("null")
    }
    needsComma = true
  }

  /// Writes an array of strings.
  public mutating func strings(_ values: some Sequence<String>) {
    array { for value in values { $0.string(value) } }
  }

  /// Hands on what was gathered once it is worth a call; to be called after each row.
  public mutating func drain() throws { try output.drain() }

  /// Ends the document with a line end and hands on everything that is left.
  public mutating func finish() throws {
    output.byte(0x0A)
    try output.finish()
  }

  // MARK: Fields

  /// Writes a key and a string, or null.
  public mutating func field(_ name: StaticString, _ value: String?) {
    key(name)
    string(value)
  }

  /// Writes a key and a number, or null.
  public mutating func field(_ name: StaticString, _ value: Int?) {
    key(name)
    integer(value)
  }

  /// Writes a key and a Boolean.
  public mutating func field(_ name: StaticString, _ value: Bool) {
    key(name)
    boolean(value)
  }

  /// Writes a key and a moment, or null.
  public mutating func field(_ name: StaticString, _ value: Timestamp?) {
    key(name)
    timestamp(value)
  }

  // MARK: Private

  private mutating func open(_ bracket: UInt8) {
    separate()
    output.byte(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    needsComma = false
    separate()
    output.byte(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { output.byte(UInt8(ascii: ",")) }
    if let indent {
      output.byte(0x0A)
      for _ in 0..<indent { output.byte(UInt8(ascii: " ")) }
      self.indent = nil
    } else if needsComma {
      output.byte(UInt8(ascii: " "))
    }
    needsComma = false
  }

  private mutating func escape(_ text: String) {
    output.byte(UInt8(ascii: "\""))
    var copy = text
    let isPlain = copy.withUTF8 { bytes in
      guard bytes.allSatisfy({ Self.isPlain($0) }) else { return false }
      output.append(bytes)
      return true
    }
    if !isPlain { for scalar in copy.unicodeScalars { escape(scalar) } }
    output.byte(UInt8(ascii: "\""))
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
      && byte != UInt8(ascii: "<")
  }

  private mutating func escape(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": output.literal("\\\"")
    case "\\": output.literal("\\\\")
    case "\n": output.literal("\\n")
    case "\r": output.literal("\\r")
    case "\t": output.literal("\\t")
    case "<": hexadecimal(0x3C)
    default:
      guard scalar.isHazard else {
        for byte in UTF8.encode(scalar) ?? UTF8.EncodedScalar() { output.byte(byte) }
        return
      }
      for unit in UTF16.encode(scalar) ?? UTF16.EncodedScalar() { hexadecimal(unit) }
    }
  }

  private mutating func hexadecimal(_ unit: UInt16) {
    output.literal("\\u")
    for shift in [12, 8, 4, 0] as [UInt16] {
      let digit = UInt8(unit >> shift & 0xF)
      output.byte(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
    }
  }
}
