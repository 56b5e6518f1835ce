import ConnectorKit
import IdentityCore
import MockIdP
import Testing

@testable import Entra

/// A situation and how a line of the inventory must be accounted for in it.
struct EntraDoorCase: Sendable, CustomTestStringConvertible {
  let row: String
  let state: InventoryEntry.State
  let situation: String
  var scenario = Tenants.with(Tenants.policy())
  var object: String?
  var app = Tenants.app
  var configure: @Sendable (inout EntraConfiguration) -> Void = { _ in }

  var testDescription: String { "\(row), \(state.rawValue): \(situation)" }
}

@Suite("Entra: doors and modifiers") struct EntraDoorTests {
  @Test("a line of the inventory has the state that the tenant gives it", arguments: cases)
  func state(_ door: EntraDoorCase) async throws {
    try await EntraBench.run(door.scenario) { bench in
      let reading = await bench.judge(apps: [door.app], door.configure).provider
      let entries = reading.apps.first?.inventory.filter { $0.row == door.row } ?? []
      #expect(entries.map(\.state) == [door.state], "\(entries)")
      #expect(entries.first?.object == door.object)
      for entry in entries where entry.state == .unknown { #expect(!entry.remedy.isEmpty) }
    }
  }

  @Test("every line has two states here, but those that a documented design closes")
  func whole() {
    let designed: Set<String> = [
      "first-factors", "method-classes", "outage", "password-reset", "account-recovery",
      "sessions", "temporary-access-pass", "registration",
    ]
    for row in EntraDoors.allCases.map(\.row.id) {
      let states = Set(Self.cases.filter { $0.row == row }.map(\.state))
      #expect(states.count >= (designed.contains(row) ? 1 : 2), "\(row): \(states)")
    }
  }

  @Test("the tenant as Microsoft recommends it is enforced without a single vouch")
  func reference() async throws {
    let scenario = T.with(
      T.policy(), T.policy("Passkeys", grant: ["authenticationStrength": ["id": passkeys]]),
      T.policy("Sessions", grant: nil, T.frequency(8)),
      T.policy(
        "Old", grant: ["builtInControls": ["block"]],
        conditions: ["clientAppTypes": ["exchangeActiveSync", "other"]]))
    try await EntraBench.run(scenario) { bench in
      let judged = await bench.judge { $0.vouches = [] }
      #expect(judged[T.ana]?.verdict == .enforced, "\(judged[T.ana]?.reason ?? "")")
      #expect(judged.provider.source.isComplete)
      let open = judged.provider.apps[0].inventory.filter { $0.state == .unknown }
      #expect(open.isEmpty, "\(open)")
    }
  }

  private typealias T = Tenants
  private let passkeys: JSON = "00000000-0000-0000-0000-000000000003"
}

extension EntraDoorTests {
  static let cases = demands + firstFactors + secondFactors + times

  private static func federated(_ behaviour: JSON = .null) -> Scenario {
    T.with(T.policy()) {
      $0.domains = [T.federated(behaviour)]
    }
  }

  private static let demands: [EntraDoorCase] = [
    .init(row: "conditional-access", state: .judged, situation: "it is read"),
    .init(row: "conditional-access", state: .vouched, situation: "the tenant has none") {
      $0.conditionalAccess = .none
    },
    .init(row: "security-defaults", state: .closed, situation: "they are off"),
    .init(
      row: "security-defaults", state: .judged, situation: "they are on",
      scenario: T.small { $0.securityDefaults = true }),
    .init(row: "per-user-mfa", state: .judged, situation: "it is read"),
    .init(row: "per-user-mfa", state: .vouched, situation: "it is not used") {
      $0.perUserMFA = .none
    },
    .init(row: "mandatory-mfa", state: .absent, situation: "no portal"),
    .init(
      row: "mandatory-mfa", state: .judged, situation: "a portal",
      scenario: T.small { $0.apps = [EntraApp(T.portal, name: "Portal")] }, app: T.portal),
    .init(
      row: "mandatory-mfa", state: .vouched, situation: "a portal, and it does not count",
      scenario: T.small { $0.apps = [EntraApp(T.portal, name: "Portal")] }, app: T.portal,
      configure: { $0.countsMandatoryMFA = false }),
    .init(row: "memberships", state: .absent, situation: "no policy names a group or role"),
    .init(
      row: "memberships", state: .judged, situation: "a policy names a group",
      scenario: T.with(T.policy(users: ["includeGroups": [.string(T.staff)]]))),
    .init(row: "eligible", state: .judged, situation: "it is read"),
    .init(row: "eligible", state: .vouched, situation: "nobody is eligible") {
      $0.privilegedAccess = .none
    },
    .init(row: "assignment", state: .closed, situation: "the application is for everybody"),
    .init(
      row: "assignment", state: .judged, situation: "assignment is required",
      scenario: T.small { $0.apps[0].requiresAssignment = true }),
  ]

