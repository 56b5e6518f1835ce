internal import ConnectorKit
internal import CurlTransport

/// The credentials of an AWS source as the configuration names them.
struct AWSAccessKeys: Sendable {
  /// The keys, annotated, for the examples of AWS's kinds.
  static let example = """
    access_key_id: env:AWS_ACCESS_KEY_ID
      secret_access_key: env:AWS_SECRET_ACCESS_KEY
      # session_token: env:AWS_SESSION_TOKEN                 # with temporary credentials
      # assume_role: arn:aws:iam::111122223333:role/idsync   # to read another account
      # external_id: acme-idsync
      # login_url: https://sts.eu-west-1.amazonaws.com       # where the role is taken on; AWS's own by default
    """

  private enum KeyID: Sendable {
    case plain(String)
    case reference(SecretHandle)
  }

  private let keyID: KeyID
  private let secret: SecretHandle
  private let session: SecretHandle?
  private let role: AWSAccess.Role?
  private let tokenURL: URLHandle?

  /// Reads the keys; nil after what is wrong was told.
  init?(_ keys: any SourceKeys) {
    var keyID: KeyID?
    // The id is no secret, but it usually stands beside one.
    let isReference = ["env:", "file:", "command:"].contains {
      keys.string("access_key_id")?.hasPrefix($0) == true
    }
    if isReference {
      keyID = keys.secret("access_key_id").map { .reference($0) }
    } else {
      keyID = keys.requiredString("access_key_id").map { .plain($0) }
    }
    let secret = keys.requiredSecret("secret_access_key")
    session = keys.secret("session_token")
    let arn = keys.string("assume_role")
    let externalID = keys.string("external_id")
    if arn == nil, externalID != nil {
      keys.reject("external_id", "goes with assume_role only")
    }
    if let arn, !arn.hasPrefix("arn:") { keys.reject("assume_role", "expected the ARN of a role") }
    role = arn.map { AWSAccess.Role(arn: $0, externalID: externalID) }
    tokenURL = keys.url("login_url")
    guard let keyID, let secret else { return nil }
    self.keyID = keyID
    self.secret = secret
  }

  /// Fetches the secrets.
  func resolve(_ context: SourceContext) throws -> AWSAccess {
    let id =
      switch keyID {
      case .plain(let id): id
      case .reference(let handle): try context.secret(handle).withExposed { $0 }
      }
    return AWSAccess(
      keyID: id, secret: try context.secret(secret), session: try session.map(context.secret),
      role: role, tokenURL: try tokenURL.map(context.url))
  }

  /// The region, which must be there; letters, digits and hyphens.
  static func region(_ keys: any SourceKeys, _ fallback: String? = nil) -> String? {
    guard
      let region = fallback == nil
        ? keys.requiredString("region") : keys.string("region") ?? fallback
    else { return nil }
    let isSound =
      !region.isEmpty && region.utf8.count <= 64
      && region.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
      }
    if isSound { return region }
    keys.reject("region", "expected a region such as eu-west-1")
    return nil
  }
}
