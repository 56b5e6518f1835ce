/// One fact behind a verdict.
public struct EvidenceItem: Sendable, Codable, Hashable {
  /// What kind of fact this is.
  public enum Kind: String, Sendable, Codable, Hashable {
    case policy, rule, group, assignment, flow, zone
    case userFlag = "user-flag"
    case attestation, delegation, platform, status
  }

  /// What kind of fact this is.
  public var kind: Kind
  /// The provider's id of the object, if it has one.
  public var id: String?
  /// The object's name as people know it.
  public var name: String
  /// What was read: an outcome, a condition, a state.
  public var value: String
  /// The path of the call it came from; no query, no secret.
  public var path: String?

  /// Makes an item.
  public init(
    _ kind: Kind, id: String? = nil, name: String, value: String, path: String? = nil
  ) {
    self.kind = kind
    self.id = id
    self.name = name
    self.value = value
    self.path = path
  }
}

/// Why a verdict is what it is, for machines.
public enum ReasonCode: String, Sendable, Codable, Hashable, CaseIterable {
  case policyEnforces = "policy-enforces"
  case accessDenied = "access-denied"
  case policyEscapes = "policy-escapes"
  case policySingleFactor = "policy-single-factor"
  case policyUnknown = "policy-unknown"
  case platformLogin = "platform-login"
  case outsideSSO = "outside-sso"
  case noSecondFactor = "no-second-factor"
  case secondFactorOptional = "second-factor-optional"
  case identityProviderUnknown = "identity-provider-unknown"
  case notConfigured = "not-configured"
  case rosterContradiction = "roster-contradiction"
  case notInIdP = "not-in-idp"
  case mappedAccountMissing = "mapped-account-missing"
  case deprovisioned = "deprovisioned"
  case notAssigned = "not-assigned"
  case appInactive = "app-inactive"
  case appMissing = "app-missing"
  case ambiguousIdentity = "ambiguous-identity"
  case pending = "pending"
  case sourceIncomplete = "source-incomplete"
  case stale = "stale"
}

/// One way in and what stands at it.
public struct Door: Sendable, Codable, Hashable {
  /// The source whose sign-in this is: an identity provider or the platform itself.
  public var provider: SourceName
  /// The application at the provider, nil for the platform's own login.
  public var app: AppID?
  /// The verdict of this door alone.
  public var verdict: Verdict
  /// Why, for machines.
  public var code: ReasonCode
  /// Why, one sentence for people.
  public var reason: String
  /// The concrete sign-in that escapes, as a phrase; nil when nothing escapes or nothing is known.
  public var witness: String?
  /// The same, variable by variable (`platform` → `linux`), sorted by name.
  public var witnessContext: [ContextFact]
  /// The policies, rules and memberships read, in the order they apply.
  public var evidence: [EvidenceItem]
  /// The sources that the verdict rests on beside the roster, each once: the provider, and those behind it that a sign-in
  /// of this person may be handed on to.
  public var sources: [SourceName]
  /// The policy that the provider itself links to the application; nil where it links none.
  public var policyLink: String?
  /// Whether the verdict holds whatever it is that is not known.
  public var isProven: Bool
  /// The provider's own rules that decide for the person, as they were read; empty where none does.
  public var rules: [RuleTrace]
  /// All rules of the policies that decide at this door, each as a digest, sorted; empty where they could not be read.
  public var ruleKeys: [UInt32]
  /// A digest of what leads here: the provider as configured, what the platform shows of it, and who the configuration says
  /// goes by which account; nil where none of it is told.
  public var origin: String?
  /// A digest of the policies that decide at this door; nil where they could not be read.
  public var policyDigest: String?
  /// How each door and modifier that the provider's kind declares is accounted for.
  public var inventory: [InventoryEntry]

  /// Makes a door.
  public init(
    provider: SourceName, app: AppID?, verdict: Verdict, code: ReasonCode, reason: String,
    witness: String? = nil, witnessContext: [ContextFact] = [], evidence: [EvidenceItem] = [],
    sources: [SourceName] = [], policyLink: String? = nil, isProven: Bool = true,
    rules: [RuleTrace] = [], ruleKeys: [UInt32] = [], policyDigest: String? = nil,
    origin: String? = nil,
    inventory: [InventoryEntry] = []
  ) {
    self.provider = provider
    self.app = app
    self.verdict = verdict
    self.code = code
    self.reason = reason
    self.witness = witness
    self.witnessContext = witnessContext
    self.evidence = evidence
    self.sources = sources
    self.policyLink = policyLink
    self.isProven = isProven
    self.rules = rules
    self.ruleKeys = ruleKeys
    self.policyDigest = policyDigest
    self.origin = origin
    self.inventory = inventory
  }
}

extension Door {
  /// Reads a door; what older stores did not keep is empty, and counts as proven.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      provider: try values.decode(SourceName.self, forKey: .provider),
      app: try values.decodeIfPresent(AppID.self, forKey: .app),
      verdict: try values.decode(Verdict.self, forKey: .verdict),
      code: try values.decode(ReasonCode.self, forKey: .code),
      reason: try values.decode(String.self, forKey: .reason),
      witness: try values.decodeIfPresent(String.self, forKey: .witness),
      witnessContext: try values.decode([ContextFact].self, forKey: .witnessContext),
      evidence: try values.decode([EvidenceItem].self, forKey: .evidence),
      sources: try values.decodeIfPresent([SourceName].self, forKey: .sources) ?? [],
      policyLink: try values.decodeIfPresent(String.self, forKey: .policyLink),
      isProven: try values.decodeIfPresent(Bool.self, forKey: .isProven) ?? true,
      rules: try values.decodeIfPresent([RuleTrace].self, forKey: .rules) ?? [],
      ruleKeys: try values.decodeIfPresent([UInt32].self, forKey: .ruleKeys) ?? [],
      policyDigest: try values.decodeIfPresent(String.self, forKey: .policyDigest),
      origin: try values.decodeIfPresent(String.self, forKey: .origin),
      inventory: try values.decodeIfPresent([InventoryEntry].self, forKey: .inventory) ?? [])
  }

  /// Whether this is a way in at the same place: one application at one provider, or the platform's own login.
  func isSamePlace(as other: Door) -> Bool { provider == other.provider && app == other.app }

  /// Whether the door only says that something was not read or not understood.
  var lacksData: Bool {
    guard verdict == .cannotTell else { return false }
    switch code {
    case .notInIdP, .mappedAccountMissing, .ambiguousIdentity, .notConfigured: return false
    default: return true
    }
  }
}

/// One variable of a witness and its value.
public struct ContextFact: Sendable, Codable, Hashable {
  /// The variable: `platform`, `zone HQ`.
  public var name: String
  /// Its value: `linux`, `outside`.
  public var value: String

  /// Makes a fact.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// A person's verdict with all doors; shared by every member it holds for, word for word.
public struct Judgement: Sendable, Codable, Hashable {
  /// Every door, weakest first; never empty.
  public var doors: [Door]

  /// Makes a judgement; the doors are put weakest first.
  public init(doors: [Door]) {
    self.doors = doors.sorted { ($0.verdict.strength ?? .max) < ($1.verdict.strength ?? .max) }
  }

  /// The deciding door.
  public var deciding: Door? { doors.first }
  /// The verdict: that of the weakest door.
  public var verdict: Verdict { deciding?.verdict ?? .cannotTell }
}
