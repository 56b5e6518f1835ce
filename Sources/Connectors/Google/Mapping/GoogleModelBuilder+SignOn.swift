internal import ConnectorKit
internal import IdentityCore

extension GoogleModelBuilder {
  /// Who authenticates a person: the assignment of the group with the smallest rank, else that of the innermost org unit.
  mutating func signOn(_ google: SignInPolicy) -> SignInPolicy {
    switch settings.assignments {
    case .unreadable(let reason, let remedy):
      let unknown = unknown(
        "who authenticates, as the SSO assignments are not readable (sso-assignment-unreadable): \(reason)",
        remedy: remedy)
      return .any([.demand(.unknown(unknown), by: nil), google])
    case .read(let assignments):
      let branches =
        unordered(assignments, google)
        + ordered(assignments).map { assignment in
          SignInPolicy.Branch(target(of: assignment), policy(of: assignment, google))
        }
      let none = withLegacy(google)
      return branches.isEmpty ? none : .firstMatch(branches, otherwise: none)
    }
  }

  /// The sign-in of people whom no assignment is for: Google's own, unless the legacy profile is in use, which no API shows.
  private mutating func withLegacy(_ google: SignInPolicy) -> SignInPolicy {
    switch settings.legacySSO {
    case true?: return legacyDoor(by: nil, google)
    case false?: return google
    case nil:
      guard
        let isUsed = unknown(
          .legacySSO, GoogleDoors.legacyUntold, remedy: GoogleDoors.legacyRemedy)
      else { return google }
      return .firstMatch([.init(isUsed, legacyDoor(by: nil, google))], otherwise: google)
    }
  }

  /// The sign-in by the legacy profile: whoever is outside its network masks, which no API shows, uses Google's own.
  private mutating func legacyDoor(
    by rule: RuleReference.ID?, _ google: SignInPolicy
  ) -> SignInPolicy {
    let door = federated(legacy(by: rule), google)
    guard
      let hasMasks = unknown(
        .networkMasks, GoogleDoors.masksUntold, remedy: GoogleDoors.masksRemedy)
    else { return door }
    let isOutside = flag("an address outside the network masks of the legacy profile")
    return .firstMatch([.init(.all([isOutside, hasMasks]), google)], otherwise: door)
  }

  /// The assignments that may come before all others: without a target one may be for anybody, without a rank a group's one
  /// may be the first.
  private mutating func unordered(
    _ assignments: [GoogleWire.Assignment], _ google: SignInPolicy
  ) -> [SignInPolicy.Branch] {
    var branches: [SignInPolicy.Branch] = []
    let places = Dictionary(assignments.map { ($0.place, 1) }, uniquingKeysWith: +)
    for assignment in assignments.sorted(by: { $0.name < $1.name }) {
      var parts: [Condition] = []
      let title: String
      if assignment.group == nil, assignment.orgUnit == nil {
        title = "whom \(assignment.name) is for, which names no target"
      } else if assignment.group != nil, assignment.rank == nil {
        parts.append(target(of: assignment))
        title = "whether \(self.title(assignment)) comes first, which names no rank"
      } else if places[assignment.place, default: 0] > 1 {
        // Google keeps them apart; which of two of one rank or one org unit counts, nobody can tell.
        parts.append(target(of: assignment))
        title = "whether \(self.title(assignment)) comes before another one in the same place"
      } else {
        continue
      }
      let unknown = unknown(
        title, of: assignment.name, remedy: "run again; if it stays, assign the profile anew")
      branches.append(
        .init(.all(parts + [.unknown(unknown)]), policy(of: assignment, google)))
    }
    return branches
  }

  private func ordered(_ assignments: [GoogleWire.Assignment]) -> [GoogleWire.Assignment] {
    // One without a rank comes last as well, for people whom no other group's one is for.
    let groups = assignments.filter { $0.group != nil }
      .sorted { ($0.rank ?? .max, $0.name) < ($1.rank ?? .max, $1.name) }
    // Of two units that hold one account the longer path is the inner one.
    let units = assignments.filter { $0.group == nil && $0.orgUnit != nil }
      .map { (path: orgUnitName($0.orgUnit ?? ""), assignment: $0) }
      .sorted { ($0.path.utf8.count, $0.path) > ($1.path.utf8.count, $1.path) }
    return groups + units.map(\.assignment)
  }

  private mutating func target(of assignment: GoogleWire.Assignment) -> Condition {
    if let group = assignment.group { return isIn(group: group) }
    return assignment.orgUnit.map { isIn(orgUnit: $0) } ?? .never
  }

  private func title(_ assignment: GoogleWire.Assignment) -> String {
    if let group = assignment.group {
      return
        "SSO assignment of group \(groupName(group)) (rank \(assignment.rank.map(String.init) ?? "not told"))"
    }
    return "SSO assignment of org unit \(orgUnitName(assignment.orgUnit ?? ""))"
  }

  private mutating func rule(
    _ assignment: GoogleWire.Assignment, _ name: String, _ demand: String
  ) -> RuleReference.ID {
    reference(
      RuleReference(
        policyID: assignment.name, policyName: title(assignment), ruleID: assignment.name,
        ruleName: name, demand: demand))
  }

