internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Synchronization

extension EntraRun {
  /// A list of ids, each page of which is handed to a closure.
  struct IDList: Sendable {
    var path: String
    var endpoint: String
    var plan: TablePlan
    var take: @Sendable (TableRows) -> Void
  }

  /// Reads many lists: the first pages twenty at a time, further pages by their links.
  ///
  /// - Returns: the lists that were not read to their end, with why.
  func read(_ lists: [IDList], phase: String) async -> [Int: ConnectorError] {
    guard !lists.isEmpty else { return [:] }
    let links = Mutex<[Int: String]>([:])
    let parts = lists.map { GraphBatch.Part(path: $0.path, endpoint: $0.endpoint) }
    progress(configuration.name, phase, done: 0, total: lists.count)
    var failures = await GraphBatch(client: client, version: "v1.0").run(parts) {
      index, body throws(WireError) in
      lists[index].take(try body.graphRows(lists[index].plan))
      if let link = try body.row(EntraWire.nextLink).string(0), !link.isEmpty {
        links.withLock { $0[index] = link }
      }
    }
    let more = links.withLock { $0 }
    await withTaskGroup(of: (Int, ConnectorError?).self) { group in
      for (index, link) in more {
        group.addTask { (index, await self.follow(link, lists[index])) }
      }
      for await (index, error) in group { if let error { failures[index] = error } }
    }
    progress(configuration.name, phase, done: lists.count, total: lists.count)
    return failures
  }

  private func follow(_ link: String, _ list: IDList) async -> ConnectorError? {
    do throws(ConnectorError) {
      let request = client.graph(link, endpoint: list.endpoint)
      try await client.graphTable(request, list.plan) { rows, _, _ throws(ConnectorError) in
        list.take(rows)
      }
      return nil
    } catch {
      return error
    }
  }

  /// The members of a group, those of groups inside it as well or not.
  func members(
    of group: String, nested: Bool, _ take: @escaping @Sendable (TableRows) -> Void
  ) -> IDList {
    let word = nested ? "transitiveMembers" : "members"
    return IDList(
      path: "/groups/\(URLText.encoded(group))/\(word)?$select=id&$top=999",
      endpoint: "GET /v1.0/groups/{group}/\(word)", plan: EntraWire.members, take: take)
  }

  // MARK: Groups

  /// What is known of a group besides its members.
  struct GroupFacts: Sendable {
    var name: String?
    /// Whether only who has a right of its own sees its members; everybody else is shown an empty list.
    var hidesMembers = true
    /// How people get in by themselves.
    var entry = EntraGroupEntry.closed
    /// Whether its owners say who is in it.
    var hasOwners = true
    /// Whether there is no such group.
    var isGone = false
  }

  /// The names of groups, whether their members are hidden, and how people get in, as far as that can be read.
  func groupFacts(_ ids: [String]) async -> [String: GroupFacts] {
    let facts = Mutex<[String: GroupFacts]>([:])
    let parts = ids.map {
      GraphBatch.Part(
        path: "/groups/\(URLText.encoded($0))?$select=\(EntraWire.groupFields)",
        endpoint: "GET /v1.0/groups/{group}")
    }
    let failures = await GraphBatch(client: client, version: "v1.0").run(parts) {
      index, body throws(WireError) in
      let row = try body.row(EntraWire.group)
      guard let id = row.string(0), EntraID.folded(id) == EntraID.folded(ids[index]) else {
        throw WireError(.shape, path: "id", detail: "another group than the one asked for")
      }
      let visibility = row.string(2)
      let types = try EntraWire.groupTypes(body)
      let isSynchronised = row.bool(4) == true
      // A word that we do not know may hide them as well.
      let found = GroupFacts(
        name: row.string(1),
        hidesMembers: visibility != nil && visibility != "Public" && visibility != "Private",
        entry: EntraGroupEntry(
          visibility: visibility, types: types, rule: row.string(3), isSynchronised: isSynchronised),
        hasOwners: !isSynchronised && !types.contains("DynamicMembership"))
      facts.withLock { $0[ids[index]] = found }
    }
    for (index, error) in failures {
      guard Self.isGone(error) else {
        keepPart(error)
        continue
      }
      keep(error, .details)
      facts.withLock { $0[ids[index]] = GroupFacts(isGone: true) }
    }
    return facts.withLock { $0 }
  }

