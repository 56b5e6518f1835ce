import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Okta

/// Ways around a second factor that stand beside the rules: providers that link, old sessions, what is newer than we are.
@Suite("Okta, ways around") struct OktaDoorTests {
  @Test("every way around a second factor is judged", arguments: OktaDoorRows.all)
  func row(_ row: Row) async throws {
    try await Bench.run(row.scenario) { bench in
      let judged = await bench.judge(okta: row.okta)
      let record = try #require(judged[Organisations.ana])
      #expect(record.verdict == row.expected, "\(record.reason)")
      if let witness = row.witness {
        #expect(record.witness?.contains(witness) == true, "\(record.witness ?? "no witness")")
      }
      if let code = row.code { #expect(record.judgement.deciding?.code == code) }
      if let reason = row.reason { #expect(record.reason.contains(reason), "\(record.reason)") }
    }
  }

  @Test("one application's odd assignment says nothing about another one")
  func assignments() async throws {
    let other = OktaApp(
      "Other", id: "0oaOther", accessPolicy: "Strict",
      users: [AppUser(Organisations.ana, status: "ZZ")])
    let scenario = Organisations.app([.catchAll("1FA")]) { $0.okta.apps.append(other) }
    try await Bench.run(scenario) { bench in
      let keys = [Organisations.ana]
      let provider = await bench.okta().readProvider(
        ProviderQuery(apps: [Bench.app, other.id]) { WatchList(keys: keys) }, progress: .none)
      let record = OneDoor(provider: provider, app: Bench.app).record(keys[0])
      #expect(record.verdict == .notEnforced, "\(record.reason)")
      let there = OneDoor(provider: provider, app: other.id).record(keys[0])
      #expect(there.verdict == .cannotTell, "\(there.reason)")
    }
  }

  @Test(
    "durations",
    arguments: [
      ("PT2H", 120), ("P30D", 43_200), ("PT43800H", 2_628_000), ("PT0S", 0), ("P1DT1M30S", 1442),
      ("", nil), ("P", nil), ("PT", nil), ("2H", nil), ("PTH", nil), ("PT2", nil), ("P2H", nil),
    ] as [(String, Int64?)])
  func durations(text: String, minutes: Int64?) {
    #expect(OktaDuration.minutes(text) == minutes)
  }
}

enum OktaDoorRows {
  private typealias O = Organisations

  static var all: [Row] { links + chains + sessions + strange + lists }

  // MARK: Providers that link

  private static func partner(_ link: JSON?, groups: [String] = []) -> Scenario {
    O.small {
      var partner = InboundIdentityProvider("Partner", trustsClaims: true)
      partner.raw = link.map { ["policy": ["accountLink": $0]] }
      partner.linksAccounts = link == nil
      $0.okta.identityProviders = [partner]
    }
  }

  private static func group(_ name: String) -> JSON {
    ["action": "AUTO", "filter": ["groups": ["include": [.string(Group(name).id)]]]]
  }

  private static let links: [Row] = [
    Row(
      number: "L1", situation: "a trusted provider links whoever comes", scenario: partner(nil),
      expected: .enforcedConditionally, witness: "asserted by identity provider Partner"),
    Row(
      number: "L2", situation: "a trusted provider links nobody",
      scenario: partner(["action": "DISABLED"]), expected: .enforced),
    Row(
      number: "L3", situation: "it links her group", scenario: partner(group("Staff")),
      expected: .enforcedConditionally),
    Row(
      number: "L4", situation: "it links another group", scenario: partner(group("Contractors")),
      expected: .enforced),
    Row(
      number: "L5", situation: "it links by a filter that is not known",
      scenario: partner(["action": "AUTO", "filter": ["users": ["x"]]]),
      expected: .enforcedConditionally),
    Row(
      number: "L6", situation: "it links in a way that is not known",
      scenario: partner(["action": "CALLOUT"]), expected: .enforcedConditionally),
    Row(
      number: "L7", situation: "a provider of whose policy a key is not known",
      scenario: O.small {
        var partner = InboundIdentityProvider("Partner")
        partner.linksAccounts = true
        partner.raw = ["policy": ["trustMfa": true]]
        $0.okta.identityProviders = [partner]
      }, expected: .enforcedConditionally),
  ]

  // MARK: Chains

  private static func chain(_ steps: [JSON], more: JSON? = nil) -> Scenario {
    let chain = steps.reversed().reduce(JSON?.none) { next, step in
      var one: JSON = ["authenticationMethods": [step]]
      if let next { one["next"] = [next] }
      return one
    }
    let method: JSON = ["type": "AUTH_METHOD_CHAIN", "chains": [chain ?? [:]]]
    return O.app([rule(["access": "ALLOW", "verificationMethod": method.merging(more)])])
  }

  private static func step(_ key: String, _ method: String, _ more: JSON? = nil) -> JSON {
    let step: JSON = ["key": .string(key), "method": .string(method)]
    return step.merging(more)
  }

  private static let push = step("okta_verify", "push")
  private static let card = step("smart_card_idp", "cert")

  private static let chains: [Row] = [
    Row(
      number: "C1", situation: "two methods of one authenticator",
      scenario: chain([push, step("okta_verify", "totp")]), expected: .notEnforced),
    Row(
      number: "C2", situation: "a key and a text message",
      scenario: chain([step("webauthn", "webauthn"), step("phone_number", "sms")]),
      expected: .notEnforced),
    Row(
      number: "C3", situation: "a password and a push",
      scenario: chain([step("okta_password", "password"), push]), expected: .enforced),
    Row(
      number: "C4", situation: "a push with user verification",
      scenario: chain([step("okta_verify", "push", ["userVerification": "REQUIRED"])]),
      expected: .enforced),
    Row(
      number: "C5", situation: "a smart card alone, whose PIN stands nowhere",
      scenario: chain([card]), expected: .cannotTell),
    Row(
      number: "C6", situation: "a password and a smart card",
      scenario: chain([step("okta_password", "password"), card]), expected: .enforced),
  ]

  // MARK: Sessions

  private static func rule(_ action: JSON) -> Rule {
    Rule("Catch-all Rule") {
      $0.isSystem = true
      $0.priority = 99
      $0.actions = ["appSignOn": action]
    }
  }

  private static func assurance(_ more: JSON? = nil, _ beside: JSON? = nil) -> JSON {
    let method: JSON = ["type": "ASSURANCE", "factorMode": "2FA", "reauthenticateIn": "PT2H"]
    let action: JSON = ["access": "ALLOW", "verificationMethod": method.merging(more)]
    return action.merging(beside)
  }

  private static func session(_ minutes: JSON?, idle: JSON? = nil, factor: Bool = true) -> Policy {
    var session: [String: JSON] = ["usePersistentCookie": true]
    session["maxSessionLifetimeMinutes"] = minutes
    session["maxSessionIdleMinutes"] = idle ?? minutes
    return O.sessionPolicy(
      "All",
      rules: [
        Rule("Everybody") {
          $0.actions = [
            "signon": [
              "access": "ALLOW", "requireFactor": .bool(factor), "factorPromptMode": "ALWAYS",
              "primaryFactor": "PASSWORD_IDP", "session": .object(session),
            ]
          ]
        }
      ])
  }

  private static func lasting(_ method: String, _ policy: Policy?) -> Scenario {
    O.app([rule(assurance(["reauthenticateIn": .string(method)]))]) {
      if let policy { $0.okta.policies.append(policy) }
    }
  }

  private static let allowed: JSON = [
    "keepMeSignedIn": ["postAuth": "ALLOWED", "postAuthPromptFrequency": "P30D"]
  ]

  private static let sessions: [Row] = [
    Row(
      number: "S1", situation: "a session of a month asks for two factors once",
      scenario: O.session([session(43_200)]), expected: .enforcedConditionally,
      witness: "older session"),
    Row(
      number: "S2", situation: "a session without end", scenario: O.session([session(0)]),
      expected: .enforcedConditionally),
    Row(
      number: "S3", situation: "a session of which no length is shown",
      scenario: O.session([session(nil)]), expected: .enforcedConditionally),
    Row(
      number: "S4",
      situation: "a session without end, which one that is used has, though idle for two hours",
      scenario: O.session([session(0, idle: 120)]), expected: .enforcedConditionally,
      witness: "older session"),
    Row(
      number: "S5", situation: "the app asks once a session, and sessions are short",
      scenario: lasting("PT43800H", nil), expected: .enforced),
    Row(
      number: "S6", situation: "the app asks once a session, and sessions are long",
      scenario: lasting("PT43800H", session(43_200, factor: false)),
      expected: .enforcedConditionally, witness: "older session"),
    Row(
      number: "S7", situation: "sessions are long, and the app asks again after two hours",
      scenario: lasting("PT2H", session(43_200)), expected: .enforced),
    Row(
      number: "S8", situation: "who wants to stays signed in for a month",
      scenario: O.app([rule(assurance(["reauthenticateIn": "P30D"], allowed))]),
      expected: .enforcedConditionally, witness: "remembered device"),
    Row(
      number: "S9", situation: "who wants to stays signed in, and is asked again after two hours",
      scenario: O.app([rule(assurance(nil, allowed))]), expected: .enforced),
    Row(
      number: "S10", situation: "staying signed in, in a form that is not known",
      scenario: O.app([rule(assurance(nil, ["keepMeSignedIn": ["postAuth": "MAYBE"]]))]),
      expected: .cannotTell),
    Row(
      number: "S11", situation: "a lifetime of a remembered factor that is none",
      scenario: O.session([
        O.sessionPolicy(
          "All",
          rules: [
            Rule("MFA") {
              $0.requiresFactor = true
              $0.promptMode = "SESSION"
              $0.factorLifetime = -1
            }
          ])
      ]), expected: .cannotTell),
  ]

  // MARK: What is newer than we are, or says two things

  private static func raw(_ raw: JSON, on factors: String = "2FA") -> Scenario {
    var rule = Rule.catchAll(factors)
    rule.raw = raw
    return O.app([rule])
  }

  private static func first(_ conditions: JSON) -> Scenario {
    O.app([
      Rule("First") { $0.conditions = conditions }, .catchAll("1FA"),
    ])
  }

  private static let strange: [Row] = [
    Row(
      number: "N1", situation: "a key of the method that is not known",
      scenario: O.app([rule(assurance(["skipFor": ["x"]]))]), expected: .cannotTell,
      reason: "skipFor"),
    Row(
      number: "N2", situation: "a key of the action that is not known",
      scenario: O.app([rule(assurance(nil, ["somethingNew": 1]))]), expected: .cannotTell),
    Row(
      number: "N3", situation: "a key of the rule that is not known",
      scenario: raw(["exceptions": ["users": ["00u1"]]]), expected: .cannotTell),
    Row(
      number: "N4", situation: "a rule of another type", scenario: raw(["type": "SIGN_ON"]),
      expected: .cannotTell),
    Row(
      number: "N5", situation: "two rules with one number",
      scenario: O.app([
        Rule("Two") { $0.priority = 0 },
        Rule("One") {
          $0.priority = 0
          $0.factors = "1FA"
        }, .catchAll("2FA"),
      ]), expected: .cannotTell),
    Row(
      number: "N6", situation: "anywhere, and a zone beside it",
      scenario: first(["network": ["connection": "ANYWHERE", "include": ["nzoX"]]]),
      expected: .cannotTell),
    Row(
      number: "N7", situation: "a possession that is required in a way that is not known",
      scenario: O.app([
        rule(
          assurance([
            "factorMode": "1FA",
            "constraints": [["possession": ["required": "false", "userVerification": "REQUIRED"]]],
          ]))
      ]), expected: .cannotTell),
    Row(
      number: "N8", situation: "the policy that comes is another one",
      scenario: O.small { $0[policy: "Strict"].raw = ["id": "rstZZ"] }, expected: .cannotTell),
  ]

  // MARK: Who may use the application

  private static func open(_ raw: JSON) -> Scenario {
    O.app([.catchAll("1FA")]) {
      $0.okta.apps[0].users = []
      $0.okta.apps[0].raw = raw
    }
  }

  private static let lists: [Row] = [
    Row(
      number: "A1", situation: "not assigned", scenario: open([:]), expected: .notEvaluated,
      code: .notAssigned),
    Row(
      number: "A2", situation: "not assigned, and people may assign themselves",
      scenario: open(["accessibility": ["selfService": true]]), expected: .notEnforced),
    Row(
      number: "A3", situation: "not assigned, and whether all may use it is no flag",
      scenario: open(["settings": ["implicitAssignment": "true"]]), expected: .cannotTell),
    Row(
      number: "A4", situation: "not assigned, and the settings are a text",
      scenario: open(["settings": "none"]), expected: .cannotTell),
  ]
}
