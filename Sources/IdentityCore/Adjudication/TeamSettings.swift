/// What the configuration says about one team.
public struct TeamSettings: Sendable, Hashable {
  /// The team.
  public var name: TeamName
  /// The source that says who is on it.
  public var roster: SourceName
  /// The configured ways to sign in; several are several doors.
  public var signIn: [SignInTarget]
  /// The exemptions of its members.
  public var exemptions: [Exemption]
  /// Who of its members goes by which account or by which further addresses.
  public var identities: [IdentityMapping]
  /// Which tenant, realm, server or file the roster and each source of the sign-in are about.
  public var places: [SourceName: String]

  /// Makes settings.
  public init(
    name: TeamName, roster: SourceName, signIn: [SignInTarget], exemptions: [Exemption] = [],
    identities: [IdentityMapping] = [], places: [SourceName: String] = [:]
  ) {
    self.name = name
    self.roster = roster
    self.signIn = signIn
    self.exemptions = exemptions
    self.identities = identities
    self.places = places
  }

  /// What is configured of the roster and of a provider, together; nil where the provider's is not told.
  func place(of provider: SourceName) -> String? {
    places[provider].map { "\($0)\u{0}\(roster)\u{0}\(places[roster] ?? "")" }
  }

  /// A digest of whom verdicts are about by the configuration: the roster, the ways in with what is said of each source, and
  /// who goes by which account.
  public var scopeDigest: String {
    var digest = Digest()
    digest.add(roster)
    digest.add(places[roster] ?? "\u{0}")
    for target in signIn {
      digest.add(target.provider)
      digest.add(target.app)
      digest.add(places[target.provider] ?? "\u{0}")
    }
    for mapping in identities {
      digest.add(mapping.member)
      digest.add(mapping.provider ?? "\u{0}")
      digest.add(mapping.account ?? "\u{0}")
      mapping.addresses.forEach { digest.add($0) }
    }
    return String(digest.value, radix: 16)
  }
}

/// Says which account, or which further addresses, belong to a member whose address does not tell it.
public struct IdentityMapping: Sendable, Hashable {
  /// The member's address, or the roster's own id of the person.
  public var member: String
  /// The source whose account it names; nil where it names addresses only.
  public var provider: SourceName?
  /// The account there, by its id or login.
  public var account: String?
  /// Further addresses of the person, at every provider.
  public var addresses: [String]
  /// Why.
  public var reason: String

  /// Makes a mapping.
  public init(
    member: String, provider: SourceName? = nil, account: String? = nil, addresses: [String] = [],
    reason: String
  ) {
    self.member = member
    self.provider = provider
    self.account = account
    self.addresses = addresses
    self.reason = reason
  }

  /// The words of evidence: what it says and why.
  var evidence: EvidenceItem {
    let account = account.flatMap { id in provider.map { "account \(id) at \($0)" } }
    let names = ([account].compactMap(\.self) + addresses).joined(separator: ", ")
    return EvidenceItem(
      .attestation, name: "configuration maps \(member) to \(names)", value: reason)
  }
}
