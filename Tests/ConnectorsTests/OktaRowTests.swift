import Crypto
import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import Okta

/// A situation and the verdict it must give for Ana.
struct Row: Sendable, CustomTestStringConvertible {
  let number: String
  let situation: String
  let scenario: Scenario
  let expected: Verdict
  /// How the witness begins, where there must be one.
  var witness: String?
  var code: ReasonCode?
  /// A part of the reason.
  var reason: String?
  var okta: @Sendable (inout OktaConfiguration) -> Void = { _ in }

  var testDescription: String { "\(number): \(situation)" }
}

@Suite("Okta verdicts, row by row") struct OktaRowTests {
  @Test("every situation of the table gives its verdict", arguments: OktaRows.all)
  func row(_ row: Row) async throws {
    try await Bench.run(row.scenario) { bench in
      let judged = await bench.judge(okta: row.okta)
      let record = try #require(judged[Organisations.ana])
      #expect(record.verdict == row.expected, "\(record.reason)")
      if let witness = row.witness {
        #expect(record.witness?.hasPrefix(witness) == true, "\(record.witness ?? "no witness")")
      }
      if let code = row.code { #expect(record.judgement.deciding?.code == code) }
      if let reason = row.reason {
        #expect(record.reason.contains(reason), "\(record.reason)")
      }
    }
  }
}

/// What a refusal that lasts takes with it.
@Suite("Okta, what is refused") struct OktaRefusalTests {
  private typealias O = Organisations
  private static let contractors = [
    Rule("Contractors") {
      $0.groups = ["Contractors"]
      $0.zones = ["HQ"]
      $0.factors = "1FA"
    }, Rule.catchAll("2FA"),
  ]

  @Test(
    "of a part that verdicts may do without leaves the other verdicts standing",
    arguments: [
      "GET /api/v1/groups/{group}/users", "GET /api/v1/zones", "GET /api/v1/policies/{policy}",
      "GET /api/v1/policies", "GET /api/v1/apps/{app}",
    ], [Fault.Kind.notFound, .forbidden])
  func part(endpoint: String, kind: Fault.Kind) async throws {
    try await Bench.run(O.app(Self.contractors)) { bench in
      await bench.mock.setFaults([Fault(.okta, endpoint, kind, times: nil)])
      let source = await bench.judge().provider.source
      #expect(!source.isComplete)
      #expect(source.carriesVerdicts, "\(source.issues)")
    }
  }

  @Test(
    "an optional scope without consent is left out",
    arguments: ["invalid_scope", "consent_required"])
  func consent(error: String) async throws {
    let key = P256.Signing.PrivateKey()
    var client = OAuthClient(
      "0oaServiceApp",
      keys: [ClientKey("key-1", algorithm: "ES256", pem: key.publicKey.pemRepresentation)],
      scopes: OAuthClient.readScopes.filter { $0 != "okta.idps.read" })
    client.scopeRefusal = error
    let granted = client
    let scenario = O.small { $0.okta.clients = [granted] }
    try await Bench.run(scenario) { bench in
      let judged = await bench.judge(okta: {
        $0.credentials = .privateKey(
          clientID: "0oaServiceApp", keyPEM: Secret(key.pemRepresentation), keyID: "key-1",
          scopes: OktaConfiguration.defaultScopes)
      })
      let source = judged.provider.source
      // Her verdict is weaker for it, so the source is not whole.
      #expect(source.carriesVerdicts && !source.isComplete, "\(source.issues)")
      #expect(judged[O.ana]?.verdict == .enforcedConditionally)
    }
  }
}

enum OktaRows {
  private typealias O = Organisations

  /// What the session asks for unless a row says otherwise, and what a catch-all rule with one factor asks for.
  private static let anyPassword =
    "rule 1 'Default Rule' of policy 'Default Policy' asks for a password only"
  private static let anyFactor = "rule 1 'Catch-all Rule' of policy 'Strict' asks for one factor"

  static let all: [Row] = app + session + classic + modes

