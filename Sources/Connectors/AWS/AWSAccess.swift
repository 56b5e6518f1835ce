internal import CurlTransport

/// How the worker proves to AWS who it is.
struct AWSAccess: Sendable {
  /// A role to take on before anything is read, for organisations with many accounts.
  struct Role: Sendable, Hashable {
    /// The role's ARN.
    var arn: String
    /// The external id that the role's trust policy asks for.
    var externalID: String?

    /// Names a role.
    init(arn: String, externalID: String? = nil) {
      self.arn = arn
      self.externalID = externalID
    }
  }

  /// The id of the access key.
  var keyID: String
  /// The secret access key.
  var secret: Secret
  /// The session token of temporary credentials.
  var session: Secret?
  /// The role to take on.
  var role: Role?
  /// Where roles are taken on, without a trailing slash; nil is AWS's own address of the region.
  var tokenURL: String?

  /// Gives credentials.
  init(
    keyID: String, secret: Secret, session: Secret? = nil, role: Role? = nil,
    tokenURL: String? = nil
  ) {
    self.keyID = keyID
    self.secret = secret
    self.session = session
    self.role = role
    self.tokenURL = tokenURL
  }
}

/// AWS's addresses, which differ by region and partition.
enum AWSAddress {
  /// The address that the configuration names; nil where it names none and the template of the kind stands.
  static func configured(_ url: String) -> String? {
    url.isEmpty || url.contains("{region}") ? nil : url
  }

  /// The suffix of the hosts of a region's partition.
  static func suffix(_ region: String) -> String {
    region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
  }

  /// The address of a regional service.
  static func regional(_ service: String, _ region: String) -> String {
    "https://\(service).\(region).\(suffix(region))"
  }

  /// IAM has one address and one signing region in each partition.
  static func iam(_ region: String) -> (url: String, signingRegion: String) {
    if region.hasPrefix("cn-") { return ("https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1") }
    if region.hasPrefix("us-gov-") { return ("https://iam.us-gov.amazonaws.com", "us-gov-west-1") }
    return ("https://iam.amazonaws.com", "us-east-1")
  }
}
