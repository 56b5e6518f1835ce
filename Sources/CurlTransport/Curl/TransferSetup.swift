internal import CCurl
internal import Foundation

/// Puts a transfer's wishes into the options of its easy handle.
///
/// Loop thread only.
enum TransferSetup {
  /// How much libcurl reads at once.
  private static let bufferSize = 512 * 1024

  /// Sets every option.
  ///
  /// - Throws: what libcurl refused; the handle must then be reset.
  static func prepare(_ transfer: Transfer, _ easy: EasyHandle) throws(CurlFailure) {
    let context = Unmanaged.passUnretained(transfer).toOpaque()
    try easy.explainErrors()
    try easy.set(CURLOPT_PRIVATE, pointer: context)
    try easy.set(CURLOPT_NOSIGNAL, 1)
    try easy.set(CURLOPT_HEADERFUNCTION, write: headerCallback)
    try easy.set(CURLOPT_HEADERDATA, pointer: context)
    try easy.set(CURLOPT_WRITEFUNCTION, write: bodyCallback)
    try easy.set(CURLOPT_WRITEDATA, pointer: context)
    try easy.set(CURLOPT_XFERINFOFUNCTION, progress: progressCallback)
    try easy.set(CURLOPT_XFERINFODATA, pointer: context)
    try easy.set(CURLOPT_NOPROGRESS, 0)
    switch transfer.job {
    case .http(let job): try prepare(job, transfer, easy)
    case .mail(let job): try prepare(job, transfer, easy, context)
    }
  }

  // MARK: HTTP

  private static func prepare(
    _ job: HTTPJob, _ transfer: Transfer, _ easy: EasyHandle
  ) throws(CurlFailure) {
    try easy.set(CURLOPT_PROTOCOLS_STR, job.isPlain ? "http" : "https")
    try easy.set(CURLOPT_REDIR_PROTOCOLS_STR, "https")
    try easy.set(CURLOPT_FOLLOWLOCATION, 0)
    try easy.set(CURLOPT_URL, job.url)
    try easy.set(CURLOPT_HTTP_VERSION, Int(version(for: transfer.sink)))
    try easy.set(CURLOPT_PIPEWAIT, 1)
    if job.isOnce { try easy.set(CURLOPT_FRESH_CONNECT, 1) }
    try easy.set(CURLOPT_ACCEPT_ENCODING, "")
    try easy.prefer(CURLOPT_BUFFERSIZE, bufferSize)
    try easy.set(CURLOPT_MAXFILESIZE_LARGE, large: job.maxBodyBytes)
    try easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    try easy.set(CURLOPT_USERAGENT, job.wire.userAgent)
    try prepare(job.wire, easy, usesTLS: !job.isPlain)
    try prepareMethod(job, easy)
    let list = StringList()
    transfer.lists.append(list)
    try collectHeaders(job, into: list, easy)
    try easy.set(CURLOPT_HTTPHEADER, list)
  }

  /// HTTP/2 wherever the server speaks it, but for streams.
  ///
  /// A stream is paused while its reader is slow. libcurl 7.88 gives the body of a paused HTTP/2 stream in the wrong
  /// order and partly twice; with HTTP/1.1 the stream has a connection of its own, which TCP holds up.
  private static func version(for sink: BodySink) -> Int {
    if case .stream = sink { return CURL_HTTP_VERSION_1_1 }
    return CURL_HTTP_VERSION_2TLS
  }

  private static func prepareMethod(_ job: HTTPJob, _ easy: EasyHandle) throws(CurlFailure) {
    switch (job.method, job.body) {
    case (.get, nil):
      try easy.set(CURLOPT_HTTPGET, 1)
    case (.head, _):
      try easy.set(CURLOPT_NOBODY, 1)
    case (.delete, nil):
      try easy.set(CURLOPT_HTTPGET, 1)
      try easy.set(CURLOPT_CUSTOMREQUEST, job.method.rawValue)
    case (.post, let body):
      try easy.set(CURLOPT_POST, 1)
      try easy.setBody(body ?? [])
    case (_, let body):
      // Without a body some vendors insist on `Content-Length: 0`, which an empty one gives.
      try easy.set(CURLOPT_POST, 1)
      try easy.setBody(body ?? [])
      try easy.set(CURLOPT_CUSTOMREQUEST, job.method.rawValue)
    }
  }

