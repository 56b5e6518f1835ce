internal import IdentityCore
internal import JSONQuery

/// The policies of an organisation that may matter, with the names of what they mention.
struct JumpCloudPicture: Sendable {
  /// The policies that may be in force before an application or the user portal.
  let policies: [JumpCloudWire.Policy]
  /// The groups that they mention, in order.
  let mentionedGroups: [String]
  /// The IP lists that they mention.
  let mentionedIPLists: Set<String>
  /// The countries that they speak of, cut into classes.
  let countries: JumpCloudCountries
  /// The names of IP lists, by id.
  var ipLists: [String: String] = [:]
  /// The names of groups, by id.
  var groups: [String: String] = [:]

  init(policies all: [JumpCloudWire.Policy]) {
    policies = all.filter(Self.mayMatter)
    var mentioned: Set<String> = []
    var lists: Set<String> = []
    var sets: [Set<String>] = []
    for policy in policies {
      let groups = policy.targets?["userGroups"]
      for key in ["inclusions", "exclusions"] { mentioned.formUnion(groups?[key]?.strings ?? []) }
      Self.visit(policy.conditions) { key, value in
        if key == "ipAddressIn" { lists.formUnion(value.strings ?? []) }
        if key == "locationIn", let names = Self.countries(value) { sets.append(names) }
      }
    }
    mentionedGroups = mentioned.sorted()
    mentionedIPLists = lists
    countries = JumpCloudCountries(sets)
  }

  /// One that is switched off or only monitors asks for nothing; one for LDAP or administrators, nothing at applications.
  private static func mayMatter(_ policy: JumpCloudWire.Policy) -> Bool {
    guard policy.isDisabled != true, policy.onlyMonitors != true else { return false }
    let elsewhere: Set<String> = ["ldap", "admin_portal"]
    guard let resources = policy.resources else { return true }
    let types = resources.isEmpty ? [policy.type] : resources.map { $0["type"]?.string }
    return !types.allSatisfy { $0.map(elsewhere.contains) == true }
  }

  /// The countries of a condition; nil when it is written in a way we do not know.
  static func countries(_ value: JSONValue) -> Set<String>? {
    guard let members = value.object, members.count == 1, let names = members["countries"]?.strings
    else { return nil }
    return Set(names.map { $0.uppercased() })
  }

  private static func visit(_ value: JSONValue?, _ take: (String, JSONValue) -> Void) {
    switch value {
    case .array(let values): for inner in values { visit(inner, take) }
    case .object(let members):
      for (key, inner) in members {
        take(key, inner)
        visit(inner, take)
      }
    default: break
    }
  }
}

/// The countries that several conditions speak of, cut into classes: a sign-in is in exactly one.
struct JumpCloudCountries: Sendable {
  /// The classes as people say them; the last is every country that no condition names.
  private(set) var names: [String] = []
  private var members: [Set<String>] = []

  /// A variable holds 64 values at most.
  private static let maxClasses = 63

  init(_ sets: [Set<String>]) {
    let distinct = Set(sets).sorted { $0.sorted().lexicographicallyPrecedes($1.sorted()) }
    var classes: [[Int]: Set<String>] = [:]
    for country in distinct.reduce(into: Set<String>(), { $0.formUnion($1) }) {
      classes[distinct.indices.filter { distinct[$0].contains(country) }, default: []]
        .insert(country)
    }
    let ordered = classes.values.map { $0.sorted() }
      .sorted { $0.lexicographicallyPrecedes($1) }
    guard ordered.count <= Self.maxClasses else { return }
    for countries in ordered {
      let more = countries.count > 3 ? " and \(countries.count - 3) more" : ""
      names.append(countries.prefix(3).joined(separator: ", ") + more)
      members.append(Set(countries))
    }
    names.append("that no policy names")
  }

  /// The classes that some countries are made of; nil when there were too many to tell them apart.
  func classes(of countries: Set<String>) -> Set<Int>? {
    guard !names.isEmpty else { return nil }
    return Set(members.indices.filter { members[$0].isSubset(of: countries) })
  }
}
