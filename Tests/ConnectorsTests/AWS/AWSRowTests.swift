import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import AWS
@testable import ConnectorKit

/// A situation at AWS and the verdict it must give for Ana.
struct AWSRow: Sendable, CustomTestStringConvertible {
  enum System: Sendable {
    case cognito(@Sendable (inout CognitoConfiguration) -> Void)
    case iam(@Sendable (inout IAMConfiguration) -> Void)
    case identityCenter(@Sendable (inout IdentityCenterConfiguration) -> Void)

    static let pool = System.cognito { _ in }
    static let account = System.iam { _ in }
  }

  static let ana = "ana@acme.com"

  let number: String
  let situation: String
  let system: System
  let expected: Verdict
  var code: ReasonCode?
  /// A part of the witness, where there must be one.
  var witness: String?
  /// A part of the reason.
  var reason: String?
  /// What stands behind an external identity provider.
  var upstream: Verdict?
  let account: @Sendable (inout AWSAccount) -> Void

  init(
    _ number: String, _ situation: String, _ system: System, _ expected: Verdict,
    code: ReasonCode? = nil, witness: String? = nil, reason: String? = nil,
    upstream: Verdict? = nil, _ account: @escaping @Sendable (inout AWSAccount) -> Void
  ) {
    self.number = number
    self.situation = situation
    self.system = system
    self.expected = expected
    self.code = code
    self.witness = witness
    self.reason = reason
    self.upstream = upstream
    self.account = account
  }

  var testDescription: String { "\(number): \(situation)" }

  func read(_ bench: Bench) async -> OneDoor {
    var door: OneDoor
    switch system {
    case .cognito(let change):
      door = await OneDoor.read(bench.cognito(change), app: Bench.client, people: [Self.ana])
    case .iam(let change):
      door = await OneDoor.read(
        bench.iam(change), app: "aws-iam:111122223333", people: [Self.ana])
    case .identityCenter(let change):
      door = await OneDoor.read(
        bench.identityCenter(change), app: "aws-sso:ssoins-1234567890abcdef", people: [Self.ana])
    }
    guard let upstream else { return door }
    var provider = door.provider
    provider.routes = ["external", "Corp"].map {
      UpstreamRoute(
        identityProvider: $0, target: SignInTarget(provider: "google", app: "saml"))
    }
    var chain = OneDoor(provider: provider, app: door.app)
    chain.behind = ["google": Self.google(upstream)]
    return chain
  }

  /// Another provider, whose only application gives a verdict.
  private static func google(_ verdict: Verdict) -> ProviderReading {
    let now = Bench.now
    var accounts = AccountTable(atomCount: 0)
    accounts.append(Account(id: "1", email: ana, assigned: [0]))
    let demand: Demand = verdict == .enforced ? .multiFactor : .singleFactor
    return ProviderReading(
      source: SourceReading(name: "google", kind: "google", startedAt: now, observedAt: now),
      apps: [
        ProviderApp(
          id: "saml", label: "SAML app",
          state: .readable(SignInModel(policy: .demand(demand, by: nil))))
      ], accounts: accounts)
  }
}

@Suite("AWS verdicts, row by row") struct AWSRowTests {
  @Test("every situation of the table gives its verdict", arguments: AWSRow.all)
  func row(_ row: AWSRow) async throws {
    try await Bench.run(.aws(row.account)) { bench in
      let door = await row.read(bench)
      let record = door.record(AWSRow.ana)
      #expect(record.verdict == row.expected, "\(record.reason) \(door.provider.source.issues)")
      // What AWS refuses leaves the source incomplete, so that what was known stays.
      let isRefused = door.provider.source.issues.contains {
        $0.call == "iam:SimulatePrincipalPolicy" || ["11e", "4.2"].contains(row.number)
      }
      #expect(
        door.provider.source.isComplete == !isRefused, "\(door.provider.source.issues)")
      if let code = row.code { #expect(record.judgement.deciding?.code == code) }
      if let witness = row.witness {
        #expect(record.witness?.contains(witness) == true, "\(record.witness ?? "no witness")")
      }
      if let reason = row.reason {
        #expect(record.reason.contains(reason), "\(record.reason)")
      }
      let shown = "\(record) \(door.provider.apps)" + bench.log.text
      for secret in [AWSAccount.defaultKey.secret, "mockClientSecret", "roleSecret"] {
        #expect(!shown.contains(secret))
      }
    }
  }

