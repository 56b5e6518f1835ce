/// The providers that a team signs in through, and those behind them; makes the door of a person at each.
///
/// The first nodes are the team's `sign_in` entries, in order. A provider may leave sign-ins to another one (a federated
/// domain, a broker): that one is a node of its own, and its door becomes what the first one asks for.
struct ProviderGraph {
  /// One application at one provider.
  struct Node {
    var target: SignInTarget
    /// Nil when the provider was not read.
    var index: AccountIndex?
    /// The application's place in the reading; nil when it is not there.
    var appPosition: Int?
    /// The nodes behind it, by the provider they stand for.
    var behind: [Upstream.ID: Int] = [:]
    /// All nodes behind it, near ones first, and itself.
    var reach: [Int] = []
  }

  private struct EvaluatorKey: Hashable {
    var node: Int
    var answers: [Upstream.ID: UpstreamAnswer]
  }

  /// How many providers a sign-in may be handed on to.
  static let longestChain = 3

  private(set) var nodes: [Node] = []
  private var doors: [[UInt64]: Door] = [:]
  private var evaluators: [EvaluatorKey: SignInEvaluator] = [:]

  init(_ signIn: [SignInTarget], _ providers: [SourceName: ProviderReading]) {
    nodes = signIn.map { Self.node($0, providers) }
    var next = 0
    while next < nodes.count {
      for (id, target) in Self.targets(behind: nodes[next]) {
        if let known = nodes.firstIndex(where: { $0.target == target }) {
          nodes[next].behind[id] = known
        } else {
          nodes.append(Self.node(target, providers))
          nodes[next].behind[id] = nodes.count - 1
        }
      }
      next += 1
    }
    for position in nodes.indices { nodes[position].reach = reach(from: position) }
  }

  private static func node(
    _ target: SignInTarget, _ providers: [SourceName: ProviderReading]
  ) -> Node {
    Node(
      target: target, index: providers[target.provider].map(AccountIndex.init),
      appPosition: providers[target.provider]?.apps.firstIndex { $0.id == target.app })
  }

  /// Where the configuration says that the sign-ins go which a provider leaves to others.
  private static func targets(behind node: Node) -> [(Upstream.ID, SignInTarget)] {
    guard let model = node.model, let routes = node.index?.reading.routes else { return [] }
    return model.upstreams.enumerated().compactMap { id, upstream in
      routes.first { $0.leads(to: upstream) }.map { (id, $0.target) }
    }
  }

  private func reach(from start: Int) -> [Int] {
    var found = [start]
    var next = 0
    while next < found.count {
      found += Set(nodes[found[next]].behind.values).subtracting(found).sorted()
      next += 1
    }
    return found
  }

  /// Claims the accounts that go by the keys of all people at a provider; none when it was not read.
  ///
  /// - Parameter key: hands over the key of a person.
  mutating func claims(
    of people: Int, at node: Int,
    _ key: (Int, (UnsafeBufferPointer<UInt8>) -> AccountMatcher.Match) -> AccountMatcher.Match
  ) -> [AccountMatcher.Match] {
    // Taken out while it changes: with two owners, each claim would copy the claims.
    guard var index = nodes[node].index else {
      return Array(repeating: .none, count: people)
    }
    nodes[node].index = nil
    var matches: [AccountMatcher.Match] = []
    matches.reserveCapacity(people)
    for person in 0..<people {
      matches.append(key(person) { index.claim($0, by: Int32(person)) })
    }
    nodes[node].index = index
    return matches
  }

  /// How a person stands at a provider; nil when it was not read.
  func standing(_ node: Int, _ match: AccountMatcher.Match) -> AccountIndex.Standing? {
    nodes[node].index?.standing(match)
  }

  /// Why nothing certain can be said of a provider or of one behind it; nil when all carry verdicts.
  func incompleteReason(_ node: Int) -> String? { reason(node, \.carriesVerdicts) }

  /// Why something may be missing at a provider or at one behind it; nil when all were read to their end.
  func partialReason(_ node: Int) -> String? { reason(node, \.isComplete) }

  private func reason(_ node: Int, _ isSound: (SourceReading) -> Bool) -> String? {
    for position in nodes[node].reach {
      guard let source = nodes[position].index?.reading.source else {
        return "Source \(nodes[position].target.provider) was not read."
      }
      if !isSound(source) { return source.incompleteReason }
    }
    return nil
  }

  // MARK: Doors

  /// The door of a person at a provider, by how the person stands at every one.
  mutating func door(at node: Int, _ standings: [AccountIndex.Standing?]) -> Door {
    door(at: node, standings, path: [])
  }

  private mutating func door(
    at node: Int, _ standings: [AccountIndex.Standing?], path: [Int]
  ) -> Door {
    let codes = nodes[node].reach.map { standings[$0]?.code ?? .max }
    // The way to a provider matters only for where its own chain ends.
    let key = [UInt64(node)] + (nodes[node].behind.isEmpty ? [] : path.map(UInt64.init)) + codes
    if let known = doors[key] { return known }
    let made = makeDoor(at: node, standings, path: path + [node])
    doors[key] = made
    return made
  }

