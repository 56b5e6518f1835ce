/// The head of a reply.
struct ResponseHead: Sendable {
  var status: Int
  var headers: HTTPHeaders
  var url: String
}

/// How a transfer ended.
struct TransferOutcome: Sendable {
  /// Why it failed; nil when the reply is whole.
  var failure: CurlFailure?

  /// The head, when it came.
  var head: ResponseHead?

  /// The body, when it was collected.
  var body = TransferOutcome.noBody

  /// Bytes of the body on the wire.
  var bytesReceived = 0

  /// Connections that were opened for it.
  var connections = 0

  /// What a mail server said.
  var dialogue: MailDialogue?

  static let noBody = ResponseBody(copying: [])
}

/// Where the bytes of a body go.
enum BodySink: Sendable {
  /// Into one piece of memory.
  case collect

  /// To a reader, as fast as it reads.
  case stream(BodyPipe)
}

/// What every transfer needs to know about the outside.
struct WireSettings: Sendable {
  var userAgent: String
  var caFile: String?
  var proxy: TransportConfiguration.Proxy
  var connectTimeout: Duration
  var totalTimeout: Duration
  var lowSpeed: SourcePolicy.LowSpeed
  /// What this side proves itself with in the TLS handshake.
  var clientCertificate: ClientCertificate?
}

/// One HTTP exchange as libcurl is to make it.
struct HTTPJob: Sendable {
  var method: HTTPRequest.Method
  var url: String
  var isPlain: Bool
  var headers: HTTPHeaders
  var body: [UInt8]?
  var authorization: Authorization?
  var maxBodyBytes: Int
  /// Whether sending it twice is to be ruled out: libcurl silently repeats what a reused connection swallowed.
  var isOnce: Bool
  var wire: WireSettings
  /// What is struck out of the reply.
  var secrets: SecretGate
  var carried: [SecretNeedle]
}

/// One mail as libcurl is to send it.
struct MailJob: Sendable {
  var url: String
  var security: SMTPServer.Security
  var user: String?
  var password: Secret?
  var from: String
  var to: [String]
  var data: [UInt8]
  var wire: WireSettings
}