  private static func collectHeaders(
    _ job: HTTPJob, into list: StringList, _ easy: EasyHandle
  ) throws(CurlFailure) {
    try job.headers.forEachBytes { (name, value) throws(CurlFailure) in
      // libcurl's way to write a field without a value is a semicolon in the place of the colon.
      let separator = value.isEmpty ? ";" : ": "
      try list.append(bytes: [name, ArraySlice(separator.utf8), value].joined())
    }
    if job.body == nil, job.method != .get, job.method != .head, job.method != .delete,
      !job.headers.contains("Content-Type")
    {
      // libcurl would call the empty body a form. Its signer cannot bear the idiom that suppresses a field.
      if !job.isSigned { try list.append("Content-Type:") }
    }
    if !job.isSigned { try list.append("Expect:") }
    switch job.authorization {
    case nil:
      break
    case .bearer(let token):
      try token.appendLine("Authorization: Bearer ", to: list)
    case .scheme(let scheme, let token):
      try token.appendLine("Authorization: \(scheme) ", to: list)
    case .header(let name, let value):
      try value.appendLine("\(name): ", to: list)
    case .basic(let user, let password):
      try list.append("Authorization: Basic \(basicCredentials(user, password))")
    case .computed(let make):
      for (name, value) in make(job.method.rawValue, job.url, job.body ?? []) {
        try value.appendLine("\(name): ", to: list)
      }
    case .sigV4(let provider, let id, let secret, let session):
      try easy.set(CURLOPT_AWS_SIGV4, provider)
      try easy.set(CURLOPT_USERNAME, id)
      try secret.set(CURLOPT_PASSWORD, on: easy)
      try session?.appendLine("X-Amz-Security-Token: ", to: list)
    }
  }

  private static func basicCredentials(_ user: String, _ password: Secret) -> String {
    password.withExposed { Data("\(user):\($0)".utf8).base64EncodedString() }
  }

  // MARK: Mail

  private static func prepare(
    _ job: MailJob, _ transfer: Transfer, _ easy: EasyHandle, _ context: UnsafeMutableRawPointer
  ) throws(CurlFailure) {
    try easy.set(CURLOPT_PROTOCOLS_STR, job.security == .tls ? "smtps" : "smtp")
    try easy.set(CURLOPT_REDIR_PROTOCOLS_STR, "https")
    try easy.set(CURLOPT_URL, job.url)
    let needsTLS = job.security == .startTLS
    try easy.set(CURLOPT_USE_SSL, Int((needsTLS ? CURLUSESSL_ALL : CURLUSESSL_NONE).rawValue))
    try prepare(job.wire, easy, usesTLS: job.security != .none)
    try easy.set(CURLOPT_MAIL_FROM, "<\(job.from)>")
    let recipients = StringList()
    for address in job.to { try recipients.append("<\(address)>") }
    transfer.lists.append(recipients)
    try easy.set(CURLOPT_MAIL_RCPT, recipients)
    // One bad address must not keep the mail from the others.
    try easy.set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1)
    try easy.set(CURLOPT_UPLOAD, 1)
    try easy.set(CURLOPT_READFUNCTION, read: readCallback)
    try easy.set(CURLOPT_READDATA, pointer: context)
    try easy.set(CURLOPT_INFILESIZE_LARGE, large: job.data.count)
    // One mail, one connection: servers drop idle clients, and QUIT is polite.
    try easy.set(CURLOPT_FORBID_REUSE, 1)
    // The only way to learn which recipient was refused is to listen.
    try easy.set(CURLOPT_VERBOSE, 1)
    try easy.set(CURLOPT_DEBUGFUNCTION, debug: debugCallback)
    try easy.set(CURLOPT_DEBUGDATA, pointer: context)
    if let user = job.user {
      try easy.set(CURLOPT_USERNAME, user)
      try (job.password ?? Secret("")).set(CURLOPT_PASSWORD, on: easy)
    }
  }

  // MARK: Both

  private static func prepare(
    _ wire: WireSettings, _ easy: EasyHandle, usesTLS: Bool
  ) throws(CurlFailure) {
    try easy.set(CURLOPT_CONNECTTIMEOUT_MS, wire.connectTimeout.milliseconds)
    try easy.set(CURLOPT_TIMEOUT_MS, wire.totalTimeout.milliseconds)
    try easy.set(CURLOPT_LOW_SPEED_LIMIT, wire.lowSpeed.bytesPerSecond)
    try easy.set(CURLOPT_LOW_SPEED_TIME, max(1, wire.lowSpeed.duration.milliseconds / 1000))
    try easy.set(CURLOPT_TCP_KEEPALIVE, 1)
    try prepare(wire.proxy, easy)
    guard usesTLS else { return }
    // Verification is on and there is no way to turn it off.
    try easy.set(CURLOPT_SSL_VERIFYPEER, 1)
    try easy.set(CURLOPT_SSL_VERIFYHOST, 2)
    try easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    try CertificateAuthorities.set(wire.caFile, easy)
    guard let certificate = wire.clientCertificate else { return }
    try easy.set(CURLOPT_SSLCERT, certificate.file)
    try easy.set(CURLOPT_SSLKEY, certificate.keyFile)
    try certificate.passphrase?.set(CURLOPT_KEYPASSWD, on: easy)
  }

  private static func prepare(
    _ proxy: TransportConfiguration.Proxy, _ easy: EasyHandle
  ) throws(CurlFailure) {
    switch proxy {
    case .none:
      // Empty, not nil: nil would bring back the variables of the environment.
      try easy.set(CURLOPT_PROXY, "")
    case .url(let url, let user, let password, let except):
      try easy.set(CURLOPT_PROXY, url)
      let direct = ["localhost", "127.0.0.1", "::1"] + except
      try easy.set(CURLOPT_NOPROXY, direct.joined(separator: ","))
      if let user { try easy.set(CURLOPT_PROXYUSERNAME, user) }
      try password?.set(CURLOPT_PROXYPASSWORD, on: easy)
    }
  }
}

