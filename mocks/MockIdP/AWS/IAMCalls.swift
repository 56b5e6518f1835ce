internal import Foundation
internal import Synchronization

/// IAM's and STS's operations.
enum IAMCalls {
  typealias Context = AWSAPI.Context

  static let routes: [Route<Context>] = [
    .aws("iam:GenerateCredentialReport", "", generate),
    .aws("iam:GetCredentialReport", "", report),
    .aws("iam:GetAccountSummary", "", summary),
    .aws("iam:GetAccountAuthorizationDetails", "", details),
    .aws("iam:ListMFADevices", "", devices),
    .aws("iam:ListServiceSpecificCredentials", "", serviceCredentials),
    .aws("iam:SimulatePrincipalPolicy", "", simulate),
    .aws("sts:AssumeRole", "", assume),
  ]

  private static func arn(_ user: IAMUser, _ account: AWSAccount) -> String {
    "arn:aws:iam::\(account.id):user/\(user.name)"
  }

  // MARK: The credential report

  private static func generate(_ call: Call, _ context: Context) throws -> Reply {
    let calls = context.memory.state.withLock { state in
      state.reportCalls += 1
      return state.reportCalls
    }
    let name =
      calls >= context.account.reportCalls ? "COMPLETE" : calls == 1 ? "STARTED" : "INPROGRESS"
    return AWSXML.reply(
      "GenerateCredentialReport",
      AWSXML.text("State", name)
        + AWSXML.text("Description", "No report exists. Starting a new report generation task"))
  }

  private static func report(_ call: Call, _ context: Context) throws -> Reply {
    let account = context.account
    let reads = try context.memory.state.withLock { state in
      guard state.reportCalls >= account.reportCalls else {
        throw AWSAPI.refusal("ReportNotPresent", "The report is not present.", status: 410)
      }
      state.reportReads += 1
      return state.reportReads
    }
    guard reads > account.lateReports else {
      throw AWSAPI.refusal("ReportInProgress", "The report is being generated.", status: 404)
    }
    let columns = [
      "user", "arn", "user_creation_time", "password_enabled", "password_last_used",
      "password_last_changed", "password_next_rotation", "mfa_active", "access_key_1_active",
      "access_key_1_last_rotated", "access_key_1_last_used_date", "access_key_1_last_used_region",
      "access_key_1_last_used_service", "access_key_2_active", "access_key_2_last_rotated",
      "access_key_2_last_used_date", "access_key_2_last_used_region",
      "access_key_2_last_used_service", "cert_1_active", "cert_1_last_rotated", "cert_2_active",
      "cert_2_last_rotated",
    ]
    let time = "2026-09-01T08:00:00+00:00"
    func row(
      _ name: String, _ arn: String, _ password: String, _ device: String, _ keys: Int,
      _ certificate: Bool = false
    ) -> String {
      var fields = [name, arn, time, password, time, "N/A", "N/A", device]
      for number in 1...2 {
        fields += [keys >= number ? "true" : "false", "N/A", "N/A", "N/A", "N/A"]
      }
      return (fields + ["\(certificate)", "N/A", "false", "N/A"]).joined(separator: ",")
    }
    let root = account.root
    var lines = [
      columns.joined(separator: ","),
      row(
        "<root_account>", "arn:aws:iam::\(account.id):root", root.reportedPassword ?? root.password,
        root.reportedDevice ?? "\(root.hasDevice)", root.activeKeys),
    ]
    for user in account.users where !user.isNew {
      lines.append(
        row(
          user.name, arn(user, account), "\(user.hasPassword)",
          user.reportedDevice ?? "\(user.device != nil)", user.activeKeys, user.hasCertificate))
    }
    let text = Data(lines.joined(separator: "\n").utf8).base64EncodedString()
    return AWSXML.reply(
      "GetCredentialReport",
      AWSXML.text("Content", text) + AWSXML.text("ReportFormat", "text/csv")
        + AWSXML.text(
          "GeneratedTime",
          context.memory.made.addingTimeInterval(-account.reportAge).formatted(.iso8601)))
  }

  private static func summary(_ call: Call, _ context: Context) throws -> Reply {
    let root = context.account.root
    let values = [
      ("AccountMFAEnabled", root.hasDevice ? 1 : 0),
      ("AccountPasswordPresent", root.password.lowercased() == "false" ? 0 : 1),
      ("AccountAccessKeysPresent", root.activeKeys > 0 ? 1 : 0),
      (
        "Users",
        context.account.declaredUsers ?? context.account.users.filter { !$0.isDeleted }.count
      ),
    ]
    let entries = values.map {
      AWSXML.element("entry", AWSXML.text("key", $0.0) + AWSXML.text("value", String($0.1)))
    }
    return AWSXML.reply("GetAccountSummary", AWSXML.element("SummaryMap", entries.joined()))
  }

