import Foundation

/// A real, independent AWS (moto) on loopback, with people in it, that checks signatures and policies.
///
/// It is ended when it is let go; nothing waits for that.
public final class MotoServer: Sendable {
  /// Why a server did not start.
  public struct DidNotStart: Error {}

  /// A user pool and its app client.
  public struct Pool: Decodable, Sendable {
    /// The pool's id.
    public var pool: String
    /// The client's id.
    public var client: String
  }

  /// An access key.
  public struct Key: Decodable, Sendable {
    /// Its id.
    public var id: String
    /// The secret part.
    public var secret: String

    /// Makes a key.
    public init(id: String, secret: String) {
      self.id = id
      self.secret = secret
    }
  }

  /// What is in the account.
  public struct Account: Decodable, Sendable {
    /// Where AWS is reached.
    public var url: String
    /// The account's number.
    public var account: String
    /// A pool of 151 people that requires MFA, one that does not insist, and one without.
    public var on, optional, off: Pool
    /// A key that may read, and one that may describe pools only.
    public var key, weak: Key
    /// A role that may be taken on.
    public var role: String
  }

  /// What is in the account.
  public let account: Account
  private let process: ChildProcess

  /// Starts a server and waits until it listens, on a thread that no other test needs.
  public static func start() async throws -> MotoServer {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try MotoServer() })
      }
    }
  }

  private init() throws {
    let output = Pipe()
    process = try ChildProcess(
      Python.interpreter,
      [
        "-W", "ignore", Repository.support.appending(path: "moto_server.py").path, "--parent",
        "\(getpid())",
      ],
      environment: ["PYTHONDONTWRITEBYTECODE": "1", "AWS_EC2_METADATA_DISABLED": "true"],
      output: output)
    var line = Data()
    while line.last != 0x0A {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw DidNotStart() }
      line += more
    }
    account = try JSONDecoder().decode(Account.self, from: line)
  }

  deinit {
    process.signal(SIGTERM)
  }
}
