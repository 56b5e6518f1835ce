/// Header fields in their order, found without regard to case, each name as often as it was sent.
///
/// The fields are kept as bytes and become strings only when asked for, since most replies carry twenty
/// fields of which three are read. Values are free of the white space around them. Printing shows the
/// names only: a value may be a credential.
public struct HTTPHeaders: Sendable, CustomStringConvertible, CustomReflectable {
  private struct Field: Sendable {
    var nameStart: Int32
    var nameEnd: Int32
    var valueStart: Int32
    var valueEnd: Int32
  }

  private var bytes: [UInt8]
  private var fields: [Field]

  /// Collects fields in the order given.
  public init(_ pairs: [(String, String)] = []) {
    bytes = []
    fields = []
    for (name, value) in pairs { add(name, value) }
  }

  /// Reads a block of header lines as a server sends them, without the status line.
  ///
  /// A line that starts with white space continues the one before; a line without a colon is left out,
  /// since libcurl has already refused what breaks the protocol.
  init(block: [UInt8]) {
    bytes = block
    fields = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      read(lineFrom: start, to: end)
      start = end + 1
    }
  }

  /// How many fields there are, repeated ones counted each time.
  public var count: Int { fields.count }

  /// All fields in order.
  public var pairs: [(String, String)] {
    fields.map { (text($0.nameStart, $0.nameEnd), text($0.valueStart, $0.valueEnd)) }
  }

  /// The value of the first field of that name, in any case.
  public subscript(name: String) -> String? {
    first(name).map { text($0.valueStart, $0.valueEnd) }
  }

  /// The values of every field of that name, in order, possibly none.
  public func all(_ name: String) -> [String] {
    fields.filter { matches($0, name) }.map { text($0.valueStart, $0.valueEnd) }
  }

  /// Puts one value in the place of all fields of that name.
  public mutating func set(_ name: String, _ value: String) {
    remove(name)
    add(name, value)
  }

  /// Appends a field and keeps those of the same name.
  public mutating func add(_ name: String, _ value: String) {
    add(name, bytes: value.utf8)
  }

  /// Removes every field of that name.
  public mutating func remove(_ name: String) {
    fields = fields.filter { !matches($0, name) }
  }

  /// The names, without values.
  public var description: String {
    "[" + fields.map { text($0.nameStart, $0.nameEnd) }.joined(separator: ", ") + "]"
  }

  /// A mirror without children, so that dumping shows no value.
  public var customMirror: Mirror { Mirror(self, children: []) }

  // MARK: Bytes, for the parsers of this module

  /// The bytes of the first field of that name.
  func firstBytes(_ name: String) -> ArraySlice<UInt8>? {
    first(name).map { bytes[Int($0.valueStart)..<Int($0.valueEnd)] }
  }

  /// The bytes of every field of that name.
  func allBytes(_ name: String) -> [ArraySlice<UInt8>] {
    fields.filter { matches($0, name) }.map { bytes[Int($0.valueStart)..<Int($0.valueEnd)] }
  }

  /// Appends a field whose value need not be text, as a `Next-Range` that goes back byte for byte.
  mutating func add(_ name: String, bytes value: some Sequence<UInt8>) {
    let nameStart = bytes.count
    bytes.append(contentsOf: name.utf8)
    let valueStart = bytes.count
    bytes.append(contentsOf: value)
    fields.append(
      Field(
        nameStart: Int32(nameStart), nameEnd: Int32(valueStart), valueStart: Int32(valueStart),
        valueEnd: Int32(bytes.count)))
  }

  /// Calls the closure with the name and the value of each field.
  func forEachBytes<E: Error>(
    _ body: (ArraySlice<UInt8>, ArraySlice<UInt8>) throws(E) -> Void
  ) throws(E) {
    for field in fields {
      try body(
        bytes[Int(field.nameStart)..<Int(field.nameEnd)],
        bytes[Int(field.valueStart)..<Int(field.valueEnd)])
    }
  }

  /// Whether a field of that name is there.
  func contains(_ name: String) -> Bool { first(name) != nil }

  // MARK: Helpers

  private func first(_ name: String) -> Field? {
    fields.first { matches($0, name) }
  }

  private func matches(_ field: Field, _ name: String) -> Bool {
    let wanted = name.utf8
    guard Int(field.nameEnd - field.nameStart) == wanted.count else { return false }
    var index = Int(field.nameStart)
    for byte in wanted {
      if ASCII.lower(bytes[index]) != ASCII.lower(byte) { return false }
      index += 1
    }
    return true
  }

  private func text(_ start: Int32, _ end: Int32) -> String {
    String(decoding: bytes[Int(start)..<Int(end)], as: UTF8.self)
  }

  private mutating func read(lineFrom start: Int, to end: Int) {
    var end = end
    while end > start, ASCII.isSpace(bytes[end - 1]) { end -= 1 }
    guard end > start else { return }
    if ASCII.isSpace(bytes[start]), let last = fields.indices.last {
      // Obsolete folding: the bytes between are line break and white space, which are blanked.
      for index in Int(fields[last].valueEnd)..<start { bytes[index] = 0x20 }
      fields[last].valueEnd = Int32(end)
      return
    }
    guard let colon = bytes[start..<end].firstIndex(of: 0x3A) else { return }
    var nameEnd = colon
    while nameEnd > start, ASCII.isSpace(bytes[nameEnd - 1]) { nameEnd -= 1 }
    var valueStart = colon + 1
    while valueStart < end, ASCII.isSpace(bytes[valueStart]) { valueStart += 1 }
    fields.append(
      Field(
        nameStart: Int32(start), nameEnd: Int32(nameEnd), valueStart: Int32(valueStart),
        valueEnd: Int32(end)))
  }
}