  private static func details(_ call: Call, _ context: Context) throws -> Reply {
    let account = context.account
    let living = account.users.filter { !$0.isDeleted }
    // Beyond this a marker is another name for the same page, for faults.
    let alias = 1_000_000_000
    let marker = context.field("Marker").flatMap(Int.init) ?? 0
    let start = marker % alias
    let size = context.field("MaxItems").flatMap(Int.init) ?? 100
    guard (1...1000).contains(size) else {
      throw AWSAPI.refusal("ValidationError", "MaxItems must be 1 to 1000.")
    }
    let page = living.dropFirst(start).prefix(size)
    func part(_ name: String, _ rows: [String]) -> String {
      account.hiddenUserParts.contains(name) ? "" : AWSXML.list(name, rows)
    }
    let users = page.map { user in
      var text =
        AWSXML.text("UserName", user.name) + AWSXML.text("Arn", arn(user, account))
        + part("GroupList", user.groups)
        + part(
          "AttachedManagedPolicies",
          user.policies.map { AWSXML.text("PolicyName", "p") + AWSXML.text("PolicyArn", $0) })
        + AWSXML.list(
          "Tags", user.tags.map { AWSXML.text("Key", $0.key) + AWSXML.text("Value", $0.value) })
      let inline = [user.grants, user.inlinePolicy].compactMap(\.self)
      if !inline.isEmpty {
        text += AWSXML.list(
          "UserPolicyList", inline.enumerated().map { document("own\($0.offset)", $0.element) })
      }
      if user.boundary != nil {
        text += AWSXML.element(
          "PermissionsBoundary",
          AWSXML.text("PermissionsBoundaryType", "Policy")
            + AWSXML.text("PermissionsBoundaryArn", boundary(user, account)))
      }
      return text
    }
    var policies = Set(account.users.flatMap(\.policies)).sorted().map { managed($0, quiet) }
    policies += account.users.compactMap { user in
      user.boundary.map { managed(boundary(user, account), $0) }
    }
    let groups = Set(account.users.flatMap(\.groups)).sorted().map { name in
      AWSXML.text("GroupName", name) + AWSXML.list("AttachedManagedPolicies", [])
        + (account.groupPolicies[name].map {
          AWSXML.list("GroupPolicyList", [document("group", $0)])
        } ?? "")
    }
    let roles = account.iamRoles.map { role in
      AWSXML.text("RoleName", role.name)
        + AWSXML.text("Arn", "arn:aws:iam::\(account.id):role/\(role.name)")
        + AWSXML.text("AssumeRolePolicyDocument", encoded(role.trust))
    }
    let next = start + page.count
    let isTruncated = next < living.count
    var reply = AWSXML.reply(
      "GetAccountAuthorizationDetails",
      AWSXML.text("IsTruncated", "\(isTruncated)")
        + (isTruncated ? AWSXML.text("Marker", String(next)) : "")
        + AWSXML.list("UserDetailList", users)
        + (start == 0 ? AWSXML.list("GroupDetailList", groups) : "")
        + (start == 0 ? AWSXML.list("RoleDetailList", roles) : "")
        + (start == 0 ? AWSXML.list("Policies", policies) : ""))
    reply.page = Reply.Page(current: String(marker), again: String(start + alias))
    return reply
  }

  /// A policy that allows nothing.
  private static let quiet =
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:CreateAccountAlias","Resource":"*"}]}"#

  private static func encoded(_ document: String) -> String {
    document.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
  }

  private static func document(_ name: String, _ text: String) -> String {
    AWSXML.text("PolicyName", name) + AWSXML.text("PolicyDocument", encoded(text))
  }

  private static func boundary(_ user: IAMUser, _ account: AWSAccount) -> String {
    "arn:aws:iam::\(account.id):policy/boundary-\(user.name)"
  }

  private static func managed(_ arn: String, _ text: String) -> String {
    AWSXML.text("Arn", arn)
      + AWSXML.list(
        "PolicyVersionList",
        [AWSXML.text("Document", encoded(text)) + AWSXML.text("IsDefaultVersion", "true")])
  }

  private static func serviceCredentials(_ call: Call, _ context: Context) throws -> Reply {
    guard context.field("AllUsers") == "true" else {
      throw AWSAPI.refusal("ValidationError", "AllUsers or UserName is required.")
    }
    let rows = context.account.users.flatMap { user in
      user.serviceCredentials.map { service in
        AWSXML.text("UserName", user.name) + AWSXML.text("ServiceName", service)
          + AWSXML.text("Status", "Active")
          + AWSXML.text("ServiceSpecificCredentialId", "ACCA\(user.name)")
      }
    }
    return AWSXML.reply(
      "ListServiceSpecificCredentials",
      AWSXML.list("ServiceSpecificCredentials", rows) + AWSXML.text("IsTruncated", "false"))
  }