  private static let app: [Row] = [
    Row(
      number: "1", situation: "catch-all asks for two factors, the session for none",
      scenario: O.app([.catchAll("2FA")]), expected: .enforced, code: .policyEnforces),
    Row(
      number: "2", situation: "one factor on both sides, factors enrolled",
      scenario: O.app([.catchAll("1FA")]) {
        $0[person: O.ana].factors = ["webauthn", "push"]
      }, expected: .notEnforced, witness: "any sign-in: " + anyPassword + "; " + anyFactor,
      code: .policySingleFactor),
    Row(
      number: "3", situation: "one factor in zone HQ",
      scenario: O.app([
        Rule("Office") {
          $0.zones = ["HQ"]
          $0.factors = "1FA"
        }, .catchAll("2FA"),
      ]), expected: .enforcedConditionally,
      witness: "sign-in inside zone HQ: " + anyPassword
        + "; rule 1 'Office' of policy 'Strict' asks for one factor"),
    Row(
      number: "4", situation: "one factor on a managed device",
      scenario: O.app([
        Rule("Managed") {
          $0.device = "managed"
          $0.factors = "1FA"
        }, .catchAll("2FA"),
      ]), expected: .enforcedConditionally,
      witness: "sign-in with device managed: " + anyPassword
        + "; rule 1 'Managed' of policy 'Strict' asks for one factor"),
    Row(
      number: "5", situation: "one factor at low risk",
      scenario: O.app([
        Rule("Calm") {
          $0.risk = "LOW"
          $0.factors = "1FA"
        }, .catchAll("2FA"),
      ]), expected: .enforcedConditionally,
      witness: "sign-in with risk low: " + anyPassword
        + "; rule 1 'Calm' of policy 'Strict' asks for one factor"),
    Row(
      number: "6", situation: "two factors for a group, and she is in it",
      scenario: O.app(contractors) { $0[person: O.ana].groups = ["Contractors"] },
      expected: .enforced),
    Row(
      number: "7", situation: "two factors for a group, and she is not in it",
      scenario: O.app(contractors), expected: .notEnforced),
    Row(
      number: "8", situation: "two factors for a group, and she is excluded",
      scenario: O.app([
        Rule("Contractors") {
          $0.groups = ["Contractors"]
          $0.exceptUsers = [O.ana]
        }, .catchAll("1FA"),
      ]) { $0[person: O.ana].groups = ["Contractors"] }, expected: .notEnforced),
    Row(
      number: "9", situation: "the rule that asks for two factors is inactive",
      scenario: O.app([Rule("Off") { $0.status = "INACTIVE" }, .catchAll("1FA")]),
      expected: .notEnforced),
    Row(
      number: "15", situation: "one zone is refused, all else asks for two factors",
      scenario: O.app([
        Rule("Blocked") {
          $0.zones = ["Blocked"]
          $0.access = "DENY"
        }, .catchAll("2FA"),
      ]), expected: .enforced),
    Row(
      number: "16", situation: "every rule refuses",
      scenario: O.app([
        Rule("Catch-all Rule") {
          $0.isSystem = true
          $0.priority = 99
          $0.access = "DENY"
        }
      ]), expected: .notEvaluated, code: .accessDenied),
    Row(
      number: "17", situation: "one factor, but a possession with user verification",
      scenario: O.app([constrained(["possession": ["userVerification": "REQUIRED"]])]),
      expected: .enforced),
    Row(
      number: "18", situation: "one factor, phishing resistant only",
      scenario: O.app([constrained(["possession": ["phishingResistant": "REQUIRED"]])]),
      expected: .notEnforced),
    Row(
      number: "19", situation: "two factors with a constraint in lower case",
      scenario: O.app([
        Rule("Catch-all Rule") {
          $0.isSystem = true
          $0.priority = 99
          $0.constraints = [["knowledge": ["types": ["password"]]]]
        }
      ]), expected: .enforced),
    Row(
      number: "20", situation: "a chain of one webauthn step with user verification",
      scenario: O.app([
        chained([[["key": "webauthn", "method": "webauthn", "userVerification": "REQUIRED"]]])
      ]), expected: .enforced),
    Row(
      number: "21", situation: "a chain of password and push, or the password alone",
      scenario: O.app([
        chained(
          [
            [["key": "okta_password", "method": "password"]],
            [["key": "okta_password", "method": "password"]],
          ], next: [["key": "okta_verify", "method": "push"]])
      ]), expected: .notEnforced),
    Row(
      number: "21a", situation: "a chain of a text message and a push that demands no gesture",
      scenario: O.app([
        chained(
          [[["key": "phone_number", "method": "sms"]]],
          next: [["key": "okta_verify", "method": "push"]])
      ]), expected: .notEnforced),
    Row(
      number: "21b", situation: "a chain of one push", scenario: O.app([chained([[push]])]),
      expected: .notEnforced),
    Row(
      number: "21c", situation: "a chain of the same push twice",
      scenario: O.app([chained([[push]], next: [push])]), expected: .notEnforced),
    Row(
      number: "21d", situation: "a chain of two possessions",
      scenario: O.app([
        chained(
          [[["key": "phone_number", "method": "sms"]]],
          next: [["key": "google_otp", "method": "otp"]])
      ]), expected: .notEnforced),
    Row(
      number: "3a", situation: "one factor on a platform whose kind and system disagree",
      scenario: O.app([
        Rule("Odd") {
          $0.conditions = ["platform": ["include": [linuxPhone]]]
          $0.factors = "1FA"
        }, .catchAll("2FA"),
      ]), expected: .cannotTell, reason: "platform"),
    Row(
      number: "3b", situation: "two factors but on a platform whose kind and system disagree",
      scenario: O.app([
        Rule("Odd") { $0.conditions = ["platform": ["exclude": [linuxPhone]]] },
        .catchAll("1FA"),
      ]), expected: .cannotTell, reason: "platform"),
    Row(
      number: "22a", situation: "one factor by an expression over the device",
      scenario: O.app([
        Rule("Fleet") {
          $0.expression = "device.profile.managed == true and security.risk.level == 'LOW'"
          $0.factors = "1FA"
        }, .catchAll("2FA"),
      ]), expected: .enforcedConditionally,
      witness:
        "sign-in with expression device.profile.managed == true and security.risk.level == 'LOW' holds: "
        + anyPassword + "; rule 1 'Fleet' of policy 'Strict' asks for one factor"),
    Row(
      number: "22b", situation: "one factor by an expression over the user",
      scenario: O.app([
        Rule("Legacy") {
          $0.expression = "user.profile.department == 'Legacy'"
          $0.factors = "1FA"
        }, .catchAll("2FA"),
      ]), expected: .cannotTell, reason: "user.profile.department"),
    Row(
      number: "25", situation: "an app without an access policy",
      scenario: O.small { $0[app: Bench.app].accessPolicy = nil }, expected: .cannotTell,
      reason: "names no sign-in policy"),
    Row(
      number: "26", situation: "the policy and its rules are refused",
      scenario: O.small {
        $0.faults = [Fault(.okta, "GET /api/v1/policies/{policy}*", .forbidden, times: nil)]
      }, expected: .cannotTell, reason: "E0000006"),
    Row(
      number: "29", situation: "a suspended account",
      scenario: O.small { $0[person: O.ana].status = "SUSPENDED" }, expected: .notEvaluated,
      code: .deprovisioned),
    Row(
      number: "30", situation: "enrolment is required, one factor is asked for",
      scenario: O.app([.catchAll("1FA")]) {
        $0.okta.policies.append(
          Policy(
            "Enrol", type: "MFA_ENROLL", isSystem: true,
            raw: [
              "settings": [
                "type": "AUTHENTICATORS",
                "authenticators": [["key": "okta_verify", "enroll": ["self": "REQUIRED"]]],
              ]
            ]))
      }, expected: .notEnforced),
    Row(
      number: "31", situation: "a draft asks for two factors, the live rule for one",
      scenario: O.app([Rule("Draft") { $0.status = "DRAFT" }, .catchAll("1FA")]) {
        $0[policy: "Strict"].raw = ["_embedded": ["branches": [["status": "DRAFT"]]]]
      }, expected: .notEnforced),
  ]

