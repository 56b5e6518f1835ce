/// The providers that a team signs in through, and those behind them, as a tree of the ways that a sign-in may be handed on.
///
/// The first nodes are the team's `sign_in` entries, in order. A provider may leave sign-ins to another one (a federated
/// domain, a broker): that one is a node of its own below it, and its door becomes what the first one asks for.
struct ProviderGraph {
  /// One application at one provider, reached on one way.
  struct Node {
    var target: SignInTarget
    /// The applications passed on the way here, this one last.
    var path: [SignInTarget]
    /// The route whose matches say who a person is here; nil when the provider was not read.
    var route: Int?
    /// The application's place in the reading; nil when it is not there.
    var appPosition: Int?
    /// The nodes behind it, by the provider they stand for.
    var behind: [Upstream.ID: Int] = [:]
    /// The routes that a door here may hang on, its own first.
    var reach: [Int] = []
    /// Why a sign-in cannot be followed to here; nil when it can.
    var end: String?
  }

  /// A provider, and as whom one comes there: by the roster's address, or as another provider knows the person.
  struct Route: Hashable {
    var provider: SourceName
    var parent: Int?
    var upstream: Upstream?
  }

  /// How many providers a sign-in may be handed on to.
  static let longestChain = 3
  /// How many ways are followed before the rest is unknown.
  private static let mostNodes = 20_000

  private(set) var nodes: [Node] = []
  private(set) var routes: [Route] = []
  private var indexes: [SourceName: AccountIndex] = [:]
  private var routeIndexes: [AccountIndex?] = []
  private var matches: [RouteMatches] = []
  var doors = DoorMemory()

  /// Follows the ways of a team's sign-in.
  ///
  /// - Parameter identities: who goes by which account, from the configuration.
  init(
    _ signIn: [SignInTarget], _ providers: [SourceName: ProviderReading],
    identities: [IdentityMapping]
  ) {
    for target in signIn { add(target, path: [], parent: nil, nil, providers) }
    var next = 0
    while next < nodes.count {
      if nodes[next].end == nil {
        for (id, upstream, target) in targets(behind: nodes[next], providers) {
          nodes[next].behind[id] = nodes.count
          add(target, path: nodes[next].path, parent: nodes[next].route, upstream, providers)
        }
      }
      next += 1
    }
    for position in nodes.indices.reversed() { nodes[position].reach = reach(from: position) }
    let linked = Set(routes.filter { $0.parent != nil }.map(\.provider))
    let named = Set(identities.compactMap(\.provider))
    for name in Set(routes.map(\.provider)) {
      guard let reading = providers[name] else { continue }
      indexes[name] = AccountIndex(
        reading, findsIDs: linked.contains(name) || named.contains(name))
    }
    routeIndexes = routes.map { indexes[$0.provider] }
  }

  private mutating func add(
    _ target: SignInTarget, path: [SignInTarget], parent: Int?, _ upstream: Upstream?,
    _ providers: [SourceName: ProviderReading]
  ) {
    let reading = providers[target.provider]
    var node = Node(target: target, path: path + [target])
    node.end = chainEnd(path, target)
    if node.end == nil, let reading {
      let route = Route(provider: target.provider, parent: parent, upstream: upstream)
      node.route = routeNumber(route)
      node.appPosition = appPositions[target.provider, default: Self.positions(reading)][target.app]
      if appPositions[target.provider] == nil {
        appPositions[target.provider] = Self.positions(reading)
      }
    }
    nodes.append(node)
  }

  private var appPositions: [SourceName: [AppID: Int]] = [:]
  private var routeNumbers: [Route: Int] = [:]

  private static func positions(_ reading: ProviderReading) -> [AppID: Int] {
    Dictionary(
      reading.apps.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { a, _ in a })
  }

  private mutating func routeNumber(_ route: Route) -> Int {
    if let known = routeNumbers[route] { return known }
    routes.append(route)
    routeNumbers[route] = routes.count - 1
    return routes.count - 1
  }

  /// Why a sign-in cannot be followed to the next provider; nil when it can.
  private func chainEnd(_ path: [SignInTarget], _ next: SignInTarget) -> String? {
    let names = (path + [next]).map(\.provider).joined(separator: " → ")
    if path.contains(next) { return "the providers hand the sign-in on in a circle (\(names))" }
    if path.count > Self.longestChain { return "the chain of providers is too long (\(names))" }
    if nodes.count >= Self.mostNodes { return "there are too many ways to follow (\(names))" }
    return nil
  }

