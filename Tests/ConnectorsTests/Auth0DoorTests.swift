import IdentityCore
import MockIdP
import Testing

@testable import Auth0
@testable import ConnectorKit

/// What may take MFA away at a tenant that asks for it in all applications.
@Suite("Auth0: doors and modifiers") struct Auth0DoorTests {
  struct World: Sendable, CustomTestStringConvertible {
    var situation: String
    var expected: Verdict
    /// A line of the inventory and its state.
    var row: Auth0Doors
    var state: InventoryEntry.State
    var vouches = Auth0Bench.vouched
    var attested: Auth0Configuration.Attestation.Word?
    var change: @Sendable (inout Auth0Tenant) -> Void = { _ in }

    var testDescription: String { situation }

    /// A tenant with one Action.
    static func action(
      _ situation: String, _ expected: Verdict, _ state: InventoryEntry.State,
      attested: Auth0Configuration.Attestation.Word? = nil, _ code: String
    ) -> World {
      World(
        situation: situation, expected: expected, row: .actions, state: state, attested: attested
      ) { $0.actions = [.init("Own", id: "own", code: code)] }
    }
  }

  private static func handler(_ body: String, _ parameters: String = "event, api") -> String {
    "exports.onExecutePostLogin = async (\(parameters)) => { \(body) }"
  }

  /// As Auth0 makes it for whoever writes a new Action.
  private static let template = """
    /**
    * Handler that will be called during the execution of a PostLogin flow.
    * @param {PostLoginAPI} api - Interface whose methods can be used to change the behavior of the login.
    */
    exports.onExecutePostLogin = async (event, api) => {
    };
    // exports.onContinuePostLogin = async (event, api) => {
    // };
    """

  static let actions: [World] = [
    .action("the template of an Action", .enforced, .closed, template),
    .action(
      "claims and a link that looks like a comment", .enforced, .closed,
      handler("api.idToken.setCustomClaim('https://acme.com/roles', event.authorization);")),
    .action(
      "it asks for a factor by name", .enforced, .closed,
      handler("api.multifactor.enable('any', { allowRememberBrowser: false })")),
    .action(
      "it switches MFA off in so many words", .enforcedConditionally, .judged,
      handler("if (event.x) { api.multifactor.enable('none') }")),
    .action(
      "the same with a comment in the call", .enforcedConditionally, .judged,
      handler("if (event.x) { api.multifactor.enable( // skip\n 'none') }")),
    .action(
      "the same with a comment between the names", .enforcedConditionally, .judged,
      handler("if (event.x) { api.multifactor/* x */.enable(/*y*/\"none\") }")),
    .action(
      "quotes in a regular expression before a link, and what comes after it", .cannotTell,
      .unknown,
      handler("const t = event.x.replace(/\"/g, ''); f(\"https://a\"); api.multifactor.enable(t)")),
    .action(
      "a regular expression with slashes and quotes", .enforced, .closed,
      handler("if (/[/'\"]/.test(event.x)) { api.multifactor.enable('any') } // 'none'")),
    .action(
      "a text without an end", .cannotTell, .unknown, handler("api.access.deny('x")),
    .action(
      "it spreads its api", .cannotTell, .unknown,
      handler("const o = {...api}; o['multi' + 'factor'].enable('no' + 'ne')")),
    .action(
      "it has browsers remembered, whoever vouches for them", .enforcedConditionally, .closed,
      handler("api.multifactor.enable('any', { allowRememberBrowser: true })")),
    .action(
      "the same, attested to ask some sign-ins", .enforcedConditionally, .judged,
      attested: .conditional, handler("if (event.x) { api.multifactor.enable('none') }")),
    .action(
      "it names the factor by a variable", .cannotTell, .unknown,
      handler("const factor = event.secrets.F; api.multifactor.enable(factor)")),
    .action(
      "it hands its api on", .cannotTell, .unknown,
      "const h = require('helper');" + handler("h.run(event, api)")),
    .action(
      "it reaches its api by a bracket", .cannotTell, .unknown,
      handler("api['multi' + 'factor'].enable('no' + 'ne')")),
    .action(
      "it gives its api another name", .cannotTell, .unknown,
      handler("const { multifactor } = api; multifactor.enable(event.secrets.F)")),
    .action(
      "its api has another name", .cannotTell, .unknown,
      handler("a.multifactor.enable(e.secrets.F)", "e, a")),
    .action(
      "it makes the person another one", .cannotTell, .unknown,
      handler("api.authentication.setPrimaryUser(event.x)")),
    .action(
      "a handler that is not written out", .cannotTell, .unknown,
      "exports.onExecutePostLogin = require('all').handler"),
    .action(
      "the same, attested to ask nobody", .enforced, .vouched,
      attested: Auth0Configuration
        .Attestation.Word.none, handler("h(api)")),
  ]

