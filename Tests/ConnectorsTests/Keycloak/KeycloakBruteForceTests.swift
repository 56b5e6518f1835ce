import ConnectorKit
import IdentityCore
import Testing

@testable import JSONQuery
@testable import Keycloak

/// One random realm: a client, maybe a second one, their flows, and a person.
private struct Trial {
  static let actions = ["CONFIGURE_TOTP", "webauthn-register", "CONFIGURE_RECOVERY_AUTHN_CODES"]

  var flow: KeycloakOracle.RawFlow
  var other: KeycloakOracle.RawFlow?
  var attributes: [String: String]
  var otherAttributes: [String: String]
  var realmMap: [String: Int]
  var actions: Set<String>
  var roles: Set<String>
  var personal: Set<String>
  var isDirect: Bool
  /// Whether sessions last for a month.
  var isLong: Bool

  init(seed: UInt64) {
    var random = KeycloakRandomFlows(seed: seed)
    let usesLevels = random.chance(35)
    let withCookie = random.chance(40)
    isDirect = !withCookie && random.chance(15)
    flow = random.flow(withCookie: withCookie, usesLevels: usesLevels)
    other =
      withCookie && random.chance(70)
      ? random.flow(withCookie: false, usesLevels: usesLevels) : nil
    realmMap = random.chance(60) ? ["aal1": 1, "aal2": 2] : [:]
    let choices: [[String: String]] = [
      [:], ["minimum.acr.value": "aal2"], ["default.acr.values": "aal2"],
      ["minimum.acr.value": "2"], ["default.acr.values": "3"],
      ["default.acr.values": "aal1##aal2"],
      ["default.acr.values": "aal1", "minimum.acr.value": "aal2"],
      ["default.acr.values": "3", "minimum.acr.value": "1"],
    ]
    attributes = usesLevels ? random.pick(choices) : [:]
    otherAttributes = usesLevels ? random.pick(choices) : [:]
    actions = Set(Self.actions.filter { _ in random.chance(70) })
    roles = Set(["r1", "r2"].filter { _ in random.chance(50) })
    personal = []
    if random.chance(50) { personal.insert("dep=it") }
    let mode = random.below(3)
    if mode > 0 { personal.insert(mode == 1 ? "otp=skip" : "otp=force") }
    isLong = withCookie && random.chance(25)
  }

  /// The realm in a few lines, for a failing test.
  var outline: String {
    let facts = [
      "client \(attributes)", isLong ? "long sessions" : "short sessions",
      "roles \(roles.sorted())", "attributes \(personal.sorted())",
      "map \(realmMap)", "actions \(actions.sorted())", isDirect ? "password grant" : "browser",
    ]
    let flows = [("own", flow)] + (other.map { [("other \(otherAttributes)", $0)] } ?? [])
    return facts.joined(separator: "; ")
      + flows.map { "\n\($0.0):\n" + Self.outline($0.1) }.joined()
  }

  private static func outline(_ raw: KeycloakOracle.RawFlow) -> String {
    raw.executions.map { step in
      let indent = String(repeating: "  ", count: Int(step["level"]?.integer ?? 0) + 1)
      let config = step["authenticationConfig"]?.string.flatMap { raw.configs[$0]?["config"]?.text }
      return indent + (step["displayName"]?.string ?? "") + " "
        + (step["requirement"]?.string ?? "") + " " + (config ?? "")
    }.joined(separator: "\n")
  }

  // MARK: The compiler's answer

  func compiled() throws -> Verdict {
    let model = try model()
    let atoms = model.atoms.indices.filter { holds(model.atoms[$0]) }
    var table = AccountTable(atomCount: model.atoms.count)
    let account = Account(id: "ana", email: nil, atoms: Set(atoms), assigned: [0])
    _ = table.append(account)
    return SignInEvaluator(model).evaluate(table.signature(at: 0)).verdict
  }

  private func holds(_ atom: SubjectAtom) -> Bool {
    switch atom.kind {
    case .role: roles.contains(atom.id)
    default: personal.contains(atom.id.replacing(" (first)", with: ""))
    }
  }

