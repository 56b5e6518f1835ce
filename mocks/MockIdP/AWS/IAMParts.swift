/// An IAM user with what policies let it do.
public struct IAMUser: Codable, Sendable, Hashable {
  /// How policies treat requests without MFA.
  public enum Gate: String, Codable, Sendable, Hashable {
    /// They do not ask.
    case none
    /// Deny unless `BoolIfExists aws:MultiFactorAuthPresent`: access keys are denied too.
    case boolIfExists = "bool-if-exists"
    /// Deny if `Bool aws:MultiFactorAuthPresent` is false: access keys have no such key and pass.
    case bool
    /// Deny if the key is not there (`Null`): access keys are denied, consoles and sessions are not.
    case null
  }

  /// The user name.
  public var name: String
  /// Whether there is a console password.
  public var hasPassword = true
  /// How many access keys are active.
  public var activeKeys = 0
  /// The serial number of the MFA device, if there is one.
  public var device: String?
  /// The tags.
  public var tags: [String: String] = [:]
  /// What is allowed.
  public var allowed: [String] = ["s3:ListAllMyBuckets", "iam:ListUsers"]
  /// The actions that the gate is about; nil is all.
  public var gated: [String]?
  /// How requests without MFA are treated.
  public var gate: Gate
  /// The ids of attached policies; users with the same ones are decided alike.
  public var policies: [String] = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
  /// The document of a further inline policy.
  public var inlinePolicy: String?
  /// The document that allows what the simulator says; nil is made of the members here.
  public var grantsDocument: String?
  /// The document of the permissions boundary.
  public var boundary: String?
  /// The services of active credentials of single services: `bedrock.amazonaws.com`.
  public var serviceCredentials: [String] = []
  /// Whether there is an active signing certificate.
  public var hasCertificate = false
  /// Condition keys that the policies ask for and the simulator was not given.
  public var missingKeys: [String] = []
  /// Actions that are denied with MFA and without, by a policy of its own.
  public var barred: [String] = []
  /// The name of the policy that asks for MFA.
  public var gateName = "DenyWithoutMFA"
  /// What the report says of the device; nil is the truth.
  public var reportedDevice: String?
  /// Whether the user is in the report only.
  public var isDeleted = false
  /// Whether the user was made since the report.
  public var isNew = false
  /// The names of the groups.
  public var groups: [String] = []

  /// Makes a user.
  public init(_ name: String, gate: Gate = .none, activeKeys: Int = 0, device: String? = nil) {
    self.name = name
    self.gate = gate
    self.activeKeys = activeKeys
    self.device = device
  }

  /// Reads a user; only the name is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .name))
    try values.read(.hasPassword, into: &hasPassword)
    try values.read(.activeKeys, into: &activeKeys)
    try values.read(.device, into: &device)
    try values.read(.tags, into: &tags)
    try values.read(.allowed, into: &allowed)
    try values.read(.gated, into: &gated)
    try values.read(.gate, into: &gate)
    try values.read(.policies, into: &policies)
    try values.read(.inlinePolicy, into: &inlinePolicy)
    grantsDocument = try values.decodeIfPresent(String.self, forKey: .grantsDocument)
    boundary = try values.decodeIfPresent(String.self, forKey: .boundary)
    try values.read(.serviceCredentials, into: &serviceCredentials)
    try values.read(.hasCertificate, into: &hasCertificate)
    try values.read(.missingKeys, into: &missingKeys)
    try values.read(.barred, into: &barred)
    try values.read(.gateName, into: &gateName)
    reportedDevice = try values.decodeIfPresent(String.self, forKey: .reportedDevice)
    try values.read(.isDeleted, into: &isDeleted)
    try values.read(.isNew, into: &isNew)
    try values.read(.groups, into: &groups)
  }
}

/// A role of an account.
public struct IAMRole: Codable, Sendable, Hashable {
  /// Its name.
  public var name: String
  /// Its trust policy.
  public var trust: String

  /// Makes a role that a service takes on, or whom its trust policy names.
  public init(_ name: String, trusts principal: String = #"{"Service": "ec2.amazonaws.com"}"#) {
    self.name = name
    trust =
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"#
      + principal + "}]}"
  }
}

extension IAMUser {
  /// The document of what is allowed, barred and gated; nil where nothing is.
  var grants: String? {
    if let grantsDocument { return grantsDocument }
    var statements: [JSON] = []
    if !allowed.isEmpty {
      statements.append(["Effect": "Allow", "Action": .strings(allowed), "Resource": "*"])
    }
    if !barred.isEmpty {
      statements.append(["Effect": "Deny", "Action": .strings(barred), "Resource": "*"])
    }
    if gate != .none {
      let word = gate == .bool ? "Bool" : gate == .null ? "Null" : "BoolIfExists"
      var denial: JSON = [
        "Sid": "DenyWithoutMFA", "Effect": "Deny", "Resource": "*",
        "Condition": [
          word: ["aws:MultiFactorAuthPresent": gate == .null ? "true" : "false"]
        ],
      ]
      // What AWS's own policy for MFA leaves open.
      denial[gated == nil ? "NotAction" : "Action"] = .strings(
        gated ?? [
          "iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:GetMFADevice",
          "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice",
          "sts:GetSessionToken",
        ])
      statements.append(denial)
    }
    guard !statements.isEmpty else { return nil }
    let document: JSON = ["Version": "2012-10-17", "Statement": .array(statements)]
    return String(decoding: document.bytes, as: UTF8.self)
  }
}

/// The root user of an account.
public struct IAMRootUser: Codable, Sendable, Hashable {
  /// Whether a device is registered.
  public var hasDevice = true
  /// What the report says of the password: `not_supported`, or `FALSE` without root credentials.
  public var password = "not_supported"
  /// How many access keys are active.
  public var activeKeys = 0
  /// What the report says of the device; nil is the truth.
  public var reportedDevice: String?
  /// What the report says of the password; nil is the truth.
  public var reportedPassword: String?

  /// Makes a root user with a device.
  public init() {}

  /// Reads a root user; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.hasDevice, into: &hasDevice)
    try values.read(.password, into: &password)
    try values.read(.activeKeys, into: &activeKeys)
    reportedDevice = try values.decodeIfPresent(String.self, forKey: .reportedDevice)
    reportedPassword = try values.decodeIfPresent(String.self, forKey: .reportedPassword)
  }
}
