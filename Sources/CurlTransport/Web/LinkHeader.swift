/// The links of a `Link` header (RFC 8288).
struct LinkHeader: Sendable {
  /// One link.
  struct Link: Sendable, Equatable {
    /// The target as it is written, perhaps relative.
    var target: String

    /// The relation types, in lower case.
    var relations: [String]

    /// Whether the link is about another document than the one it came with.
    var isAnchored: Bool
  }

  /// A header that does not follow the grammar: what it says about the next page is unknown.
  struct Malformed: Error {}

  /// The links in order.
  let links: [Link]

  /// Reads all `Link` fields of a reply.
  ///
  /// - Throws: ``Malformed`` rather than leaving a link out, since a next page that is overlooked would
  ///   pass for the end of a list.
  init(_ headers: HTTPHeaders) throws(Malformed) {
    var links: [Link] = []
    for value in headers.allBytes("Link") {
      var parser = Parser(bytes: value)
      links += try parser.links()
    }
    self.links = links
  }

  /// The target of the first link to the next page.
  var next: String? {
    links.first { !$0.isAnchored && $0.relations.contains("next") }?.target
  }
}

/// A reader of one field value.
private struct Parser {
  var bytes: ArraySlice<UInt8>

  init(bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  mutating func links() throws(LinkHeader.Malformed) -> [LinkHeader.Link] {
    var links: [LinkHeader.Link] = []
    while true {
      // Empty elements of a list are allowed (RFC 9110 §5.6.1).
      skipSpace()
      while take(0x2C) { skipSpace() }
      if bytes.isEmpty { return links }
      links.append(try link())
      skipSpace()
      guard bytes.isEmpty || bytes.first == 0x2C else { throw LinkHeader.Malformed() }
    }
  }

  private mutating func link() throws(LinkHeader.Malformed) -> LinkHeader.Link {
    guard take(0x3C), let end = bytes.firstIndex(of: 0x3E) else { throw LinkHeader.Malformed() }
    let target = text(ASCII.trimmed(bytes[..<end]))
    bytes = bytes[(end + 1)...]
    var link = LinkHeader.Link(target: target, relations: [], isAnchored: false)
    var hasRelation = false
    while true {
      skipSpace()
      guard take(0x3B) else { return link }
      skipSpace()
      // A semicolon with nothing behind it is allowed.
      if bytes.isEmpty || bytes.first == 0x3B || bytes.first == 0x2C { continue }
      let name = try token()
      skipSpace()
      let value = take(0x3D) ? try parameterValue() : []
      if ASCII.equal(name, "rel"), !hasRelation {
        // Only the first rel counts (RFC 8288 §3.3).
        hasRelation = true
        link.relations = value.split { ASCII.isSpace($0) }.map { text($0.map(ASCII.lower)) }
      } else if ASCII.equal(name, "anchor") {
        link.isAnchored = true
      }
    }
  }

  private mutating func parameterValue() throws(LinkHeader.Malformed) -> [UInt8] {
    skipSpace()
    guard take(0x22) else {
      // Unquoted values are tokens; real servers put URLs there too, so only delimiters end one.
      let end = bytes.firstIndex { $0 == 0x3B || $0 == 0x2C || ASCII.isSpace($0) }
      let value = Array(bytes[..<(end ?? bytes.endIndex)])
      bytes = bytes[(end ?? bytes.endIndex)...]
      return value
    }
    var value: [UInt8] = []
    while let byte = bytes.popFirst() {
      if byte == 0x22 { return value }
      if byte == 0x5C {
        guard let escaped = bytes.popFirst() else { break }
        value.append(escaped)
      } else {
        value.append(byte)
      }
    }
    throw LinkHeader.Malformed()
  }

  private mutating func token() throws(LinkHeader.Malformed) -> ArraySlice<UInt8> {
    let end = bytes.firstIndex { !ASCII.isToken($0) } ?? bytes.endIndex
    let name = bytes[..<end]
    guard !name.isEmpty else { throw LinkHeader.Malformed() }
    bytes = bytes[end...]
    return name
  }

  private mutating func skipSpace() {
    while let first = bytes.first, ASCII.isSpace(first) { bytes.removeFirst() }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard bytes.first == byte else { return false }
    bytes.removeFirst()
    return true
  }

  private func text(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }
}
