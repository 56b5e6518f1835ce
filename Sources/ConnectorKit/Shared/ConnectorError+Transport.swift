package import CurlTransport
package import IdentityCore

extension ConnectorError {
  /// What the transport reported, in the words of a call to a vendor.
  ///
  /// - Parameter vendorCode: finds the vendor's own error code in the body of a refusal.
  package init(
    _ error: TransportError, vendor: String, call: String, pageOffset: Int = 0,
    vendorCode: (ResponseBody) -> String?
  ) {
    let status = error.status ?? error.response?.status
    let code = Self.code(error.code, status: status)
    let word = error.response.flatMap { vendorCode($0.body) }.flatMap(Self.printable)
    let page = error.page.map { $0 + pageOffset }
    self.init(
      code, source: error.source, call: call, page: page, status: status, vendorCode: word,
      message: Self.message(
        code, vendor: vendor, call: call, page: page, status: status, vendorCode: word,
        detail: error.detail),
      request: error.request, cause: error)
  }

  /// A reply with a status that is no success.
  package init(
    _ response: HTTPResponse, request: HTTPRequest, source: SourceName, vendor: String,
    vendorCode: (ResponseBody) -> String?
  ) {
    let code = Self.code(.status, status: response.status)
    let word = vendorCode(response.body).flatMap(Self.printable)
    self.init(
      code, source: source, call: request.endpoint, status: response.status, vendorCode: word,
      message: Self.message(
        code, vendor: vendor, call: request.endpoint, page: nil, status: response.status,
        vendorCode: word, detail: ""),
      request: request.redacted)
  }

  /// A document that could not be read.
  package init(
    _ error: WireError, source: SourceName, vendor: String, call: String, page: Int? = nil,
    status: Int? = 200
  ) {
    let place = page.map { "page \($0), " } ?? ""
    self.init(
      .malformed, source: source, call: call, page: page, status: status,
      message:
        "\(vendor) answered \(call) with something else than documented: \(place)\(Sentence.clause("\(error)")).",
      cause: error)
  }

  private static func code(_ code: TransportError.Code, status: Int?) -> Code {
    switch code {
    case .cancelled, .closed: .cancelled
    case .timeout, .deadline: .timeout
    case .connect, .resolve: .unreachable
    case .tls: .tls
    case .tooLarge, .tooManyPages, .tooManyItems: .tooLarge
    case .cursorLoop: .cursorLoop
    case .foreignOrigin: .foreignLink
    case .insecure, .invalidRequest: .configuration
    case .truncated: .truncated
    case .protocolViolation: .paging
    case .unexpectedContent: .notJSON
    case .rateLimited: .rateLimited
    case .redirect, .mail, .transfer: .transport
    case .status:
      switch status {
      case 401: .unauthorised
      case 403: .forbidden
      case 404: .notFound
      case 429: .rateLimited
      case .some(500...): .serverError
      default: .refused
      }
    }
  }

  private static func message(
    _ code: Code, vendor: String, call: String, page: Int?, status: Int?, vendorCode: String?,
    detail: String
  ) -> String {
    let facts = [status.map(String.init), vendorCode, page.map { "page \($0)" }]
      .compactMap { $0 }.joined(separator: ", ")
    let suffix = facts.isEmpty ? "" : " (\(facts))"
    switch code {
    case .unauthorised: return "\(vendor) did not accept the credentials for \(call)\(suffix)."
    case .forbidden: return "\(vendor) refused \(call)\(suffix)."
    case .notFound: return "\(vendor) knows nothing under \(call)\(suffix)."
    case .serverError: return "\(vendor) failed to answer \(call)\(suffix)."
    case .refused: return "\(vendor) turned \(call) down\(suffix)."
    default:
      return "\(call) at \(vendor) broke off\(suffix): \(Sentence.clause(detail))."
    }
  }

  /// A vendor's code as it may be shown: letters, digits and a few marks, at most 40.
  private static func printable(_ code: String) -> String? {
    let kept = code.unicodeScalars.prefix(40).filter {
      $0.isASCII
        && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
          || "._-".unicodeScalars.contains($0))
    }
    return kept.isEmpty ? nil : String(String.UnicodeScalarView(kept))
  }
}
