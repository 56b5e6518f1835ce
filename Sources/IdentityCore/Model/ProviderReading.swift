/// What kind of account this is at its provider.
public enum AccountStatus: UInt8, Sendable, Codable, Hashable {
  /// Can sign in.
  case active = 0
  /// Cannot sign in: suspended, deactivated, deprovisioned, staged.
  case inactive = 1
}

/// What another identity provider knows a person by, where this one names it.
///
/// Several links of one account are doors side by side: the weakest counts.
public struct AccountLink: Sendable, Codable, Hashable {
  /// The other provider: one of the ``Upstream/keys`` or the name of an upstream of this provider's models.
  public var upstream: String
  /// The account there: its id, its login or an address of it, as this provider spells it.
  public var subject: String

  /// Makes a link.
  public init(upstream: String, subject: String) {
    self.upstream = upstream
    self.subject = subject
  }
}

/// By which of an account's own names the next provider of a chain knows it, where the account has no link to it.
public enum PassedIdentity: Sendable, Hashable {
  /// The primary address; the login where there is none.
  case email
  /// The login (a principal name); the address where there is none.
  case login
}

/// One login at one provider, as seen.
public struct Account: Sendable, Hashable {
  /// The provider's immutable id.
  public var id: String
  /// The primary address, as the provider spells it.
  public var email: String?
  /// Further addresses that name the same person.
  public var aliases: [String]
  /// The login name.
  public var login: String?
  /// Whether it can sign in.
  public var status: AccountStatus
  /// The provider's own word for the status, for evidence.
  public var statusText: String
  /// Which ``SubjectAtom``s hold: positions in the provider's atom table.
  public var atoms: Set<SubjectAtom.ID>
  /// Which of the watched applications it may use, by position in ``ProviderReading/apps``.
  public var assigned: Set<Int>
  /// Whether a second factor is set up.
  public var enrolled: Tri
  /// The kinds of factors set up.
  public var factors: FactorSet
  /// What other providers know the person by.
  public var links: [AccountLink]

  /// Makes an account.
  public init(
    id: String, email: String?, aliases: [String] = [], login: String? = nil,
    status: AccountStatus = .active, statusText: String = "ACTIVE",
    atoms: Set<SubjectAtom.ID> = [], assigned: Set<Int> = [], enrolled: Tri = .unknown,
    factors: FactorSet = [], links: [AccountLink] = []
  ) {
    self.id = id
    self.email = email
    self.aliases = aliases
    self.login = login
    self.status = status
    self.statusText = statusText
    self.atoms = atoms
    self.assigned = assigned
    self.enrolled = enrolled
    self.factors = factors
    self.links = links
  }
}

/// An application at a provider with what decides sign-ins to it.
public struct ProviderApp: Sendable {
  /// Whether sign-ins to it can be judged.
  public enum State: Sendable, Hashable {
    /// Judged by this model.
    case readable(SignInModel)
    /// Nobody signs in to it: inactive or deleted; the reason as a sentence.
    case inactive(String)
    /// Cannot be judged, since something could not be read: the reason as a sentence, and who can mend it.
    case unreadable(reason: String, remedy: String)
    /// Cannot be judged, though it was read: the same. Nothing that was known of its rules is kept, unless they are shown.
    case unjudged(reason: String, remedy: String)
  }

  /// The provider's own id, as configured.
  public var id: AppID
  /// Its name as people know it.
  public var label: String
  /// Whether sign-ins to it can be judged.
  public var state: State
  /// What its rules say as far as they were read, where it is judged by less than that; nil where it is judged by all of them.
  ///
  /// What was known before is kept only while these rules say the same.
  public var shown: SignInModel?
  /// Facts about the application itself (sign-on mode, policy id), first in every proof.
  public var evidence: [EvidenceItem]
  /// The id of the policy that the provider itself links to the application; nil where it links none or was not read.
  ///
  /// A verdict that is kept while a source fails is about this policy; under another link it is about something else.
  public var policyLink: String?
  /// Whether the provider answers that there is no such application: what was known of it is about nothing then.
  public var isMissing: Bool
  /// The state of each door and modifier that the provider's kind declares.
  public private(set) var inventory: [InventoryEntry] = []

  /// Makes an application.
  public init(
    id: AppID, label: String, state: State, evidence: [EvidenceItem] = [],
    policyLink: String? = nil, isMissing: Bool = false
  ) {
    self.id = id
    self.label = label
    self.state = state
    self.evidence = evidence
    self.policyLink = policyLink
    self.isMissing = isMissing
  }

  /// Says that nobody can tell who may use it; what its rules show stays known.
  public mutating func hideAssignments(reason: String, remedy: String) {
    guard case .readable(let model) = state else { return }
    state = .unjudged(reason: reason, remedy: remedy)
    shown = shown ?? model
  }

  /// Takes in the state of each door and modifier; what nobody knows becomes part of the model, at its worst.
  public mutating func account(for entries: [InventoryEntry]) {
    inventory += entries
    guard case .readable(let model) = state else { return }
    state = .readable(model.accounting(for: entries))
  }
}

/// What a provider said: the accounts of watched people, and the applications asked for.
public struct ProviderReading: Sendable {
  /// How it was read.
  public var source: SourceReading
  /// The applications asked for, in the order asked.
  public var apps: [ProviderApp]
  /// The accounts whose keys are watched, and no others.
  public var accounts: AccountTable
  /// Hosts under which the provider is known in SAML settings; lower case, with port where not 443.
  public var hosts: Set<String>
  /// What the addresses of this tenant have in their path or query where its hosts serve other tenants too.
  ///
  /// A tenant id, `realms/acme`; any one of them. Empty where the host alone names the tenant.
  public var tenantMarks: Set<String> = []
  /// Suffixes of host names that the vendor puts into the entity ids of all its customers (`www.okta.com`).
  public var vendorHostSuffixes: [String]
  /// How people without an account stand where the provider lets them in and makes one on the way; nil: it does not.
  public var newcomer: Account?
  /// Where the configuration says that sign-ins go which this provider leaves to others.
  public var routes: [UpstreamRoute] = []
  /// By which of its names the next provider of a chain knows an account that has no link.
  public var passesOn: PassedIdentity = .email
  /// The groups that the query asked for, by the name asked; those that are missing could not be read.
  public var groups: [String: SubjectAtom.ID] = [:]

  /// Makes a reading.
  public init(
    source: SourceReading, apps: [ProviderApp], accounts: AccountTable, hosts: Set<String> = [],
    vendorHostSuffixes: [String] = []
  ) {
    self.source = source
    self.apps = apps
    self.accounts = accounts
    self.hosts = hosts
    self.vendorHostSuffixes = vendorHostSuffixes
  }
}