  private func model() throws -> SignInModel {
    let realm = try KeycloakWire.Realm(
      .object([
        "realm": .string("acme"), "enabled": .bool(true), "browserFlow": .string("own"),
        "directGrantFlow": .string("own"), "resetPasswordAllowed": .bool(false),
        "webAuthnPolicyPasswordlessUserVerificationRequirement": .string("required"),
        "ssoSessionMaxLifespan": .integer(isLong ? 2_592_000 : 36_000), "rememberMe": .bool(false),
        "attributes": .object(["acr.loa.map": .string(Self.text(realmMap))]),
      ]))
    let client = try client("a", attributes, flow: nil)
    var clients = [client]
    if other != nil { clients.append(try self.client("b", otherAttributes, flow: "f-other")) }
    var picture = KeycloakRealmPicture(realm: realm, clients: clients)
    picture.flowAliases = ["f-own": "own", "f-other": "other"]
    picture.flows["own"] = .read(try Self.flow("own", flow))
    if let other { picture.flows["other"] = .read(try Self.flow("other", other)) }
    picture.requiredActions = actions
    picture.roles = ["r1": .exists, "r2": .exists, "gone": .missing]
    let builder = KeycloakModelBuilder(
      atoms: KeycloakAtoms(), vouches: Vouches(at: Timestamp(milliseconds: 0)), app: "a")
    let policy = KeycloakDoorCompiler(picture: picture, builder: builder).policy(of: client)
    return builder.model(try #require(policy))
  }

  private func client(
    _ id: String, _ attributes: [String: String], flow: String?
  ) throws -> KeycloakWire.Client {
    var json: [String: JSONValue] = [
      "id": .string(id), "clientId": .string(id), "enabled": .bool(true),
      "protocol": .string("openid-connect"), "bearerOnly": .bool(false),
      "implicitFlowEnabled": .bool(false), "standardFlowEnabled": .bool(!isDirect),
      "authenticationFlowBindingOverrides": .object([:]),
      "directAccessGrantsEnabled": .bool(isDirect),
      "attributes": .object(attributes.mapValues { .string($0) }),
      "defaultClientScopes": .array([.string("profile")]),
      "optionalClientScopes": .array([.string("phone")]),
    ]
    if let flow {
      json["authenticationFlowBindingOverrides"] = .object(["browser": .string(flow)])
    }
    return try KeycloakWire.Client(.object(json))
  }

  private static func text(_ map: [String: Int]) -> String {
    JSONValue.object(map.mapValues { .integer(Int64($0)) }).text
  }

  private static func flow(
    _ alias: String, _ raw: KeycloakOracle.RawFlow
  ) throws -> KeycloakFlow {
    var flow = try KeycloakFlow(
      id: "f-\(alias)", alias: alias, try raw.executions.map { try KeycloakWire.Execution($0) })
    flow.forEachStep { step in
      guard let id = step.configID, let config = raw.configs[id] else { return }
      step.settings = .read(id: id, (try? KeycloakWire.config(config)) ?? [:])
    }
    return flow
  }

  // MARK: The brute force's answer

  private enum End: Hashable { case refused, single, multi, stuck, multiOrStuck }

  func enumerated() -> Verdict {
    let own = KeycloakOracle.tree(flow)
    let theirs = other.map { KeycloakOracle.tree($0) }
    let nodes = own.all + (theirs?.all ?? [])
    let credentials = Self.subsets(mentionedCredentials(nodes)).map { Set($0) }
    let levels = self.levels(attributes, own.all)
    let otherLevels = theirs.map { self.levels(otherAttributes, $0.all) } ?? []
    let headers = Self.subsets(
      ["h1", "h2"].filter { header in nodes.contains { $0.config.values.contains(header) } })
    let scopes: [Set<String>] =
      nodes.contains { $0.config["client_scope"] == "phone" }
      ? [["profile"], ["profile", "phone"]] : [["profile"]]
    var verdicts: Set<Verdict> = []
    for world in worlds(nodes) {
      var ends: [End] = []
      for level in levels {
        for header in headers {
          for scope in scopes {
            let signIn = KeycloakOracle.SignIn(
              headers: Set(header), scopes: scope, level: level)
            ends.append(end(own, nil, credentials, world, signIn, otherLevels))
            if isLong {
              ends.append(end(own, nil, credentials, world, signIn, otherLevels, isOld: true))
            }
            guard let theirs else { continue }
            // A sign-in at the other client is a request of its own.
            for header in headers {
              for scope in scopes {
                ends.append(
                  end(
                    own, theirs, credentials, world, signIn, otherLevels,
                    there: KeycloakOracle.SignIn(
                      headers: Set(header), scopes: scope, level: level)))
              }
            }
          }
        }
      }
      // Nobody knows how a stuck sign-in ends; it ends the same way everywhere.
      let isOpen = ends.contains(.stuck) || ends.contains(.multiOrStuck)
      for stuck in isOpen ? [End.refused, .single, .multi] : [.refused] {
        let closed = ends.map { end -> End in
          switch end {
          case .stuck: stuck
          case .multiOrStuck: stuck == .single ? .single : .multi
          default: end
          }
        }
        let open = Set(closed).subtracting([.refused])
        verdicts.insert(
          open.isEmpty
            ? .notEvaluated
            : !open.contains(.single)
              ? .enforced : open.contains(.multi) ? .enforcedConditionally : .notEnforced)
      }
    }
    // Where some worlds have no way in, those that have one decide.
    if verdicts.count > 1, verdicts.remove(.notEvaluated) != nil { verdicts.insert(.enforced) }
    if verdicts.count == 1, let only = verdicts.first { return only }
    return verdicts.contains(.notEnforced) ? .cannotTell : .enforcedConditionally
  }

  /// The weakest end of one sign-in, whatever credentials the person keeps.
  private func end(
    _ own: (top: [KeycloakOracle.Node], all: [KeycloakOracle.Node]),
    _ theirs: (top: [KeycloakOracle.Node], all: [KeycloakOracle.Node])?,
    _ credentials: [Set<String>], _ world: KeycloakOracle.World, _ signIn: KeycloakOracle.SignIn,
    _ otherLevels: [Int], there: KeycloakOracle.SignIn? = nil, isOld: Bool = false
  ) -> End {
    var weakest = End.refused
    var isOptedOut = false
    for held in credentials {
      let person = KeycloakOracle.Person(roles: roles, attributes: personal, credentials: held)
      var oracle = KeycloakOracle(
        own.top, all: own.all, person: person, signIn: signIn, world: world,
        enabledActions: actions)
      // Of an old session nothing is left but that somebody signed in: no level of these flows is kept for so long.
      if isOld { oracle.sessions.append(.init(factors: ["known"], isNamed: true)) }
      if let theirs {
        for level in otherLevels {
          var there = there ?? signIn
          there.level = level
          let session = KeycloakOracle(
            theirs.top, all: theirs.all, person: person, signIn: there, world: world,
            enabledActions: actions)
          let run = session.run()
          oracle.sessions += run.ends.map { kept($0, own.all) }
          if run.isOptedOut { isOptedOut = true }
        }
      }
      let result = oracle.run()
      if result.ends.contains(where: { !$0.isMulti }) { return .single }
      if !result.ends.isEmpty { weakest = .multi }
      if result.isOptedOut { isOptedOut = true }
      if result.isStuck, weakest == .refused { weakest = .stuck }
    }
    guard isOptedOut else { return weakest }
    return weakest == .multi ? .multiOrStuck : .stuck
  }

  /// What is left of a sign-in in the session it opened: factors, levels that the flow knows, no more.
  private func kept(
    _ end: KeycloakOracle.State, _ nodes: [KeycloakOracle.Node]
  ) -> KeycloakOracle.State {
    let known = Set(nodes.compactMap { $0.config["loa-condition-level"].flatMap { Int($0) } })
    var state = KeycloakOracle.State(
      factors: end.factors, isStrong: end.isStrong, isNamed: true)
    state.levels = end.levels
    guard !end.levels.isEmpty else { return state }
    state.level = 0
    for level in end.levels.sorted() {
      guard known.contains(level) else { break }
      state.level = level
    }
    return state
  }

  private func levels(
    _ attributes: [String: String], _ nodes: [KeycloakOracle.Node]
  ) -> [Int] {
    guard !isDirect else { return [-1] }
    let own = Set(
      flow.configs.values.compactMap { $0["config"]?["loa-condition-level"]?.string })
    let live = Set(liveLevels(KeycloakOracle.tree(flow).top))
    var minimum = -1
    if let acr = attributes["minimum.acr.value"] {
      if let level = realmMap[acr] {
        minimum = level
      } else if own.contains(acr), live.contains(acr), let level = Int(acr) {
        minimum = level
      }
    }
    guard let defaults = attributes["default.acr.values"] else { return [minimum] }
    let asked =
      defaults.split(separator: "#").map { realmMap[String($0)] ?? Int($0) ?? 0 }
      .filter { $0 >= minimum }.min() ?? minimum
    let lower = Array(0...3).filter { $0 < asked && $0 >= minimum }
    let lowest = lower.isEmpty && minimum >= 0 ? [minimum] : lower
    return Array(Set([asked] + lowest.filter { $0 <= asked }))
  }

  private func liveLevels(_ nodes: [KeycloakOracle.Node]) -> [String] {
    nodes.filter { $0.requirement != "DISABLED" }.flatMap { node in
      (node.config["loa-condition-level"].map { [$0] } ?? []) + liveLevels(node.children)
    }
  }

  private func mentionedCredentials(_ nodes: [KeycloakOracle.Node]) -> [String] {
    let types = [
      "auth-otp-form": "otp", "auth-conditional-otp-form": "otp",
      "webauthn-authenticator": "webauthn", "auth-password-form": "password",
      "webauthn-authenticator-passwordless": "webauthn-passwordless",
      "auth-recovery-authn-code-form": "recovery-authn-codes",
    ]
    return Set(nodes.compactMap { $0.provider.flatMap { types[$0] } }).sorted()
  }

  private func worlds(_ nodes: [KeycloakOracle.Node]) -> [KeycloakOracle.World] {
    var worlds = [KeycloakOracle.World(asks: [:], holds: [:])]
    for node in nodes where node.provider?.contains("acme") == true {
      let provider = node.key
      if provider.hasPrefix("acme") {
        worlds = worlds.flatMap { world in
          [false, true].map { value in
            var next = world
            next.asks[provider] = value
            return next
          }
        }
        worlds = Self.split(worlds, "set up " + provider)
        if nodes.contains(where: { $0.provider?.hasPrefix("conditional-user-") == true }) {
          worlds = Self.split(worlds, "names " + provider)
        }
      }
      worlds = Self.split(worlds, provider)
    }
    return worlds
  }

  private static func split(
    _ worlds: [KeycloakOracle.World], _ key: String
  ) -> [KeycloakOracle.World] {
    worlds.flatMap { world in
      [false, true].map { value in
        var next = world
        next.holds[key] = value
        return next
      }
    }
  }

  private static func subsets(_ all: [String]) -> [[String]] {
    all.reduce([[]]) { sets, item in sets + sets.map { $0 + [item] } }
  }
}

@Suite("Keycloak flows against brute force") struct KeycloakBruteForceTests {
  static let count = 10_000

  @Test("compiled flows agree with the server's algorithm on 10,000 random flows")
  func agreement() throws {
    var tally: [Verdict: Int] = [:]
    var disagreements: [String] = []
    for seed in 1...Self.count {
      let trial = Trial(seed: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)
      let compiled = try trial.compiled()
      let enumerated = trial.enumerated()
      tally[enumerated, default: 0] += 1
      // Why nothing gets in is not enumerated: a step that denies is no way in, a dead end is nothing found.
      let isClosed = enumerated == .notEvaluated && compiled == .cannotTell
      if compiled != enumerated, !isClosed {
        disagreements.append(
          "seed \(seed): compiled \(compiled), enumerated \(enumerated): \(trial.outline)")
      }
    }
    let first = disagreements.prefix(3).joined(separator: "\n")
    #expect(disagreements.count == 0, "\(first)")
    let text = tally.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
    print("Keycloak: \(Self.count) random flows agree with brute force: \(text)")
    #expect(Verdict.allCases.filter { tally[$0, default: 0] >= 100 }.count >= 4, "\(text)")
  }
}
