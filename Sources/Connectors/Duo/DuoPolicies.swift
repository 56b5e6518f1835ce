internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// Finds out which policies apply to whom, with as few calculations as there are different answers.
struct DuoPolicies {
  let run: DuoRun
  private var summary: DuoWire.Summary?
  private var global: DuoWire.Policy?
  private var policies: [String: DuoWire.Policy] = [:]
  /// All policies, read only when Duo does not calculate; nil when they cannot be read.
  private var all: [DuoWire.Policy]?
  private var hasReadAll = false
  private var cause: Unknown

  init(run: DuoRun) {
    self.run = run
    cause = Unknown(
      title: "which policies apply", remedy: "let the Admin API application read policies")
  }

  /// Reads what all applications share: where policies apply, and the global one.
  mutating func readShared() async {
    do throws(ConnectorError) {
      let (json, request) = try await run.client.value("/admin/v2/policies/summary")
      do throws(WireError) {
        let found = try DuoWire.Summary(json)
        // A part does not tell which groups make a difference.
        if found.count != nil { summary = found }
      } catch {
        throw run.client.malformed(error, request)
      }
    } catch {
      // Without it every set of groups is calculated by itself.
      note(error)
    }
    global = await policy("/admin/v2/policies/global", [])
  }

  /// The key of the policy that Duo links to an integration: its own, or else the global one.
  func link(of integration: DuoWire.Integration) -> String? {
    ownPolicy(integration) ?? global?.key
  }

  /// The key of an integration's own policy, also where only the summary names it.
  private func ownPolicy(_ integration: DuoWire.Integration) -> String? {
    integration.policyKey
      ?? summary?.uses.first { $0.integrationKey == integration.key && $0.group == nil }?.policyKey
  }

  /// Keeps a failure; after a refusal there may be another way to the same answer.
  private mutating func note(_ error: ConnectorError, refused: SourceIssue.Affects = .details) {
    run.keep(
      error, affects: error.code == .forbidden || error.code == .notFound ? refused : .verdicts)
    cause = Unknown(
      title: "which policies apply: \(error.message)",
      remedy: run.configuration.phrase(for: error))
  }

  private mutating func policy(_ template: String, _ values: [String]) async -> DuoWire.Policy? {
    do throws(ConnectorError) {
      let (json, request) = try await run.client.value(template, values)
      do throws(WireError) {
        return try edited(try DuoWire.Policy(json))
      } catch {
        throw run.client.malformed(error, request)
      }
    } catch {
      // No other call says what people without an account are asked for.
      note(error, refused: .parts)
      return nil
    }
  }

  /// A policy with the changes of a what-if.
  private func edited(_ policy: DuoWire.Policy) throws(WireError) -> DuoWire.Policy {
    guard let document = run.edits.document(for: policy.key) else { return policy }
    return try DuoWire.Policy(document)
  }

  // MARK: Sets

  /// The different sets of policies among some users at an application, and which applies to whom.
  mutating func sets(
    of integration: DuoWire.Integration, _ users: [DuoWire.User]
  ) async -> ([DuoMapping.PolicySet], [String: Int]) {
    var sets: [DuoMapping.PolicySet] = []
    var known: [Set<String>: Int] = [:]
    var places: [String: Int] = [:]
    let read = Set(users.flatMap { $0.groups ?? [] }.compactMap { $0.name?.lowercased() })
    let relevant = relevantGroups(integration, among: read)
    let areNamed = areNamed(integration, among: read)
    for user in users {
      guard let all = user.groups else { continue }
      let told = all.filter { group in
        group.name.map { relevant?.contains($0.lowercased()) != false } ?? true
      }
      // By their ids: two groups whose names differ by case only are two.
      let groups = Set(told.map(\.id))
      if let set = known[groups] {
        places[user.id] = set
        continue
      }
      let found = await set(of: integration, user, told, areNamed: areNamed)
      let number = sets.firstIndex(of: found) ?? sets.count
      if number == sets.count { sets.append(found) }
      known[groups] = number
      places[user.id] = number
    }
    return (sets, places)
  }

  /// The names of the groups that policies of an application tell apart; nil where that is not known.
  ///
  /// A name that no group has which was read may be another spelling of one: whether the summary and the users call groups
  /// alike (those of a directory have additions) is documented nowhere that was found. Duo is then asked for every set.
  private func relevantGroups(
    _ integration: DuoWire.Integration, among read: Set<String>
  ) -> Set<String>? {
    guard summary != nil else { return nil }
    let named = namedGroups(integration)
    return named.contains("") || !named.isSubset(of: read) ? nil : named
  }

