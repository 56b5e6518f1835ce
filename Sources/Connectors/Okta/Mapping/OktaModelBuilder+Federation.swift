internal import ConnectorKit
internal import IdentityCore

extension OktaModelBuilder {
  /// The account attributes that mean that another identity provider vouches for the person.
  static let federatedProviders = ["FEDERATION", "SOCIAL"]

  private static let providerPrefix = "credentials.provider.type="

  /// What an atom asks of an account's own provider.
  static func providerAtom(_ type: String) -> String { providerPrefix + type }

  /// The type of provider that an atom asks for; nil when it asks for something else.
  static func providerType(_ atom: String) -> String? {
    atom.hasPrefix(providerPrefix) ? String(atom.dropFirst(providerPrefix.count)) : nil
  }

  /// What an atom asks of an account's links to other providers.
  static func linkAtom(_ provider: String) -> String { "idp=\(provider)" }

  /// The provider that an atom asks for; nil when it asks for something else.
  static func linkedProvider(_ atom: String) -> String? {
    atom.hasPrefix("idp=") ? String(atom.dropFirst(4)) : nil
  }

  /// An external identity provider may say that a second factor was used, and Okta takes its word.
  mutating func withInboundFederation(_ policy: SignInPolicy) -> SignInPolicy {
    let ways = federatedWays()
    var branches: [SignInPolicy.Branch] = []
    for way in ways {
      let phrase = "second factor asserted by \(way.name)"
      let rule = tables.reference(
        RuleReference(
          policyID: way.id, policyName: "inbound federation", ruleID: way.id, ruleName: way.name,
          demand: "lets the identity provider assert the second factor", condition: phrase))
      let asserts = tables.variable("asserted by \(way.id)", name: phrase, ["no", "yes"])
      assertions.append((asserts, way.comesBy))
      branches.append(
        .init(.and([way.condition, .variable(asserts, in: [1])]), demand(of: way, by: rule)))
    }
    // Whom Okta's own rules refuse, no other provider lets in.
    let federated = SignInPolicy.all([
      policy.refusalsOnly, .firstMatch(branches, otherwise: policy),
    ])
    return .firstMatch([.init(.or(ways.map(\.condition)), federated)], otherwise: policy)
  }

  // MARK: Coming in

  /// The keys of the variables of coming in by the account's own provider, and by one that nobody could read.
  private static let ownWay = "by own provider"
  private static let unreadWay = "by unread provider"

  /// The key of the variable of coming in by a provider.
  static func idpKey(_ id: String) -> String { "idp:\(id)" }

  /// That the account comes from a provider of a type.
  mutating func isFrom(_ type: String) -> Condition {
    fact(
      .attribute, Self.providerAtom(type), name: "credentials provider \(type)",
      unless: OktaUnclear.provider, "whether the account comes from a provider of type \(type)")
  }

  /// That the person came in through the provider that vouches for the account's password.
  private mutating func ownProvider() -> Condition {
    let isFrom = Condition.or(Self.federatedProviders.map { self.isFrom($0) })
    return .and([
      isFrom, tables.flag(Self.ownWay, name: "signed in by the person's own identity provider"),
    ])
  }

  /// That a sign-in came in by the provider of an id.
  private mutating func used(_ id: String) -> Condition {
    if !usedProviders.contains(id) { usedProviders.append(id) }
    return tables.flag(Self.idpKey(id), name: "signed in by identity provider \(id)")
  }

  /// That the person came in through whatever external identity provider.
  mutating func externalProvider() -> Condition {
    var ways = [ownProvider()]
    switch directory.inbound {
    case .attestedNone: break
    case .known(let providers):
      for provider in providers {
        ways.append(.and([used(provider.id), isInForce(provider), mayComeBy(provider)]))
      }
    case .unreadable(let remedy):
      let exists = tables.unknown(
        "inbound|ways", "whether people come in through an external identity provider",
        remedy: remedy)
      ways.append(
        .and([
          tables.flag(Self.unreadWay, name: "signed in by an external identity provider"),
          .unknown(exists),
        ]))
    }
    return .or(ways)
  }