  static let others: [World] = [
    World(
      situation: "nobody vouches for remembered browsers", expected: .enforcedConditionally,
      row: .rememberedBrowser, state: .unknown, vouches: []),
    World(
      situation: "a vouch for them", expected: .enforced, row: .rememberedBrowser, state: .vouched),
    World(
      situation: "a Rule that is enabled and names multifactor", expected: .cannotTell,
      row: .rules, state: .unknown
    ) {
      $0.rules = [.init("Off", id: "r1", script: "context.multifactor = {provider: 'none'}")]
    },
    World(
      situation: "a Rule that does not", expected: .enforced, row: .rules, state: .closed
    ) {
      $0.rules = [
        rule("log(context.clientName, user.email); callback(null, user, context); // multifactor")
      ]
    },
    World(
      situation: "a Rule that hands its context on", expected: .cannotTell, row: .rules,
      state: .unknown
    ) { $0.rules = [rule("global.apply(user, context); callback(null, user, context);")] },
    World(
      situation: "a Rule that writes into its context by another name", expected: .cannotTell,
      row: .rules, state: .unknown
    ) {
      $0.rules = [rule("c['multi' + 'factor'] = {provider: 'none'}; b(null, u, c);", "u, c, b")]
    },
    World(
      situation: "a Rule that assigns to all of its context", expected: .cannotTell, row: .rules,
      state: .unknown
    ) {
      $0.rules = [rule("Object.assign(context, configuration.P); callback(null, user, context);")]
    },
    World(
      situation: "a Rule that is no function", expected: .cannotTell, row: .rules, state: .unknown
    ) { $0.rules = [.init("Odd", id: "r1", script: "module.run")] },
    World(
      situation: "codes by e-mail beside a database, whose password is reset there",
      expected: .enforcedConditionally, row: .passwordReset, state: .judged
    ) { $0.factors = ["otp", "email"] },
    World(
      situation: "codes by e-mail only", expected: .enforcedConditionally, row: .factors,
      state: .judged
    ) { $0.factors = ["email"] },
    World(
      situation: "codes by SMS beside a database", expected: .enforced, row: .factors,
      state: .judged
    ) { $0.factors = ["sms"] },
    World(
      situation: "codes by SMS twice, if one likes", expected: .enforcedConditionally,
      row: .factors, state: .judged
    ) {
      $0.factors = ["otp", "sms"]
      $0.users[0].identities = [.init("sms", provider: "sms", user: "u1")]
    },
    World(
      situation: "codes by SMS twice, and nothing else", expected: .notEnforced, row: .factors,
      state: .judged
    ) {
      $0.factors = ["sms", "recovery-code"]
      $0.users[0].identities = [.init("sms", provider: "sms", user: "u1")]
    },
    World(
      situation: "tokens of others are exchanged", expected: .cannotTell, row: .grants,
      state: .unknown
    ) {
      $0.clients[0].further = [
        "token_exchange": ["allow_any_profile_of_type": ["custom_authentication"]]
      ]
    },
    World(
      situation: "tokens of others are not exchanged", expected: .enforced, row: .grants,
      state: .closed
    ) { $0.clients[0].further = ["token_exchange": ["allow_any_profile_of_type": []]] },
    World(
      situation: "a native social login", expected: .cannotTell, row: .grants, state: .unknown
    ) { $0.clients[0].further = ["native_social_login": ["apple": ["enabled": true]]] },
    World(
      situation: "a connection says that MFA is not active", expected: .cannotTell,
      row: .connectionMFA, state: .unknown
    ) { $0.connections[0].options = ["mfa": ["active": false]] },
    World(
      situation: "a connection says that MFA is active", expected: .enforced,
      row: .connectionMFA, state: .absent
    ) { $0.connections[0].options = ["mfa": ["active": true, "return_enroll_settings": true]] },
    World(
      situation: "a Rule that is switched off", expected: .enforced, row: .rules, state: .absent
    ) {
      $0.rules = [
        .init("Off", id: "r1", isEnabled: false, script: "context.multifactor = {provider: 'none'}")
      ]
    },
    World(
      situation: "Rules may not be read", expected: .cannotTell, row: .rules, state: .unknown
    ) { $0.scopes.removeAll { $0 == "read:rules" } },
    World(
      situation: "a database takes passkeys", expected: .enforcedConditionally, row: .passkeys,
      state: .unknown
    ) {
      $0.connections[0].options = ["authentication_methods": ["passkey": ["enabled": true]]]
    },
    World(
      situation: "no database takes passkeys", expected: .enforced, row: .passkeys, state: .absent
    ) {
      $0.connections[0].options = ["authentication_methods": ["passkey": ["enabled": false]]]
    },
    World(
      situation: "connections may not be read", expected: .enforcedConditionally, row: .passkeys,
      state: .unknown
    ) { $0.scopes.removeAll { $0 == "read:connections" } },
    World(
      situation: "sessions of a week", expected: .enforcedConditionally, row: .sessionLength,
      state: .unknown
    ) { $0.sessionHours = 168 },
    World(
      situation: "sessions of a day", expected: .enforced, row: .sessionLength, state: .closed),
    World(
      situation: "the password grant is told mfa_required", expected: .enforced, row: .grants,
      state: .closed
    ) { $0.clients[0].grants = ["authorization_code", "password"] },
    World(
      situation: "a grant that swaps tokens", expected: .cannotTell, row: .grants, state: .unknown
    ) { $0.clients[0].grants = ["urn:ietf:params:oauth:grant-type:token-exchange"] },
    World(
      situation: "sign-ins confirmed on a telephone alone (CIBA)", expected: .cannotTell,
      row: .grants, state: .unknown
    ) { $0.clients[0].grants = ["urn:openid:params:grant-type:ciba"] },
    World(
      situation: "no policy: other connections are not known", expected: .notEnforced,
      row: .otherConnections, state: .unknown, vouches: []
    ) { $0.policies = [] },
    World(
      situation: "the policy asks after every connection", expected: .enforced,
      row: .otherConnections, state: .closed),
  ]

