internal import ConnectorKit
internal import IdentityCore

/// Who has no second factor at GitHub, and who only a weak one; nil for a list that was not read.
struct GitHubFactorLists: Sendable, Hashable {
  /// What the lists of one kind of people say.
  struct Lists: Sendable, Hashable {
    var disabled: Set<Int64>?
    var insecure: Set<Int64>?
  }

  var members = Lists()
  var outside = Lists()

  /// Whether a person has no second factor.
  func lacksFactor(_ id: Int64, isOutside: Bool) -> Tri {
    Tri((isOutside ? outside : members).disabled?.contains(id))
  }

  /// Whether a person has a weak one only.
  func isWeak(_ id: Int64, isOutside: Bool) -> Bool {
    (isOutside ? outside : members).insecure?.contains(id) == true
  }
}

/// Who is linked to an identity provider: to the organisation's own, or to that of its enterprise.
struct GitHubLinks: Sendable {
  var organisation: GitHubWire.IdentityProvider?
  var enterprise: GitHubWire.IdentityProvider?

  /// Both, the enterprise's first: it overrides those of its organisations.
  var all: [GitHubWire.IdentityProvider] { [enterprise, organisation].compactMap(\.self) }
}

/// Puts the people of one organisation together; pure.
struct GitHubRoster: Sendable {
  private struct Link {
    var provider: String
    var names: [String]
    /// Whether the provider knows the login by another name as well: nobody can say which of them signs in.
    var isAmbiguous = false

    /// Whether another identity is another person at the provider.
    func differs(from names: [String]) -> Bool {
      self.names.first?.lowercased() != names.first?.lowercased()
    }
  }

  private let configuration: GitHubConfiguration
  var people: [(person: GitHubWire.Person, role: String)] = []
  var links = GitHubLinks()
  /// Nil when it is not known who has a second factor.
  var factors: GitHubFactorLists?

  static let outsideRole = "collaborator"
  /// What stands for the identity provider of managed users that is not readable.
  private static let unreadManager = "enterprise-managed"

  init(_ configuration: GitHubConfiguration) {
    self.configuration = configuration
  }

  /// Whether single sign-on is said to be required, and no provider is shown: it may be that of an unnamed enterprise.
  var hidesProvider: Bool {
    configuration.saml == .enforced && configuration.shortcode == nil && links.all.isEmpty
      && !people.isEmpty
  }

  /// The lists of second factors, and whether they look as if nothing had been filtered.
  func enrolment(
    _ lists: GitHubFactorLists?
  ) -> (lists: GitHubFactorLists?, isSuspicious: Bool) {
    guard let lists, !people.isEmpty else { return (lists, false) }
    return (
      lists,
      people.allSatisfy { person, role in
        lists.lacksFactor(person.id, isOutside: role == Self.outsideRole) == .yes
      }
    )
  }

  /// The organisation as the core reads it.
  func reading(
    _ name: TeamName, _ organisation: GitHubWire.Organisation, _ issues: [SourceIssue]
  ) -> TeamReading {
    let linked = linked()
    var roster = Roster()
    var odd = OddAddresses()
    for (person, role) in people {
      let member = member(person, role, linked[person.id])
      odd.look(
        at: member.email, place: "account \(person.login)", call: GitHubConfiguration.graphQLCall)
      roster.append(member)
    }
    var providers = links.all.map {
      PlatformIdentityProvider(id: $0.id, entityID: $0.issuer, ssoTargetURL: $0.ssoURL)
    }
    let manager = configuration.shortcode == nil ? nil : managerID
    if manager == Self.unreadManager {
      providers.append(
        PlatformIdentityProvider(
          id: Self.unreadManager, name: "managed users", isAccountOwned: true))
    }
    let requiresSSO: Tri =
      switch configuration.saml {
      case .enforced?: .yes
      case .optional?, GitHubConfiguration.SAML.none?: .no
      case nil: .unknown
      }
    return TeamReading(
      team: name, roster: roster, identityProviders: providers,
      hasIdentityProvider: hidesProvider ? .unknown : providers.isEmpty ? .no : .yes,
      saysSignIn: true,
      policy: PlatformPolicy(
        requiresMFA: Tri(organisation.requiresTwoFactor), requiresSSO: requiresSSO,
        managedProvider: manager, evidence: evidence(organisation)),
      issues: issues + odd.all + nameless(linked) + ambiguous(linked))
  }