  /// That the person came in through one external identity provider, which only those can who are or get linked to it.
  mutating func externalProvider(_ id: String, _ place: OktaPlace) -> Condition {
    let isUsed = used(id)
    let key = "\(place.id)|idp \(id)"
    let title = "whether the person can sign in by identity provider \(id) (\(place.title))"
    switch directory.inbound {
    case .attestedNone: return .and([isUsed, ownProvider()])
    case .unreadable(let remedy):
      return .and([isUsed, .unknown(tables.unknown(key, title, remedy: remedy))])
    case .known(let providers):
      guard let provider = providers.first(where: { $0.id == id }) else {
        let remedy = "take the deleted identity provider out of the rule"
        return .and([isUsed, .unknown(tables.unknown(key, title, remedy: remedy))])
      }
      return .and([isUsed, isInForce(provider), mayComeBy(provider)])
    }
  }

  /// That people can come in through an external identity provider at all.
  mutating func isInForce(_ provider: OktaWire.InboundProvider) -> Condition {
    switch provider.status {
    case "ACTIVE": .always
    case "INACTIVE": .never
    default:
      .unknown(
        tables.unknown(
          "idp \(provider.id)|status", "whether identity provider \(provider.name) is in force",
          remedy: "let the token see the identity provider"))
    }
  }

  /// That the account is linked to an external identity provider.
  private mutating func linked(to provider: OktaWire.InboundProvider) -> Condition {
    tables.subject(
      .attribute, Self.linkAtom(provider.id),
      name: "linked to identity provider \(provider.name)")
  }

  /// That the account can come in through an external identity provider: it is linked, or would be at the first sign-in.
  mutating func mayComeBy(_ provider: OktaWire.InboundProvider) -> Condition {
    let isLinked = linked(to: provider)
    let mayBeLinked: Condition
    switch provider.linking {
    case .nobody: mayBeLinked = .never
    case .everybody: mayBeLinked = .always
    case .accounts(let filter):
      let isFor = filter.groups.map { Condition.or($0.map { listedGroup($0) }) } ?? .always
      let isExcluded = Condition.or(filter.exceptUsers.map { tables.subject(.user, $0) })
      mayBeLinked = .and([isFor, isExcluded.negated])
    case .unclear:
      note("policy.accountLink of identity provider \(provider.id)", call: "GET /api/v1/idps")
      mayBeLinked = .unknown(
        tables.unknown(
          "idp \(provider.id)|link",
          "whether accounts are linked to identity provider \(provider.name) at the first sign-in",
          remedy: "let the token see the whole identity provider, and link by named groups or not"))
    }
    return .or([isLinked, mayBeLinked])
  }

  /// One external identity provider and whose sign-ins it may vouch for.
  private struct FederatedWay {
    var condition: Condition
    var name: String
    var id: String
    /// By what the configuration may name it; empty when it is not known which provider it is.
    var keys: [String]
    /// The key of the variable of coming in by it.
    var comesBy: String
  }

  /// What the provider itself asks for where a source reads it, otherwise one factor.
  private mutating func demand(of way: FederatedWay, by rule: RuleReference.ID) -> SignInPolicy {
    guard !way.keys.isEmpty else { return .demand(.singleFactor, by: rule) }
    let id = tables.upstream(
      way.id, Upstream(name: way.name, keys: way.keys, otherwise: .singleFactor))
    return .upstream(id, by: rule)
  }

