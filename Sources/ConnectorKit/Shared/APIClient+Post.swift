package import CurlTransport
package import JSONQuery

extension APIClient {
  /// A read that is shaped as a POST of JSON, as GraphQL's are; it may be repeated.
  package func post(_ template: String, url: String? = nil, _ body: JSONValue) -> HTTPRequest {
    var request = HTTPRequest(
      .post, url ?? baseURL + template, endpoint: "POST \(template)", headers: headers,
      body: Array(body.text.utf8), isIdempotent: true)
    request.expectedContentType = .json
    return request
  }
}