  @Test("without the list of users an account may be newer than the report")
  func unlisted() async throws {
    let people = [AWSRow.ana, "bo@acme.com"]
    let scenario = Scenario.aws {
      $0.users = [IAMUser("ana", gate: .boolIfExists)]
      $0.denied = ["iam:GetAccountAuthorizationDetails"]
    }
    try await Bench.run(scenario) { bench in
      var door = await OneDoor.read(bench.iam(), app: "aws-iam:111122223333", people: people)
      // What the policies allow beside the simulated actions is not known either.
      #expect(door.record(AWSRow.ana).verdict == .cannotTell)
      #expect(!door.provider.source.isComplete && door.provider.source.carriesVerdicts)
      // Beside an account at another provider a door without an account is closed; here it is not known to be one.
      door.behind = ["behind": Behind.reading(people)]
      let beside = [SignInTarget(provider: "behind", app: "\(Verdict.enforced)")]
      #expect(door.record("bo@acme.com", beside: beside).verdict == .cannotTell)
    }
  }

  @Test("users of whom the list does not show all policies are simulated alone")
  func hiddenPolicies() async throws {
    let scenario = Scenario.aws {
      $0.users = [IAMUser("ana", gate: .boolIfExists), IAMUser("bo", gate: .none)]
    }
    try await Bench.run(scenario) { bench in
      for part in ["GroupList", "AttachedManagedPolicies"] {
        await bench.mock.update { $0[AWSAccount.self].hiddenUserParts = [part] }
        let door = await OneDoor.read(
          bench.iam(), app: "aws-iam:111122223333", people: [AWSRow.ana, "bo@acme.com"])
        // What the hidden part allows beside the simulated actions is not known.
        #expect(door.record(AWSRow.ana).verdict == .enforcedConditionally, "\(part)")
        #expect(door.record("bo@acme.com").verdict == .notEnforced, "\(part)")
      }
    }
  }

  @Test("15: with a clock ten minutes off the source fails, and what was known stays")
  func clock() async throws {
    let good = Scenario.aws { $0.userPools = [AWSRow.pool()] }
    try await Bench.run(good) { bench in
      let before = await ConformanceReading(
        of: bench.cognito(), app: Bench.client, people: [AWSRow.ana])
      let records = try before.reconciled().records
      #expect(records[AWSRow.ana]?.verdict == .enforced)
      await bench.mock.update { $0[AWSAccount.self].clockOffset = 600 }
      let after = await ConformanceReading(
        of: bench.cognito(), app: Bench.client, people: [AWSRow.ana])
      let issue = try #require(after.source.issues.first)
      #expect(issue.code == "unauthorised")
      #expect(issue.message.contains("InvalidSignatureException"))
      #expect(issue.remedy.contains("clock"))
      #expect(!after.source.isComplete)
      #expect(try after.reconciled(with: records).changes.isEmpty)
    }
  }
}

extension AWSRow {
  static func pool(
    _ mfa: String = "ON", _ change: (inout CognitoPool) -> Void = { _ in }
  ) -> CognitoPool {
    var pool = CognitoPool(mfa: mfa, users: [CognitoUser(ana)])
    change(&pool)
    return pool
  }

  static let all = cognito + cognitoFlows + federated + iam + root + identityCenter