  private static let session: [Row] = [
    Row(
      number: "10", situation: "the session asks for two factors always",
      scenario: O.session([
        O.sessionPolicy(
          "Staff", groups: ["Staff"],
          rules: [
            Rule("MFA") {
              $0.requiresFactor = true
              $0.promptMode = "ALWAYS"
            }
          ])
      ]), expected: .enforced),
    Row(
      number: "11", situation: "the session asks once a device",
      scenario: O.session([remembering("DEVICE", nil)]), expected: .enforcedConditionally,
      witness:
        "sign-in with remembered device: rule 1 'MFA' of policy 'All' asks for a password only on a remembered device; "
        + anyFactor),
    Row(
      number: "12a", situation: "the session asks every quarter of an hour",
      scenario: O.session([remembering("SESSION", 15)]), expected: .enforced),
    Row(
      number: "12b", situation: "the session asks once a month",
      scenario: O.session([remembering("SESSION", 43_200)]), expected: .enforcedConditionally),
    Row(
      number: "12c", situation: "the session says nothing of a second factor",
      scenario: O.session([
        O.sessionPolicy(
          "All", rules: [Rule("Bare") { $0.actions = ["signon": ["access": "ALLOW"]] }])
      ]), expected: .notEnforced),
    Row(
      number: "13", situation: "the only rule of her policy needs a zone: the default one follows",
      scenario: O.session([
        O.sessionPolicy(
          "Staff", groups: ["Staff"],
          rules: [
            Rule("VPN") {
              $0.zones = ["VPN"]
              $0.requiresFactor = true
            }
          ])
      ]), expected: .enforcedConditionally,
      witness: "sign-in outside zone VPN: " + anyPassword + "; " + anyFactor),
    Row(
      number: "14", situation: "her policy has no rules: the default one follows",
      scenario: O.session([O.sessionPolicy("Staff", groups: ["Staff"], rules: [])]),
      expected: .notEnforced),
    Row(
      number: "13+", situation: "two factors in the zone by the session, outside it by the app",
      scenario: O.session([
        O.sessionPolicy(
          "All",
          rules: [
            Rule("VPN") {
              $0.zones = ["VPN"]
              $0.requiresFactor = true
            }
          ])
      ]) {
        $0[policy: "Strict"].rules = [
          Rule("Inside") {
            $0.zones = ["VPN"]
            $0.factors = "1FA"
          }, .catchAll("2FA"),
        ]
      }, expected: .enforced),
  ]

