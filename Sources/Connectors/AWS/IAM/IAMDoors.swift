internal import ConnectorKit
internal import IdentityCore

/// Every way into an AWS account for its users, and what changes one.
enum IAMDoors: DoorInventory {
  case policies, boundaries, organisation, resourcePolicies, registration
  case password, accessKeys, certificates, serviceCredentials, gitKeys, sessionTokens
  case root, rootRecovery, passwordReset, outsiders, administrators, unrecognised

  private static let guide = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"

  var row: InventoryRow {
    switch self {
    case .policies, .boundaries, .organisation, .resourcePolicies, .registration, .unrecognised:
      policyRow
    case .password, .accessKeys, .certificates, .serviceCredentials, .gitKeys, .sessionTokens:
      credentialRow
    case .root, .rootRecovery, .passwordReset, .outsiders, .administrators: otherRow
    }
  }

  private var policyRow: InventoryRow {
    switch self {
    case .policies:
      InventoryRow(
        .modifier, "policies", "the policies of the person and of the person's groups",
        about:
          "the documents of GetAccountAuthorizationDetails: all that they allow must be denied without MFA; SimulatePrincipalPolicy is asked about sensitive_actions, and must agree",
        source: Self.guide + "reference_policies_evaluation-logic.html")
    case .boundaries:
      InventoryRow(
        .modifier, "boundaries", "permissions boundaries",
        about: "PermissionsBoundary of the person: what it does not allow is denied",
        source: Self.guide + "access_policies_boundaries.html")
    case .organisation:
      InventoryRow(
        .modifier, "organisation", "policies of the organisation",
        about: "they only take away; the simulator counts service control policies",
        source:
          "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html"
      )
    case .resourcePolicies:
      InventoryRow(
        .door, "resource-policies", "what policies of resources allow the person",
        about:
          "a bucket or a key may allow a user without any policy of the user; only a denial of everything without MFA stands before that. The trust policies of the account's roles are read: they allow a user by name, and must allow what a policy of the user leaves to them",
        source: Self.guide + "access_policies_identity-vs-resource.html")
    case .registration:
      InventoryRow(
        .door, "registration", "registering a device with the first factor alone",
        about:
          "AWS's own policy for MFA leaves these actions open: CreateVirtualMFADevice, EnableMFADevice, ResyncMFADevice, ChangePassword and what they need. An access key that may use EnableMFADevice adds a further device (up to eight) and signs in with it",
        source: Self.guide + "reference_policies_examples_aws_my-sec-creds-self-manage.html")
    default:
      InventoryRow(
        .modifier, "unrecognised", "a part of a policy that idsync does not know",
        about: "keys of policy documents and statements beside those of the grammar",
        source: Self.guide + "reference_policies_grammar.html")
    }
  }

  private var credentialRow: InventoryRow {
    switch self {
    case .password:
      InventoryRow(
        .door, "password", "the console password",
        about: "password_enabled of the credential report; requests carry MultiFactorAuthPresent",
        source: Self.guide + "id_credentials_getting-report.html")
    case .accessKeys:
      InventoryRow(
        .door, "access-keys", "access keys",
        about:
          "access_key_n_active; requests carry no key about MFA, and those of a session by GetSessionToken carry false, so only BoolIfExists denies both",
        source: Self.guide + "reference_policies_condition-keys.html")
    case .certificates:
      InventoryRow(
        .door, "certificates", "signing certificates",
        about: "cert_n_active of the credential report; they count as access keys",
        source: Self.guide + "id_credentials_getting-report.html")
    case .serviceCredentials:
      InventoryRow(
        .door, "service-credentials", "credentials of single services",
        about:
          "ListServiceSpecificCredentials (API keys of Bedrock and the like), read where somebody without a key could use one; they count as access keys",
        source: Self.guide + "id_credentials_service-specific-creds.html")
    case .gitKeys:
      InventoryRow(
        .door, "git-keys", "keys for git",
        about: "SSH keys and git credentials of CodeCommit",
        source: Self.guide + "id_credentials_ssh-keys.html")
    default:
      InventoryRow(
        .modifier, "session-tokens", "session tokens",
        worst: .opensSometimes("a session token"),
        about:
          "GetSessionToken carries MFA on for 36 hours at most, console sessions last 12; a session that a key asks for without MFA is tried with the key",
        source: Self.guide + "id_credentials_temp_request.html")
    }
  }

