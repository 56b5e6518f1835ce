@testable import JSONQuery

/// Runs Keycloak's flows as its server does, over the raw JSON of a flow's steps: one person with certain credentials, one
/// sign-in, every way of choosing among alternatives; nothing clever, and nothing shared with the compiler.
struct KeycloakOracle {
  /// The raw list of a flow's steps, and the configurations by id.
  struct RawFlow {
    var executions: [JSONValue]
    var configs: [String: JSONValue]
  }

  /// What a person has and is.
  struct Person {
    var roles: Set<String>
    var attributes: Set<String>
    var credentials: Set<String>
  }

  /// One sign-in: headers sent, scopes asked for, and the level that is asked for.
  struct SignIn {
    var headers: Set<String>
    var scopes: Set<String>
    var level: Int
  }

  /// What nobody knows: whether steps of others ask for a second factor, and whether their conditions hold.
  struct World {
    var asks: [String: Bool]
    var holds: [String: Bool]
  }

  /// A step with its children, by reference for speed.
  final class Node {
    let name: String
    let provider: String?
    let requirement: String
    let config: [String: String]
    var children: [Node] = []
    let place: Int

    init(_ json: JSONValue, configs: [String: JSONValue], place: Int) {
      name = json["displayName"]?.string ?? ""
      provider = json["providerId"]?.string
      requirement = json["requirement"]?.string ?? ""
      let members =
        json["authenticationConfig"]?.string.flatMap { configs[$0]?["config"]?.object } ?? [:]
      config = members.compactMapValues(\.string)
      self.place = place
    }

    var isCondition: Bool { provider?.hasPrefix("conditional-") == true }
    /// What tells a step of others from every other one: those of two flows have other names.
    var key: String { "\(provider ?? "") \(place)" }
  }

  /// How far a sign-in has come.
  struct State: Hashable {
    var factors: Set<String> = []
    var isStrong = false
    /// Whether it is known who the person is.
    var isNamed = false
    var level = -1
    var levels: Set<Int> = []
    var used: Set<String> = []
    var done: Set<Int> = []

    /// Things that one has are one factor, however many.
    var isMulti: Bool { isStrong || (factors.contains("known") && factors.count > 1) }
  }

  let top: [Node]
  private let all: [Node]
  let person: Person
  let signIn: SignIn
  let world: World
  let enabledActions: Set<String>
  /// Sessions opened elsewhere that the cookie may stand for.
  var sessions: [State] = []

  init(
    _ nodes: [Node], all: [Node], person: Person, signIn: SignIn, world: World,
    enabledActions: Set<String>
  ) {
    top = nodes
    self.all = all
    self.person = person
    self.signIn = signIn
    self.world = world
    self.enabledActions = enabledActions
  }

  /// Builds the tree from the levels of the list.
  static func tree(_ flow: RawFlow) -> (top: [Node], all: [Node]) {
    var top: [Node] = []
    var all: [Node] = []
    var path: [Node] = []
    for (place, json) in flow.executions.enumerated() {
      let node = Node(json, configs: flow.configs, place: place)
      let level = Int(json["level"]?.integer ?? 0)
      path = Array(path.prefix(level))
      if let parent = path.last { parent.children.append(node) } else { top.append(node) }
      path.append(node)
      all.append(node)
    }
    return (top, all)
  }

  /// What a run of a flow came to.
  struct Result {
    var ends: Set<State> = []
    /// Whether some way ended without success and without having been refused.
    var isStuck = false
    /// Whether some way ended so at a level that people are past who have set up nothing.
    var isOptedOut = false
  }

  func run(from start: State = State()) -> Result {
    var result = Result()
    result.ends = process(top, start, &result)
    return result
  }

  // MARK: The server's algorithm