  /// What marking left open.
  struct Marks: Sendable {
    /// The facts that could not be read to the end, unknown for everybody.
    var unreadable: [SubjectAtom.ID: Unknown] = [:]
    /// The groups inside those that policies leave out.
    var nested: [SubjectAtom.ID: Set<String>] = [:]
    /// What is known of those.
    var inner: [String: GroupFacts] = [:]
    /// The groups that hold roles, with the roles.
    var holders: [String: Set<SubjectAtom.ID>] = [:]
  }

  /// The groups among the members of a page, and whether some member is of a kind that is not told.
  static func groups(in rows: TableRows) -> (ids: [String], isUntold: Bool) {
    var ids: [String] = []
    var isUntold = false
    for index in 0..<rows.count {
      guard let type = rows[index].text(1) else {
        isUntold = true
        continue
      }
      guard type.count == 22, rows[index].string(1) == "#microsoft.graph.group" else { continue }
      if let id = rows[index].string(0) { ids.append(EntraID.folded(id)) }
    }
    return (ids, isUntold)
  }

  /// Of some groups those of which nobody can tell who is in them: they hide their members, or may, and show none.
  func hiding(_ groups: some Sequence<String>) async -> [String: Unknown] {
    let all = Set(groups).sorted()
    return await hiding(all, groupFacts(all))
  }

  private func hiding(
    _ all: [String], _ facts: [String: GroupFacts]
  ) async -> [String: Unknown] {
    guard !all.isEmpty else { return [:] }
    let open = all.filter { facts[$0]?.isGone != true && facts[$0]?.hidesMembers != false }
    let shown = Mutex<Set<Int>>([])
    let lists = open.enumerated().map { index, group in
      members(of: group, nested: true) { rows in
        if rows.count > 0 { shown.withLock { _ = $0.insert(index) } }
      }
    }
    let failures = await read(lists, phase: "groups that hide members")
    let filled = shown.withLock { $0 }
    var result: [String: Unknown] = [:]
    for (index, group) in open.enumerated() where !filled.contains(index) {
      let name = facts[group]?.name ?? group
      if let error = failures[index] {
        if Self.isGone(error) { continue }
        keepPart(error)
        result[group] = unknown("who is in group \(name)", error)
      } else {
        result[group] = keepHidden(
          name, "GET /v1.0/groups/{group}/transitiveMembers", affects: .parts)
      }
    }
    return result
  }

  /// Keeps that a group shows a member without what it is: it may be a group that hides its own.
  func keepUntold(_ name: String) -> Unknown {
    let message = "Group \(name) shows a member without what it is."
    log.add(
      SourceIssue(
        code: "missing-field", call: "GET /v1.0/groups/{group}/transitiveMembers",
        message: message, remedy: "Run again; if it stays, report it.", affects: .parts))
    return Unknown(
      title: "who is in group \(name): \(Sentence.clause(message))",
      remedy: "run again; if it stays, report it")
  }