  private static let classic: [Row] = [
    Row(
      number: "23", situation: "Classic, the session asks for none",
      scenario: O.session([]) { $0.okta.pipeline = "v1" }, expected: .cannotTell,
      reason: "not readable by API"),
    Row(
      number: "23+", situation: "Classic, the session asks for none, per-app policies are not used",
      scenario: O.session([]) { $0.okta.pipeline = "v1" }, expected: .notEnforced,
      okta: { $0.perAppPolicies = .none }),
    Row(
      number: "24", situation: "Classic, the session asks always",
      scenario: O.session([remembering("ALWAYS", nil)]) { $0.okta.pipeline = "v1" },
      expected: .enforced),
    Row(
      number: "24+", situation: "Classic, the session asks in one zone only",
      scenario: O.session([
        O.sessionPolicy(
          "All",
          rules: [
            Rule("VPN") {
              $0.zones = ["VPN"]
              $0.requiresFactor = true
            }
          ])
      ]) { $0.okta.pipeline = "v1" }, expected: .enforcedConditionally),
  ]

  private static let modes: [Row] = [
    Row(
      number: "27", situation: "a stored password",
      scenario: O.small { $0[app: Bench.app].signOnMode = "SECURE_PASSWORD_STORE" },
      expected: .enforcedConditionally,
      witness: "sign-in started at the application itself: "),
    Row(
      number: "27+", situation: "a bookmark",
      scenario: O.small { $0[app: Bench.app].signOnMode = "BOOKMARK" }, expected: .cannotTell),
    Row(
      number: "28a", situation: "linked to an identity provider whose claims are trusted",
      scenario: O.small {
        $0.okta.identityProviders = [InboundIdentityProvider("Partner", trustsClaims: true)]
        $0[person: O.ana].identityProviders = ["Partner"]
      }, expected: .enforcedConditionally,
      witness:
        "sign-in with second factor asserted by identity provider Partner: "
    ),
    Row(
      number: "28b", situation: "the account comes from another identity provider",
      scenario: O.small { $0[person: O.ana].provider = "FEDERATION" },
      expected: .enforcedConditionally),
    Row(
      number: "28c", situation: "others are linked, she is not",
      scenario: O.small {
        $0.okta.identityProviders = [InboundIdentityProvider("Partner", trustsClaims: true)]
      }, expected: .enforced),
    Row(
      number: "28d", situation: "linked to an identity provider whose claims are not trusted",
      scenario: O.small {
        $0.okta.identityProviders = [InboundIdentityProvider("Partner")]
        $0[person: O.ana].identityProviders = ["Partner"]
      }, expected: .enforced),
    Row(
      number: "28e", situation: "identity providers may not be read",
      scenario: O.small {
        $0.faults = [Fault(.okta, "GET /api/v1/idps", .forbidden, times: nil)]
      }, expected: .enforcedConditionally),
    Row(
      number: "28f", situation: "identity providers may not be read, and there are none",
      scenario: O.small {
        $0.faults = [Fault(.okta, "GET /api/v1/idps", .forbidden, times: nil)]
      }, expected: .enforced, okta: { $0.inboundFederation = .none }),
    Row(
      number: "28g", situation: "identity providers are not found, which is no list without any",
      scenario: O.small {
        $0.faults = [Fault(.okta, "GET /api/v1/idps", .notFound, times: nil)]
      }, expected: .enforcedConditionally),
    Row(
      number: "28h", situation: "an external identity provider is the only possession",
      scenario: O.app([constrained(external, factors: "2FA")]), expected: .enforcedConditionally,
      witness: "sign-in with second factor asserted by an external identity provider"),
    Row(
      number: "28i", situation: "an external identity provider is one possession of two",
      scenario: O.app([
        constrained(
          [
            "possession": [
              "authenticationMethods": [
                ["key": "external_idp", "method": "idp"], ["key": "okta_verify", "method": "push"],
              ]
            ]
          ], factors: "2FA")
      ]), expected: .enforced),
    Row(
      number: "28j", situation: "an external identity provider is the second step of a chain",
      scenario: O.app([
        chained([[password]], next: [["key": "external_idp", "method": "idp"]])
      ]), expected: .enforcedConditionally),
    Row(
      number: "28k",
      situation: "one factor for those who come by an identity provider, and she can",
      scenario: partnerRule { $0[person: O.ana].identityProviders = ["Partner"] },
      expected: .enforcedConditionally),
    Row(
      number: "28l",
      situation: "one factor for those who come by an identity provider, not by hers",
      scenario: partnerRule(), expected: .enforced),
    Row(
      number: "16+", situation: "refused by policy, and from another identity provider",
      scenario: O.app([
        Rule("Catch-all Rule") {
          $0.isSystem = true
          $0.priority = 99
          $0.access = "DENY"
        }
      ]) { $0[person: O.ana].provider = "FEDERATION" }, expected: .notEvaluated),
  ]