  /// Whether policies name groups as the users' groups are called, as far as can be told without asking Duo.
  private func areNamed(_ integration: DuoWire.Integration, among read: Set<String>) -> Bool {
    namedGroups(integration).subtracting(read).allSatisfy { name in
      !read.contains { $0.contains(name) || name.contains($0) }
    }
  }

  private func namedGroups(_ integration: DuoWire.Integration) -> Set<String> {
    let uses = summary?.uses.filter { $0.integrationKey == integration.key } ?? []
    return Set(uses.compactMap { $0.group?.lowercased() })
  }

  private mutating func set(
    of integration: DuoWire.Integration, _ user: DuoWire.User, _ groups: [DuoWire.Group],
    areNamed: Bool
  ) async -> DuoMapping.PolicySet {
    guard run.edits.isEmpty else {
      return await layered(integration, groups, areNamed: areNamed)
    }
    do throws(ConnectorError) {
      let (json, request) = try await run.client.value(
        "/admin/v2/policies/calculate", [],
        [("integration_key", integration.key), ("user_id", user.id)])
      do throws(WireError) {
        return .sections(try DuoSections(calculated: json))
      } catch {
        throw run.client.malformed(error, request)
      }
    } catch {
      note(error)
      guard error.code == .forbidden || error.code == .notFound else { return .unreadable(cause) }
      let found = await layered(integration, groups, areNamed: areNamed)
      // Neither way gave an answer: what was known before stays.
      if case .unreadable = found { run.keep(error) }
      return found
    }
  }

  /// The set by Duo's rules for layers: group at the application, application, global.
  private mutating func layered(
    _ integration: DuoWire.Integration, _ groups: [DuoWire.Group], areNamed: Bool
  ) async -> DuoMapping.PolicySet {
    let all = await everyPolicy()
    let names = Set(groups.compactMap(\.name))
    guard let all, let summary, summary.count == Int64(all.count),
      groups.allSatisfy({ $0.name != nil }), areNamed || groups.isEmpty
    else { return .unreadable(cause) }
    guard let global = all.first(where: \.isGlobal) else { return .unreadable(cause) }
    let uses = summary.uses.filter { $0.integrationKey == integration.key }
    let loose = Set(names.map { $0.lowercased() })
    let byGroup = uses.filter { use in
      use.group.map { loose.contains($0.lowercased()) || $0 == "" } == true
    }
    // Whether case tells groups apart, only Duo's own calculation knows.
    guard byGroup.allSatisfy({ $0.group.map(names.contains) == true }) else {
      return .unreadable(cause)
    }
    // Which of several comes first is not shown.
    guard byGroup.count <= 1 else {
      return .unreadable(
        Unknown(
          title:
            "which of several group policies of \(integration.name) (\(integration.key)) comes first",
          remedy: "let the Admin API application calculate policies"))
    }
    let keys =
      byGroup.map(\.policyKey) + uses.filter { $0.group == nil }.map(\.policyKey)
      + [integration.policyKey].compactMap { $0 }
    var layers: [DuoWire.Policy] = []
    for key in keys where !layers.contains(where: { $0.key == key }) && key != global.key {
      guard let policy = all.first(where: { $0.key == key }) else { return .unreadable(cause) }
      layers.append(policy)
    }
    return .sections(DuoSections.layered(layers + [global]))
  }

  private mutating func everyPolicy() async -> [DuoWire.Policy]? {
    if hasReadAll { return all }
    hasReadAll = true
    do throws(ConnectorError) {
      let path = "/admin/v2/policies"
      for isLast in [false, true] {
        var found: [DuoWire.Policy] = []
        let total = try await run.client.list(path, limit: 100) { rows throws(WireError) in
          try rows.forEach { _, row throws(WireError) in
            found.append(try edited(try DuoWire.Policy(try JSONValue(row))))
          }
        }
        let count = Set(found.map(\.key)).count
        if count == total, count == found.count {
          all = found
          break
        }
        // A list that moved while it was read is read again once.
        if isLast { throw run.client.unsettled(path, count, of: total) }
      }
    } catch {
      note(error)
    }
    return all
  }

  // MARK: People without an account

  /// What applies to people who are not in Duo: no group layer.
  mutating func newcomers(of integration: DuoWire.Integration) async -> DuoMapping.PolicySet {
    guard let global else { return .unreadable(cause) }
    guard let key = ownPolicy(integration), key != global.key else {
      return .sections(DuoSections.layered([global]))
    }
    if policies[key] == nil {
      policies[key] = await policy("/admin/v2/policies/{policy}", [key])
    }
    guard let own = policies[key] else { return .unreadable(cause) }
    return .sections(DuoSections.layered([own, global]))
  }
}
