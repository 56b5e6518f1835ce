internal import ConnectorKit
internal import CurlTransport
internal import JSONQuery

extension APIClient {
  /// Refuses a reply of which GitHub left out what the token is not authorised for; it says so in a header only.
  func refusePart(
    _ response: HTTPResponse, _ request: HTTPRequest, page: Int? = nil
  ) throws(ConnectorError) {
    guard response.headers["X-GitHub-SSO"]?.hasPrefix("partial-results") == true else { return }
    throw ConnectorError(
      .forbidden, source: source.name, call: request.endpoint, page: page, status: 200,
      vendorCode: GitHubConfiguration.partialResults,
      message:
        "GitHub shows only a part of \(request.endpoint): the token is not authorised for single sign-on.",
      request: request.redacted)
  }

  /// Sends a request and reads its reply, all of it, as a value.
  func wholeValue(_ request: HTTPRequest) async throws(ConnectorError) -> JSONValue {
    let response = try await send(request)
    try refusePart(response, request)
    do throws(WireError) {
      return try JSONReader().value(response.body)
    } catch {
      throw malformed(error, request)
    }
  }
}
