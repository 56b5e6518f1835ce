/// Takes comma-separated text apart piece by piece (RFC 4180); what it holds is one record, never the file.
///
/// Lines may end with CRLF, LF or CR. A byte order mark and empty lines are passed over. A first line `sep=;` names another
/// separator, as spreadsheets write it. Everything the RFC does not allow is a
/// fault: a quote inside a plain field, text behind a closing quote, a quote that is never closed.
struct CSVParser {
  /// Why the text cannot be taken apart, and where.
  struct Fault: Error, Hashable {
    let line: Int
    let detail: String
  }

  /// One record; lives as long as the closure it is given to.
  struct Record {
    /// The line on which it begins, from 1.
    let line: Int
    fileprivate let bytes: [UInt8]
    fileprivate let ends: [Int]

    /// How many fields there are.
    var count: Int { ends.count }

    /// A field without outer white space; nil when it is not UTF-8.
    func text(_ field: Int) -> String? {
      var range = bytes[(field == 0 ? 0 : ends[field - 1])..<ends[field]]
      while let first = range.first, first == 0x20 || first == 0x09 { range.removeFirst() }
      while let last = range.last, last == 0x20 || last == 0x09 { range.removeLast() }
      return String(validating: range, as: UTF8.self)
    }
  }

  private enum State { case start, plain, quoted, closed }

  /// The largest record; an unclosed quote would otherwise swallow the file.
  static let maxRecordBytes = 1 << 16

  private var state = State.start
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var line = 1
  private var recordLine = 1
  private var sawReturn = false
  private var sawRecord = false
  private var separator: UInt8 = 0x2C
  /// How much of a byte order mark was seen; nil when it can no longer come.
  private var mark: Int? = 0

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Takes the next piece and calls a closure with every record that ends in it.
  mutating func feed(
    _ piece: some Sequence<UInt8>, _ body: (Record) throws(Fault) -> Void
  ) throws(Fault) {
    for byte in piece {
      if let seen = mark {
        if byte == Self.byteOrderMark[seen] {
          mark = seen == 2 ? nil : seen + 1
          continue
        }
        mark = nil
        if seen > 0 || byte == 0xFF || byte == 0xFE { throw notUTF8 }
      }
      try take(byte, body)
    }
  }

  /// Ends the text, and with it the last record, which needs no line break.
  mutating func finish(_ body: (Record) throws(Fault) -> Void) throws(Fault) {
    if state == .quoted {
      throw Fault(line: recordLine, detail: "a quote is opened and never closed")
    }
    try endRecord(body)
  }

  private var notUTF8: Fault { Fault(line: line, detail: "the text is not UTF-8") }

  private mutating func take(
    _ byte: UInt8, _ body: (Record) throws(Fault) -> Void
  ) throws(Fault) {
    let isSecondHalf = sawReturn && byte == 0x0A
    sawReturn = byte == 0x0D
    if state == .quoted {
      if byte == 0x22 {
        state = .closed
      } else {
        if (byte == 0x0A && !isSecondHalf) || byte == 0x0D { line += 1 }
        try append(byte)
      }
      return
    }
    switch byte {
    case 0x0A, 0x0D:
      if isSecondHalf { return }
      try endRecord(body)
      line += 1
      recordLine = line
    case separator:
      ends.append(bytes.count)
      state = .start
    case 0x22:
      switch state {
      case .start: state = .quoted
      case .closed:
        // Two quotes stand for one.
        try append(byte)
        state = .quoted
      case .plain, .quoted:
        throw Fault(line: line, detail: "a quote stands inside a field that is not quoted")
      }
    case 0x00: throw notUTF8
    default:
      if state == .closed {
        throw Fault(line: line, detail: "something stands behind a closing quote")
      }
      try append(byte)
      state = .plain
    }
  }

  private mutating func append(_ byte: UInt8) throws(Fault) {
    guard bytes.count < Self.maxRecordBytes else {
      throw Fault(line: recordLine, detail: "the row is longer than 64 KiB; is a quote left open?")
    }
    bytes.append(byte)
  }

  /// The separator that the record declares, if it is such a line: `sep=;`.
  private var declaredSeparator: UInt8? {
    guard bytes.count >= 4, bytes.count <= 5,
      String(decoding: bytes.prefix(4), as: UTF8.self).lowercased() == "sep="
    else { return nil }
    // The comma ended a field already.
    if bytes.count == 4 { return ends == [4, 4] ? 0x2C : nil }
    let declared = bytes[4]
    return ends == [5] && [0x3B, 0x09, 0x7C].contains(declared) ? declared : nil
  }

  private mutating func endRecord(_ body: (Record) throws(Fault) -> Void) throws(Fault) {
    defer {
      bytes.removeAll(keepingCapacity: true)
      ends.removeAll(keepingCapacity: true)
      state = .start
    }
    if state == .start, ends.isEmpty { return }
    ends.append(bytes.count)
    if !sawRecord {
      sawRecord = true
      if let declared = declaredSeparator {
        separator = declared
        return
      }
    }
    try body(Record(line: recordLine, bytes: bytes, ends: ends))
  }
}
