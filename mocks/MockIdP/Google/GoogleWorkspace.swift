internal import CryptoExtras

extension Vendor {
  /// Google Workspace: the Directory API, the Cloud Identity API and the token endpoint, on one port.
  public static let google = Vendor(rawValue: "google")
}

/// A Google Workspace account.
public struct GoogleWorkspace: VendorScenario {
  /// Google.
  public static let vendor = Vendor.google

  /// The customer's id.
  public var customer = "C0acme000"
  /// The service accounts whose assertions are accepted.
  public var serviceAccounts: [GoogleServiceAccount]
  /// Administrators that can be acted as without being on the list of users; true for super administrators.
  public var administrators = ["admin@acme.com": true, "helpdesk@acme.com": false]
  /// The users, in the order in which the list shows them.
  public var users: [GoogleUser] = []
  /// The paths of the org units besides the root, with their ids.
  public var orgUnits: [String: String] = [:]
  /// The id of the root unit.
  public var rootUnit = "03ph8a2z0root"
  /// The groups.
  public var groups: [GoogleGroup] = []
  /// SSO assignments.
  public var assignments: [GoogleAssignment] = []
  /// SSO profiles.
  public var profiles: [GoogleProfile] = []
  /// Policies.
  public var policies: [GooglePolicy] = []
  /// The most rows of a page, whatever is asked for.
  public var largestPage: Int?
  /// By how many seconds the account's clock runs before ours.
  public var clockOffset: Double = 0
  /// What is taken out of replies, for tests; it stands in no scenario file.
  public var damage: ReplyDamage?

  private enum CodingKeys: CodingKey {
    case customer, serviceAccounts, administrators, users, orgUnits, rootUnit, groups, assignments
    case profiles, policies, largestPage, clockOffset
  }

  /// Makes an empty account that accepts the default service account.
  public init() {
    serviceAccounts = [.standard]
  }

  /// The key file of the first service account.
  public var token: String { serviceAccounts.first?.keyFile ?? "" }

  /// Reads an account; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.customer, into: &customer)
    try values.read(.serviceAccounts, into: &serviceAccounts)
    try values.read(.administrators, into: &administrators)
    try values.read(.users, into: &users)
    try values.read(.orgUnits, into: &orgUnits)
    try values.read(.rootUnit, into: &rootUnit)
    try values.read(.groups, into: &groups)
    try values.read(.assignments, into: &assignments)
    try values.read(.profiles, into: &profiles)
    try values.read(.policies, into: &policies)
    try values.read(.largestPage, into: &largestPage)
    try values.read(.clockOffset, into: &clockOffset)
  }
}

/// A service account with domain-wide delegation.
public struct GoogleServiceAccount: Codable, Sendable, Hashable {
  /// Its address.
  public var email: String
  /// The key's id, which the assertion's header names.
  public var keyID: String
  /// The private key as PKCS#8 PEM text.
  public var privateKey: String
  /// The scopes delegated to it, without their common beginning.
  public var scopes: [String]

  /// Makes a service account; without a key one is made, the same for the whole process.
  public init(
    _ email: String, keyID: String = "7e1fmockkey", privateKey: String? = nil,
    scopes: [String] = GoogleServiceAccount.readScopes
  ) {
    self.email = email
    self.keyID = keyID
    self.privateKey = privateKey ?? Self.madeKey
    self.scopes = scopes
  }

  /// Reads a service account; only `email` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .email),
      privateKey: try values.decodeIfPresent(String.self, forKey: .privateKey))
    try values.read(.keyID, into: &keyID)
    try values.read(.scopes, into: &scopes)
  }

  /// The one that an account accepts unless it says otherwise.
  public static let standard = GoogleServiceAccount("idsync@acme-idsync.iam.gserviceaccount.com")

  /// Every scope that reading needs.
  public static let readScopes = [
    "admin.directory.user.readonly", "admin.directory.group.readonly",
    "admin.directory.orgunit.readonly", "cloud-identity.inboundsso.readonly",
    "cloud-identity.policies.readonly",
  ]

  /// The key file as Google Cloud gives it out.
  public var keyFile: String {
    let file: JSON = [
      "type": "service_account", "project_id": "acme-idsync",
      "private_key_id": .string(keyID), "private_key": .string(privateKey),
      "client_email": .string(email), "client_id": "104400000000000000099",
      "auth_uri": "https://accounts.google.com/o/oauth2/auth",
      "token_uri": "https://oauth2.googleapis.com/token",
    ]
    return String(decoding: file.bytes, as: UTF8.self)
  }

  private static let madeKey =
    (try? _RSA.Signing.PrivateKey(keySize: .bits2048))?.pkcs8PEMRepresentation ?? ""

  /// The public half of the key as PEM text.
  var publicKey: String? {
    (try? _RSA.Signing.PrivateKey(pemRepresentation: privateKey))?.publicKey.pemRepresentation
  }
}

/// A user account.
public struct GoogleUser: Codable, Sendable, Hashable {
  /// The primary address.
  public var email: String
  /// The id, 21 digits; by default derived from the address.
  public var id: String
  /// Whether the user has turned 2-step verification on.
  public var isEnrolled: Bool
  /// Whether policy obliges the user to it now.
  public var isEnforced: Bool
  /// Whether this is a super administrator.
  public var isAdmin: Bool
  /// Whether this is a delegated administrator.
  public var isDelegatedAdmin: Bool
  /// Whether the account is suspended.
  public var isSuspended: Bool
  /// Whether the account is archived.
  public var isArchived: Bool
  /// The org unit's path.
  public var orgUnit: String
  /// Further addresses.
  public var aliases: [String]
  /// When the account was made.
  public var created: String
  /// Properties laid over the vendor's JSON; null takes a property out.
  public var raw: JSON?

  /// Makes a live account in the root unit.
  public init(
    _ email: String, isEnforced: Bool = false, isEnrolled: Bool = false, isAdmin: Bool = false,
    orgUnit: String = "/", _ change: (inout GoogleUser) -> Void = { _ in }
  ) {
    self.email = email
    id = Self.id(of: email)
    self.isEnrolled = isEnrolled
    self.isEnforced = isEnforced
    self.isAdmin = isAdmin
    isDelegatedAdmin = false
    isSuspended = false
    isArchived = false
    self.orgUnit = orgUnit
    aliases = []
    created = "2024-01-15T10:00:00.000Z"
    change(&self)
  }

  /// Reads an account; only `email` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .email))
    try values.read(.id, into: &id)
    try values.read(.isEnrolled, into: &isEnrolled)
    try values.read(.isEnforced, into: &isEnforced)
    try values.read(.isAdmin, into: &isAdmin)
    try values.read(.isDelegatedAdmin, into: &isDelegatedAdmin)
    try values.read(.isSuspended, into: &isSuspended)
    try values.read(.isArchived, into: &isArchived)
    try values.read(.orgUnit, into: &orgUnit)
    try values.read(.aliases, into: &aliases)
    try values.read(.created, into: &created)
    try values.read(.raw, into: &raw)
  }

  private static func id(of email: String) -> String {
    let digits = String(Identifier.hash(email, salt: "google"))
    return "1" + String(repeating: "0", count: max(0, 20 - digits.count)) + digits.prefix(20)
  }
}
