internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// AWS's error codes: they say more than the status, which is 400 for nearly everything.
///
/// - SeeAlso: <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>
enum AWSErrors {
  /// The field under which AWS names a reply.
  static let requestIDHeader = "x-amzn-RequestId"

  private static let throttling: Set<String> = [
    "Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException",
    "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown",
    "LimitExceededException", "ServiceFailure", "InternalErrorException", "InternalFailure",
    "ServiceUnavailable",
  ]
  /// The credentials ended; others may be had.
  static let expired: Set<String> = [
    "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired",
  ]
  private static let unauthorised: Set<String> = expired.union([
    "InvalidClientTokenId", "SignatureDoesNotMatch", "InvalidSignatureException",
    "UnrecognizedClientException", "IncompleteSignature", "IncompleteSignatureException",
    "MissingAuthenticationToken", "MissingAuthenticationTokenException", "AuthFailure",
    "RequestExpired", "InvalidAccessKeyId", "InvalidToken",
  ])
  private static let forbidden: Set<String> = [
    "AccessDenied", "AccessDeniedException", "NotAuthorizedException", "UnauthorizedOperation",
    "OptInRequired",
  ]
  private static let notFound: Set<String> = ["NoSuchEntity", "ResourceNotFoundException"]

  /// The code that a reply names: `__type` after its namespace in JSON, `Error/Code` in XML.
  static func code(in body: ResponseBody) -> String? {
    guard body.count > 0, body.count < 64 * 1024 else { return nil }
    let bytes = body.bytes
    if bytes.first(where: { $0 > 0x20 }) == 0x3C {
      guard let root = try? XMLElement(parsing: bytes) else { return nil }
      return (root["Error"] ?? root["Errors"]?["Error"])?["Code"]?.text
    }
    guard let json = try? JSONReader().value(body) else { return nil }
    let name = json["__type"]?.string ?? json["code"]?.string
    return name.map { name in
      let last = name.split(separator: "#").last ?? ""
      return String(last.prefix { $0 != ":" })
    }
  }

  /// Whether a reply says "not now", whatever its status.
  static func isThrottled(_ response: HTTPResponse) -> Bool {
    response.status >= 400 && code(in: response.body).map(throttling.contains) == true
  }

  /// What the code means; nil where the status says enough.
  static func meaning(_ code: String?) -> ConnectorError.Code? {
    guard let code else { return nil }
    if unauthorised.contains(code) { return .unauthorised }
    if forbidden.contains(code) { return .forbidden }
    if notFound.contains(code) { return .notFound }
    if throttling.contains(code) {
      return code.hasPrefix("Internal") || code.hasPrefix("Service") ? .serverError : .rateLimited
    }
    return nil
  }

  /// What to do about a failure.
  static func remedy(_ error: ConnectorError, source: SourceName) -> String {
    switch (error.code, error.vendorCode) {
    case (.forbidden, _):
      "Allow \(error.call) in the policy of the access key or role of \(source)."
    case (.unauthorised, let code?) where expired.contains(code):
      "Give \(source) fresh temporary credentials, or have it take on a role (assume_role)."
    case (.unauthorised, "SignatureDoesNotMatch"), (.unauthorised, "InvalidSignatureException"),
      (.unauthorised, "RequestExpired"):
      "Set the clock of this machine (AWS allows five minutes), and check the secret access key of \(source)."
    case (.unauthorised, _): "Put a valid access key into the configuration of \(source)."
    case (.notFound, _): "Check the ids and the region in the configuration of \(source)."
    case (.configuration, _): "Check region and URL of \(source): https, or an address on loopback."
    default: "Check the region and the URL of \(source), and run again."
    }
  }

  /// The same as a phrase, for a model or an application that cannot be judged.
  static func phrase(_ error: ConnectorError, source: SourceName) -> String {
    Sentence.inside(error.code.remedy ?? remedy(error, source: source))
  }
}
