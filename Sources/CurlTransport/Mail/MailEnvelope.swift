/// A mail as it goes over the wire: the envelope and the finished message.
public struct MailEnvelope: Sendable {
  /// The address that bounces go to.
  public var from: String

  /// The addresses that receive it, each without display name.
  public var to: [String]

  /// The message with its headers.
  ///
  /// Line ends of any kind are sent as CR LF, and dots are doubled.
  public var data: [UInt8]

  /// Addresses a message.
  public init(from: String, to: [String], data: [UInt8]) {
    self.from = from
    self.to = to
    self.data = data
  }
}

/// A mail server and how to reach it.
public struct SMTPServer: Sendable {
  /// How the connection is protected.
  public enum Security: String, Sendable {
    /// Begin in the clear and insist on STARTTLS before anything is said.
    case startTLS
    /// TLS from the first byte.
    case tls
    /// No protection; on loopback only.
    case none
  }

  /// The host.
  public var host: String

  /// The port: usually 587 with STARTTLS, 465 with TLS.
  public var port: Int

  /// How the connection is protected.
  public var security: Security

  /// The user, when the server asks for one.
  public var user: String?

  /// The password that goes with the user.
  public var password: Secret?

  /// Certificates to trust beside those of the system.
  public var extraCAFile: String?

  /// The name we greet with; that of this host when left out.
  public var greeting: String?

  /// How long one mail may take.
  public var timeout: Duration

  /// Describes a server.
  public init(
    host: String, port: Int = 587, security: Security = .startTLS, user: String? = nil,
    password: Secret? = nil, extraCAFile: String? = nil, greeting: String? = nil,
    timeout: Duration = .seconds(60)
  ) {
    self.host = host
    self.port = port
    self.security = security
    self.user = user
    self.password = password
    self.extraCAFile = extraCAFile
    self.greeting = greeting
    self.timeout = timeout
  }
}

/// One recipient whom the server refused.
public struct MailRefusal: Sendable, Hashable {
  /// The address.
  public let address: String

  /// The server's code: 4xx may succeed later, 5xx will not.
  public let code: Int

  /// Names a refusal.
  public init(address: String, code: Int) {
    self.address = address
    self.code = code
  }

  /// Whether the server may accept the recipient later.
  public var isTransient: Bool { (400..<500).contains(code) }
}

/// What a mail server made of a mail that it accepted for at least one recipient.
public struct MailReceipt: Sendable, Equatable {
  /// Who will get it.
  public let accepted: [String]

  /// Who will not.
  public let refused: [MailRefusal]

  /// Sums up a delivery.
  public init(accepted: [String], refused: [MailRefusal] = []) {
    self.accepted = accepted
    self.refused = refused
  }
}