  private var otherRow: InventoryRow {
    switch self {
    case .root:
      InventoryRow(
        .door, "root", "the root user",
        about:
          "root_email says whose it is; its device, password and keys stand in the credential report and in GetAccountSummary",
        source: Self.guide + "enable-mfa-for-root.html")
    case .rootRecovery:
      InventoryRow(
        .door, "root-recovery", "the recovery of the root user",
        about: "a lost device takes the mailbox and the telephone of the account",
        source: Self.guide + "id_credentials_mfa_lost-or-broken.html")
    case .passwordReset:
      InventoryRow(
        .door, "password-reset", "the reset of a forgotten password",
        about: "only an administrator sets the password of an IAM user",
        source: Self.guide + "id_credentials_passwords_admin-change-user.html")
    case .outsiders:
      InventoryRow(
        .door, "outsiders", "roles that others take on",
        about:
          "federated people, other accounts and holders of certificates (IAM Roles Anywhere) in the trust policies of roles (RoleDetailList): they sign in elsewhere",
        source: Self.guide + "id_roles_terms-and-concepts.html")
    default:
      InventoryRow(
        .door, "administrators", "acts of administrators",
        about: "they make users, passwords and keys, and change policies")
    }
  }
}

extension IAMRun {
  /// What a reading knows of doors and modifiers.
  struct DoorFacts: Sendable {
    var root: IAMCredentialReport.User?
    var documentation: IAMDocumentation
    var serviceCredentials: IAMServiceCredentials
    var roles: [IAMRole]?
    var account: String
    var isResourceVouched: Bool
  }

  /// How a reading accounts for each door and modifier.
  func state(of door: IAMDoors, _ facts: DoorFacts) -> RowState {
    switch door {
    case .policies:
      .judged(
        facts.documentation.unread.isEmpty
          ? "the policy documents of each watched user, and the simulator"
          : "the simulator alone for \(facts.documentation.unread.count) watched users: the rest is unknown"
      )
    case .boundaries: .judged("the boundary of each watched user")
    case .organisation: .closed("they only take away")
    case .resourcePolicies:
      facts.isResourceVouched
        ? .configured("vouched for under resource-policies")
        : .judged("unknown of whoever is not denied everything without MFA")
    case .registration:
      .judged(
        "the console asks for a registered device from then on; a key that may register another is told"
      )
    case .password, .accessKeys, .certificates: .judged("the credential report")
    case .serviceCredentials:
      .judged(
        facts.serviceCredentials == .notRead
          ? "may not be listed: unknown" : "ListServiceSpecificCredentials where it matters")
    case .gitKeys: .outOfScope("keys for git")
    case .sessionTokens: .outOfScope("a session token is the session it came from")
    case .root: root(facts.root)
    case .rootRecovery: .closed("it takes the mailbox and the telephone")
    case .passwordReset: .closed("nobody resets the own password")
    case .outsiders: outsiders(facts)
    case .administrators: .outOfScope("acts of administrators")
    case .unrecognised:
      .each(
        facts.documentation.unrecognised.sorted { $0.key < $1.key }.flatMap { name, keys in
          keys.map { key in
            (
              "\(name) \(key.path)", key.version,
              .unknown(
                "idsync does not know what it does",
                remedy: "update idsync, or look it up and vouch that it allows nothing")
            )
          }
        })
    }
  }

  /// Where nobody is said to be the root user, it may be anybody.
  private func root(_ root: IAMCredentialReport.User?) -> RowState {
    if configuration.rootEmail != nil { return .judged("root_email") }
    guard let root else {
      return .unknown("the report has no root user", remedy: "set root_email, and run again")
    }
    if root.hasActiveKey {
      return .unknown(
        "the root user has an active access key, and nobody says whose it is",
        remedy: "delete the key, or set root_email")
    }
    if root.hasPassword == false { return .closed("the root user has no credentials") }
    return root.hasDevice == true
      ? .closed("the root user is asked for the registered device at every sign-in")
      : .unknown(
        "the root user has no device that is told, and nobody says whose it is",
        remedy: "register a device for the root user, or set root_email")
  }

  private func outsiders(_ facts: DoorFacts) -> RowState {
    guard let roles = facts.roles else {
      return .unknown(
        "who may take on the roles of the account may not be read",
        remedy: "allow iam:GetAccountAuthorizationDetails in the policy of the access key")
    }
    let found = Set(roles.flatMap { $0.outsiders(of: facts.account) }).sorted()
    return .each(
      found.map { principal in
        (
          principal, nil,
          .unknown(
            "roles of the account trust it, and what it asks for is not read here",
            remedy:
              "put it under sign_in of the team if its people are on it, and vouch that it asks the others for MFA, or that no person comes that way"
          )
        )
      })
  }
}
