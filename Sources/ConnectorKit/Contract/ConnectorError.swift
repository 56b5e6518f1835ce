package import CurlTransport
package import IdentityCore

/// Why a call to a platform or provider gave nothing usable.
///
/// Neither its text nor a dump of it holds a credential, a query or a value out of a reply.
package struct ConnectorError: Error, Sendable {
  /// What went wrong; tests, metrics and exit codes rely on these names.
  package enum Code: String, Sendable, CaseIterable {
    /// 401, or a refused client assertion.
    case unauthorised
    /// 403: a scope or role is missing.
    case forbidden
    /// 404.
    case notFound = "not-found"
    /// 429, longer than we wait.
    case rateLimited = "rate-limited"
    /// 5xx after all retries.
    case serverError = "server-error"
    /// Another status that is no success.
    case refused
    /// Damaged JSON, or JSON of another shape than documented.
    case malformed
    /// A web page where JSON was asked for.
    case notJSON = "not-json"
    /// The connection ended before the reply did.
    case truncated
    /// One list named the same row twice.
    case duplicateIDs = "duplicate-ids"
    /// A page named a next page that was read before.
    case cursorLoop = "cursor-loop"
    /// A page named a next page at another origin.
    case foreignLink = "foreign-link"
    /// A page said that more follows, but not where.
    case paging
    /// A reply over the size cap, or a list over the page cap.
    case tooLarge = "too-large"
    /// No answer in time.
    case timeout
    /// No connection.
    case unreachable
    /// No trusted connection.
    case tls
    /// Two replies contradict each other.
    case contradiction
    /// A wrong setting, found before anything was sent.
    case configuration
    /// The run was cancelled.
    case cancelled
    /// Anything else the transport reports.
    case transport
  }

  /// What went wrong.
  package let code: Code
  /// The source.
  package let source: SourceName
  /// The call, as method and path template.
  package let call: String
  /// The page on which it happened, from 1; nil where there are no pages.
  package let page: Int?
  /// The HTTP status, if there was one.
  package let status: Int?
  /// The vendor's own code of the error, if its reply named one.
  package let vendorCode: String?
  /// What happened, one sentence for people.
  package let message: String
  /// The request: method, host and path.
  package let request: RedactedRequest?
  /// What the transport said.
  package let cause: (any Error)?

  /// Describes a failure.
  package init(
    _ code: Code, source: SourceName, call: String, page: Int? = nil, status: Int? = nil,
    vendorCode: String? = nil, message: String, request: RedactedRequest? = nil,
    cause: (any Error)? = nil
  ) {
    self.code = code
    self.source = source
    self.call = call
    self.page = page
    self.status = status
    self.vendorCode = vendorCode
    self.message = message
    self.request = request
    self.cause = cause
  }

  /// Whether the same call may succeed later.
  package var isTransient: Bool {
    switch code {
    case .rateLimited, .serverError, .truncated, .timeout, .unreachable: true
    default: false
    }
  }
}

extension ConnectorError: CustomStringConvertible, CustomReflectable {
  /// The message with source and code.
  package var description: String { "\(source): \(message) [\(code.rawValue)]" }

  /// A mirror that shows the description only.
  package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension ConnectorError {
  /// The failure as an issue of its source.
  package func issue(remedy: String, affects: SourceIssue.Affects = .verdicts) -> SourceIssue {
    SourceIssue(
      code: code.rawValue, call: call, page: page, status: status, message: message,
      remedy: code.remedy ?? remedy, affects: affects)
  }
}

extension ConnectorError.Code {
  /// What to do about failures that are the same everywhere; nil where it depends on the call.
  package var remedy: String? {
    switch self {
    case .unauthorised, .forbidden, .notFound, .refused, .contradiction, .configuration: nil
    case .rateLimited: "Run less often, or leave more of the rate limit to this source."
    case .serverError, .timeout: "Try again later; nothing was changed meanwhile."
    case .malformed: "Try again; if it stays, report it with the call and the page."
    case .notJSON: "Check the URL of the source and any proxy on the way."
    case .truncated, .unreachable: "Check the network, the proxy and the URL of the source."
    case .duplicateIDs, .cursorLoop, .paging: "Try again; the list changed while it was read."
    case .foreignLink: "Check the URL of the source: pages must stay on its origin."
    case .tooLarge: "Check the URL of the source; a directory of this size is not expected."
    case .tls: "Check the certificate, and name an extra CA file if the source has one of its own."
    case .cancelled: "Run again."
    case .transport: "Run with --verbose and check the URL of the source."
    }
  }
}