  /// What is told where the provider's name of a linked member is not shown: nobody can look for the member there.
  private func nameless(_ linked: [Int64: Link]) -> [SourceIssue] {
    guard linked.values.contains(where: \.names.isEmpty) else { return [] }
    return [
      .nameless(
        "by which name a linked member signs in", vendor: "GitHub",
        call: GitHubConfiguration.graphQLCall)
    ]
  }

  /// What is told of logins that the provider knows by several names.
  private func ambiguous(_ linked: [Int64: Link]) -> [SourceIssue] {
    let logins = people.map(\.person).filter { linked[$0.id]?.isAmbiguous == true }.map(\.login)
    guard let first = logins.min() else { return [] }
    let count = Set(logins).count
    return [
      SourceIssue(
        code: ConnectorError.Code.contradiction.rawValue, call: GitHubConfiguration.graphQLCall,
        status: 200,
        message:
          "\(first)\(count > 1 ? " and \(count - 1) more" : "") at GitHub has several identities of one identity provider.",
        remedy: "Revoke all but one under Settings › Authentication security.", affects: .details)
    ]
  }

  private func evidence(_ organisation: GitHubWire.Organisation) -> [EvidenceItem] {
    let shown = organisation.requiresTwoFactor.map { $0 ? "true" : "false" }
    var items = [
      EvidenceItem(
        .policy, id: organisation.login, name: "two_factor_requirement_enabled",
        value: shown ?? "not shown: the token is not an owner's",
        path: "/orgs/\(organisation.login)")
    ]
    if let saml = configuration.saml {
      items.append(
        EvidenceItem(
          .attestation, name: "SAML single sign-on",
          value: "\(saml.rawValue), says the configuration (saml)"))
    }
    return items
  }

  // MARK: People

  private func linked() -> [Int64: Link] {
    var result: [Int64: Link] = [:]
    let ids = Dictionary(
      people.map { ($0.person.login.lowercased(), $0.person.id) }, uniquingKeysWith: { $1 })
    for provider in links.all {
      for identity in provider.identities {
        guard let id = identity.userID ?? identity.login.flatMap({ ids[$0.lowercased()] })
        else { continue }
        if let known = result[id] {
          // The enterprise's provider overrides the organisation's.
          if known.provider == provider.id, known.differs(from: identity.names) {
            result[id]?.isAmbiguous = true
          }
          continue
        }
        result[id] = Link(provider: provider.id, names: identity.names)
      }
    }
    return result
  }

  private func member(_ person: GitHubWire.Person, _ role: String, _ link: Link?) -> RosterMember {
    let isOutside = role == Self.outsideRole
    let isManaged =
      configuration.shortcode.map { person.login.lowercased().hasSuffix("_" + $0.lowercased()) }
      ?? false
    let enrolled: Tri =
      switch factors?.lacksFactor(person.id, isOutside: isOutside) {
      case .yes?: .no
      case .no?: .yes
      case .unknown?, nil: .unknown
      }
    return RosterMember(
      email: link?.names.first ?? person.login, name: link == nil ? nil : person.login,
      role: Role(rawValue: role), kind: isOutside ? .collaborator : .member,
      userID: String(person.id),
      federated: link?.isAmbiguous == true
        ? .unknown
        : isManaged || link != nil ? .yes : hidesProvider && !isOutside ? .unknown : .no,
      platformMFA: enrolled,
      identityProvider: link?.isAmbiguous == true
        ? nil : isManaged ? managerID : isOutside ? nil : link?.provider,
      factors: factors?.isWeak(person.id, isOutside: isOutside) == true ? .sms : [])
  }

  private var managerID: String { links.all.first?.id ?? Self.unreadManager }
}
