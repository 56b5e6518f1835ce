package import CurlTransport
package import JSONQuery

/// One request as the configuration describes it.
package struct RequestPlan: Sendable {
  /// The body of a request.
  package indirect enum Body: Sendable {
    /// Text with values written as JSON wants them.
    case text(Template)
    /// A document whose texts may have variables.
    case json(Node)
  }

  /// A value of a body.
  package indirect enum Node: Sendable {
    case literal(JSONValue)
    case text(Template)
    case array([Node])
    case object([String: Node])

    package func filled(_ values: [String: String]) -> JSONValue? {
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

  package enum Method: String, CaseIterable, Sendable {
    case get = "GET"
    case post = "POST"
  }

  package var method = Method.get
  package var path: Template
  package var query: [(name: String, value: Template)] = []
  package var headers: [(name: String, value: Template)] = []
  package var body: Body?
  package var accept = "application/json"

  package init(
    method: Method = .get,
    path: Template,
    query: [(name: String, value: Template)] = [],
    headers: [(name: String, value: Template)] = [],
    body: Body? = nil,
    accept: String = "application/json"
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.accept = accept
  }

  /// The call as issues name it.
  package var call: String {
    let path = path.shown.prefix { $0 != "?" }
    return "\(method.rawValue) \(path.isEmpty ? "/" : path)"
  }

  /// The request with values put in; nil when one is missing.
  package func request(_ baseURL: String, _ values: [String: String]) -> HTTPRequest? {
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
  package func document(_ values: [String: String]) -> JSONValue? {
    if case .json(let node)? = body { return node.filled(values) }
    return body == nil ? .object([:]) : nil
  }
}
