/// What a provider makes of a person, with how sure the reading is.
struct ProviderDoor: Hashable {
  var door: Door
  /// Why nothing certain can be said, since a source behind the door broke off; nil when it can.
  var failure: String?
  /// Why something may be missing of a source behind the door; nil when all were read to their end.
  var gap: String?
}

/// The doors and evaluators made so far.
struct DoorMemory {
  struct Key: Hashable {
    var node: Int
    var standings: [[AccountIndex.Standing]]
  }

  struct EvaluatorKey: Hashable {
    var node: Int
    var answers: [Upstream.ID: UpstreamAnswer]
  }

  fileprivate var doors: [Key: ProviderDoor] = [:]
  fileprivate var evaluators: [EvaluatorKey: SignInEvaluator] = [:]
  fileprivate var traces: [Int: RuleTraces] = [:]
}

extension ProviderGraph {
  /// The door of a person at a node, by how the person stands on every route.
  mutating func door(at node: Int, _ standings: [[AccountIndex.Standing]]) -> ProviderDoor {
    let key = DoorMemory.Key(node: node, standings: nodes[node].reach.map { standings[$0] })
    if let known = doors.doors[key] { return known }
    let made = makeDoor(at: node, standings)
    doors.doors[key] = made
    return made
  }

  private mutating func makeDoor(
    at node: Int, _ standings: [[AccountIndex.Standing]]
  ) -> ProviderDoor {
    let target = nodes[node].target
    guard let route = nodes[node].route, let index = index(route), nodes[node].appPosition != nil
    else {
      let reason = "Source \(target.provider) was not read."
      let door = Door(
        provider: target.provider, app: target.app, verdict: .cannotTell, code: .sourceIncomplete,
        reason: reason, sources: [target.provider])
      return ProviderDoor(door: door, failure: reason, gap: reason)
    }
    let source = index.reading.source
    let ways = standings[route].map { standing in
      var made = makeDoor(at: node, standing, index, standings)
      if !source.carriesVerdicts, made.failure == nil { made.failure = source.incompleteReason }
      if !source.isComplete, made.gap == nil { made.gap = source.incompleteReason }
      return made
    }
    return Self.weakest(ways)
  }

  /// Several names of a person at one provider are doors side by side: the weakest counts, and all are shown.
  private static func weakest(_ ways: [ProviderDoor]) -> ProviderDoor {
    let sorted = ways.sorted {
      ($0.door.verdict.strength ?? .max) < ($1.door.verdict.strength ?? .max)
    }
    var result = sorted[0]
    for other in sorted.dropFirst() {
      result.door.evidence += other.door.evidence.filter { !result.door.evidence.contains($0) }
      result.door.inventory += other.door.inventory.filter { !result.door.inventory.contains($0) }
      result.door.sources += other.door.sources.filter { !result.door.sources.contains($0) }
      result.failure = result.failure ?? other.failure
      result.gap = result.gap ?? other.gap
    }
    return result
  }

