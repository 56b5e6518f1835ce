import ConnectorKit
import IdentityCore
import MockIdP
import Testing

@testable import Entra

/// What stands beside the policies: other vendors' and tenants' words, remembered browsers, what is newer than idsync.
@Suite("Entra: beside the policies") struct EntraDoorVerdictTests {
  private typealias T = Tenants

  private static func verdict(
    _ scenario: Scenario, _ change: (inout EntraConfiguration) -> Void = { _ in }
  ) async throws -> MemberRecord? {
    try await EntraBench.run(scenario) { await $0.judge([T.ana], change)[T.ana] }
  }

  /// The verdict once the operator vouches for every unknown thing of a line, as `doctor` prints it.
  private static func vouched(_ row: String, _ scenario: Scenario) async throws -> [Verdict?] {
    try await EntraBench.run(scenario) { bench in
      let open = await bench.judge().provider.apps[0].inventory
        .filter { $0.row == row && $0.state == .unknown }
      #expect(!open.isEmpty && open.allSatisfy { $0.version != nil }, "\(open)")
      func judge(_ change: (InventoryEntry) -> Vouch) async -> EntraJudged {
        let vouches = open.map(change)
        return await bench.judge { $0.vouches += vouches }
      }
      let good = await judge { T.vouch(row, $0.object, version: $0.version) }
      let other = await judge { T.vouch(row, $0.object, version: "00000000") }
      let over = await judge { T.vouch(row, $0.object, version: $0.version, isOver: true) }
      #expect(other.provider.source.issues.contains { $0.code == "vouch-void" })
      #expect(over.provider.source.issues.contains { $0.code == "vouch-void" })
      return [good, other, over].map { $0[T.ana]?.verdict }
    }
  }

  private static let onceVouched: [Verdict?] = [.enforced, .cannotTell, .cannotTell]

  private static func strength(_ number: Int) -> JSON {
    policy(grant: [
      "authenticationStrength": ["id": .string("00000000-0000-0000-0000-00000000000\(number)")]
    ])
  }
  private static func policy(grant: JSON) -> JSON { T.policy(grant: grant) }

  // MARK: Methods