  private static let contractors = [
    Rule("Contractors") { $0.groups = ["Contractors"] }, Rule.catchAll("1FA"),
  ]

  private static func remembering(_ mode: String, _ lifetime: Int?) -> Policy {
    O.sessionPolicy(
      "All",
      rules: [
        Rule("MFA") {
          $0.requiresFactor = true
          $0.promptMode = mode
          $0.factorLifetime = lifetime
        }
      ])
  }

  private static let password: JSON = ["key": "okta_password", "method": "password"]
  private static let push: JSON = ["key": "okta_verify", "method": "push"]
  private static let linuxPhone: JSON = ["type": "MOBILE", "os": ["type": "LINUX"]]
  private static let external: JSON = [
    "possession": ["authenticationMethods": [["key": "external_idp", "method": "idp"]]]
  ]

  /// The session asks for two factors but of those who come by the partner's identity provider.
  private static func partnerRule(_ change: (inout Scenario) -> Void = { _ in }) -> Scenario {
    let partner = InboundIdentityProvider("Partner")
    let rules = [
      Rule("Partner") {
        $0.conditions = [
          "identityProvider": ["provider": "SPECIFIC_IDP", "idpIds": [.string(partner.id)]]
        ]
      },
      Rule("Everybody") { $0.requiresFactor = true },
    ]
    return O.session([O.sessionPolicy("All", rules: rules)]) {
      $0.okta.identityProviders = [partner]
      change(&$0)
    }
  }

  private static func constrained(_ constraint: JSON, factors: String = "1FA") -> Rule {
    Rule("Catch-all Rule") {
      $0.isSystem = true
      $0.priority = 99
      $0.factors = factors
      $0.constraints = .array([constraint])
    }
  }

  /// Alternatives of one step each; the first goes on with `next`.
  private static func chained(_ steps: [[JSON]], next: [JSON] = []) -> Rule {
    Rule("Catch-all Rule") {
      $0.isSystem = true
      $0.priority = 99
      var chains: [JSON] = steps.map { ["authenticationMethods": .array($0)] }
      if !next.isEmpty {
        chains[0] = [
          "authenticationMethods": .array(steps[0]),
          "next": [["authenticationMethods": .array(next)]],
        ]
      }
      $0.actions = [
        "appSignOn": [
          "access": "ALLOW",
          "verificationMethod": [
            "type": "AUTH_METHOD_CHAIN", "factorMode": "2FA", "chains": .array(chains),
          ],
        ]
      ]
    }
  }
}