  private mutating func makeDoor(
    at node: Int, _ standing: AccountIndex.Standing, _ index: AccountIndex,
    _ standings: [[AccountIndex.Standing]]
  ) -> ProviderDoor {
    let target = nodes[node].target
    let position = nodes[node].appPosition ?? 0
    let app = index.reading.apps[position]
    func door(_ verdict: Verdict, _ code: ReasonCode, _ reason: String) -> ProviderDoor {
      ProviderDoor(
        door: Door(
          provider: target.provider, app: target.app, verdict: verdict, code: code, reason: reason,
          sources: [target.provider], policyLink: app.policyLink))
    }
    switch standing {
    case .unknown:
      guard index.reading.source.carriesVerdicts else {
        return door(.cannotTell, .sourceIncomplete, index.reading.source.incompleteReason)
      }
      if let reason = index.reading.source.namelessReason {
        return door(
          .cannotTell, .sourceIncomplete,
          "No account at \(target.provider) is known to go by this address. \(reason)")
      }
      return door(.cannotTell, .notInIdP, "No account at \(target.provider) goes by this address.")
    case .ambiguous:
      return door(
        .cannotTell, .ambiguousIdentity,
        "More than one match at \(target.provider): two accounts for this address, or one account for two members."
      )
    case .candidates(let numbers):
      guard let meant = index.meant(numbers, at: position) else {
        return makeDoor(at: node, .ambiguous, index, standings)
      }
      return makeDoor(at: node, .account(signature: numbers[meant]), index, standings)
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
      case .unreadable(let reason, let remedy), .unjudged(let reason, let remedy):
        var made = door(
          .cannotTell, app.isMissing ? .appMissing : .policyUnknown,
          "\(reason) To mend it: \(remedy).")
        made.door.evidence = app.evidence
        return made
      case .readable(let model):
        guard signature.mayUse(position) else {
          return door(
            .notEvaluated, .notAssigned,
            "Has an account at \(target.provider), but not the application \(app.label).")
        }
        return judge(node, model, signature, app, standings)
      }
    }
  }

  /// What the policies at a node show of their rules; nil where they could not be read.
  mutating func traces(at node: Int) -> RuleTraces? {
    guard let position = nodes[node].appPosition else { return nil }
    guard let app = reading(at: node)?.apps[position] else { return nil }
    if let shown = app.shown { return traces(at: node, shown) }
    switch app.state {
    case .readable(let model): return model.isStated ? nil : traces(at: node, model)
    case .unjudged: return RuleTraces()
    case .unreadable, .inactive: return nil
    }
  }

  private mutating func traces(at node: Int, _ model: SignInModel) -> RuleTraces {
    if let known = doors.traces[node] { return known }
    let made = RuleTraces(model)
    doors.traces[node] = made
    return made
  }

  private mutating func judge(
    _ node: Int, _ model: SignInModel, _ signature: AccountTable.Signature, _ app: ProviderApp,
    _ standings: [[AccountIndex.Standing]]
  ) -> ProviderDoor {
    var answers: [Upstream.ID: UpstreamAnswer] = [:]
    var hops: [EvidenceItem] = []
    var inventory: [InventoryEntry] = []
    var sources = [nodes[node].target.provider]
    var failure: String?
    var gap: String?
    for id in model.upstreams(reachableBy: signature) {
      guard let next = nodes[node].behind[id] else { continue }
      let source = nodes[next].target.provider
      if let end = nodes[next].end {
        answers[id] = UpstreamAnswer(
          source: source, verdict: .cannotTell, isClosed: false, words: end)
        hops.append(EvidenceItem(.delegation, name: "sign-in left to \(source)", value: end))
        continue
      }
      let behind = door(at: next, standings)
      answers[id] = UpstreamAnswer(source: source, door: behind.door)
      hops.append(
        EvidenceItem(
          .delegation, id: behind.door.app, name: "sign-in left to \(source)",
          value: "\(behind.door.verdict.rawValue): \(behind.door.reason)"))
      hops += behind.door.evidence
      inventory += behind.door.inventory.map { $0.of(source) }
      sources += behind.door.sources.filter { !sources.contains($0) }
      failure = failure ?? behind.failure
      gap = gap ?? behind.gap
    }
    let key = DoorMemory.EvaluatorKey(node: node, answers: answers)
    let evaluator = doors.evaluators[key] ?? SignInEvaluator(model, upstream: answers)
    doors.evaluators[key] = evaluator
    var door = SignInWording(
      model: evaluator.model, closed: Set(evaluator.closed.keys), app: app,
      source: nodes[node].target.provider, traces: traces(at: node, app.shown ?? model)
    ).door(evaluator.evaluate(signature), signature)
    door.evidence += hops
    door.inventory += inventory
    door.sources = sources
    door.policyLink = app.policyLink
    if door.witness != nil, answers.count == 1, let answer = answers.values.first,
      answer.verdict == .notEnforced
    {
      door.witness = door.witness.map { "\($0); at \(answer.source): \(answer.words)" }
    }
    return ProviderDoor(door: door, failure: failure, gap: gap)
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