extension HTTPJob {
  /// Whether libcurl signs the request.
  var isSigned: Bool {
    if case .sigV4 = authorization { return true }
    return false
  }
}

extension Secret {
  fileprivate func appendLine(_ start: String, to list: StringList) throws(CurlFailure) {
    try exposed { (value) throws(CurlFailure) in try list.append(start + value) }
  }

  fileprivate func set(_ option: CURLoption, on easy: EasyHandle) throws(CurlFailure) {
    try exposed { (value) throws(CurlFailure) in try easy.set(option, value) }
  }

  private func exposed(_ body: (String) throws(CurlFailure) -> Void) throws(CurlFailure) {
    let result = withExposed { value -> Result<Void, CurlFailure> in
      do throws(CurlFailure) { return .success(try body(value)) } catch { return .failure(error) }
    }
    try result.get()
  }
}

extension Duration {
  /// Whole milliseconds, at least one for anything above zero, since zero means "never" to libcurl.
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    let value = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    return max(1, value)
  }

  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}

// MARK: Callbacks

// They neither throw nor trap. The transfer is alive: the loop holds it while it is in the multi handle.

private func headerCallback(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  return Unmanaged<Transfer>.fromOpaque(context)._withUnsafeGuaranteedRef {
    $0.receive(headerLine: UnsafeRawBufferPointer(start: data, count: size * count))
  }
}

private func bodyCallback(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  return Unmanaged<Transfer>.fromOpaque(context)._withUnsafeGuaranteedRef {
    $0.receive(body: UnsafeRawBufferPointer(start: data, count: size * count))
  }
}

private func progressCallback(
  _ context: UnsafeMutableRawPointer?, _ downTotal: curl_off_t, _ down: curl_off_t,
  _ upTotal: curl_off_t, _ up: curl_off_t
) -> Int32 {
  guard let context else { return 1 }
  return Unmanaged<Transfer>.fromOpaque(context)._withUnsafeGuaranteedRef {
    $0.mayGoOn(moved: Int(down + up)) ? 0 : 1
  }
}

private func readCallback(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  return Unmanaged<Transfer>.fromOpaque(context)._withUnsafeGuaranteedRef {
    $0.send(into: UnsafeMutableRawBufferPointer(start: data, count: size * count))
  }
}

private func debugCallback(
  _ handle: UnsafeMutableRawPointer?, _ kind: curl_infotype, _ data: UnsafeMutablePointer<CChar>?,
  _ size: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context else { return 0 }
  Unmanaged<Transfer>.fromOpaque(context)._withUnsafeGuaranteedRef {
    $0.overhear(kind, UnsafeRawBufferPointer(start: data, count: size))
  }
  return 0
}
