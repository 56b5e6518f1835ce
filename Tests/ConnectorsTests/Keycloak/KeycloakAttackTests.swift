import ConnectorKit
import IdentityCore
import MockIdP
import Testing

@testable import Keycloak

/// Worlds in which something beside the flow that is compiled gives a role, opens a session or looks at nobody.
@Suite("Keycloak: attacks on a strict flow") struct KeycloakAttackTests {
  typealias K = KeycloakRealms

  private func verdict(
    _ faults: [Fault] = [], _ change: (inout KeycloakTenant) -> Void
  ) async throws -> (record: MemberRecord, reading: ProviderReading) {
    var scenario = K.small(change)
    scenario.faults = faults
    return try await ProviderBench.run(scenario) { bench in
      let reading = await bench.read(bench.keycloak(), app: K.app)
      return (
        try #require(ProviderBench.judge(reading, app: K.app)[K.ana]), reading
      )
    }
  }

  // MARK: Members that lists do not show

  private static let mapped: [(String, @Sendable (inout KeycloakTenant) -> Void)] = [
    (
      "role",
      {
        $0.roles = [KeycloakRoleSpec("svc"), KeycloakRoleSpec("all", composites: ["svc"])]
        $0.users[0].mappedRoles = ["all"]
        $0.flows = [
          K.browser([
            K.password,
            K.conditional("conditional-user-role", ["condUserRole": "svc", "negate": "true"]),
          ])
        ]
      }
    ),
    (
      "client role",
      {
        $0.clients[0].roles = [KeycloakRoleSpec("svc")]
        $0.users[0].mappedRoles = ["heroku.svc"]
        $0.flows = [
          K.browser([
            K.password,
            .step("auth-conditional-otp-form", .required, ["skipOtpRole": "heroku.svc"]),
          ])
        ]
      }
    ),
    (
      "group",
      {
        $0.groups = [KeycloakGroupNode("svc", groups: [KeycloakGroupNode("bots")])]
        $0.users[0].mappedGroups = ["/svc/bots"]
        $0.flows = [
          K.browser([
            K.password,
            K.conditional("conditional-user-group", ["condUserGroup": "/svc", "negate": "true"]),
          ])
        ]
      }
    ),
  ]

  @Test(
    "a mapper of a user federation gives what no list shows: the person is asked", arguments: 0..<3)
  func mapper(index: Int) async throws {
    let change = Self.mapped[index].1
    let outcome = try await verdict {
      change(&$0)
      $0.users[0].federationLink = "ldap"
    }
    #expect(outcome.record.verdict == .notEnforced, "\(outcome.record.reason)")
    // Nobody else is asked, and what is not mapped is not had.
    let bare = try await verdict {
      change(&$0)
      $0.users[0].federationLink = "ldap"
      $0.users[0].mappedRoles = []
      $0.users[0].mappedGroups = []
    }
    #expect(bare.record.verdict == .enforced, "\(bare.record.reason)")
    let own = try await verdict {
      change(&$0)
      $0.users[0].mappedRoles = []
      $0.users[0].mappedGroups = []
    }
    #expect(own.record.verdict == .enforced)
    #expect(!own.reading.source.requestsByEndpoint.keys.contains { $0.contains("/users/{user}/") })
  }

  @Test("who cannot be asked for roles or groups may have them", arguments: 0..<3)
  func refused(index: Int) async throws {
    let calls = [
      "GET /admin/realms/{realm}/users/{user}/role-mappings/realm/composite",
      "GET /admin/realms/{realm}/users/{user}/role-mappings/clients/{client}/composite",
      "GET /admin/realms/{realm}/users/{user}/groups",
    ]
    for kind in [Fault.Kind.forbidden, .notFound] {
      let outcome = try await verdict([Fault(.keycloak, calls[index], kind, times: nil)]) {
        Self.mapped[index].1(&$0)
        $0.users[0].federationLink = "ldap"
      }
      #expect(outcome.record.verdict == .cannotTell, "\(outcome.record.reason)")
      #expect(!outcome.reading.source.isComplete)
    }
  }

  @Test("attributes that groups of a user federation bring along are in no list")
  func groupAttributes() async throws {
    for (link, expected) in [(nil, Verdict.enforced), ("ldap", .cannotTell)] {
      let outcome = try await verdict {
        $0.users[0].federationLink = link
        $0.groups = [KeycloakGroupNode("it", attributes: ["mfa": ["off"]])]
        $0.flows = [
          K.browser([
            K.password,
            K.conditional(
              "conditional-user-attribute",
              [
                "attribute_name": "mfa", "attribute_expected_value": "off", "not": "true",
                "include_group_attributes": "true",
              ]),
          ])
        ]
        $0.users[0].attributes = ["mail": ["x"]]
      }
      #expect(outcome.record.verdict == expected, "\(outcome.record.reason)")
    }
  }

