internal import FlyingFox
internal import Foundation

/// A request, taken apart once.
struct Call: Sendable {
  var method: String
  /// The path as sent, percent-encoded.
  var path: String
  /// The query as sent, percent-encoded.
  var query: String
  /// Header values by lower-case name.
  var headers: [String: String]
  var body: [UInt8]
  /// The origin that links in replies start with.
  var baseURL: String
  /// The values of the placeholders in the endpoint's template.
  var captures: [String: String] = [:]

  init(_ request: HTTPRequest, baseURL: String) async throws {
    method = request.method.rawValue
    path = request.target.path()
    query = request.target.query()
    headers = [:]
    for (header, value) in request.headers { headers[header.rawValue.lowercased()] = value }
    body = Array(try await request.bodyData)
    self.baseURL = baseURL
  }

  init(_ method: String, _ target: String, headers: [String: String] = [:], baseURL: String) {
    self.method = method
    let parts = target.split(separator: "?", maxSplits: 1)
    path = String(parts.first ?? "/")
    query = parts.count > 1 ? String(parts[1]) : ""
    self.headers = headers
    body = []
    self.baseURL = baseURL
  }

  /// What is asked for, without what differs from one reading to the next: credentials and signatures.
  var identity: String {
    let text = String(decoding: body, as: UTF8.self)
    return "\(method) \(path)?\(query)" + (text.contains("grant_type=") ? "" : " " + text)
  }

  /// The path's segments, decoded; nil when the encoding is wrong.
  var segments: [String]? {
    var segments: [String] = []
    for part in path.split(separator: "/", omittingEmptySubsequences: true) {
      guard let segment = part.removingPercentEncoding else { return nil }
      segments.append(segment)
    }
    return segments
  }

  /// The query's parameters in order, decoded; `+` means a space.
  var parameters: [(name: String, value: String)] {
    Self.form(query)
  }

  /// The value of a query parameter; the first when it is repeated.
  func parameter(_ name: String) -> String? {
    parameters.first { $0.name == name }?.value
  }

  /// Decodes a form or query.
  static func form(_ text: String) -> [(name: String, value: String)] {
    text.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let decode = { (part: Substring) in
        let spaced = part.replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? String(spaced)
      }
      return (decode(parts[0]), parts.count > 1 ? decode(parts[1]) : "")
    }
  }

  /// The value that a placeholder of the template stands for.
  func capture(_ name: String) -> String { captures[name] ?? "" }

  /// The body as a JSON object.
  var json: [String: JSON]? { (try? JSON(parsing: body))?.properties }
}
