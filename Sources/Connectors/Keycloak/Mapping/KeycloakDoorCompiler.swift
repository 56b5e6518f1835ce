internal import ConnectorKit
internal import IdentityCore

/// Compiles what decides sign-ins to one client: its browser door, its password grant, other providers, open sessions.
struct KeycloakDoorCompiler {
  let picture: KeycloakRealmPicture
  let builder: KeycloakModelBuilder

  /// The policy of a client's doors: the person chooses; nil when it has no door at all.
  func policy(of client: KeycloakWire.Client) -> SignInPolicy? {
    var doors: [SignInPolicy] = []
    if client.hasBrowserDoor { doors.append(browser(client)) }
    if client.directGrants { doors.append(directGrant(client)) }
    if client.isSAML, client.enhancedClient { doors.append(enhancedClient(client)) }
    if client.hasBrowserDoor { doors += recovery(client) }
    return doors.isEmpty ? nil : .choice(doors)
  }

  // MARK: The browser

  /// The flow that decides, or why nobody can tell.
  func flow(_ alias: String?, _ override: String?) -> Part<KeycloakFlow> {
    guard let alias else {
      return .unreadable(
        reason: override.map { "the client names the flow \($0) that is not there" }
          ?? "no flow is named",
        remedy: "bind an existing flow to the client")
    }
    return picture.flows[alias]
      ?? .unreadable(
        reason: "flow '\(alias)' was not read", remedy: "let idsync read the flows of the realm")
  }

  private func browser(_ client: KeycloakWire.Client) -> SignInPolicy {
    let own = flowOfClient(client)
    // Which requests a client policy is for hangs on conditions that are not read here.
    switch picture.clientPolicies {
    case .unreadable(let reason, let remedy):
      let may = builder.unknown(
        "whether a client policy selects another flow: \(reason)", remedy, of: "client policies")
      return .choice([
        own,
        .branch(
          .unknown(may),
          builder.cannotTell(
            "what the flow that a client policy selects asks for", remedy,
            of: "flow of client policies"), .refused),
      ])
    case .read(let policies):
      return policies.selections.reduce(own) { policy, selection in
        let applies = builder.unknown(
          "whether the client policy '\(selection.policy)' applies, which selects another flow",
          "bind the flow to the client instead", of: "client policy \(selection.policy)")
        let selected: SignInPolicy
        switch flow(selection.flow, selection.flow) {
        case .unreadable(let reason, let remedy):
          selected = builder.cannotTell(
            "what the flow asks for that the client policy '\(selection.policy)' selects: \(reason)",
            remedy, of: "flow of client policy \(selection.policy)")
        case .read(let flow): selected = door(client, flow)
        }
        return .branch(.unknown(applies), selected, policy)
      }
    }
  }

  private func flowOfClient(_ client: KeycloakWire.Client) -> SignInPolicy {
    switch flow(picture.browserFlow(of: client), client.browserOverride) {
    case .unreadable(let reason, let remedy):
      return builder.cannotTell(
        "what the browser flow asks for: \(reason)", remedy, of: "browser flow of \(client.id)")
    case .read(let flow): return door(client, flow)
    }
  }

  /// The browser door of a client by a flow, with sessions that are there and other providers.
  private func door(_ client: KeycloakWire.Client, _ flow: KeycloakFlow) -> SignInPolicy {
    let sessions = sessions(for: client, flow)
    let own = byRequest(client, flow) { requested in
      self.run(flow, requested, client) { next in
        .choice(sessions.map { $0(requested, next) })
      }
    }
    let door = withBrokers(own, flow)
    // A device is given its session without the level that the client asks for.
    // <https://github.com/keycloak/keycloak: DeviceEndpoint>
    guard client.deviceFlow, request(client, flow).asked >= 0 else { return door }
    return .choice([door, run(flow, -1, client)])
  }

  // MARK: Doors beside it

  /// Messages of SAML with a name and a password, which a flow of a fixed name decides.
  private func enhancedClient(_ client: KeycloakWire.Client) -> SignInPolicy {
    switch flow(Self.enhancedClientFlow, Self.enhancedClientFlow) {
    case .unreadable(let reason, let remedy):
      return builder.cannotTell(
        "what a SAML sign-in of an enhanced client (ECP) asks for: \(reason)", remedy,
        of: "enhanced client of \(client.id)")
    case .read(let flow): return run(flow, -1, client)
    }
  }

  /// The alias of the flow of enhanced clients.
  static let enhancedClientFlow = "saml ecp"

