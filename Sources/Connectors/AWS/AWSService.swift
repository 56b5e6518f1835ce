/// A service of AWS: how its operations are named and its requests signed.
struct AWSService: Sendable, Hashable {
  /// How requests and replies are written.
  enum Wire: Sendable, Hashable {
    /// A form in, XML out.
    case query(version: String)
    /// JSON 1.1 both ways; the operation is in `X-Amz-Target`.
    case json(target: String)
  }

  /// The prefix of its permissions, `iam` in `iam:ListUsers`.
  let permissions: String
  /// The name requests are signed for.
  let signingName: String
  let wire: Wire

  static let iam = AWSService(
    permissions: "iam", signingName: "iam", wire: .query(version: "2010-05-08"))
  static let sts = AWSService(
    permissions: "sts", signingName: "sts", wire: .query(version: "2011-06-15"))
  static let cognito = AWSService(
    permissions: "cognito-idp", signingName: "cognito-idp",
    wire: .json(target: "AWSCognitoIdentityProviderService"))
  static let identityStore = AWSService(
    permissions: "identitystore", signingName: "identitystore",
    wire: .json(target: "AWSIdentityStore"))
  static let ssoAdmin = AWSService(
    permissions: "sso", signingName: "sso", wire: .json(target: "SWBExternalService"))

  /// An operation under the name of its permission: `iam:ListUsers`.
  func call(_ operation: String) -> String { "\(permissions):\(operation)" }
}