  private static let cognito: [AWSRow] = [
    AWSRow(
      "1", "MFA ON, a confirmed user without a factor", .pool, .enforced, code: .policyEnforces
    ) {
      $0.userPools = [pool()]
    },
    AWSRow(
      "2", "MFA OPTIONAL, an authenticator app is set up", .pool, .notEnforced,
      witness: "asks for a second factor only who has set one up"
    ) {
      $0.userPools = [pool("OPTIONAL") { $0.users[0].factors = ["SOFTWARE_TOKEN_MFA"] }]
    },
    AWSRow("3", "MFA OFF", .pool, .notEnforced) { $0.userPools = [pool("OFF")] },
    AWSRow(
      "4", "MFA ON, a user from another provider that nobody reads", .pool, .cannotTell,
      reason: "what Corp asks for"
    ) {
      $0.userPools = [pool(federatedOnly)]
    },
    AWSRow(
      "5", "MFA ON, custom authentication by Lambda functions", .pool, .enforcedConditionally,
      witness: "with flow custom authentication"
    ) {
      $0.userPools = [
        pool {
          $0.definesChallenges = true
          $0.clients[0].flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]
        }
      ]
    },
    AWSRow("5a", "custom authentication allowed, but no function defines it", .pool, .enforced) {
      $0.userPools = [pool { $0.clients[0].flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"] }]
    },
    AWSRow(
      "5c", "MFA ON, custom authentication is the only way", .pool, .enforcedConditionally,
      witness: "custom challenges"
    ) {
      $0.userPools = [
        pool {
          $0.definesChallenges = true
          $0.identityProviders = ["Corp"]
          $0.clients[0].identityProviders = ["Corp"]
          $0.clients[0].allowsOAuth = false
          $0.clients[0].flows = ["ALLOW_CUSTOM_AUTH"]
        }
      ]
    },
    AWSRow("5b", "default flows, and functions define challenges", .pool, .enforcedConditionally) {
      $0.userPools = [
        pool {
          $0.definesChallenges = true
          $0.clients[0].flows = nil
        }
      ]
    },
    AWSRow("6.1", "a disabled user", .pool, .notEvaluated, code: .deprovisioned) {
      $0.userPools = [pool { $0.users[0].isEnabled = false }]
    },
    AWSRow("6.2", "MFA ON, a user who has never signed in", .pool, .enforced) {
      $0.userPools = [pool { $0.users[0].status = "FORCE_CHANGE_PASSWORD" }]
    },
    AWSRow(
      "6.3", "MFA OPTIONAL, threat protection enforced", .pool, .enforcedConditionally,
      witness: "with risk none"
    ) {
      $0.userPools = [pool("OPTIONAL") { $0.threatProtection = "ENFORCED" }]
    },
    AWSRow("6.4", "MFA OPTIONAL, threat protection in audit mode", .pool, .notEnforced) {
      $0.userPools = [pool("OPTIONAL") { $0.threatProtection = "AUDIT" }]
    },
    AWSRow("6.5", "an MFA mode that nobody knows", .pool, .cannotTell, reason: "SOMETIMES") {
      $0.userPools = [pool("SOMETIMES")]
    },
  ]

  private static let cognitoFlows: [AWSRow] = [
    AWSRow(
      "6.6", "MFA ON, a passkey is one factor", .pool, .enforcedConditionally,
      witness: "with flow passkey"
    ) {
      $0.userPools = [passkeys("SINGLE_FACTOR")]
    },
    AWSRow("6.7", "MFA ON, a passkey with user verification is two", .pool, .enforced) {
      $0.userPools = [passkeys("MULTI_FACTOR_WITH_USER_VERIFICATION")]
    },
    AWSRow("6.8", "MFA ON, a passkey without settings", .pool, .enforcedConditionally) {
      $0.userPools = [passkeys(nil)]
    },
    AWSRow("6.9", "MFA ON, a one-time code may come first", .pool, .enforcedConditionally) {
      $0.userPools = [
        pool {
          $0.firstFactors = ["PASSWORD", "EMAIL_OTP"]
          $0.clients[0].flows = ["ALLOW_USER_AUTH"]
        }
      ]
    },
    AWSRow("6.10", "MFA ON, a flow that nobody knows", .pool, .enforcedConditionally) {
      $0.userPools = [
        pool { $0.clients[0].flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_TOKEN_EXCHANGE_DELEGATION"] }
      ]
    },
    // The first sign-in through the provider that the client offers is a way in, linked or not.
    AWSRow(
      "6.11a", "a client without the pool among its providers, and no flow", .pool, .cannotTell,
      reason: "what Corp asks for"
    ) {
      $0.userPools = [
        pool {
          $0.identityProviders = ["Corp"]
          $0.clients[0].identityProviders = ["Corp"]
          $0.clients[0].flows = ["ALLOW_REFRESH_TOKEN_AUTH"]
        }
      ]
    },
    AWSRow(
      "6.11", "the same without a page to sign in on", .pool, .notEvaluated, code: .notAssigned
    ) {
      $0.userPools = [
        pool {
          $0.identityProviders = ["Corp"]
          $0.clients[0].identityProviders = ["Corp"]
          $0.clients[0].allowsOAuth = false
          $0.clients[0].flows = ["ALLOW_REFRESH_TOKEN_AUTH"]
        }
      ]
    },
    AWSRow("6.12", "the same, but the API's password flow is open", .pool, .notEnforced) {
      $0.userPools = [
        pool("OFF") {
          $0.identityProviders = ["Corp"]
          $0.clients[0].identityProviders = ["Corp"]
        }
      ]
    },
  ]

  /// The pool has a provider that the client does not offer; another client might.
  private static let otherClients = System.cognito { $0.vouches = Vouch.for("other-clients") }

  private static let federated: [AWSRow] = [
    AWSRow(
      "4a", "a user from another provider that asks for two factors", otherClients, .enforced,
      upstream: .enforced
    ) {
      $0.userPools = [pool("OFF", federatedOnly)]
    },
    AWSRow(
      "4b", "a user from another provider that asks for one", .pool, .notEnforced,
      upstream: .notEnforced
    ) {
      $0.userPools = [pool(federatedOnly)]
    },
    AWSRow(
      "4c", "a user of the pool who is linked to a provider with one factor", .pool, .notEnforced,
      upstream: .notEnforced
    ) {
      $0.userPools = [
        pool {
          federatedOnly(&$0)
          $0.users[0].status = "CONFIRMED"
        }
      ]
    },
    AWSRow(
      "4d", "a user from a provider that the client does not list", .pool, .notEvaluated,
      code: .notAssigned
    ) {
      $0.userPools = [
        pool {
          federatedOnly(&$0)
          $0.clients[0].identityProviders = ["COGNITO"]
        }
      ]
    },
    AWSRow(
      "4e", "a profile named for its provider, without identities", otherClients, .enforced,
      upstream: .enforced
    ) {
      $0.userPools = [
        pool {
          federatedOnly(&$0)
          $0.users[0].identities = []
          $0.users[0].name = "corp_ana"
        }
      ]
    },
    AWSRow("4f", "a user from a provider that cannot be told", .pool, .cannotTell) {
      $0.userPools = [
        pool {
          federatedOnly(&$0)
          $0.users[0].identities = []
        }
      ]
    },
  ]

  private static let iam: [AWSRow] = [
    AWSRow(
      "6", "a device, but no policy asks for it", .account, .notEnforced,
      witness: "lets this action through with one factor"
    ) {
      $0.users = [IAMUser("ana", activeKeys: 1, device: "arn:aws:iam::111122223333:mfa/ana")]
    },
    AWSRow(
      "7", "denied unless MFA with BoolIfExists, password and key", .account, .enforced,
      code: .policyEnforces, reason: "DenyWithoutMFA"
    ) {
      $0.users = [IAMUser("ana", gate: .boolIfExists, activeKeys: 1)]
    },
    AWSRow(
      "8", "the same with plain Bool, and an active key", .account, .enforcedConditionally,
      witness: "with credential access key"
    ) {
      $0.users = [IAMUser("ana", gate: .bool, activeKeys: 1)]
    },
    AWSRow("9", "plain Bool without an access key", .account, .enforced) {
      $0.users = [IAMUser("ana", gate: .bool)]
    },
    AWSRow(
      "10", "neither password nor key", .account, .notEvaluated, code: .deprovisioned,
      reason: "neither a password nor an active access key"
    ) {
      $0.users = [IAMUser("ana")]
      $0.users[0].hasPassword = false
    },
    AWSRow("14", "the report is in progress at first", .account, .enforced) {
      $0.users = [IAMUser("ana", gate: .boolIfExists)]
      $0.reportCalls = 3
      $0.lateReports = 2
    },
    AWSRow(
      "3.1", "one of two sensitive actions is denied without MFA", .account,
      .enforcedConditionally, witness: "with action s3:ListAllMyBuckets"
    ) {
      $0.users = [IAMUser("ana", gate: .boolIfExists)]
      $0.users[0].gated = ["iam:ListUsers"]
    },
    AWSRow(
      "3.2", "nothing is allowed even with MFA, by policies of resources neither",
      .iam { $0.vouches = Vouch.for("resource-policies") }, .notEvaluated, code: .notAssigned
    ) {
      $0.users = [IAMUser("ana")]
      $0.users[0].allowed = []
    },
    // What else the policies allow asks for MFA, so that the doubt is about some actions.
    AWSRow(
      "3.3", "the policies depend on the source address", .account, .enforcedConditionally
    ) {
      $0.users = [IAMUser("ana", gate: .boolIfExists)]
      $0.users[0].missingKeys = ["aws:SourceIp"]
    },
    AWSRow(
      "4.1", "the simulator may not be asked", .account, .cannotTell,
      reason: "iam:SimulatePrincipalPolicy"
    ) {
      $0.users = [IAMUser("ana", gate: .boolIfExists, device: "GAHT1234")]
      $0.denied = ["iam:SimulatePrincipalPolicy"]
    },
    // Five simulated actions prove a way in, never that there is no other.
    AWSRow(
      "4.2", "policies may not be listed: everybody is simulated alone", .account, .cannotTell,
      reason: "beside the simulated actions"
    ) {
      $0.users = [IAMUser("ana", gate: .boolIfExists)]
      $0.denied = ["iam:GetAccountAuthorizationDetails", "iam:GetAccountSummary"]
    },
    AWSRow("4.3", "the address is in a tag", .iam { $0.emailTag = "email" }, .enforced) {
      $0.users = [IAMUser("u-1", gate: .boolIfExists)]
      $0.users[0].tags = ["email": ana]
    },
    AWSRow(
      "3.4", "deleted since the report was made", .account, .notEvaluated, code: .deprovisioned,
      reason: "deleted"
    ) {
      $0.users = [IAMUser("ana", gate: .boolIfExists)]
      $0.users[0].isDeleted = true
    },
    AWSRow(
      "3.6", "made since the report was", .account, .cannotTell, code: .policyUnknown,
      reason: "made since the credential report"
    ) {
      $0.users = [IAMUser("ana", gate: .boolIfExists), IAMUser("bo")]
      $0.users[0].isNew = true
    },
    AWSRow("3.5", "the report does not say whether there is a device", .account, .enforced) {
      $0.users = [IAMUser("ana", gate: .boolIfExists)]
      $0.users[0].reportedDevice = "N/A"
    },
    AWSRow("4.4", "the user name is the address", .iam { $0.emailDomain = nil }, .notEnforced) {
      $0.users = [IAMUser(ana)]
    },
  ]

  private static let anaIsRoot = System.iam { $0.rootEmail = ana }

  private static let root: [AWSRow] = [
    AWSRow(
      "11", "the root user without a device", anaIsRoot, .notEnforced,
      witness: "has no device registered"
    ) {
      $0.root.hasDevice = false
    },
    AWSRow("11a", "the root user with a device", anaIsRoot, .enforced) { _ in },
    AWSRow(
      "11b", "the root user with a device and an access key", anaIsRoot, .enforcedConditionally,
      witness: "with credential access key"
    ) {
      $0.root.activeKeys = 1
    },
    AWSRow("11d", "the root user's device is told by the summary alone", anaIsRoot, .enforced) {
      $0.root.reportedDevice = "not_supported"
    },
    AWSRow(
      "11e", "nobody says whether the root user has a device", anaIsRoot, .cannotTell,
      reason: "device registered"
    ) {
      $0.root.reportedDevice = "not_supported"
      $0.denied = ["iam:GetAccountSummary"]
    },
    AWSRow(
      "11f", "the root user has a key and nothing else", anaIsRoot, .notEnforced,
      witness: "access key"
    ) {
      $0.root.hasDevice = false
      $0.root.password = "FALSE"
      $0.root.activeKeys = 1
    },
    AWSRow(
      "11g", "the report has no password of the root user, the summary has", anaIsRoot,
      .notEnforced, witness: "has no device registered"
    ) {
      $0.root.hasDevice = false
      $0.root.reportedPassword = "FALSE"
    },
    AWSRow("11c", "no root credentials", anaIsRoot, .notEvaluated) {
      $0.root.hasDevice = false
      $0.root.password = "FALSE"
    },
  ]

  private static let identityCenter: [AWSRow] = [
    AWSRow(
      "12", "an external provider that asks for two factors",
      .identityCenter {
        $0.identitySource = .external
        // No API shows how long portal sessions last.
        $0.vouches = Vouch.for("session-length")
      }, .enforced, upstream: .enforced
    ) {
      $0.identityCenter = IdentityCenterInstance(people: [ana], issuer: "https://idp.example")
    },
    AWSRow(
      "12a", "an external provider that nobody reads",
      .identityCenter { $0.identitySource = .external }, .cannotTell,
      reason: "the external identity provider"
    ) {
      $0.identityCenter = IdentityCenterInstance(people: [ana])
    },
    AWSRow(
      "13", "the built-in directory", .identityCenter { $0.identitySource = .directory },
      .cannotTell, reason: "attested_mode"
    ) {
      $0.identityCenter = IdentityCenterInstance(people: [ana])
    },
    AWSRow(
      "13a", "the built-in directory, always on as the operator vouches",
      .identityCenter {
        $0.identitySource = .directory
        $0.attestedMode = .alwaysOn
        $0.vouches = Vouch.for("session-length", "no-device")
      }, .enforced
    ) {
      $0.identityCenter = IdentityCenterInstance(people: [ana])
    },
    AWSRow(
      "13b", "the built-in directory, by context as the operator vouches",
      .identityCenter {
        $0.identitySource = .directory
        $0.vouches = Vouch.for("no-device")
        $0.attestedMode = .contextAware
      }, .enforcedConditionally
    ) {
      $0.identityCenter = IdentityCenterInstance(people: [ana])
    },
    AWSRow(
      "13e", "JSON that calls itself a web page",
      .identityCenter {
        $0.identitySource = .directory
        $0.attestedMode = .alwaysOn
        $0.vouches = Vouch.for("session-length", "no-device")
      }, .enforced
    ) {
      $0.identityCenter = IdentityCenterInstance(people: [ana])
      $0.identityCenter?.contentType = "text/html; charset=utf-8"
    },
    AWSRow("13c", "nobody says where people sign in", .identityCenter { _ in }, .cannotTell) {
      $0.identityCenter = IdentityCenterInstance(people: [ana])
    },
    AWSRow(
      "13d", "a disabled person", .identityCenter { $0.identitySource = .external }, .notEvaluated
    ) {
      $0.identityCenter = IdentityCenterInstance(people: [ana])
      $0.identityCenter?.disabled = [ana]
    },
  ]

  @Sendable private static func federatedOnly(_ pool: inout CognitoPool) {
    pool.identityProviders = ["Corp", "Other"]
    pool.clients[0].identityProviders = ["COGNITO", "Corp"]
    pool.users[0].status = "EXTERNAL_PROVIDER"
    pool.users[0].identities = ["Corp"]
    pool.users[0].subjects = ["Corp": ana]
  }

  private static func pool(_ change: (inout CognitoPool) -> Void) -> CognitoPool {
    pool("ON", change)
  }

  private static func passkeys(_ mode: String?) -> CognitoPool {
    pool {
      $0.passkeys = mode
      $0.firstFactors = ["PASSWORD", "WEB_AUTHN"]
      $0.clients[0].flows = ["ALLOW_USER_AUTH"]
    }
  }
}
