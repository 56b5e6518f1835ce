internal import ConnectorKit
internal import IdentityCore

/// Puts one application's model together: the tables that conditions and demands point into.
struct OktaModelBuilder {
  let directory: OktaDirectory
  let rememberedDeviceLimitMinutes: Int64
  /// Whether a second factor of an older session may be enough, so that sessions are told apart by their age.
  var hasOldSessions = false
  var tables: SignInModelBuilder
  /// The zones that live rules mention.
  private(set) var mentionedZones: Set<String> = []
  /// The external identity providers by which a sign-in may be told to come in, each once.
  var usedProviders: [String] = []
  /// The variables of providers that assert a second factor, and the keys of those of coming in by them.
  var assertions: [(variable: Variable.ID, way: String)] = []
  /// What Okta did not show.
  private(set) var missing: Set<OktaMissing> = []
  /// What decides and is not known.
  private(set) var unrecognised: Unrecognised
  /// Whether the rule whose conditions are compiled lets in with less than two factors.
  var isWeak = false
  /// Whether what is compiled is the scope of a whole policy, whose rules may be weak and strong.
  var isScope = false
  init(
    directory: OktaDirectory, rememberedDeviceLimitMinutes: Int,
    atoms: SubjectFacts = SubjectFacts(),
    unrecognised: Unrecognised
  ) {
    self.directory = directory
    self.unrecognised = unrecognised
    self.rememberedDeviceLimitMinutes = Int64(rememberedDeviceLimitMinutes)
    tables = SignInModelBuilder(atoms)
  }

  /// Notes keys that nobody knows; those that somebody vouches for as harmless are none.
  mutating func unknownKeys(_ keys: [UnrecognisedKey], _ place: OktaPlace) -> [Unknown.ID] {
    unrecognised.note(keys, of: place.id).map { tables.unknown($0) }
  }

  /// Notes a field that Okta did not show.
  mutating func note(_ field: String, _ place: OktaPlace) {
    note("\(field) of \(place.title)", call: place.call)
  }

  /// Notes what Okta did not show of a call.
  mutating func note(_ what: String, call: String) {
    missing.insert(OktaMissing(call: call, what: what))
  }

  /// Whether something applies whose field Okta did not show.
  mutating func unshown(_ field: String, _ place: OktaPlace) -> OktaCondition {
    note(field, place)
    let id = tables.unknown(
      "\(place.id)|no \(field)",
      "whom and when \(place.title) applies to, because Okta did not show its \(field)",
      remedy: "let the token see the whole policy, or report it")
    return OktaCondition(holds: .unknown(id), phrases: ["\(field) not shown"])
  }

  /// A fact that an account's row may not show: then it may hold or not.
  mutating func fact(
    _ kind: SubjectAtom.Kind, _ id: String, name: String, unless unclear: String, _ title: String
  ) -> Condition {
    let isUnclear = tables.subject(.attribute, unclear, isPartial: true)
    let mayHold = tables.unknown(
      "account \(kind.rawValue) \(id)", title, remedy: "let the token see the whole account")
    return .or([tables.subject(kind, id, name: name), .and([isUnclear, .unknown(mayHold)])])
  }

  /// Nothing is known of accounts whose status, at Okta or at this application, is not.
  mutating func withAccountStatus(_ policy: SignInPolicy, at app: AppID) -> SignInPolicy {
    let isUnclear = Condition.or(
      [OktaUnclear.status, OktaUnclear.status(at: app)].map { name in
        tables.subject(.attribute, name, isPartial: true)
      })
    let id = tables.unknown(
      "account status", "whether the account's status lets it sign in",
      remedy: "report the status, so that idsync learns it")
    return .firstMatch([.init(isUnclear, .demand(.unknown(id), by: nil))], otherwise: policy)
  }