  /// A forgotten password: in the same browser its flow ends in a session, whatever else the client's flow asks for.
  private func recovery(_ client: KeycloakWire.Client) -> [SignInPolicy] {
    guard picture.realm.resetAllowed != false else { return [] }
    var policy: SignInPolicy
    switch flow(picture.realm.resetFlow, picture.realm.resetFlow) {
    case .unreadable(let reason, let remedy):
      policy = builder.cannotTell(
        "what the reset of a forgotten password asks for: \(reason)", remedy, of: "reset flow")
    case .read(let flow):
      policy = run(flow, -1, client)
      if flow.liveSteps.contains(where: { $0["force-login"] != nil }) {
        // Newer servers can have people sign in again behind it; which value does so is not confirmed.
        let again = builder.unknown(
          "whether people sign in again after flow '\(flow.alias)'",
          "ask for a second factor in the flow, or switch the reset of passwords off",
          of: "sign-in after flow \(flow.id)")
        policy = .branch(.unknown(again), .refused, policy)
      }
    }
    if client.minimumACR != nil {
      let heeded = builder.unknown(
        "whether a session that the reset of a password opens has the minimum ACR value of \(client.clientID)",
        "ask for a second factor in the reset flow, or switch the reset of passwords off",
        of: "minimum of \(client.id) after a reset")
      policy = .branch(.unknown(heeded), .refused, policy)
    }
    guard picture.realm.resetAllowed == nil else { return [policy] }
    let isAllowed = builder.unknown(
      "whether people may have a forgotten password reset: the realm does not say",
      "run again; if it stays, report it", of: "reset of passwords")
    return [.branch(.unknown(isAllowed), policy, .refused)]
  }

  /// One policy for each level that a sign-in may ask for.
  private func byRequest(
    _ client: KeycloakWire.Client, _ flow: KeycloakFlow, _ make: (Int) -> SignInPolicy
  ) -> SignInPolicy {
    let request = request(client, flow)
    var policy = make(request.asked)
    if !request.lowered.isEmpty {
      let values = ["no"] + request.lowered.map { request.lowered.count == 1 ? "yes" : "to \($0)" }
      let lowered = builder.variable(
        "the level that \(client.clientID) asks for lowered in the address", values,
        of: "level lowered at \(client.id)")
      let branches = request.lowered.enumerated().map { index, level in
        SignInPolicy.Branch(.variable(lowered, in: [index + 1]), make(level))
      }
      if branches.contains(where: { $0.policy != policy }) {
        policy = .firstMatch(branches, otherwise: policy)
      }
    }
    guard client.isSAML, request.minimum >= 0 else { return policy }
    let heeded = builder.unknown(
      "whether Keycloak heeds the minimum ACR value of the SAML client \(client.clientID)",
      "bind a flow to the client that always asks for a second factor",
      of: "minimum of \(client.id)")
    return .branch(.unknown(heeded), policy, make(-1))
  }

  private func request(
    _ client: KeycloakWire.Client, _ flow: KeycloakFlow
  ) -> KeycloakLevels.Request {
    KeycloakLevels.request(
      of: client, picture.realm, flow: flow,
      realmFlow: picture.flows[picture.realm.browserFlow]?.value)
  }

  func run(
    _ flow: KeycloakFlow, _ requested: Int, _ client: KeycloakWire.Client?,
    elsewhere: String? = nil, from start: KeycloakProgress = KeycloakProgress(),
    closesDeadEnds: Bool = false,
    then next: KeycloakNext? = nil,
    session: @escaping (KeycloakNext) -> SignInPolicy = { _ in .refused }
  ) -> SignInPolicy {
    let compiler = KeycloakFlowCompiler(
      flow, requested: requested, client: client, elsewhere: elsewhere, session: session,
      closesDeadEnds: closesDeadEnds, picture: picture, builder: builder)
    return compiler.policy(from: start, then: next ?? KeycloakNext { end(of: flow, $0) })
  }

  /// What a sign-in amounts to that came to the end of a flow.
  private func end(of flow: KeycloakFlow, _ progress: KeycloakProgress) -> SignInPolicy {
    var demand =
      progress.isMultiFactor
      ? "asks for two factors"
      : progress.hasFirst || !progress.second.isEmpty
        ? "asks for one factor only" : "asks for no factor at all"
    if progress.session != nil, progress.path.count == 1 {
      demand =
        progress.isMultiFactor
        ? "takes a session that was asked for two factors"
        : "takes a session that was asked for one factor only"
    }
    if !progress.isMultiFactor, !progress.skipped.isEmpty {
      demand += " (enrolment-driven: \(progress.skipped.joined(separator: "; ")))"
    }
    let way = progress.path.isEmpty ? flow.alias : progress.path.joined(separator: " → ")
    let rule = builder.rule(
      RuleReference(
        policyID: flow.id, policyName: flow.alias,
        ruleID: progress.session.map { "sso-cookie-from \($0)" } ?? flow.id, ruleName: way,
        demand: demand))
    return .demand(progress.isMultiFactor ? .multiFactor : .singleFactor, by: rule)
  }

  // MARK: Sessions opened elsewhere