  private static func rule(
    _ body: String, _ parameters: String = "user, context, callback"
  ) -> Auth0Tenant.Rule {
    .init("Own", id: "r\(body.count)", script: "function (\(parameters)) { \(body) }")
  }

  @Test("an Action that is attested asks nobody where no factor is on")
  func hollow() async throws {
    let code = Self.handler("api.multifactor.enable('any')")
    for (factors, expected) in [(["otp"], Verdict.enforced), ([], .notEnforced)] {
      let scenario = Auth0Bench.scenario {
        $0.actions = [.init("Own", id: "own", code: code)]
        $0.factors = factors
      }
      try await Bench.run(scenario) { bench in
        let attestation = Auth0Configuration.Attestation(
          action: "own", codeSHA256: Auth0Bench.hash(code), word: .enforced)
        let connector = try Auth0Bench.connector(
          bench, attestations: [attestation], vouches: Auth0Bench.vouched)
        let door = await OneDoor.read(connector, app: Auth0Bench.app, people: [Auth0Bench.ana])
        #expect(door.record(Auth0Bench.ana).verdict == expected)
      }
    }
  }

  @Test("another version of what an Action stands on voids its attestation")
  func dependencies() async throws {
    let code = Self.handler("h(api)")
    let scenario = Auth0Bench.scenario {
      $0.policies = []
      $0.actions = [.init("Own", id: "own", code: code)]
      $0.actions[0].dependencies = ["acme": "1.0.0", "base": "2.1.0"]
    }
    let attestation = Auth0Configuration.Attestation(
      action: "own", codeSHA256: Auth0Bench.hash(code + "\nacme@1.0.0\nbase@2.1.0"),
      word: .enforced)
    try await Bench.run(scenario) { bench in
      func verdict() async throws -> Verdict {
        await OneDoor.read(
          try Auth0Bench.connector(
            bench, attestations: [attestation], vouches: Auth0Bench.vouched), app: Auth0Bench.app,
          people: [Auth0Bench.ana]
        ).record(Auth0Bench.ana).verdict
      }
      let before = try await verdict()
      #expect(before == .enforced)
      await bench.mock.update { $0[Auth0Tenant.self].actions[0].dependencies?["acme"] = "2.0.0" }
      let after = try await verdict()
      #expect(after == .notEnforced)
    }
  }

  @Test("every world gives its verdict, and the line its state", arguments: actions + others)
  func world(_ world: World) async throws {
    try await Bench.run(Auth0Bench.scenario(world.change)) { bench in
      let code = await bench.mock.scenario()[Auth0Tenant.self].actions.first?.code ?? ""
      let attestations = world.attested.map {
        Auth0Configuration.Attestation(
          action: "own", codeSHA256: Auth0Bench.hash(code), word: $0)
      }
      let connector = try Auth0Bench.connector(
        bench, attestations: [attestations].compactMap(\.self), vouches: world.vouches)
      let door = await OneDoor.read(connector, app: Auth0Bench.app, people: [Auth0Bench.ana])
      let record = door.record(Auth0Bench.ana)
      #expect(record.verdict == world.expected, "\(record.reason)")
      let inventory = door.provider.apps[0].inventory
      #expect(inventory.filter { $0.row == world.row.row.id }.map(\.state) == [world.state])
      #expect(Set(inventory.map(\.row)) == Set(Auth0Doors.allCases.map(\.row.id)))
    }
  }

  @Test("an Action is vouched for by the hash of its code, and no longer than that")
  func vouched() async throws {
    let code = Self.handler("h(api)")
    let scenario = Auth0Bench.scenario { $0.actions = [.init("Own", id: "own", code: code)] }
    var vouch = Vouch.for("actions")[0]
    vouch.object = "own"
    vouch.version = String(Auth0Bench.hash(code).prefix(8))
    let vouches = Auth0Bench.vouched + [vouch]
    try await Bench.run(scenario) { bench in
      func verdict() async throws -> Verdict {
        await OneDoor.read(
          try Auth0Bench.connector(bench, vouches: vouches), app: Auth0Bench.app,
          people: [Auth0Bench.ana]
        ).record(Auth0Bench.ana).verdict
      }
      let before = try await verdict()
      #expect(before == .enforced)
      await bench.mock.update { $0[Auth0Tenant.self].actions[0].code += " // and more" }
      let after = try await verdict()
      #expect(after == .cannotTell)
    }
  }
}