  /// Marks who is in the groups that live policies mention, however deep.
  ///
  /// A group that is gone, by its own word and by that of its list, has nobody in it. One that hides its members, or may, and
  /// shows none is not read. Whom a policy leaves out is counted as well: who is missing there would look better.
  func markGroups(
    _ policies: EntraPolicies, _ accounts: EntraAccounts, _ edits: PolicyEdits
  ) async -> Marks {
    let atoms = policies.atoms
    let nested = Mutex<[SubjectAtom.ID: Set<String>]>([:])
    let untold = Mutex<Set<SubjectAtom.ID>>([])
    let filled = Mutex<Set<SubjectAtom.ID>>([])
    let counted = Mutex<[SubjectAtom.ID: CountedList]>([:])
    let groups = atoms.ids(.group).filter {
      !edits.removes(group: $0.id, name: atoms.all[$0.place].name)
    }
    for group in groups where atoms.excluded.contains(group.place) {
      let list = CountedList(
        group: group.id, name: atoms.all[group.place].name, isNested: true)
      counted.withLock { $0[group.place] = list }
    }
    let lists = groups.map { group in
      members(of: group.id, nested: true) { rows in
        if rows.count > 0 { filled.withLock { _ = $0.insert(group.place) } }
        counted.withLock { _ = $0[group.place]?.seen.insert(rows) }
        accounts.mark(rows) { $0.setAtom(group.place, at: $1) }
        guard atoms.excluded.contains(group.place) else { return }
        let (ids, isUntold) = Self.groups(in: rows)
        if !ids.isEmpty { nested.withLock { $0[group.place, default: []].formUnion(ids) } }
        if isUntold { untold.withLock { _ = $0.insert(group.place) } }
      }
    }
    var result: [SubjectAtom.ID: Unknown] = [:]
    let failures = await read(lists, phase: "groups")
    let shown = filled.withLock { $0 }
    for (index, group) in groups.enumerated() {
      let name = atoms.all[group.place].name
      if let error = failures[index] {
        if Self.isGone(error), policies.groups[group.id]?.isGone == true {
          keep(error, .details)
        } else {
          keepPart(error)
          result[group.place] = unknown("who is in group \(name)", error)
        }
      } else if !shown.contains(group.place), policies.groups[group.id]?.hidesMembers != false {
        result[group.place] = keepHidden(
          name, "GET /v1.0/groups/{group}/transitiveMembers", affects: .parts)
      }
    }
    // What could not be read, or is gone, is not counted.
    let failed = Set(failures.keys.map { groups[$0].place })
    let open = counted.withLock { $0 }
      .filter { place, _ in result[place] == nil && !failed.contains(place) }
      .sorted { $0.key < $1.key }
    for (index, unknown) in await compare(open.map(\.value)) { result[open[index].key] = unknown }
    let inner = nested.withLock { $0 }
    let below = inner.values.reduce(into: Set<String>()) { $0.formUnion($1) }.sorted()
    let facts = await groupFacts(below)
    let hiding = await hiding(below, facts)
    for (place, groups) in inner where result[place] == nil {
      result[place] = groups.sorted().compactMap { hiding[$0] }.first
    }
    for place in untold.withLock({ $0 }) where result[place] == nil {
      result[place] = keepUntold(atoms.all[place].name)
    }
    return Marks(unreadable: result, nested: inner, inner: facts)
  }

  /// Whether there is nothing by the id of a call.
  static func isGone(_ error: ConnectorError) -> Bool {
    error.code == .notFound && error.vendorCode == "Request_ResourceNotFound"
  }

  /// Keeps that a group shows no members, which may be because it hides them.
  @discardableResult
  func keepHidden(_ name: String, _ call: String, affects: SourceIssue.Affects) -> Unknown {
    let issue = SourceIssue(
      code: "hidden-members", call: call,
      message: "Group \(name) shows no members, and hides them or may do so.",
      remedy: "Grant Member.Read.Hidden; if nobody is in the group, put it to no use.",
      affects: affects)
    log.add(issue)
    return Unknown(
      title: "who is in group \(name): \(Sentence.clause(issue.message))",
      remedy: Sentence.clause(Sentence.inside(issue.remedy)))
  }

  /// What an unreadable list makes unknown.
  func unknown(_ title: String, _ error: ConnectorError) -> Unknown {
    Unknown(
      title: "\(title): \(Sentence.clause(error.message))",
      remedy: reading.phrase(for: error))
  }
}

extension DistinctIDs {
  /// Adds the ids of a page.
  mutating func insert(_ rows: TableRows) {
    for index in 0..<rows.count {
      if let id = rows[index].string(0) { _ = insert(EntraID.folded(id)) }
    }
  }
}
