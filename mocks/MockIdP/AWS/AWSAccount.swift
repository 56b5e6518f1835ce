extension Vendor {
  /// AWS: IAM, STS, Cognito and Identity Center at one address, told apart by how requests are signed and named.
  public static let aws = Vendor(rawValue: "aws")
}

/// An AWS account: its access keys, user pools, IAM users and Identity Center.
public struct AWSAccount: VendorScenario {
  /// The name in scenarios and faults.
  public static let vendor = Vendor.aws
  /// The access key that a scenario accepts when it names none.
  public static let defaultKey = AWSAccessKey(
    id: "AKIAACMEMOCK00000001", secret: "mockSecretAccessKey+ForTests/Only0000001")

  /// The account's number.
  public var id = "111122223333"
  /// The region that regional services are signed for.
  public var region = "eu-west-1"
  /// The access keys that are accepted.
  public var accessKeys = [AWSAccount.defaultKey]
  /// The roles that may be taken on.
  public var roles: [AWSRole] = []
  /// The parts that the list of users does not show: `GroupList`, `AttachedManagedPolicies`.
  public var hiddenUserParts: Set<String> = []
  /// Operations that the policies of all keys deny, as `iam:SimulatePrincipalPolicy`.
  public var denied: [String] = []
  /// How many seconds AWS's clock is ahead of the machine's.
  public var clockOffset = 0.0
  /// The user pools.
  public var userPools: [CognitoPool] = []
  /// The IAM users, the root user apart.
  public var users: [IAMUser] = []
  /// How many users the summary counts, if not as many as there are.
  public var declaredUsers: Int?
  /// The roles that the list of the account shows.
  public var iamRoles: [IAMRole] = [IAMRole("web")]
  /// The documents of groups, by the group's name; others allow nothing.
  public var groupPolicies: [String: String] = [:]
  /// The root user.
  public var root = IAMRootUser()
  /// How often a report is asked for before it is complete.
  public var reportCalls = 1
  /// How many seconds old the report is.
  public var reportAge = 0.0
  /// How many reads of a complete report say that it is in progress.
  public var lateReports = 0
  /// The instance of Identity Center, if there is one.
  public var identityCenter: IdentityCenterInstance?

  /// Makes an account with the default key and nobody in it.
  public init() {}

  /// The secret of the first access key.
  public var token: String { accessKeys.first?.secret ?? "" }

  /// Reads an account; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.id, into: &id)
    try values.read(.region, into: &region)
    try values.read(.accessKeys, into: &accessKeys)
    try values.read(.roles, into: &roles)
    try values.read(.denied, into: &denied)
    try values.read(.clockOffset, into: &clockOffset)
    try values.read(.userPools, into: &userPools)
    try values.read(.users, into: &users)
    try values.read(.iamRoles, into: &iamRoles)
    try values.read(.groupPolicies, into: &groupPolicies)
    try values.read(.root, into: &root)
    try values.read(.reportCalls, into: &reportCalls)
    try values.read(.lateReports, into: &lateReports)
    try values.read(.reportAge, into: &reportAge)
    try values.read(.identityCenter, into: &identityCenter)
  }
}

/// A long-term access key, or temporary credentials where there is a session token.
public struct AWSAccessKey: Codable, Sendable, Hashable {
  /// Its id.
  public var id: String
  /// The secret part.
  public var secret: String
  /// The session token that must come with it.
  public var session: String?
  /// After how many calls it expires; nil never.
  public var calls: Int?

  /// Makes a key.
  public init(id: String, secret: String, session: String? = nil, calls: Int? = nil) {
    self.id = id
    self.secret = secret
    self.session = session
    self.calls = calls
  }
}

/// A role that the account's keys may take on.
public struct AWSRole: Codable, Sendable, Hashable {
  /// Its ARN.
  public var arn: String
  /// The external id that its trust policy asks for.
  public var externalID: String?
  /// After how many calls its keys expire; nil never.
  public var calls: Int?

  /// Makes a role.
  public init(arn: String, externalID: String? = nil, calls: Int? = nil) {
    self.arn = arn
    self.externalID = externalID
    self.calls = calls
  }
}

/// An instance of Identity Center with its directory.
public struct IdentityCenterInstance: Codable, Sendable, Hashable {
  /// The id at the end of its ARN.
  public var id = "ssoins-1234567890abcdef"
  /// The directory's id.
  public var store = "d-1234567890"
  /// The addresses of its people.
  public var people: [String] = []
  /// The issuer of their external ids, where another provider provisions them.
  public var issuer: String?
  /// The issuers of people who are provisioned by others, or by several, by address.
  public var issuers: [String: [String]] = [:]
  /// The people among them who are disabled.
  public var disabled: [String] = []
  /// The people in each group, by the group's name.
  public var groups: [String: [String]] = [:]
  /// The type of content of the list of people.
  public var contentType: String?

  /// Makes an instance.
  public init(people: [String] = [], issuer: String? = nil) {
    self.people = people
    self.issuer = issuer
  }

  /// Reads an instance; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.id, into: &id)
    try values.read(.store, into: &store)
    try values.read(.people, into: &people)
    try values.read(.issuer, into: &issuer)
    try values.read(.issuers, into: &issuers)
    try values.read(.disabled, into: &disabled)
    try values.read(.groups, into: &groups)
    contentType = try values.decodeIfPresent(String.self, forKey: .contentType)
  }
}
