package import CurlTransport
internal import Foundation

extension ConnectorError {
  /// The same failure, its message with the path that was asked for in place of the template: people look for the team, the app and
  /// the group, not for `{team}`.
  ///
  /// ``call`` stays the template, by which calls are counted.
  package func naming(_ request: HTTPRequest) -> ConnectorError {
    guard request.endpoint.contains("{"), !request.hidesPath, message.contains(request.endpoint)
    else { return self }
    let path = request.redacted.path
    return ConnectorError(
      code, source: source, call: call, page: page, status: status, vendorCode: vendorCode,
      message: message.replacing(
        request.endpoint, with: "\(request.method.rawValue) \(path.removingPercentEncoding ?? path)"
      ),
      request: self.request, cause: cause)
  }
}