  /// What an assignment leads to; a part of it that nobody knows may let anybody in.
  private mutating func policy(
    of assignment: GoogleWire.Assignment, _ google: SignInPolicy
  ) -> SignInPolicy {
    let known = known(assignment, google)
    guard let isWrong = doubt(assignment.strangers, of: assignment.name) else { return known }
    let lets = rule(assignment, "not known", "may let in by something that idsync does not know")
    return .firstMatch([.init(isWrong, .demand(.singleFactor, by: lets))], otherwise: known)
  }

  private mutating func known(
    _ assignment: GoogleWire.Assignment, _ google: SignInPolicy
  ) -> SignInPolicy {
    switch assignment.mode {
    case "SSO_OFF":
      let rule = rule(assignment, "SSO off", "leaves the sign-in to Google")
      return .all([.demand(.singleFactor, by: rule), google])
    case "SAML_SSO", "OIDC_SSO":
      let profile = profile(of: assignment)
      let rule = rule(
        assignment, profile.name, "leaves the sign-in to \(profile.name)")
      let other = SignInPolicy.upstream(upstream(profile), by: rule)
      switch assignment.redirectCondition {
      case nil, "REDIRECT_CONDITION_UNSPECIFIED"?: return federated(other, google)
      case "NEVER"?: return .any([other, google])
      case let condition?:
        let unknown = unknown(
          "whether \(title(assignment)) always redirects, which says \(condition)",
          of: assignment.name,
          remedy: "set the assignment to redirect always or never")
        return .firstMatch(
          [.init(.unknown(unknown), .any([other, google]))], otherwise: federated(other, google))
      }
    case "DOMAIN_WIDE_SAML_IF_ENABLED":
      switch settings.legacySSO {
      case true?:
        let rule = rule(assignment, "legacy SSO", "leaves the sign-in to the legacy SSO profile")
        return legacyDoor(by: rule, google)
      case false?: return google
      case nil: return withLegacy(google)
      }
    default:
      let unknown = unknown(
        "who authenticates by \(title(assignment)), whose mode is \(assignment.mode)",
        of: assignment.name,
        remedy: "give the assignment a mode that idsync knows")
      return .any([.demand(.unknown(unknown), by: nil), google])
    }
  }

  /// The sign-in at another provider; super administrators also get in at the admin console, by Google's own sign-in.
  private mutating func federated(
    _ other: SignInPolicy, _ google: SignInPolicy
  ) -> SignInPolicy {
    .firstMatch([.init(holds(.isAdmin), .any([other, google]))], otherwise: other)
  }

  private mutating func legacy(by rule: RuleReference.ID?) -> SignInPolicy {
    let rule =
      rule
      ?? reference(
        RuleReference(
          policyID: "legacy_sso", policyName: "legacy domain-wide SSO", ruleID: "legacy_sso",
          ruleName: "legacy SSO", demand: "leaves the sign-in to the legacy SSO profile"))
    return .upstream(
      upstream(Upstream(name: "the legacy domain-wide SSO profile", keys: ["legacy_sso"])),
      by: rule)
  }

  /// The identity provider of an assignment, by all its names.
  private func profile(of assignment: GoogleWire.Assignment) -> Upstream {
    guard let name = assignment.profile else {
      return Upstream(name: "an identity provider that the assignment does not name", keys: [])
    }
    let id = name.split(separator: "/").last.map(String.init) ?? name
    guard let profile = settings.profiles[name] else {
      return Upstream(name: "SSO profile \(name), which is not readable", keys: [name, id])
    }
    let issuer = profile.issuer ?? profile.signInURL
    let title = profile.displayName.map { "'\($0)'" } ?? profile.name
    var keys: [String] = []
    // A host that another provider has as well leads nowhere; the name that people see is no id.
    let loose = profile.hosts.filter { providerNames[$0]?.count == 1 }
    let names = [profile.issuer, profile.signInURL, profile.name, id].compactMap(\.self)
    for key in names + loose where !keys.contains(key) { keys.append(key) }
    return Upstream(
      name: "identity provider \(title)" + (issuer.map { " (\($0))" } ?? ""), keys: keys)
  }
}

extension GoogleWire.Assignment {
  /// Its place in the order, which no other one has.
  fileprivate var place: String {
    group == nil ? "org unit \(unit)" : "rank \(rank.map(String.init) ?? name)"
  }

  private var unit: String { orgUnit ?? name }
}

extension GoogleWire.Profile {
  /// The hosts of its addresses.
  var hosts: [String] { [issuer, signInURL].compactMap { $0.flatMap(SourceHost.of) } }
}

extension GoogleSettings {
  /// The providers by the display names and hosts that their profiles go by.
  var providerNames: [String: Set<String>] {
    var result: [String: Set<String>] = [:]
    for profile in profiles.values {
      let provider = profile.issuer ?? profile.signInURL ?? profile.name
      for name in [profile.displayName].compactMap(\.self) + profile.hosts {
        result[name, default: []].insert(provider)
      }
    }
    return result
  }
}