  private mutating func makeDoor(
    at node: Int, _ standings: [AccountIndex.Standing?], path: [Int]
  ) -> Door {
    let target = nodes[node].target
    func door(_ verdict: Verdict, _ code: ReasonCode, _ reason: String) -> Door {
      Door(
        provider: target.provider, app: target.app, verdict: verdict, code: code, reason: reason)
    }
    guard let index = nodes[node].index, let standing = standings[node],
      let position = nodes[node].appPosition
    else {
      return door(.cannotTell, .sourceIncomplete, "Source \(target.provider) was not read.")
    }
    let app = index.reading.apps[position]
    switch standing {
    case .unknown:
      guard index.reading.source.carriesVerdicts else {
        return door(.cannotTell, .sourceIncomplete, index.reading.source.incompleteReason)
      }
      return door(.cannotTell, .notInIdP, "No account at \(target.provider) goes by this address.")
    case .ambiguous:
      return door(
        .cannotTell, .ambiguousIdentity,
        "More than one match at \(target.provider): two accounts for this address, or one account for two members."
      )
    case .account(let number):
      let signature = index.signatures[Int(number)]
      let status = index.statusTexts[Int(number)]
      if signature.status == .inactive {
        return door(
          .notEvaluated, .deprovisioned,
          "The account at \(target.provider) cannot sign in (\(status)), but is still on the team.")
      }
      switch app.state {
      case .inactive(let reason): return door(.notEvaluated, .appInactive, reason)
      case .unreadable(let reason, let remedy):
        var made = door(.cannotTell, .policyUnknown, "\(reason) To mend it: \(remedy).")
        made.evidence = app.evidence
        return made
      case .readable(let model):
        guard signature.mayUse(position) else {
          return door(
            .notEvaluated, .notAssigned,
            "Has an account at \(target.provider), but not the application \(app.label).")
        }
        return judge(node, model, signature, app, standings, path)
      }
    }
  }

  private mutating func judge(
    _ node: Int, _ model: SignInModel, _ signature: AccountTable.Signature, _ app: ProviderApp,
    _ standings: [AccountIndex.Standing?], _ path: [Int]
  ) -> Door {
    var answers: [Upstream.ID: UpstreamAnswer] = [:]
    var hops: [EvidenceItem] = []
    for id in model.upstreams(reachableBy: signature) {
      guard let next = nodes[node].behind[id] else { continue }
      let source = nodes[next].target.provider
      if let end = chainEnd(path, next) {
        answers[id] = UpstreamAnswer(
          source: source, verdict: .cannotTell, isClosed: false, words: end)
        hops.append(EvidenceItem(.delegation, name: "sign-in left to \(source)", value: end))
        continue
      }
      let door = door(at: next, standings, path: path)
      answers[id] = UpstreamAnswer(source: source, door: door)
      hops.append(
        EvidenceItem(
          .delegation, id: door.app, name: "sign-in left to \(source)",
          value: "\(door.verdict.rawValue): \(door.reason)"))
      hops += door.evidence
    }
    let key = EvaluatorKey(node: node, answers: answers)
    let evaluator = evaluators[key] ?? SignInEvaluator(model, upstream: answers)
    evaluators[key] = evaluator
    var door = SignInWording(
      model: evaluator.model, closed: Set(evaluator.closed.keys), app: app,
      source: nodes[node].target.provider
    ).door(evaluator.evaluate(signature), signature)
    door.evidence += hops
    if door.witness != nil, answers.count == 1, let answer = answers.values.first,
      answer.verdict == .notEnforced
    {
      door.witness = door.witness.map { "\($0); at \(answer.source): \(answer.words)" }
    }
    return door
  }

  /// Why a sign-in cannot be followed to the next provider; nil when it can.
  private func chainEnd(_ path: [Int], _ next: Int) -> String? {
    let names = (path + [next]).map { nodes[$0].target.provider }.joined(separator: " → ")
    if path.contains(next) { return "the providers hand the sign-in on in a circle (\(names))" }
    if path.count > Self.longestChain { return "the chain of providers is too long (\(names))" }
    return nil
  }
}

extension ProviderGraph.Node {
  /// What decides sign-ins to the application; nil when it cannot be read.
  var model: SignInModel? {
    guard let index, let appPosition,
      case .readable(let model) = index.reading.apps[appPosition].state
    else { return nil }
    return model
  }
}

extension UpstreamAnswer {
  /// The answer that a door at the upstream provider gives.
  ///
  /// Whoever is unknown there may still come in by another name: nobody can tell. An inactive account and one without the
  /// application do not get in.
  init(source: SourceName, door: Door) {
    self.init(
      source: source, verdict: door.verdict, isClosed: door.verdict == .notEvaluated,
      words: door.witness ?? door.reason, code: door.code, isProven: door.isProven)
  }
}
