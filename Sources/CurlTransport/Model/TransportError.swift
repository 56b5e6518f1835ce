/// Why a request, a page or a mail did not come through.
///
/// Neither its text nor a dump of it holds a credential, a query or a header.
public struct TransportError: Error, Sendable {
  /// What went wrong; tests, metrics and exit codes rely on these names.
  public enum Code: String, Sendable, CaseIterable {
    /// The task was cancelled.
    case cancelled
    /// Connecting or the whole transfer took too long, or hardly a byte came.
    case timeout
    /// The time of the source, or of the run, is over.
    case deadline
    /// No connection.
    case connect
    /// No trusted connection: certificate, protocol version or a missing STARTTLS.
    case tls
    /// The name has no address.
    case resolve
    /// The reply is larger than allowed.
    case tooLarge
    /// There are more pages than allowed.
    case tooManyPages
    /// There are more items than allowed.
    case tooManyItems
    /// A page names a next page that was read before.
    case cursorLoop
    /// A link or a redirect leads to another origin; no credentials were sent there.
    case foreignOrigin
    /// Plain http outside loopback, or mail without TLS.
    case insecure
    /// The connection ended before the reply did.
    case truncated
    /// A redirect that is not followed.
    case redirect
    /// The reply breaks the protocol.
    case protocolViolation
    /// A web page where JSON was asked for.
    case unexpectedContent
    /// The vendor's limit is used up for longer than we wait.
    case rateLimited
    /// The mail server refused.
    case mail
    /// The request itself is wrong.
    case invalidRequest
    /// The transport has been shut down.
    case closed
    /// A page came with a status other than 2xx.
    case status
    /// libcurl refused an option or failed in a way that has no name here.
    case transfer
  }

  /// What went wrong.
  public let code: Code

  /// The name of the source.
  public let source: String

  /// The request: method, host and path.
  public let request: RedactedRequest?

  /// The number of the page, from 1, when pages were read.
  public let page: Int?

  /// The status of HTTP or SMTP, when there was one.
  public let status: Int?

  /// What failed and, where we know, what to do.
  public let detail: String

  /// The reply, when there was one; its body may name the vendor's error code.
  public let response: HTTPResponse?

  /// The recipients that a mail server refused.
  public let refusals: [MailRefusal]

  /// The error of a closure that read a page; not printed, since it may quote the page.
  public let cause: (any Error)?

  /// Describes a failure.
  public init(
    _ code: Code, source: String, request: RedactedRequest? = nil, page: Int? = nil,
    status: Int? = nil, detail: String, response: HTTPResponse? = nil,
    refusals: [MailRefusal] = [], cause: (any Error)? = nil
  ) {
    self.code = code
    self.source = source
    self.request = request
    self.page = page
    self.status = status
    self.detail = detail
    self.response = response
    self.refusals = refusals
    self.cause = cause
  }

  /// Whether the same request may succeed later.
  public var isTransient: Bool {
    switch code {
    case .timeout, .connect, .resolve, .truncated, .rateLimited: true
    case .status: status.map(RetryPolicy.isTransient(status:)) ?? false
    case .mail: status.map { (400..<500).contains($0) } ?? false
    default: false
    }
  }
}

extension TransportError: CustomStringConvertible, CustomReflectable {
  /// One line: source, request, page, status, what failed.
  public var description: String {
    var text = source
    if let request { text += ": \(request)" }
    if let page { text += ", page \(page)" }
    if let status { text += ", status \(status)" }
    if let id = response?.requestID { text += ", request id \(id)" }
    return text + ": \(detail) [\(code.rawValue)]"
  }

  /// A mirror that shows the description only.
  public var customMirror: Mirror {
    Mirror(self, children: ["description": description])
  }

  /// The same failure as that of a page.
  func onPage(_ number: Int) -> TransportError {
    TransportError(
      code, source: source, request: request, page: number, status: status, detail: detail,
      response: response, refusals: refusals, cause: cause)
  }
}