  private mutating func federatedWays() -> [FederatedWay] {
    var ways: [FederatedWay] = []
    for type in Self.federatedProviders {
      ways.append(
        FederatedWay(
          condition: isFrom(type), name: "the person's own identity provider (\(type))", id: type,
          keys: [type], comesBy: Self.ownWay))
    }
    switch directory.inbound {
    case .attestedNone: break
    case .known(let providers):
      let shared = Self.shared(providers)
      for provider in providers {
        let isInForce = isInForce(provider)
        guard isInForce != .never else { continue }
        let isBelieved = isBelieved(provider)
        guard isBelieved != .never else { continue }
        let isNamesake = shared.contains(provider.name)
        ways.append(
          FederatedWay(
            condition: .and([mayComeBy(provider), isInForce, isBelieved]),
            name: "identity provider \(provider.name)" + (isNamesake ? " (\(provider.id))" : ""),
            id: provider.id,
            keys: [provider.id]
              + ([provider.name] + provider.addresses).filter { !shared.contains($0) },
            comesBy: Self.idpKey(provider.id)))
      }
    case .unreadable(let remedy):
      let id = tables.unknown(
        "inbound", "whether an external identity provider may assert the second factor",
        remedy: remedy)
      ways.append(
        FederatedWay(
          condition: .unknown(id), name: "an external identity provider", id: "unknown", keys: [],
          comesBy: Self.unreadWay))
    }
    return ways
  }

  /// That Okta takes a provider's word on second factors.
  private mutating func isBelieved(_ provider: OktaWire.InboundProvider) -> Condition {
    let strange = unknownKeys(provider.unrecognised, OktaPlace(provider))
    switch provider.assertsFactors {
    case true?: return .always
    case false?: return .or(strange.map { .unknown($0) })
    case nil:
      let id = tables.unknown(
        "idp \(provider.id)|claims",
        "whether Okta believes identity provider \(provider.name) on second factors",
        remedy: "let the token see the identity provider")
      return .unknown(id)
    }
  }

  /// The names and addresses that more than one provider goes by: a way by them leads to none.
  private static func shared(_ providers: [OktaWire.InboundProvider]) -> Set<String> {
    var seen: Set<String> = []
    var shared: Set<String> = []
    for provider in providers {
      for key in Set([provider.name] + provider.addresses) where !seen.insert(key).inserted {
        shared.insert(key)
      }
    }
    return shared
  }

  /// Nobody knows whether people can also sign in at the application itself.
  mutating func withUnknownLogin(
    _ policy: SignInPolicy, _ app: OktaWire.App
  ) -> SignInPolicy {
    let mode = app.signOnMode.map { "sign-on mode \($0.prefix(40))" } ?? "no sign-on mode"
    let isOpen = tables.unknown(
      "app \(app.id)|sign-on mode",
      "whether people can sign in to \(app.label) without Okta (\(mode))",
      remedy: "report the sign-on mode, so that idsync learns it")
    let rule = tables.reference(
      RuleReference(
        policyID: app.id, policyName: mode, ruleID: app.id, ruleName: "sign-in without Okta",
        demand: "asks for one factor", condition: "if there is one"))
    return .firstMatch(
      [.init(.unknown(isOpen), .demand(.singleFactor, by: rule))], otherwise: policy)
  }

  /// With a stored password people can also sign in at the application itself.
  mutating func withDirectLogin(
    _ policy: SignInPolicy, _ app: OktaWire.App, _ mode: String
  ) -> SignInPolicy {
    let isDirect = Condition.variable(
      tables.variable("started", ["through Okta", "at the application itself"]), in: [1])
    let rule = tables.reference(
      RuleReference(
        policyID: app.id, policyName: "sign-on mode \(mode)", ruleID: app.id,
        ruleName: "stored password", demand: "asks for the stored password only",
        condition: "started at the application itself"))
    return .firstMatch([.init(isDirect, .demand(.singleFactor, by: rule))], otherwise: policy)
  }
}

extension SignInPolicy {
  /// The same policy with every demand that lets in made the weakest: all it still says is whom it refuses.
  var refusalsOnly: SignInPolicy {
    switch self {
    case .demand(.singleFactor, _), .demand(.multiFactor, _), .upstream:
      .demand(.singleFactor, by: nil)
    case .demand: self
    case .firstMatch(let branches, let otherwise):
      .firstMatch(
        branches.map { Branch($0.condition, $0.policy.refusalsOnly) },
        otherwise: otherwise.refusalsOnly)
    case .all(let parts): .all(parts.map(\.refusalsOnly))
    case .any(let parts): .any(parts.map(\.refusalsOnly))
    }
  }
}