  // MARK: Conditions that look at nobody

  @Test("a condition about people before anybody is named holds for nobody")
  func unnamed() async throws {
    for (condition, config) in [
      ("conditional-user-role", ["condUserRole": "staff"]),
      ("conditional-user-role", ["condUserRole": "svc", "negate": "true"]),
    ] {
      for isFirst in [true, false] {
        let outcome = try await verdict {
          $0.roles = [KeycloakRoleSpec("staff"), KeycloakRoleSpec("svc")]
          $0.users[0].roles = ["staff"]
          let second = K.conditional(condition, config)
          $0.flows = [K.browser(isFirst ? [second, K.password] : [K.password, second])]
        }
        #expect(outcome.record.verdict == (isFirst ? .notEnforced : .enforced))
      }
    }
  }

  @Test("the password grant: a condition before the user name sees nobody")
  func unnamedGrant() async throws {
    let otp = KeycloakStepSpec.flow(
      "OTP", .conditional,
      [
        .step("conditional-user-role", .required, ["condUserRole": "staff"]),
        .step("direct-grant-validate-otp"),
      ])
    let name = KeycloakStepSpec.step("direct-grant-validate-username")
    let word = KeycloakStepSpec.step("direct-grant-validate-password")
    for (steps, expected) in [
      ([name, word, otp], Verdict.enforced), ([otp, name, word], .notEnforced),
    ] {
      let outcome = try await verdict {
        $0.roles = [KeycloakRoleSpec("staff")]
        $0.users[0].roles = ["staff"]
        $0.clients[0].directGrants = true
        $0.flows = [K.browser(K.strict), KeycloakFlowSpec("direct grant", steps)]
      }
      #expect(outcome.record.verdict == expected, "\(outcome.record.reason)")
    }
  }

  @Test("whether a step of others names the person nobody knows")
  func mayBeNamed() async throws {
    let outcome = try await verdict {
      $0.roles = [KeycloakRoleSpec("staff")]
      $0.users[0].roles = ["staff"]
      $0.flows = [
        K.browser([
          .step("acme-name"),
          K.conditional("conditional-user-role", ["condUserRole": "staff"]), K.password,
        ])
      ]
    }
    #expect(outcome.record.verdict == .cannotTell)
  }

  // MARK: Sessions anywhere in a flow

  @Test("a session that is taken behind another step stands for what it was asked for, and no more")
  func cookieBehind() async throws {
    let taking = KeycloakStepSpec.flow(
      "second", .required,
      [.step("auth-cookie", .alternative), .step("auth-otp-form", .alternative)])
    for (name, expected) in [
      // A name, then a session that a password alone opened.
      (KeycloakStepSpec.step("auth-username-form"), Verdict.notEnforced),
      // A password twice is one factor.
      (K.password, .enforcedConditionally),
    ] {
      let outcome = try await verdict {
        $0.flows = [KeycloakFlowSpec("own", [name, taking]), K.browser([K.password])]
        $0.clients[0].browserFlow = "own"
        $0.clients.append(KeycloakClientSpec("portal"))
      }
      #expect(outcome.record.verdict == expected, "\(outcome.record.reason)")
    }
    let strict = try await verdict {
      $0.flows = [KeycloakFlowSpec("own", [K.password, taking]), K.browser(K.strict)]
      $0.clients[0].browserFlow = "own"
      $0.clients.append(KeycloakClientSpec("portal"))
    }
    #expect(strict.record.verdict == .enforced, "\(strict.record.reason)")
  }

  // MARK: Old second factors

  @Test("a level that is asked for again every day is no old session")
  func oldLevels() async throws {
    for (age, expected) in [("36000", Verdict.enforced), ("2592000", .enforcedConditionally)] {
      let outcome = try await verdict {
        $0.sessionLifespan = 2_592_000
        $0.attributes = K.acrMap
        $0.clients[0].attributes = ["minimum.acr.value": "aal2"]
        $0.flows = [
          K.browser([
            K.level(1, [K.password]),
            .flow(
              "level 2", .conditional,
              [
                .step(
                  "conditional-level-of-authentication", .required,
                  ["loa-condition-level": "2", "loa-max-age": age]), K.otp,
              ]),
          ])
        ]
      }
      #expect(outcome.record.verdict == expected, "\(outcome.record.reason)")
    }
  }
}
