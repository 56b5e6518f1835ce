/// A random organisation of Okta: what its policies, providers and people say, as far as it decides sign-ins.
struct OktaRandomWorld: Sendable {
  // MARK: Rules

  /// A zone, by what its list shows of it.
  enum ZoneKind: String, Sendable, CaseIterable {
    case office, vpn, empty
    /// All of IPv4, and all addresses.
    case ipv4, world
    case off, blocklist
    /// One that the list does not name.
    case gone
    /// What rules say for every zone.
    case every = "ALL_ZONES"
  }

  /// Whom a rule is for.
  struct Scope: Sendable, Hashable {
    var groups: Set<Int> = []
    var exceptGroups: Set<Int> = []
    /// The numbers of lists of users.
    var list: Int?
    var exceptList: Int?
    /// Whether it is for the user type A, or for all others.
    var isOfTypeA: Bool?
  }

  /// By which identity provider somebody comes.
  enum Way: Sendable, Hashable { case okta, provider(Int) }

  /// For which sign-ins a rule is.
  struct Place: Sendable, Hashable {
    enum Expression: Sendable, Hashable { case device, user }
    var zones: [ZoneKind] = []
    var exceptZones: [ZoneKind] = []
    var device: String?
    var risk: String?
    var platform: String?
    var expression: Expression?
    var way: Way?
    var authType: String?
  }

  /// Where something stands that nobody knows.
  enum Strange: Sendable, Hashable { case rule, action, condition }

  struct RuleSpec<Demand: Sendable>: Sendable {
    var id: String
    var isActive = true
    var isSystem = false
    var priority = 0
    var scope = Scope()
    var place = Place()
    var strange: Strange?
    var demand: Demand
  }

  struct PolicySpec<Demand: Sendable>: Sendable {
    var id: String
    var isActive = true
    var isSystem = false
    var priority = 1
    /// Empty: everybody.
    var groups: Set<Int> = []
    var isStrange = false
    /// For whose passwords it is, where it is about passwords; nil: not shown.
    var provider: String? = "OKTA"
    var rules: [RuleSpec<Demand>]
  }

  // MARK: Demands

  /// What a rule of a session policy asks for.
  struct SessionDemand: Sendable {
    enum Kind: Sendable, CaseIterable {
      case deny, password, always, device, quarterOfAnHour, month, noLifetime, strangeMode
      case strangePrimary
    }
    var kind: Kind
    var lifetime: Int?
    var idle: Int?
  }

  /// What a rule of an application's policy asks for.
  struct AppDemand: Sendable {
    enum Kind: Sendable, CaseIterable {
      case deny, one, two, touch, touchOrAny, optionalTouch, phishingResistant, strangeConstraint
      case external, proofing
      case passwordPush, passwordAlone, pushAlone, verifiedPush, passwordQuestion, twoPossessions
      case card, passwordCard, passwordExternal, eitherWeak, strangeMethod
    }
    enum Keep: Sendable, CaseIterable { case allowed, refused, strange }
    var kind: Kind
    var again: String?
    var inactivity: String?
    var isChainShort = false
    var keep: Keep?
  }

  /// What a rule of a password policy asks for at a reset.
  enum ResetDemand: Sendable, CaseIterable { case deny, twoSteps, oneStep, notShown, managed }

  // MARK: Providers and people

  struct Provider: Sendable {
    enum Belief: Sendable, CaseIterable { case shared, mapped, none, strange, notShown }
    enum Link: Sendable, Hashable { case nobody, everybody, group(Int), strange }
    var isActive = true
    var belief: Belief
    var link: Link
    /// What a source behind it says; nil: nobody reads it.
    var behind: Asked?
  }

  struct Member: Sendable {
    struct Traits: Sendable, Hashable {
      var groups: Set<Int>
      var lists: Set<Int>
      /// Nil: not shown.
      var isOfTypeA: Bool?
      /// The type of provider that vouches for the password; nil: not shown.
      var provider: String?
      var links: Set<Int>
      /// Nil: not shown.
      var status: String?
      /// The status at the application; nil: not on its list.
      var assignment: String?
    }
    var email: String
    /// Whether only the application knows the person by the address of the team.
    var isRenamed: Bool
    var traits: Traits
  }

  // MARK: The organisation

  enum Inbound: Sendable { case read, refused, attested }
  /// Who may use the application beside those on its list.
  enum Openness: Sendable { case nobody, everybody, whoeverAsks, notShown }
  enum Management: Sendable, CaseIterable { case none, two, one }

  var isClassic: Bool
  var attestsNoAppPolicies: Bool
  var zones: [ZoneKind]
  var areZonesRefused: Bool
  var sessions: [PolicySpec<SessionDemand>]
  var areSessionsRefused: Bool
  var appRules: [RuleSpec<AppDemand>]
  var isAppPolicyStrange: Bool
  var hasAppPolicy: Bool
  var passwords: [PolicySpec<ResetDemand>]
  var arePasswordsRefused: Bool
  var management: Management
  var inbound: Inbound
  var providers: [Provider]
  /// What a source behind the accounts' own provider says, by its type.
  var ownBehind: [String: Asked]
  var appStatus: String
  var signOnMode: String
  /// Nil: not shown.
  var grants: [String]?
  var openness: Openness
  /// A group whose members may not be read.
  var hiddenGroup: Int?
  /// The lines of the inventory of which everything unknown is vouched for.
  var vouched: Set<String>
  var people: [Member]
}
