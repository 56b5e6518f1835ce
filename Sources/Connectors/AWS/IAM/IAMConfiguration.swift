internal import ConnectorKit
internal import IdentityCore

/// How to reach an AWS account, and who its users are.
struct IAMConfiguration: Sendable {
  /// Actions whose use without MFA counts as a way in.
  static let defaultActions = [
    "s3:ListAllMyBuckets", "ec2:DescribeInstances", "iam:ListUsers", "sts:AssumeRole",
    "ssm:DescribeInstanceInformation",
  ]

  /// The name in the configuration.
  var name: SourceName
  /// The address of IAM, without a trailing slash; nil is AWS's own of the partition.
  var url: String?
  /// A region of the partition.
  var region: String
  /// How the worker proves who it is.
  var access: AWSAccess
  /// The domain that makes an address of a user name; nil: user names that are addresses count.
  var emailDomain: String?
  /// The tag of a user that holds the address.
  var emailTag: String?
  /// Whose the root user is.
  var rootEmail: String?
  /// Actions whose use without MFA counts as a way in; 1–64.
  var sensitiveActions: [String]
  /// What the operator vouches for.
  var vouches: [Vouch]
  /// Whether to collect enrolled factors even if a query does not ask for them.
  var collectFactors: Bool
  /// How many requests may be under way at a time.
  var maxConcurrent: Int

  /// Makes a configuration.
  init(
    name: SourceName, url: String? = nil, region: String = "us-east-1", access: AWSAccess,
    emailDomain: String? = nil, emailTag: String? = nil, rootEmail: String? = nil,
    sensitiveActions: [String] = IAMConfiguration.defaultActions, vouches: [Vouch] = [],
    collectFactors: Bool = false, maxConcurrent: Int = 4
  ) {
    self.name = name
    self.url = url
    self.region = region
    self.access = access
    self.emailDomain = emailDomain
    self.emailTag = emailTag
    self.rootEmail = rootEmail
    self.sensitiveActions = sensitiveActions
    self.vouches = vouches
    self.collectFactors = collectFactors
    self.maxConcurrent = maxConcurrent
  }

  /// The account that an application names: `[aws-iam:]111122223333`; nil for another text.
  static func account(_ app: AppID) -> String? {
    let text = app.hasPrefix("aws-iam:") ? app.dropFirst(8) : Substring(app)
    return text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
      ? String(text) : nil
  }
}