  /// Nobody knows whether those who are not on the application's list may use it all the same.
  mutating func withUnclearListing(_ policy: SignInPolicy, _ app: OktaWire.App) -> SignInPolicy {
    guard app.isOpen == .unknown else { return policy }
    let name = OktaUnclear.listing(at: app.id)
    let isUnlisted = tables.subject(.attribute, name, isPartial: true)
    let id = tables.unknown(
      "app \(app.id)|open",
      "whether \(app.label) may be used without an assignment (settings.implicitAssignment, accessibility.selfService)",
      remedy: "let the token see the whole application, or report it")
    return .firstMatch([.init(isUnlisted, .demand(.unknown(id), by: nil))], otherwise: policy)
  }

  /// An account whose name at the application is not shown may go there by that of the person: a door beside the own one.
  mutating func withUnclearNames(_ policy: SignInPolicy, _ app: OktaWire.App) -> SignInPolicy {
    let name = OktaUnclear.names(at: app.id)
    let isUnclear = tables.subject(.attribute, name, isPartial: true)
    let id = tables.unknown(
      "app \(app.id)|names", "whether another account goes by the person's name at \(app.label)",
      remedy: "let the token see credentials.userName of everybody who has the application")
    return .firstMatch(
      [.init(isUnclear, .any([policy, .demand(.unknown(id), by: nil)]))], otherwise: policy)
  }

  /// That the person is in a group now.
  mutating func listedGroup(_ id: String) -> Condition {
    switch directory.groups[id] {
    case .everyone: .always
    case .named(let name): tables.subject(.group, id, name: name)
    case nil: tables.subject(.group, id)
    }
  }

  /// The name of a group, its id where there is none.
  func groupName(_ id: String) -> String {
    switch directory.groups[id] {
    case .everyone: "Everyone"
    case .named(let name): name
    case nil: id
    }
  }

  private static let sides = ["outside", "inside"]

  /// That the sign-in comes from inside a zone.
  ///
  /// What an inactive, deleted or blocklist zone does in a rule is not documented, so it may hold always, never, or as if
  /// it were active, and otherwise for those inside than for those outside: an unknown of each place.
  ///
  /// - Parameter includes: whether the rule is for those inside.
  mutating func zone(_ id: String, includes: Bool, _ place: OktaPlace) -> Condition {
    mentionedZones.insert(id)
    let key = "\(place.id)|zone \(id)"
    switch directory.zones {
    case .assumed:
      return tables.flag("zone:\(id)", name: "zone \(id)", Self.sides)
    case .unreadable(let remedy):
      return .unknown(
        tables.unknown(
          key, "whether the sign-in is inside zone \(id) (\(place.title))", remedy: remedy))
    case .known(let zones):
      guard let zone = zones[id] else {
        return .unknown(
          tables.unknown(
            key,
            "whether the sign-in is inside zone \(id), which the list of zones does not name (\(place.title))",
            remedy: "take the deleted zone out of the rule"))
      }
      guard zone.status == "ACTIVE" else {
        return .unknown(
          tables.unknown(
            key,
            "whether zone \(zone.name), which is \(zone.status.lowercased()), has an effect (\(place.title))",
            remedy: "activate the zone or take it out of the rule"))
      }
      guard !zone.isBlocklist else {
        return .unknown(
          tables.unknown(
            key,
            "whether zone \(zone.name), which is a blocklist, has an effect (\(place.title))",
            remedy: "take the blocklist out of the rule"))
      }
      guard let extent = zone.extent else {
        noteUnshown(zone)
        return .unknown(
          tables.unknown(
            key,
            "whether the sign-in is inside zone \(zone.name), whose addresses are not shown (\(place.title))",
            remedy: "let the token see the whole zone"))
      }
      if extent == .nothing { return .never }
      return holdsAll(zone, includes: includes)
        ? .always : tables.flag("zone:\(id)", name: "zone \(zoneName(id))", Self.sides)
    }
  }

  /// What a rule says instead of an id when it means every zone.
  static let allZones = "ALL_ZONES"