  private static func devices(_ call: Call, _ context: Context) throws -> Reply {
    let name = context.field("UserName") ?? ""
    guard let user = context.account.users.first(where: { $0.name == name && !$0.isDeleted })
    else {
      throw AWSAPI.refusal(
        "NoSuchEntity", "The user with name \(name) cannot be found.", status: 404)
    }
    let rows = [user.device].compactMap { $0 }.map {
      AWSXML.text("UserName", name) + AWSXML.text("SerialNumber", $0)
        + AWSXML.text("EnableDate", "2026-05-01T09:00:00Z")
    }
    return AWSXML.reply(
      "ListMFADevices", AWSXML.list("MFADevices", rows) + AWSXML.text("IsTruncated", "false"))
  }

  // MARK: The simulator

  private static func simulate(_ call: Call, _ context: Context) throws -> Reply {
    let account = context.account
    let source = context.field("PolicySourceArn") ?? ""
    guard let user = account.users.first(where: { arn($0, account) == source && !$0.isDeleted })
    else {
      throw AWSAPI.refusal("NoSuchEntity", "\(source) was not found.", status: 404)
    }
    let actions = context.fields("ActionNames.member")
    guard !actions.isEmpty else {
      throw AWSAPI.refusal("ValidationError", "ActionNames is required.")
    }
    var entries: [String: String] = [:]
    for number in 1...9 {
      let entry = "ContextEntries.member.\(number)."
      guard let key = context.field(entry + "ContextKeyName") else { break }
      let types = ["aws:MultiFactorAuthPresent": "boolean", "aws:MultiFactorAuthAge": "numeric"]
      guard context.field(entry + "ContextKeyType") == types[key] else {
        throw AWSAPI.refusal("ValidationError", "Invalid context key type.")
      }
      entries[key] = context.field(entry + "ContextKeyValues.member.1")
    }
    let rows = actions.map { decide($0, user, entries["aws:MultiFactorAuthPresent"]) }
    return AWSXML.reply(
      "SimulatePrincipalPolicy",
      AWSXML.text("IsTruncated", "false") + AWSXML.list("EvaluationResults", rows))
  }

  private static func decide(_ action: String, _ user: IAMUser, _ present: String?) -> String {
    let isGated = user.gated?.contains(action) ?? true
    let isDenied =
      isGated
      && (user.gate == .boolIfExists && present != "true"
        || user.gate == .bool && present == "false" || user.gate == .null && present == nil)
    let isAllowed = user.allowed.contains(action)
    let isBarred = user.barred.contains(action)
    let decision = isDenied || isBarred ? "explicitDeny" : isAllowed ? "allowed" : "implicitDeny"
    let statement =
      AWSXML.text(
        "SourcePolicyId", isBarred ? "NeverAllow" : isDenied ? user.gateName : "ReadOnlyAccess")
      + AWSXML.text("SourcePolicyType", "IAM Policy")
      + AWSXML.element("StartPosition", AWSXML.text("Line", "3") + AWSXML.text("Column", "17"))
      + AWSXML.element("EndPosition", AWSXML.text("Line", "9") + AWSXML.text("Column", "6"))
    let missing =
      user.missingKeys
      + (present == nil && user.gate != .none ? ["aws:MultiFactorAuthPresent"] : [])
    return AWSXML.text("EvalActionName", action) + AWSXML.text("EvalResourceName", "*")
      + AWSXML.text("EvalDecision", decision)
      + AWSXML.list("MatchedStatements", decision == "implicitDeny" ? [] : [statement])
      + AWSXML.element(
        "MissingContextValues", missing.map { AWSXML.text("member", $0) }.joined())
  }

  // MARK: Roles

  private static func assume(_ call: Call, _ context: Context) throws -> Reply {
    let arn = context.field("RoleArn") ?? ""
    guard let role = context.account.roles.first(where: { $0.arn == arn }),
      role.externalID == context.field("ExternalId"), context.field("RoleSessionName") != nil,
      let seconds = context.field("DurationSeconds").flatMap(Int.init),
      (900...43_200).contains(seconds)
    else {
      throw AWSAPI.refusal("AccessDenied", "Not authorized to perform sts:AssumeRole on \(arn).")
    }
    let key = context.memory.state.withLock { state in
      let number = state.sessions.count + 1
      let key = AWSAccessKey(
        id: "ASIAACMEMOCK0000000\(number)", secret: "roleSecret\(number)/for+tests",
        session: "roleSession\(number)==", calls: role.calls)
      state.sessions.append(key)
      return key
    }
    return AWSXML.reply(
      "AssumeRole",
      AWSXML.element(
        "Credentials",
        AWSXML.text("AccessKeyId", key.id) + AWSXML.text("SecretAccessKey", key.secret)
          + AWSXML.text("SessionToken", key.session ?? "")
          + AWSXML.text("Expiration", "2099-01-01T00:00:00Z")))
  }
}