  private static let firstFactors: [EntraDoorCase] = [
    .init(row: "first-factors", state: .closed, situation: "always"),
    .init(row: "federated-domain", state: .absent, situation: "all domains are managed"),
    .init(
      row: "federated-domain", state: .judged, situation: "a domain is federated",
      scenario: federated()),
    .init(row: "federated-domain", state: .vouched, situation: "none is, says the operator") {
      $0.federation = .none
    },
    .init(row: "staged-rollout", state: .absent, situation: "all domains are managed"),
    .init(
      row: "staged-rollout", state: .unknown, situation: "a domain is federated",
      scenario: federated(), object: "acme.com"),
    .init(
      row: "staged-rollout", state: .vouched, situation: "the operator vouches",
      scenario: federated(), object: "acme.com"
    ) { $0.vouches.append(T.vouch("staged-rollout", "acme.com")) },
    .init(row: "cloud-password", state: .absent, situation: "all domains are managed"),
    .init(
      row: "cloud-password", state: .closed, situation: "no policy allows it",
      scenario: federated()),
    .init(
      row: "cloud-password", state: .unknown, situation: "a policy allows it",
      scenario: T.with(T.policy()) {
        $0.domains = [T.federated(.null)]
        $0.homeRealm = [T.homeRealm("{\"AllowCloudPasswordValidation\":true}")]
      }, object: T.homeRealmID),
    .init(row: "older-protocols", state: .absent, situation: "an application of somebody else"),
    .init(
      row: "older-protocols", state: .judged, situation: "an application of Microsoft's own",
      scenario: T.small { $0.apps[0].owner = "f8cdef31-a31e-4b4a-93e4-5f571e91255a" }),
    .init(row: "sign-on-mode", state: .closed, situation: "SAML"),
    .init(
      row: "sign-on-mode", state: .judged, situation: "a stored password",
      scenario: T.small { $0.apps[0].signOnMode = "password" }),
    .init(
      row: "sign-on-mode", state: .unknown, situation: "none is supported",
      scenario: T.small { $0.apps[0].signOnMode = "notSupported" }),
    .init(row: "application-proxy", state: .absent, situation: "no tag of it"),
    .init(
      row: "application-proxy", state: .unknown, situation: "its tag",
      scenario: T.small { $0.apps[0].tags = ["WindowsAzureActiveDirectoryOnPremApp"] }),
  ]

  private static let secondFactors: [EntraDoorCase] = [
    .init(row: "method-classes", state: .closed, situation: "always"),
    .init(row: "certificates", state: .closed, situation: "they are off"),
    .init(
      row: "certificates", state: .unknown, situation: "they count as two factors",
      scenario: T.with(T.policy()) { $0.methods = [T.certificates()] }, object: "X509Certificate"),
    .init(row: "external-methods", state: .closed, situation: "there is none"),
    .init(
      row: "external-methods", state: .unknown, situation: "one is on",
      scenario: T.with(T.policy()) { $0.methods = [T.external()] }, object: T.externalID),
    .init(row: "custom-controls", state: .absent, situation: "there is none"),
    .init(
      row: "custom-controls", state: .unknown, situation: "a policy has one",
      scenario: T.with(T.policy(grant: ["customAuthenticationFactors": ["RequireDuoMfa"]])),
      object: "RequireDuoMfa"),
    .init(row: "federated-mfa", state: .absent, situation: "all domains are managed"),
    .init(
      row: "federated-mfa", state: .closed, situation: "the provider's word is not taken",
      scenario: federated("rejectMfaByFederatedIdp")),
    .init(
      row: "federated-mfa", state: .unknown, situation: "the provider's word is taken",
      scenario: federated("acceptIfMfaDoneByFederatedIdp"), object: "acme.com"),
    .init(row: "guest-mfa", state: .closed, situation: "no tenant is trusted"),
    .init(
      row: "guest-mfa", state: .unknown, situation: "every tenant is trusted",
      scenario: T.with(T.policy()) { $0.acceptsMFAOfAll = true }, object: "default"),
  ]

