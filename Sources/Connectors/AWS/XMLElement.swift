internal import ConnectorKit

/// An element of an XML reply: its name without prefix, its text and the elements in it.
///
/// Reads what AWS's Query services write: elements, text, the five named and all numeric references, comments,
/// CDATA. A document type is refused, so nothing can be declared, expanded or fetched.
struct XMLElement: Sendable, Hashable {
  let name: String
  /// The text between the tags, without white space around it; of an element with elements in it none.
  private(set) var text = ""
  private(set) var children: [XMLElement] = []

  private static let maxDepth = 64

  fileprivate init(name: String) {
    self.name = name
  }

  /// Parses a document.
  init(parsing bytes: [UInt8]) throws(WireError) {
    var reader = XMLReader(bytes)
    self = try reader.document(maxDepth: Self.maxDepth)
  }

  /// The first element of a name in this one.
  subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

  /// The elements of a list: `member` in `name`; none when the list is not there.
  func list(_ name: String) -> [XMLElement] {
    self[name]?.children.filter { $0.name == "member" } ?? []
  }

  /// The text of an element that must be there.
  func required(_ name: String) throws(WireError) -> String {
    guard let text = self[name]?.text else {
      throw WireError(.shape, path: name, detail: "expected an element, found nothing")
    }
    return text
  }

  fileprivate mutating func add(_ child: XMLElement) { children.append(child) }
  fileprivate mutating func set(_ text: String) { self.text = children.isEmpty ? text : "" }
}

/// Walks through the bytes of a document, once.
private struct XMLReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func document(maxDepth: Int) throws(WireError) -> XMLElement {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    try skipMisc()
    let root = try element(depth: maxDepth)
    try skipMisc()
    guard position == bytes.count else { throw damaged("something follows the document") }
    return root
  }

  private func damaged(_ detail: String) -> WireError {
    WireError(.damaged, detail: "not XML: \(detail)")
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func looks(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      position += 1
    }
  }

  /// Passes over white space, comments and processing instructions.
  private mutating func skipMisc() throws(WireError) {
    while true {
      skipSpace()
      if looks("<?") {
        try skip(to: "?>")
      } else if looks("<!--") {
        try skip(to: "-->")
      } else {
        return
      }
    }
  }

  private mutating func skip(to end: String) throws(WireError) {
    while position < bytes.count, !looks(end) { position += 1 }
    guard position < bytes.count else { throw damaged("it breaks off") }
    position += end.utf8.count
  }

  private mutating func name() throws(WireError) -> String {
    let start = position
    while let byte = current,
      byte > 0x20 && byte != 0x2F && byte != 0x3E && byte != 0x3D && byte != 0x3C
    {
      position += 1
    }
    guard position > start else { throw damaged("a tag without a name") }
    let whole = bytes[start..<position]
    let local = whole.lastIndex(of: 0x3A).map { whole[($0 + 1)...] } ?? whole
    return String(decoding: local, as: UTF8.self)
  }

  private mutating func element(depth: Int) throws(WireError) -> XMLElement {
    guard depth > 0 else { throw WireError(.shape, detail: "nested too deep") }
    guard current == 0x3C, !looks("<!") else {
      throw damaged(looks("<!") ? "a document type is not allowed" : "a tag is expected")
    }
    position += 1
    var result = XMLElement(name: try name())
    if try attributes() { return result }
    var text: [UInt8] = []
    while true {
      guard let byte = current else { throw damaged("it breaks off") }
      if looks("</") {
        position += 2
        guard try name() == result.name else { throw damaged("a tag ends another one") }
        skipSpace()
        guard current == 0x3E else { throw damaged("a tag does not end") }
        position += 1
        result.set(Self.trimmed(text))
        return result
      } else if looks("<!--") {
        try skip(to: "-->")
      } else if looks("<![CDATA[") {
        let start = position + 9
        try skip(to: "]]>")
        text += bytes[start..<(position - 3)]
      } else if byte == 0x3C {
        result.add(try element(depth: depth - 1))
      } else if byte == 0x26 {
        text += try reference()
      } else {
        text.append(byte)
        position += 1
      }
    }
  }

  /// Passes over the attributes of a tag; true when the tag ends its element.
  private mutating func attributes() throws(WireError) -> Bool {
    while true {
      skipSpace()
      switch current {
      case 0x3E:
        position += 1
        return false
      case 0x2F where looks("/>"):
        position += 2
        return true
      case nil: throw damaged("it breaks off")
      default:
        _ = try name()
        skipSpace()
        guard current == 0x3D else { throw damaged("an attribute without a value") }
        position += 1
        skipSpace()
        guard let quote = current, quote == 0x22 || quote == 0x27 else {
          throw damaged("an attribute without quotes")
        }
        position += 1
        try skip(to: quote == 0x22 ? "\"" : "'")
      }
    }
  }

  private mutating func reference() throws(WireError) -> [UInt8] {
    let start = position + 1
    try skip(to: ";")
    let name = String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
    let named: [String: Unicode.Scalar] = [
      "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'",
    ]
    if let scalar = named[name] { return Array(String(scalar).utf8) }
    let isHex = name.hasPrefix("#x") || name.hasPrefix("#X")
    let digits = name.dropFirst(isHex ? 2 : 1)
    guard name.hasPrefix("#"), let value = UInt32(digits, radix: isHex ? 16 : 10),
      let scalar = Unicode.Scalar(value), value != 0
    else { throw damaged("an unknown reference") }
    return Array(String(scalar).utf8)
  }

  private static func trimmed(_ bytes: [UInt8]) -> String {
    var slice = bytes[...]
    while let first = slice.first, first <= 0x20 { slice.removeFirst() }
    while let last = slice.last, last <= 0x20 { slice.removeLast() }
    return String(decoding: slice, as: UTF8.self)
  }
}
