internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

extension EntraModelBuilder {
  /// What a policy asks for when it applies; nil when it asks for nothing at all.
  mutating func demand(_ policy: EntraWire.Policy, _ rule: RuleReference) -> SignInPolicy? {
    guard let grant = policy.grant else { return nil }
    let place = EntraPlace(policy)
    // Lists that are all there and all empty are a policy for sessions only.
    if grant.isEmpty { return nil }
    let suffix = policy.frequency.map { ", \($0.phrase)" } ?? ""
    var parts = grant.controls.map { control($0, rule, suffix, place) }
    if let strength = grant.strength { parts.append(self.strength(strength, rule, place)) }
    for factor in grant.customFactors { parts.append(custom(factor, rule)) }
    if !grant.termsOfUse.isEmpty {
      let terms = Set(grant.termsOfUse).sorted().joined(separator: " ")
      parts.append(alternative("accepted terms of use", rule, of: "terms of use \(terms)"))
    }
    for member in grant.missing { parts.append(missing(member, rule, place)) }
    for (key, value) in grant.strange.sorted(by: { $0.key < $1.key }) {
      parts.append(strange("grantControls/\(key)", value, rule, place))
    }
    if parts.count == 1 { return parts[0] }
    switch grant.combination {
    case "AND": return .all(parts)
    case "OR": return .any(parts)
    default:
      let isAnd = unknownCondition(
        "whether \(place) asks for all of its controls or for one", at: place,
        remedy: "report the policy, so that idsync learns its form")
      return .firstMatch([.init(isAnd, .all(parts))], otherwise: .any(parts))
    }
  }

  /// A list that is missing is one more control that nobody knows.
  private mutating func missing(
    _ member: String, _ rule: RuleReference, _ place: EntraPlace
  ) -> SignInPolicy {
    let id = unknown(
      "what the missing \(member) of \(place) asks for", at: place,
      remedy: "run again; if it stays, report it")
    return .demand(.unknown(id), by: by(rule, "asks for something that cannot be read"))
  }

  /// A part of the grant that we do not know is one more control; a vouch says that it lets nobody in with one factor.
  private mutating func strange(
    _ path: String, _ value: JSONValue, _ rule: RuleReference, _ place: EntraPlace
  ) -> SignInPolicy {
    guard let id = strange("policy \(place.id): \(path)", value, "what \(place) asks for") else {
      return .demand(.multiFactor, by: by(rule, "asks for \(path.prefix(60)), vouched for"))
    }
    return .demand(.unknown(id), by: by(rule, "asks for \(path.prefix(60))"))
  }

  /// A custom control is another vendor's; what it asks for is in no API.
  private mutating func custom(_ name: String, _ rule: RuleReference) -> SignInPolicy {
    let id = doubt(
      .customControls, name, "no API shows what it asks for",
      remedy: "see at its vendor that it asks for a second factor of everybody")
    guard let id else {
      return .demand(.multiFactor, by: by(rule, "asks for custom control \(name), vouched for"))
    }
    return .demand(.unknown(id), by: by(rule, "asks for custom control \(name)"))
  }

  private mutating func by(_ rule: RuleReference, _ phrase: String) -> RuleReference.ID {
    var named = rule
    named.demand = phrase
    return reference(named)
  }

  private mutating func control(
    _ word: String, _ rule: RuleReference, _ suffix: String, _ place: EntraPlace
  ) -> SignInPolicy {
    switch word {
    case "block": return .demand(.refused, by: by(rule, "refuses"))
    case "mfa": return secondFactor(by(rule, "asks for two factors\(suffix)"), .any)
    case "compliantDevice": return alternative(Self.compliant, rule)
    case "domainJoinedDevice": return alternative(Self.joined, rule)
    case "approvedApplication": return alternative("approved client app", rule)
    case "compliantApplication": return alternative("app protection policy", rule)
    case "passwordChange": return alternative("changed password", rule)
    case "riskRemediation": return alternative("remediated risk", rule)
    default:
      return strange("grantControls/builtInControls \(word.prefix(60))", .string(word), rule, place)
    }
  }

  /// A control that is no second factor: whoever meets it passes, whoever does not is refused.
  private mutating func alternative(
    _ what: String, _ rule: RuleReference, of key: String? = nil
  ) -> SignInPolicy {
    let met = flag(what, of: key)
    let accepts = by(rule, "accepts \(what)")
    return .firstMatch(
      [.init(met, .demand(.singleFactor, by: accepts))],
      otherwise: .demand(.refused, by: by(rule, "refuses without \(what)")))
  }

  // MARK: Authentication strengths

  /// The built-in strength that is the same as the control `mfa`.
  private static let builtInMFA = "00000000-0000-0000-0000-000000000002"

  private mutating func strength(
    _ named: EntraWire.Strength, _ rule: RuleReference, _ place: EntraPlace
  ) -> SignInPolicy {
    var listed: EntraWire.Strength?
    if case .read(let all) = tenant.strengths { listed = all[named.id] }
    let satisfies = Set([named.satisfies, listed?.satisfies].compactMap { $0 })
    let told = [named.combinations, listed?.combinations].compactMap { $0 }
    let name = listed?.name ?? named.name
    let members = named.strange.merging(listed?.strange ?? [:]) { first, _ in first }
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      let what = "what authentication strength '\(name)' takes"
      if let id = strange("strength \(named.id): \(key)", value, what) {
        return .demand(.unknown(id), by: by(rule, "asks for authentication strength '\(name)'"))
      }
    }
    let allowsOneFactor = told.joined().contains(where: Self.oneFactor.contains)
    // The word of a strength is proof only beside the combinations that bear it out.
    let isBuiltIn = named.id == Self.builtInMFA
    if isBuiltIn && satisfies.isSubset(of: ["mfa"]) || satisfies == ["mfa"] && !told.isEmpty,
      !allowsOneFactor
    {
      let ways = EntraWays.strength(isBuiltIn ? nil : Set(told.joined()))
      return secondFactor(by(rule, "asks for authentication strength '\(name)'"), ways)
    }
    if satisfies == ["none"] {
      return .demand(
        .singleFactor,
        by: by(rule, "asks for authentication strength '\(name)', which one factor satisfies"))
    }
    let reason: String
    if case .unreadable(let why, _) = tenant.strengths { reason = ": \(why)" } else { reason = "" }
    let id = unknown(
      "whether authentication strength '\(name)' of \(place) takes two factors\(reason)",
      at: place, text: named.id,
      remedy: "grant Policy.Read.All, and check the strength's combinations")
    return .demand(.unknown(id), by: by(rule, "asks for authentication strength '\(name)'"))
  }

  /// The combinations that are one factor, whatever a strength says of itself.
  private static let oneFactor: Set<String> = [
    "password", "sms", "federatedSingleFactor", "x509CertificateSingleFactor", "qrCodePin",
    "email", "emailOtp",
  ]
}