  @Test("another vendor's method meets the control mfa, and nobody knows what it asks for")
  func external() async throws {
    func world(_ method: JSON, _ policies: JSON...) -> Scenario {
      T.small {
        $0.policies = policies
        $0.methods = [method]
      }
    }
    let asked = T.policy()
    #expect(try await Self.verdict(world(T.external(), asked))?.verdict == .cannotTell)
    #expect(
      try await Self.verdict(world(T.external(state: "disabled"), asked))?.verdict == .enforced)
    // Not hers, and not for her.
    #expect(
      try await Self.verdict(world(T.external(for: T.sealed), asked))?.verdict == .enforced)
    var joined = world(T.external(for: T.sealed), asked)
    joined[EntraTenant.self].groups[3].members = [T.ana]
    #expect(try await Self.verdict(joined)?.verdict == .cannotTell)
    joined[EntraTenant.self].groups[3].members = []
    joined[EntraTenant.self].groups[3].eligible = [T.ana]
    #expect(try await Self.verdict(joined)?.verdict == .enforcedConditionally)
    var left = world(T.external(not: T.targets(T.sealed)), asked)
    #expect(try await Self.verdict(left)?.verdict == .cannotTell)
    left[EntraTenant.self].groups[3].members = [T.ana]
    #expect(try await Self.verdict(left)?.verdict == .enforced)
    // Strengths take none.
    #expect(
      try await Self.verdict(world(T.external(), Self.strength(3)))?.verdict == .enforced)
    #expect(
      try await Self.vouched("external-methods", world(T.external(), asked)) == Self.onceVouched)
  }

  @Test("a certificate that counts as two factors may be one")
  func certificates() async throws {
    let single = "x509CertificateSingleFactor" as JSON
    let rule: JSON = [["x509CertificateAuthenticationMode": "x509CertificateMultiFactor"]]
    let cases: [(JSON, JSON, Verdict)] = [
      (T.certificates(), T.policy(), .cannotTell),
      (T.certificates(single), T.policy(), .enforced),
      (T.certificates(single, rules: rule), T.policy(), .cannotTell),
      (T.certificates("futureValue"), T.policy(), .cannotTell),
      (T.certificates(state: "disabled"), T.policy(), .enforced),
      (T.certificates(), Self.strength(4), .cannotTell),
      (T.certificates(), Self.strength(3), .enforced),
    ]
    for (method, policy, expected) in cases {
      let scenario = T.with(policy) { $0.methods = [method] }
      #expect(try await Self.verdict(scenario)?.verdict == expected, "\(method) \(policy)")
    }
    let scenario = T.with(T.policy()) { $0.methods = [T.certificates()] }
    #expect(try await Self.vouched("certificates", scenario) == Self.onceVouched)
  }

  @Test("a method of a kind that nobody knows may count as a second factor")
  func newMethod() async throws {
    let scenario = T.with(T.policy()) {
      $0.methods = [["id": "Telepathy", "state": "enabled", "includeTargets": []]]
    }
    #expect(try await Self.verdict(scenario)?.verdict == .enforced, "for nobody")
    let all = T.with(T.policy()) {
      $0.methods = [["id": "Telepathy", "state": "enabled"]]
    }
    #expect(try await Self.verdict(all)?.reason.contains("telepathy") == true)
    #expect(try await Self.vouched("unrecognised", all) == Self.onceVouched)
  }

  @Test("methods that cannot be read prove nothing where one of them could be enough")
  func unreadMethods() async throws {
    let call = "GET /v1.0/policies/authenticationMethodsPolicy"
    let faults = [Fault(.entra, call, .forbidden, times: nil)]
    let record = try await Self.verdict(T.with(T.policy(), faults: faults))
    #expect(record?.verdict == .cannotTell)
    #expect(record?.reason.contains("Policy.Read.All") == true, "\(record?.reason ?? "")")
    #expect(
      try await Self.verdict(T.with(Self.strength(3), faults: faults))?.verdict == .enforced)
  }

  @Test("a custom control asks for nobody knows what, and is no second factor beside one")
  func customControls() async throws {
    let custom: JSON = ["customAuthenticationFactors": ["RequireDuoMfa"]]
    let both = custom.merging(["builtInControls": ["mfa"]])
    let cases: [(JSON, Verdict)] = [
      (custom, .cannotTell), (both.merging(["operator": "OR"]), .cannotTell),
      (both.merging(["operator": "AND"]), .enforced),
    ]
    for (grant, expected) in cases {
      #expect(try await Self.verdict(T.with(T.policy(grant: grant)))?.verdict == expected)
    }
    let vouch = T.vouch("custom-controls", "RequireDuoMfa")
    #expect(
      try await Self.verdict(T.with(T.policy(grant: custom))) { $0.vouches.append(vouch) }?.verdict
        == .enforced)
    // It vouches for no other control, and lifts nothing above what the policies say.
    let other = T.with(T.policy(grant: ["customAuthenticationFactors": ["Other"]]))
    #expect(
      try await Self.verdict(other) { $0.vouches.append(vouch) }?.verdict == .cannotTell)
    let off = T.with(T.policy(grant: custom, state: "disabled"))
    #expect(try await Self.verdict(off) { $0.vouches.append(vouch) }?.verdict == .notEnforced)
  }

  // MARK: Others' words

  @Test("a federated provider's word for a second factor counts for no more than the provider")
  func federatedWord() async throws {
    func world(_ behaviour: JSON, _ policy: JSON = T.policy()) -> Scenario {
      T.with(policy) { $0.domains = [T.federated(behaviour)] }
    }
    let reject = "rejectMfaByFederatedIdp" as JSON
    for behaviour in [
      .null, "acceptIfMfaDoneByFederatedIdp", "enforceMfaByFederatedIdp", "futureValue",
    ] as [JSON] {
      #expect(try await Self.verdict(world(behaviour))?.verdict == .cannotTell, "\(behaviour)")
    }
    #expect(try await Self.verdict(world(reject))?.verdict == .enforced)
    // Passkeys are Entra's own.
    #expect(try await Self.verdict(world(.null, Self.strength(3)))?.verdict == .enforced)
    let elsewhere = T.with(T.policy()) { $0.domains = [T.federated(.null, "other.example")] }
    #expect(try await Self.verdict(elsewhere)?.verdict == .enforced)
    #expect(try await Self.vouched("federated-mfa", world(.null)) == Self.onceVouched)
  }

  @Test("where nobody can tell whether a domain is federated, its word may count")
  func unreadDomains() async throws {
    let faults = [Fault(.entra, "GET /v1.0/domains", .forbidden, times: nil)]
    let scenario = T.with(T.policy(), faults: faults)
    #expect(try await Self.verdict(scenario)?.verdict == .cannotTell)
    #expect(try await Self.verdict(scenario) { $0.federation = .none }?.verdict == .enforced)
    var cloud = scenario
    cloud[EntraTenant.self].users[0].name = "ana.lima@acme.onmicrosoft.com"
    #expect(try await Self.verdict(cloud)?.verdict == .enforced)
  }

  private static func guest(_ change: (inout EntraTenant) -> Void) -> Scenario {
    T.with(T.policy()) {
      $0.users[0].userType = "Guest"
      $0.users[0].externalState = "Accepted"
      $0.users[0].creationType = "Invitation"
      change(&$0)
    }
  }

  @Test("a guest's own tenant is taken at its word only where somebody vouches for it")
  func guests() async throws {
    let partner: JSON = ["tenantId": "C1", "inboundTrust": ["isMfaAccepted": true]]
    let plain: JSON = ["tenantId": "c2", "inboundTrust": nil]
    let accepts: [(inout EntraTenant) -> Void] = [
      { $0.acceptsMFAOfAll = true }, { $0.partners = [plain, partner] },
    ]
    for accept in accepts {
      #expect(try await Self.verdict(Self.guest(accept))?.verdict == .cannotTell)
      #expect(try await Self.vouched("guest-mfa", Self.guest(accept)) == Self.onceVouched)
      // A member of this tenant has no other.
      #expect(try await Self.verdict(T.with(T.policy(), change: accept))?.verdict == .enforced)
    }
    #expect(try await Self.verdict(Self.guest { $0.partners = [plain] })?.verdict == .enforced)
    #expect(try await Self.verdict(Self.guest { _ in })?.verdict == .enforced)
    let faults = [
      Fault(.entra, "GET /v1.0/policies/crossTenantAccessPolicy/partners", .forbidden, times: nil)
    ]
    var unread = Self.guest { _ in }
    unread.faults = faults
    #expect(try await Self.verdict(unread)?.verdict == .cannotTell)
    #expect(try await Self.verdict(T.with(T.policy(), faults: faults))?.verdict == .enforced)
  }

  @Test("a guest without methods here may have some at home; one who must have them here has none")
  func guestMethods() async throws {
    for (isTrusted, expected) in [(true, Tri.unknown), (false, .no)] {
      let scenario = Self.guest { $0.acceptsMFAOfAll = isTrusted }
      try await EntraBench.run(scenario) { bench in
        let judged = await bench.judge(collectFactors: true) {
          $0.vouches.append(T.vouch("guest-mfa", "default"))
        }
        #expect(judged.provider.accounts[0].enrolled == expected)
      }
    }
  }

  // MARK: Remembered browsers

  @Test("a remembered browser is asked again only where sessions are short")
  func remembered() async throws {
    let sealed: JSON = ["includeUsers": ["All"], "excludeUsers": [.string(T.anaID)]]
    let cases: [(JSON, Verdict)] = [
      (T.policy("S", grant: nil, T.frequency(24)), .enforced),
      (T.policy("S", grant: nil, T.frequency(1, "days")), .enforced),
      (T.policy("S", T.frequency(4)), .enforced),
      (
        T.policy(
          "S", grant: nil,
          T.frequency(0, nil, ["frequencyInterval": "everyTime", "value": nil])), .enforced
      ),
      (T.policy("S", grant: nil, T.frequency(25)), .enforcedConditionally),
      (T.policy("S", grant: nil, T.frequency(7, "days")), .enforcedConditionally),
      (T.policy("S", grant: nil, T.frequency(1, "weeks")), .enforcedConditionally),
      (T.policy("S", grant: nil, T.frequency(4, isEnabled: false)), .enforcedConditionally),
      (
        T.policy("S", grant: nil, T.frequency(4, ["skipKnownNetworks": true])),
        .enforcedConditionally
      ),
      (
        T.policy("S", grant: nil, state: "enabledForReportingButNotEnforced", T.frequency(4)),
        .enforcedConditionally
      ),
      (T.policy("S", users: sealed, grant: nil, T.frequency(4)), .enforcedConditionally),
      (
        T.policy(
          "S", grant: nil, conditions: T.locations(["All"], not: [T.office]), T.frequency(4)),
        .enforcedConditionally
      ),
    ]
    for (sessions, expected) in cases {
      let record = try await Self.verdict(T.with(T.policy(), sessions)) { $0.vouches = [] }
      #expect(record?.verdict == expected, "\(sessions)")
      guard expected == .enforcedConditionally else { continue }
      #expect(record?.witness?.contains("a browser that Entra ID remembers") == true)
    }
    let long = T.with(T.policy(), T.policy("S", grant: nil, T.frequency(25)))
    let limit = try await Self.verdict(long) {
      $0.vouches = []
      $0.rememberedDeviceLimitMinutes = 25 * 60
    }
    #expect(limit?.verdict == .enforced)
  }

  // MARK: Beside a federated provider

  @Test("people of a federated domain may be asked by Entra ID: staged rollout, cloud passwords")
  func besideFederation() async throws {
    let off = "{\"AccelerateToFederatedDomain\":true,\"AllowCloudPasswordValidation\":false}"
    let cases: [([JSON], Verdict)] = [
      ([], .enforced), ([T.homeRealm(off)], .enforced),
      ([T.homeRealm("{\"AllowCloudPasswordValidation\":true}")], .cannotTell),
      ([T.homeRealm("{\"AllowCloudPasswordValidation\":\"yes\"}")], .cannotTell),
      ([T.homeRealm("{\"AllowPIN\":true}")], .cannotTell), ([T.homeRealm("{")], .cannotTell),
    ]
    for (policies, expected) in cases {
      let scenario = T.small {
        $0.domains = [T.federated(.null)]
        $0.homeRealm = policies
      }
      let vouch = T.vouch("staged-rollout", "acme.com")
      #expect(try await Self.behind(scenario, [vouch]) == expected, "\(policies)")
      #expect(try await Self.behind(scenario, []) == .cannotTell)
    }
    let refused = T.small(faults: [
      Fault(.entra, "GET /v1.0/policies/homeRealmDiscoveryPolicies", .forbidden, times: nil)
    ]) { $0.domains = [T.federated(.null)] }
    #expect(
      try await Self.behind(refused, [T.vouch("staged-rollout", "acme.com")]) == .cannotTell)
  }

  /// Ana's verdict where the provider behind asks everybody for two factors.
  private static func behind(_ scenario: Scenario, _ vouches: [Vouch]) async throws -> Verdict {
    try await EntraBench.run(scenario) { bench in
      let judged = await bench.judge {
        $0.vouches += vouches
        $0.perUserMFA = .none
      }
      var model = try #require(judged.model)
      #expect(model.upstreams.count == 1)
      model.upstreams[0].otherwise = .multiFactor
      return SignInEvaluator(model).verdict(judged.provider.accounts.signature(at: 0))
    }
  }

  @Test("an application that may let people in by itself is no pass")
  func applications() async throws {
    let apps: [(String, (inout EntraTenant) -> Void)] = [
      ("sign-on-mode", { $0.apps[0].signOnMode = "notSupported" }),
      ("application-proxy", { $0.apps[0].tags = ["WindowsAzureActiveDirectoryOnPremApp"] }),
    ]
    for (row, change) in apps {
      let scenario = T.with(T.policy(), change: change)
      #expect(try await Self.verdict(scenario)?.verdict == .cannotTell)
      #expect(
        try await Self.verdict(scenario) { $0.vouches.append(T.vouch(row)) }?.verdict == .enforced)
    }
  }

  // MARK: Newer than we are

  @Test(
    "what nobody knows can be vouched for as harmless, in one version",
    arguments: [
      T.with(T.policy(conditions: ["agentRiskLevels": ["high"]])),
      T.with(T.policy("MFA", ["rolloutPercentage": 10])),
      T.with(T.policy(grant: ["builtInControls": ["faceScan"]])),
      T.with(T.policy(grant: ["builtInControls": ["mfa"], "verifiedCredential": ["id": "v1"]])),
      T.with(T.policy(conditions: T.locations(["All"], not: [T.lab]))) {
        $0.locations[1]["autonomousSystems"] = [64500]
        $0.locations[1]["isTrusted"] = false
        $0.policies.append(T.policy("Lab", conditions: T.locations([T.lab])))
      },
      T.with(
        T.policy(grant: ["authenticationStrength": ["id": "s1"]])
      ) {
        $0.strengths = [
          [
            "id": "s1", "displayName": "Own", "policyType": "custom",
            "requirementsSatisfied": "mfa", "allowedCombinations": ["fido2"],
            "fallbackCombinations": ["password"],
          ]
        ]
      },
    ])
  func unrecognised(scenario: Scenario) async throws {
    let plain = try await Self.verdict(scenario)
    #expect(plain?.verdict != .notEnforced)
    let found = try await Self.vouched("unrecognised", scenario)
    #expect(found == [.enforced, plain?.verdict, plain?.verdict], "\(found)")
  }

  @Test("one policy full of riddles makes nobody uncertain whom another asks")
  func beside() async throws {
    let scenario = T.with(
      T.policy("All"), T.policy("Riddle", conditions: ["agentRiskLevels": ["high"]]))
    let record = try await Self.verdict(scenario)
    #expect(record?.verdict == .enforced)
    #expect(
      record?.judgement.deciding?.inventory.contains {
        $0.row == "unrecognised" && $0.state == .unknown
      } == true)
  }
}
