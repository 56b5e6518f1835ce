/// What AWS Signature Version 4 asks of a URL, since libcurl 7.88 signs it as it stands.
///
/// - SeeAlso: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
enum SignedURL {
  /// The URL with its query in canonical form: every name and value encoded anew, sorted by name, then by value.
  ///
  /// libcurl sorts by itself from 8.3 on, and leaves what is sorted as it is.
  static func canonical(_ url: String) -> String {
    guard let mark = url.utf8.firstIndex(of: 0x3F) else { return url }
    let query = url[url.utf8.index(after: mark)...]
    let pairs = query.split(separator: "&").map { pair -> (name: String, value: String) in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      // A plus sign is itself: only forms write a space that way.
      let texts = parts.map { URLText.decoded(Substring($0.replacing("+", with: "%2B"))) }
      return (URLText.encoded(texts[0]), URLText.encoded(texts.count > 1 ? texts[1] : ""))
    }
    let sorted = pairs.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
    let text = sorted.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    return text.isEmpty ? String(url[..<mark]) : "\(url[..<mark])?\(text)"
  }

  /// Why a request cannot be signed, or nil.
  ///
  /// What is refused here would otherwise come back as `SignatureDoesNotMatch`.
  static func objection(_ request: HTTPRequest, provider: String) -> String? {
    let parts = provider.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 4, parts.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 64 }),
      provider.utf8.allSatisfy({ ASCII.isToken($0) || $0 == 0x3A })
    else {
      return "The signature needs all four parts, aws:amz:<region>:<service>."
    }
    if RedactedRequest.path(of: request.url).contains("%") {
      return "libcurl cannot sign a path with encoded characters; use POST / with a body."
    }
    var hasEmpty = false
    request.headers.forEachBytes { _, value in if value.isEmpty { hasEmpty = true } }
    return hasEmpty ? "libcurl cannot sign a header without a value." : nil
  }
}