  private func process(_ nodes: [Node], _ start: State, _ stuck: inout Result) -> Set<State> {
    let live = nodes.filter { $0.requirement != "DISABLED" && !$0.isCondition }
    let required = live.filter { $0.requirement == "REQUIRED" || $0.requirement == "CONDITIONAL" }
    if required.isEmpty {
      if live.isEmpty { stuck.isStuck = true }
      var ends: Set<State> = []
      var state = start
      for node in live {
        if node.provider == "auth-cookie" {
          // A session that is not enough is kept, and the next alternative goes on from it.
          for session in sessions {
            if signIn.level > session.level {
              var inner = self
              inner.sessions = []
              ends.formUnion(inner.process(nodes, session, &stuck))
            } else {
              ends.insert(session)
            }
          }
          continue
        }
        ends.formUnion(single(node, state, &stuck, isRequired: false))
        state = start
      }
      return ends
    }
    // (state, whether anything was run)
    var states: Set<Pair> = [Pair(state: start, hasRun: false)]
    for node in required {
      var next: Set<Pair> = []
      for pair in states {
        if node.requirement == "CONDITIONAL", !applies(node, pair.state) {
          next.insert(pair)
          continue
        }
        for end in single(node, pair.state, &stuck, isRequired: true) {
          next.insert(Pair(state: end, hasRun: true))
        }
      }
      states = next
    }
    if states.contains(where: { !$0.hasRun }) {
      let isByEnrolment = required.contains { node in
        node.requirement == "CONDITIONAL"
          && node.children.contains {
            $0.provider == "conditional-user-configured" && $0.requirement != "DISABLED"
          }
      }
      if isByEnrolment { stuck.isOptedOut = true } else { stuck.isStuck = true }
    }
    return Set(states.filter(\.hasRun).map(\.state))
  }

  private struct Pair: Hashable {
    var state: State
    var hasRun: Bool
  }

  private func single(
    _ node: Node, _ state: State, _ stuck: inout Result, isRequired: Bool
  ) -> Set<State> {
    guard node.provider == nil else { return leaf(node, state, isRequired) }
    let ends = process(node.children, state, &stuck)
    let loa = node.children.last {
      $0.provider == "conditional-level-of-authentication" && $0.requirement != "DISABLED"
    }
    return Set(
      ends.map { end in
        var end = end
        end.done.insert(node.place)
        if node.requirement == "CONDITIONAL", let loa,
          let level = loa.config["loa-condition-level"].flatMap({ Int($0) })
        {
          end.level = level
          if loa.config["loa-max-age"] != "0" { end.levels.insert(level) }
        }
        return end
      })
  }

  // MARK: Conditions

  private func applies(_ node: Node, _ state: State) -> Bool {
    let live = node.children.filter { $0.requirement != "DISABLED" }
    let conditions = live.filter { $0.isCondition || isStrange($0) }
    return !conditions.isEmpty && conditions.allSatisfy { holds($0, node, state) }
  }

  private func isStrange(_ node: Node) -> Bool { node.provider?.hasPrefix("acme") == true }

  private func holds(_ condition: Node, _ parent: Node, _ state: State) -> Bool {
    let config = condition.config
    switch condition.provider {
    case "conditional-user-configured":
      let siblings = parent.children.filter { $0.provider != nil && !$0.isCondition }
      let required = siblings.filter { $0.requirement == "REQUIRED" }
      if !required.isEmpty { return required.allSatisfy { isConfigured($0, state) } }
      let alternatives = siblings.filter { $0.requirement == "ALTERNATIVE" }
      return alternatives.isEmpty || alternatives.contains { isConfigured($0, state) }
    case "conditional-user-role", "conditional-user-attribute":
      // Nobody is looked at before somebody is named.
      return state.isNamed && holdsOfPerson(condition)
    case "conditional-client-scope":
      return signIn.scopes.contains(config["client_scope", default: ""])
    case "conditional-credential":
      let listed = config["credentials", default: ""].split(separator: "#").map(String.init)
      let used = state.used.isEmpty ? ["none"] : state.used
      let isAmong = listed.contains { used.contains($0) }
      return config["included"] == "true" ? isAmong : !isAmong
    case "conditional-level-of-authentication":
      let level = config["loa-condition-level"].flatMap { Int($0) } ?? 0
      return state.level < 0 || (signIn.level >= level && !state.levels.contains(level))
    case "conditional-sub-flow-executed":
      let flow = all.first { $0.provider == nil && $0.name == config["flow_to_check"] }
      let isDone = flow.map { state.done.contains($0.place) } ?? false
      return config["check_result"] == "not-executed" ? !isDone : isDone
    default: return world.holds[condition.key] ?? false
    }
  }

