internal import CurlTransport

extension APIClient {
  /// A read that is asked with a JSON document; sending it twice does what sending it once does.
  ///
  /// - Parameters:
  ///   - template: the path with `{names}`, for counting and messages.
  ///   - values: what stands in for the names, in order.
  func post(_ template: String, _ values: [String] = [], json: JSONValue) -> HTTPRequest {
    var request = get(template, values)
    request.method = .post
    request.endpoint = "POST \(template)"
    request.headers.set("Content-Type", "application/json")
    request.body = Array(json.text.utf8)
    request.isIdempotent = true
    return request
  }
}
