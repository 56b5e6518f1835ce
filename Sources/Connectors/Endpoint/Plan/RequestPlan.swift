internal import CurlTransport

/// One request as the configuration describes it.
struct RequestPlan: Sendable {
  /// The body of a request.
  indirect enum Body: Sendable {
    /// Text with values written as JSON wants them.
    case text(Template)
    /// A document whose texts may have variables.
    case json(Node)
  }

  /// A value of a body.
  indirect enum Node: Sendable {
    case literal(JSONValue)
    case text(Template)
    case array([Node])
    case object([String: Node])

    func filled(_ values: [String: String]) -> JSONValue? {
      switch self {
      case .literal(let value): return value
      case .text(let template): return template.filled(values, Template.plain).map { .string($0) }
      case .array(let nodes):
        let filled = nodes.compactMap { $0.filled(values) }
        return filled.count == nodes.count ? .array(filled) : nil
      case .object(let nodes):
        let filled = nodes.compactMapValues { $0.filled(values) }
        return filled.count == nodes.count ? .object(filled) : nil
      }
    }
  }

  enum Method: String, CaseIterable, Sendable {
    case get = "GET"
    case post = "POST"
  }

  var method = Method.get
  var path: Template
  var query: [(name: String, value: Template)] = []
  var headers: [(name: String, value: Template)] = []
  var body: Body?
  var accept = "application/json"

  /// The call as issues name it.
  var call: String {
    let path = path.shown.prefix { $0 != "?" }
    return "\(method.rawValue) \(path.isEmpty ? "/" : path)"
  }

  /// The request with values put in; nil when one is missing.
  func request(_ baseURL: String, _ values: [String: String]) -> HTTPRequest? {
    guard let path = path.filled(values, Template.inURL) else { return nil }
    var url = baseURL + path
    for (name, template) in query {
      guard let value = template.filled(values, Template.plain) else { return nil }
      url = URLText.setting(name, to: value, in: url)
    }
    var headers = HTTPHeaders([("Accept", accept)])
    for (name, template) in self.headers {
      guard let value = template.filled(values, Template.plain) else { return nil }
      headers.set(name, value)
    }
    var bytes: [UInt8]?
    switch body {
    case nil: break
    case .text(let template)?:
      guard let text = template.filled(values, Template.inJSON) else { return nil }
      bytes = Array(text.utf8)
    case .json(let node)?:
      guard let document = node.filled(values) else { return nil }
      bytes = Array(document.text.utf8)
    }
    var request = HTTPRequest(
      method == .get ? .get : .post, url, endpoint: call, headers: headers, body: bytes,
      isIdempotent: true)
    request.expectedContentType = .json
    return request
  }

  /// The body as a document, for tokens that go into it.
  func document(_ values: [String: String]) -> JSONValue? {
    if case .json(let node)? = body { return node.filled(values) }
    return body == nil ? .object([:]) : nil
  }
}
