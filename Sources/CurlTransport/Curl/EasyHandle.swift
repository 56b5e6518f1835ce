internal import CCurl
internal import Foundation

/// What libcurl, or we in its callbacks, gave as the cause of a failed transfer.
struct CurlFailure: Error, Sendable {
  var code: TransportError.Code
  var detail: String

  static let cancelled = CurlFailure(code: .cancelled, detail: "The task was cancelled.")
  static let closed = CurlFailure(code: .closed, detail: "The transport has been shut down.")
}

/// An easy handle with the buffer in which libcurl explains itself.
///
/// Only the loop thread touches it.
struct EasyHandle {
  let raw: UnsafeMutableRawPointer
  private let explanation: UnsafeMutablePointer<CChar>

  /// A new handle, or nil when libcurl has no memory.
  init?() {
    guard let raw = curl_easy_init() else { return nil }
    self.raw = raw
    explanation = .allocate(capacity: Int(CURL_ERROR_SIZE))
    explanation.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  /// Forgets all options and keeps what makes the next transfer fast.
  func reset() {
    curl_easy_reset(raw)
    explanation[0] = 0
  }

  /// Ends the handle; it must not be in a multi handle.
  func destroy() {
    curl_easy_cleanup(raw)
    explanation.deallocate()
  }

  // MARK: Options

  func set(_ option: CURLoption, _ value: Int) throws(CurlFailure) {
    try check(ccurl_setopt_long(raw, option, value), option)
  }

  /// Sets an option that a handle may refuse because it is too late for it.
  ///
  /// A handle that shared its HTTP/2 connection keeps its buffer when the transfer is over, and as long as it has one
  /// it takes no other size. Without the option it reads in pieces of 16 KiB, which are HTTP/2's own.
  func prefer(_ option: CURLoption, _ value: Int) throws(CurlFailure) {
    let code = ccurl_setopt_long(raw, option, value)
    guard code != CURLE_BAD_FUNCTION_ARGUMENT else { return }
    try check(code, option)
  }

  func set(_ option: CURLoption, large value: Int) throws(CurlFailure) {
    try check(ccurl_setopt_off_t(raw, option, curl_off_t(value)), option)
  }

  func set(_ option: CURLoption, _ value: String?) throws(CurlFailure) {
    try check(ccurl_setopt_string(raw, option, value), option)
  }

  func set(_ option: CURLoption, _ list: StringList) throws(CurlFailure) {
    try check(ccurl_setopt_slist(raw, option, list.head), option)
  }

  func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) throws(CurlFailure) {
    try check(ccurl_setopt_pointer(raw, option, pointer), option)
  }

  func set(_ option: CURLoption, write: @escaping curl_write_callback) throws(CurlFailure) {
    try check(ccurl_setopt_write_callback(raw, option, write), option)
  }

  func set(_ option: CURLoption, read: @escaping curl_read_callback) throws(CurlFailure) {
    try check(ccurl_setopt_read_callback(raw, option, read), option)
  }

  func set(
    _ option: CURLoption, progress: @escaping curl_xferinfo_callback
  ) throws(CurlFailure) {
    try check(ccurl_setopt_xferinfo_callback(raw, option, progress), option)
  }

  func set(_ option: CURLoption, debug: @escaping curl_debug_callback) throws(CurlFailure) {
    try check(ccurl_setopt_debug_callback(raw, option, debug), option)
  }

  func set(_ option: CURLoption, socket: @escaping curl_sockopt_callback) throws(CurlFailure) {
    try check(ccurl_setopt_sockopt_callback(raw, option, socket), option)
  }

  func set(_ option: CURLoption, close: @escaping curl_closesocket_callback) throws(CurlFailure) {
    try check(ccurl_setopt_close_callback(raw, option, close), option)
  }

  /// Hands over a body, which libcurl copies.
  func setBody(_ bytes: [UInt8]) throws(CurlFailure) {
    try set(CURLOPT_POSTFIELDSIZE_LARGE, large: bytes.count)
    let code = bytes.withUnsafeBytes { buffer in
      // An empty array may have no address, and a null pointer would mean "no body".
      buffer.isEmpty
        ? ccurl_setopt_string(raw, CURLOPT_COPYPOSTFIELDS, "")
        : ccurl_setopt_pointer(
          raw, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: buffer.baseAddress))
    }
    try check(code, CURLOPT_COPYPOSTFIELDS)
  }

  /// Lets libcurl explain errors in our buffer.
  func explainErrors() throws(CurlFailure) {
    try set(CURLOPT_ERRORBUFFER, pointer: UnsafeMutableRawPointer(explanation))
  }

  // MARK: Information

  func long(_ info: CURLINFO) -> Int {
    var value = 0
    return ccurl_getinfo_long(raw, info, &value) == CURLE_OK ? value : 0
  }

  func large(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    return ccurl_getinfo_off_t(raw, info, &value) == CURLE_OK ? Int(value) : 0
  }

  /// The cause of a failed transfer in our words and libcurl's.
  func failure(_ code: CURLcode) -> CurlFailure {
    let text = explanation[0] == 0 ? String(cString: curl_easy_strerror(code)) : explained
    var kind = CurlCodes.kind(code)
    if code == CURLE_SSL_CONNECT_ERROR {
      // A connection that breaks while TLS is being set up is no verdict on the certificate.
      let cause = Int32(truncatingIfNeeded: long(CURLINFO_OS_ERRNO))
      if cause == ECONNRESET || cause == EPIPE { kind = .connect }
    }
    return CurlFailure(code: kind, detail: "\(text) (curl \(code.rawValue)).")
  }

  private var explained: String {
    String(cString: explanation).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func check(_ code: CURLcode, _ option: CURLoption) throws(CurlFailure) {
    guard code != CURLE_OK else { return }
    let name = curl_easy_option_by_id(option)?.pointee.name.map { String(cString: $0) }
    throw CurlFailure(
      code: .transfer,
      detail: "libcurl refused the option \(name ?? "\(option.rawValue)"): "
        + "\(String(cString: curl_easy_strerror(code))) (curl \(code.rawValue)).")
  }
}

/// A list of strings for libcurl, which must outlive the transfer that uses it.
final class StringList {
  private(set) var head: UnsafeMutablePointer<curl_slist>?
  private var scratch: [CChar] = []

  func append(_ text: String) throws(CurlFailure) {
    try append(bytes: text.utf8)
  }

  /// Appends bytes, which must not contain a zero.
  func append(bytes: some Sequence<UInt8>) throws(CurlFailure) {
    scratch.removeAll(keepingCapacity: true)
    for byte in bytes { scratch.append(CChar(bitPattern: byte)) }
    scratch.append(0)
    guard let longer = curl_slist_append(head, scratch) else {
      throw CurlFailure(code: .transfer, detail: "Out of memory.")
    }
    head = longer
  }

  deinit {
    curl_slist_free_all(head)
  }
}