  /// Where the configuration says that the sign-ins go which a provider leaves to others.
  private func targets(
    behind node: Node, _ providers: [SourceName: ProviderReading]
  ) -> [(Upstream.ID, Upstream, SignInTarget)] {
    guard let reading = providers[node.target.provider], let position = node.appPosition,
      case .readable(let model) = reading.apps[position].state
    else { return [] }
    return model.upstreams.enumerated().compactMap { id, upstream in
      UpstreamRoute.target(of: upstream, among: model.upstreams, reading.routes)
        .map { (id, upstream, $0) }
    }
  }

  private func reach(from start: Int) -> [Int] {
    var found = nodes[start].route.map { [$0] } ?? []
    for next in nodes[start].behind.values.sorted() {
      found += nodes[next].reach.filter { !found.contains($0) }
    }
    return found
  }

  // MARK: What was read

  /// The accounts of the provider of a route.
  func index(_ route: Int) -> AccountIndex? { routeIndexes[route] }

  /// The reading of the provider of a node; nil when it was not read.
  func reading(at node: Int) -> ProviderReading? { indexes[nodes[node].target.provider]?.reading }

  // MARK: People

  /// Finds the accounts of all people on every route.
  ///
  /// - Parameter names: what the configuration says of a person at a source: an account, or further addresses.
  mutating func claim(
    people: Int, key: (Int, (UnsafeBufferPointer<UInt8>) -> Void) -> Void,
    names: (Int, SourceName) -> PersonNames?
  ) {
    matches = []
    for (number, route) in routes.enumerated() {
      guard let index = index(number) else { continue }
      var table = RouteMatches(accounts: index.reading.accounts.count, people: people)
      for person in 0..<people {
        table.append(
          found(person, on: route, index, key: key, names: names(person, route.provider)))
      }
      matches.append(table)
    }
  }

  private func found(
    _ person: Int, on route: Route, _ index: AccountIndex,
    key: (Int, (UnsafeBufferPointer<UInt8>) -> Void) -> Void, names: PersonNames?
  ) -> [AccountMatcher.Match] {
    var passed: [PassedName] = []
    if let parent = route.parent, let upstream = route.upstream {
      passed = subjects(of: person, on: parent, for: upstream)
    }
    return Self.found(index, names: names, passed: passed) {
      var match = AccountMatcher.Match.none
      key(person) { match = index.matcher.match($0) }
      return match
    }
  }

  /// What a person's names find at a provider: the account that the configuration names, else what the provider before passes
  /// on, else the roster's address and those that the configuration adds.
  private static func found(
    _ index: AccountIndex, names: PersonNames?, passed: [PassedName],
    own: () -> AccountMatcher.Match
  ) -> [AccountMatcher.Match] {
    if let account = names?.account { return [index.matcher.match(linked: account)] }
    if !passed.isEmpty { return passed.map { $0.match(index.matcher) } }
    let match = own()
    guard let names, !names.addresses.isEmpty else { return [match] }
    var positions = match.positions
    for address in names.addresses {
      var folded = EmailKey.make(address)
      let found = folded.withUTF8 { index.matcher.match($0) }.positions
      positions += found.filter { !positions.contains($0) }
    }
    switch positions.count {
    case 0: return [.none]
    case 1: return [.one(positions[0])]
    default: return [.several(positions)]
    }
  }

  /// What the provider before knows a person by at an upstream provider; empty where it has no account of the person.
  private func subjects(of person: Int, on route: Int, for upstream: Upstream) -> [PassedName] {
    guard index(route) != nil else { return [] }
    return subjects(matches[route].matches(of: person), on: route, for: upstream)
  }

  private func subjects(
    _ found: [AccountMatcher.Match], on route: Int, for upstream: Upstream
  ) -> [PassedName] {
    guard let index = index(route) else { return [] }
    let accounts = index.reading.accounts
    var result: [PassedName] = []
    func add(_ name: String, isLink: Bool) {
      guard !result.contains(where: { $0.name == name }) else { return }
      result.append(PassedName(name: name, isLink: isLink))
    }
    for position in found.flatMap(\.positions) {
      let links = (accounts.links[position] ?? []).filter {
        $0.upstream == upstream.name || upstream.keys.contains($0.upstream)
      }
      if links.isEmpty {
        let names = accounts.names(at: Int(position))
        let own =
          index.reading.passesOn == .login
          ? names.login ?? names.email : names.email ?? names.login
        if let own { add(own, isLink: false) }
      } else {
        for link in links { add(link.subject, isLink: true) }
      }
    }
    return result
  }

