/// What a vendor answers, before it is put on the wire.
struct Reply: Sendable {
  /// How the body travels.
  enum Transfer: Sendable, Hashable {
    case plain
    /// Pieces of a size, a time apart.
    case drip(bytes: Int, seconds: Double)
    /// The connection ends after some bytes, although all were announced.
    case truncated(after: Int)
    /// The connection is reset after some bytes of the body, or before anything.
    case reset(after: Int?)
  }

  /// Cursors that faults need.
  struct Page: Sendable {
    /// The cursor that was sent, or an equal one for the first page.
    var current: String
    /// Another cursor that leads to this page.
    var again: String
  }

  var status: Int
  var headers: [(name: String, value: String)] = []
  var body: [UInt8] = []
  var page: Page?
  var transfer = Transfer.plain

  init(status: Int = 200, json: JSON) {
    self.status = status
    body = json.bytes
    headers.append(("Content-Type", "application/json"))
  }

  init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  mutating func setHeader(_ name: String, _ value: String?) {
    headers.removeAll { $0.name.lowercased() == name.lowercased() }
    if let value { headers.append((name, value)) }
  }
}

/// A refusal in a vendor's terms; the vendor gives it its body.
struct Refusal: Error, Sendable {
  var status: Int
  /// The vendor's code, such as `not_found` or `E0000007`.
  var code: String
  var message: String
  var headers: [(name: String, value: String)] = []
  /// An OAuth error, whose body has another shape.
  var isOAuth = false
}
