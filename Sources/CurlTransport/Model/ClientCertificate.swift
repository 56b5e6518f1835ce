/// A certificate with its private key, for servers that ask for one in the TLS handshake.
public struct ClientCertificate: Sendable {
  /// The certificate and what leads to its authority, in PEM.
  public var file: String

  /// The private key, in PEM.
  public var keyFile: String

  /// What opens the key, if it is locked.
  public var passphrase: Secret?

  /// Names the files; they are read when a connection is made.
  public init(file: String, keyFile: String, passphrase: Secret? = nil) {
    self.file = file
    self.keyFile = keyFile
    self.passphrase = passphrase
  }
}