  /// The names that providers behind are asked about for a person, by provider.
  func namesBehind(of person: Int) -> [SourceName: String] {
    var result: [SourceName: String] = [:]
    for route in routes {
      guard let parent = route.parent, let upstream = route.upstream else { continue }
      let names = subjects(of: person, on: parent, for: upstream)
      guard !names.isEmpty, result[route.provider] == nil else { continue }
      result[route.provider] = names.map(\.name).sorted().joined(separator: " ")
    }
    return result
  }

  /// What tells people apart who stand differently on a route, as one word; the usual cases cost no allocation.
  mutating func code(of person: Int, on route: Int) -> UInt64 {
    guard let index = index(route) else { return 0 }
    if let only = matches[route].onlyAccount(of: person), !matches[route].isShared(only) {
      return UInt64(index.signatureNumber(at: only)) << 1 | 1
    }
    let standings = standings(of: person, on: route)
    if let known = codes[standings] { return known }
    let made = UInt64(codes.count + 1) << 1
    codes[standings] = made
    return made
  }

  private var codes: [[AccountIndex.Standing]: UInt64] = [:]

  /// Who has which account on a route.
  func table(_ route: Int) -> RouteMatches { matches[route] }

  /// How a person stands on a route, for each of the names by which he is looked for there.
  func standings(of person: Int, on route: Int) -> [AccountIndex.Standing] {
    guard let index = index(route) else { return [] }
    let table = matches[route]
    return table.matches(of: person).map { match in
      index.standing(match, isShared: table.isShared)
    }
  }

  /// What the names of somebody whom the roster did not get to name find on every route.
  func matches(
    ofKey key: String, names: (SourceName) -> PersonNames?
  ) -> [[AccountMatcher.Match]] {
    var found: [[AccountMatcher.Match]] = []
    for (number, route) in routes.enumerated() {
      guard let index = index(number) else {
        found.append([])
        continue
      }
      var passed: [PassedName] = []
      if let parent = route.parent, let upstream = route.upstream {
        passed = subjects(found[parent], on: parent, for: upstream)
      }
      found.append(
        Self.found(index, names: names(route.provider), passed: passed) {
          var key = key
          return key.withUTF8 { index.matcher.match($0) }
        })
    }
    return found
  }

  /// How somebody with these matches stands on every route.
  func standings(_ found: [[AccountMatcher.Match]]) -> [[AccountIndex.Standing]] {
    found.enumerated().map { number, matches in
      guard let index = index(number) else { return [] }
      return matches.map { index.standing($0, isShared: { _ in false }) }
    }
  }

  /// The account that these matches are, at each provider of the sign-in where there is exactly one.
  func accountIDs(_ found: [[AccountMatcher.Match]], atFirst count: Int) -> [SourceName: String] {
    var ids: [SourceName: String] = [:]
    for node in nodes.prefix(count) {
      guard let route = node.route, let index = index(route), found[route].count == 1,
        case .one(let position)? = found[route].first
      else { continue }
      ids[node.target.provider] = index.reading.accounts.id(at: Int(position))
    }
    return ids
  }

  /// The account of a person at a node, as far as there is exactly one that may be meant.
  func account(of person: Int, at node: Int) -> Int? {
    guard let route = nodes[node].route, let index = index(route) else { return nil }
    let table = matches[route]
    if let only = table.onlyAccount(of: person) { return Int(only) }
    guard let app = nodes[node].appPosition,
      case .several(let all)? = table.matches(of: person).first
    else { return nil }
    return index.meant(all.map(index.signatureNumber), at: app).map { Int(all[$0]) }
  }
}

/// What one provider knows a person by at another.
private struct PassedName {
  var name: String
  /// Whether a link says that there is an account of this name.
  var isLink: Bool

  func match(_ matcher: AccountMatcher) -> AccountMatcher.Match {
    isLink ? matcher.match(linked: name) : matcher.match(subject: name)
  }
}

/// What the configuration says of a person at one source.
struct PersonNames {
  /// The account, by its id or login.
  var account: String?
  /// Further addresses.
  var addresses: [String] = []
}