  private static let times: [EntraDoorCase] = [
    .init(row: "remembered-mfa", state: .vouched, situation: "the operator vouches"),
    .init(row: "remembered-mfa", state: .unknown, situation: "nobody vouches") {
      $0.vouches = []
    },
    .init(
      row: "remembered-mfa", state: .closed, situation: "sessions are short",
      scenario: T.with(T.policy(), T.policy("Sessions", grant: nil, T.frequency(8)))),
    .init(row: "sessions", state: .outOfScope, situation: "always"),
    .init(row: "outage", state: .closed, situation: "always"),
    .init(row: "registration", state: .judged, situation: "always"),
    .init(row: "password-reset", state: .closed, situation: "always"),
    .init(row: "account-recovery", state: .closed, situation: "always"),
    .init(row: "temporary-access-pass", state: .outOfScope, situation: "always"),
    .init(row: "unrecognised", state: .absent, situation: "everything is known"),
    .init(
      row: "unrecognised", state: .unknown, situation: "a policy has a setting that is not known",
      scenario: T.with(T.policy("MFA", ["id": "c1", "rolloutPercentage": 10])),
      object: "policy c1: rolloutPercentage"),
  ]
}

extension Tenants {
  static let portal = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
  static let homeRealmID = "a9999999-0000-4000-8000-000000000001"
  static let externalID = "a9999999-0000-4000-8000-000000000002"

  /// A session control: sessions ask again after some hours or days.
  static func frequency(
    _ value: Int, _ unit: JSON = "hours", isEnabled: Bool = true, _ more: JSON = [:]
  ) -> JSON {
    let base: JSON = [
      "isEnabled": .bool(isEnabled), "type": unit, "value": .integer(value),
      "frequencyInterval": "timeBased", "authenticationType": "primaryAndSecondaryAuthentication",
    ]
    return ["sessionControls": ["signInFrequency": base.merging(more)]]
  }

  static func federated(_ behaviour: JSON, _ name: String = "acme.com") -> EntraDomain {
    EntraDomain(
      name, federation: ["displayName": "Acme ADFS", "federatedIdpMfaBehavior": behaviour])
  }

  static func homeRealm(_ policy: String) -> JSON {
    [
      "id": .string(homeRealmID), "displayName": "Direct", "isOrganizationDefault": true,
      "definition": [.string("{\"HomeRealmDiscoveryPolicy\":\(policy)}")],
    ]
  }

  static func targets(_ id: String) -> JSON {
    [["targetType": "group", "id": .string(id), "isRegistrationRequired": false]]
  }

  /// Another vendor's method.
  static func external(
    for group: String = "all_users", not excluded: JSON = [], state: JSON = "enabled"
  ) -> JSON {
    [
      "@odata.type": "#microsoft.graph.externalAuthenticationMethodConfiguration",
      "id": .string(externalID), "displayName": "Cisco Duo", "state": state, "appId": "x",
      "includeTargets": targets(group), "excludeTargets": excluded,
    ]
  }

  /// Certificates, which count as two factors by default, or by rules.
  static func certificates(
    _ mode: JSON = "x509CertificateMultiFactor", rules: JSON = [], state: JSON = "enabled"
  ) -> JSON {
    [
      "@odata.type": "#microsoft.graph.x509CertificateAuthenticationMethodConfiguration",
      "id": "X509Certificate", "state": state, "includeTargets": targets("all_users"),
      "excludeTargets": [],
      "authenticationModeConfiguration": [
        "x509CertificateAuthenticationDefaultMode": mode, "rules": rules,
      ],
    ]
  }
}