  /// The ways in by a session that another client opened, by the level that this one asks for and what follows.
  private func sessions(
    for client: KeycloakWire.Client, _ flow: KeycloakFlow
  ) -> [(Int, KeycloakNext) -> SignInPolicy] {
    guard flow.liveSteps.contains(where: { $0.provider == "auth-cookie" }) else { return [] }
    var seen: Set<SessionKind> = [kind(client, flow)]
    var ways: [(Int, KeycloakNext) -> SignInPolicy] = []
    if picture.realm.mayKeepSessionsLong { ways.append { self.oldSession(client, flow, $0, $1) } }
    for other in picture.clients.sorted(by: { $0.clientID < $1.clientID })
    where other.id != client.id && other.hasBrowserDoor {
      guard other.isShownInFull, other.isFollowed,
        case .read(let theirs) = self.flow(
          picture.browserFlow(of: other), other.browserOverride)
      else {
        ways.append { _, _ in self.unreadableSession(other) }
        continue
      }
      guard seen.insert(kind(other, theirs)).inserted else { continue }
      ways.append {
        self.session(openedBy: other, theirs, for: client, flow, asked: $0, then: $1)
      }
    }
    return ways
  }

  /// What makes sessions of two clients equally good.
  private struct SessionKind: Hashable {
    var flow: String
    var request: KeycloakLevels.Request?
    var scopes: [String]
  }

  private func kind(_ client: KeycloakWire.Client, _ flow: KeycloakFlow) -> SessionKind {
    let usesScopes = flow.liveSteps.contains { $0.provider == "conditional-client-scope" }
    return SessionKind(
      flow: flow.alias,
      request: KeycloakLevels.levels(in: flow).isEmpty ? nil : request(client, flow),
      scopes: usesScopes
        ? (client.defaultScopes ?? []).sorted() + ["/"] + (client.optionalScopes ?? []).sorted()
        : [])
  }

  private func opened(by other: KeycloakWire.Client) -> Condition {
    builder.flag(
      "a single sign-on session opened through \(other.clientID)", of: "session of \(other.id)")
  }

  private func unreadableSession(_ other: KeycloakWire.Client) -> SignInPolicy {
    .branch(
      opened(by: other),
      builder.cannotTell(
        "what a session opened through \(other.clientID) was asked for",
        "let idsync read the flows and clients of the realm", of: "session of \(other.id)"),
      .refused)
  }

  private func session(
    openedBy other: KeycloakWire.Client, _ theirs: KeycloakFlow, for client: KeycloakWire.Client,
    _ flow: KeycloakFlow, asked: Int, then next: KeycloakNext
  ) -> SignInPolicy {
    let levels = KeycloakLevels.levelsKept(by: flow)
    let used = KeycloakNext { progress in
      var fresh = progress
      fresh.used = []
      fresh.executed = []
      fresh.level = Self.highest(progress.levels, known: levels)
      fresh.session = other.clientID
      fresh.path = ["session from \(other.clientID)"]
      fresh.skipped = []
      // A session of a lower level is not enough: the flow goes on from there.
      return asked > fresh.level ? self.run(flow, asked, client, from: fresh) : next(fresh)
    }
    let request = request(other, theirs)
    // What the other client asks for is as well in the hands of whoever signs in there.
    let ways = ([request.asked] + request.lowered).map {
      self.run(
        theirs, $0, other, elsewhere: other.clientID, closesDeadEnds: true, then: used)
    }
    // Whoever is linked to an identity provider can open it there as well.
    return .branch(
      opened(by: other), withBrokers(.choice(ways), theirs, then: used), .refused)
  }

  /// A session that is older than a second factor may be: what is left of it is that somebody signed in once, and levels
  /// that are kept for as long.
  private func oldSession(
    _ client: KeycloakWire.Client, _ flow: KeycloakFlow, _ asked: Int, _ next: KeycloakNext
  ) -> SignInPolicy {
    let levels = KeycloakLevels.levelsKept(by: flow, longerThan: KeycloakWire.Realm.sessionLimit)
    var old = KeycloakProgress()
    old.hasFirst = true
    old.isNamed = true
    old.levels = levels
    old.level = Self.highest(levels, known: levels)
    old.session = client.clientID
    old.path = ["a session that is older than a day"]
    let policy = asked > old.level ? run(flow, asked, client, from: old) : next(old)
    var isOld = builder.flag("a session that is older than a day", of: "old session")
    if picture.realm.longestSession == nil {
      let unknown = builder.unknown(
        "for how long sessions last: the realm does not say", "run again; if it stays, report it",
        of: "lifetime of sessions")
      isOld = .and([isOld, .unknown(unknown)])
    }
    return .branch(isOld, policy, .refused)
  }

  /// The highest level of an earlier sign-in that a flow still takes; one that it does not know ends the count.
  private static func highest(_ reached: Set<Int>, known: Set<Int>) -> Int {
    guard !reached.isEmpty else { return -1 }
    return reached.sorted().prefix { known.contains($0) }.last ?? 0
  }

  // MARK: The password grant

  private func directGrant(_ client: KeycloakWire.Client) -> SignInPolicy {
    switch flow(picture.directGrantFlow(of: client), client.directGrantOverride) {
    case .unreadable(let reason, let remedy):
      return builder.cannotTell(
        "what the password grant asks for: \(reason)", remedy,
        of: "direct grant flow of \(client.id)")
    case .read(let flow): return run(flow, -1, client)
    }
  }
}