  private func holdsOfPerson(_ condition: Node) -> Bool {
    let config = condition.config
    switch condition.provider {
    case "conditional-user-role":
      guard let role = config["condUserRole"], role != "gone" else { return false }
      return person.roles.contains(role) != (config["negate"] == "true")
    case "conditional-user-attribute":
      let value =
        config["attribute_name", default: ""] + "="
        + config["attribute_expected_value", default: ""]
      return person.attributes.contains(value) != (config["not"] == "true")
    default: return false
    }
  }

  private func isConfigured(_ node: Node, _ state: State) -> Bool {
    func has(_ credential: String) -> Bool {
      state.isNamed && person.credentials.contains(credential)
    }
    switch node.provider ?? "" {
    case "auth-otp-form", "auth-conditional-otp-form": return has("otp")
    case "webauthn-authenticator": return has("webauthn")
    case "webauthn-authenticator-passwordless": return has("webauthn-passwordless")
    case "auth-recovery-authn-code-form": return has("recovery-authn-codes")
    case "auth-password-form": return has("password")
    case let other where other.hasPrefix("acme"): return world.holds["set up " + node.key] ?? false
    default: return true
    }
  }

  // MARK: Authenticators

  private func leaf(_ node: Node, _ state: State, _ isRequired: Bool) -> Set<State> {
    var next = state
    switch node.provider ?? "" {
    case "auth-username-password-form":
      next.isNamed = true
      next.factors.insert("known")
      next.used.insert("password")
      return [next]
    case "auth-password-form":
      guard person.credentials.contains("password") else { return [] }
      next.factors.insert("known")
      next.used.insert("password")
      return [next]
    case "auth-spnego":
      next.isNamed = true
      next.factors.insert("known")
      return [next]
    case "auth-username-form":
      next.isNamed = true
      return [next]
    case "allow-access-authenticator": return [state]
    case "deny-access-authenticator", "auth-cookie": return []
    case "auth-otp-form":
      return credential("otp", action: "CONFIGURE_TOTP", state, isRequired)
    case "webauthn-authenticator":
      return credential("webauthn", action: "webauthn-register", state, isRequired)
    case "auth-recovery-authn-code-form":
      return credential(
        "recovery-authn-codes", action: "CONFIGURE_RECOVERY_AUTHN_CODES", state, isRequired)
    case "webauthn-authenticator-passwordless":
      return credential(
        "webauthn-passwordless", action: "webauthn-register-passwordless", state, isRequired,
        isStrong: true)
    case "auth-conditional-otp-form":
      return isOTPSkipped(node.config)
        ? [state] : credential("otp", action: "CONFIGURE_TOTP", state, isRequired)
    default:
      if world.asks[node.key] == true { next.isStrong = true }
      if world.holds["names " + node.key] == true { next.isNamed = true }
      return [next]
    }
  }

  private func credential(
    _ type: String, action: String, _ state: State, _ isRequired: Bool, isStrong: Bool = false
  ) -> Set<State> {
    var next = state
    if isStrong { next.isStrong = true } else { next.factors.insert(type) }
    // A passkey says who holds it.
    if type == "webauthn-passwordless" { next.isNamed = true }
    if person.credentials.contains(type) {
      next.used.insert(type)
      return [next]
    }
    return isRequired && enabledActions.contains(action) ? [next] : []
  }

  private func isOTPSkipped(_ config: [String: String]) -> Bool {
    if let name = config["otpControlAttribute"] {
      if person.attributes.contains(name + "=skip") { return true }
      if person.attributes.contains(name + "=force") { return false }
    }
    if let role = config["skipOtpRole"], person.roles.contains(role) { return true }
    if let role = config["forceOtpRole"], person.roles.contains(role) { return false }
    if let pattern = config["noOtpRequiredForHeaderPattern"], signIn.headers.contains(pattern) {
      return true
    }
    if let pattern = config["forceOtpForHeaderPattern"], signIn.headers.contains(pattern) {
      return false
    }
    return config["defaultOtpOutcome"] == "skip"
  }
}