  /// That the sign-in comes from inside any zone at all.
  ///
  /// Whether a zone that is not in force counts among them is not documented, and one whose addresses are not shown may
  /// hold all of them.
  mutating func anyZone(includes: Bool, _ place: OktaPlace) -> Condition {
    mentionedZones.insert(Self.allZones)
    let key = "\(place.id)|any zone"
    switch directory.zones {
    case .assumed: return tables.flag("any zone", Self.sides)
    case .unreadable(let remedy):
      return .unknown(
        tables.unknown(
          key, "whether the sign-in is inside any zone (\(place.title))", remedy: remedy))
    case .known(let zones):
      let live = zones.values.filter { $0.isInForce && $0.extent != nil }
      if live.contains(where: { holdsAll($0, includes: includes) }) { return .always }
      let inside = tables.flag("any zone", Self.sides)
      guard live.count < zones.count else { return inside }
      let counts = tables.unknown(
        key,
        "whether zones that are not in force, or not shown, count among all zones (\(place.title))",
        remedy: "name zones in the rule")
      let unshown = zones.values.filter { $0.isInForce && $0.extent == nil }
      unshown.forEach { noteUnshown($0) }
      return .or([
        inside,
        unshown.isEmpty
          ? .and([tables.flag("a zone that is not in force", Self.sides), .unknown(counts)])
          : .unknown(counts),
      ])
    }
  }

  private mutating func noteUnshown(_ zone: OktaWire.Zone) {
    note("type and gateways of zone \(zone.id)", call: "GET /api/v1/zones")
  }

  /// Whether every sign-in is inside a zone; those by IPv6 are inside or outside, whichever makes the rule weaker.
  private func holdsAll(_ zone: OktaWire.Zone, includes: Bool) -> Bool {
    switch zone.extent {
    case .everything: true
    case .everyIPv4: includes == isWeak
    case .nothing, .part, nil: false
    }
  }

  /// The name of a zone, its id where there is none; with the id where two zones share a name.
  func zoneName(_ id: String) -> String {
    guard case .known(let zones) = directory.zones, let zone = zones[id] else { return id }
    return directory.sharedZoneNames.contains(zone.name) ? "\(zone.name) (\(id))" : zone.name
  }

  /// The finished model.
  func model(_ policy: SignInPolicy) -> SignInModel { tables.model(policy, further: structure) }

  /// What variables imply: managed devices are registered, a zone is one of all zones, a sign-in comes
  /// through one provider.
  private var structure: [Condition] {
    var result: [Condition] = []
    let place = { (key: String) in tables.variable(of: key) }
    let yes = { (variable: Int) in Condition.variable(variable, in: [1]) }
    if let managed = place("device managed"), let registered = place("device registered") {
      result.append(.any([.not(yes(managed)), yes(registered)]))
    }
    let inside = mentionedZones.sorted().compactMap { place("zone:\($0)") }
    if let any = place("any zone") {
      result += inside.map { .any([.not(yes($0)), yes(any)]) }
      if case .known(let zones) = directory.zones,
        zones.values.allSatisfy({
          !$0.isInForce || $0.extent == .nothing || $0.extent == nil
            || place("zone:\($0.id)") != nil
        })
      {
        result.append(.any([.not(yes(any))] + inside.map(yes)))
      }
    }
    let providers = usedProviders.map(Self.idpKey).compactMap(place)
    for (index, first) in providers.enumerated() {
      result += providers[(index + 1)...].map { .any([.not(yes(first)), .not(yes($0))]) }
    }
    // Whoever asserts a second factor is whom the person came in by, and no other is.
    for (asserting, way) in assertions {
      if let used = place(way) { result.append(.any([.not(yes(asserting)), yes(used)])) }
      guard way.hasPrefix(Self.idpKey("")) else { continue }
      let others = usedProviders.map(Self.idpKey).filter { $0 != way }.compactMap(place)
      result += others.map { .any([.not(yes(asserting)), .not(yes($0))]) }
    }
    return result
  }
}
