internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// What a policy asks for.
extension JumpCloudModel {
  /// The factors that a policy may name; all but JumpCloud Go come after the password.
  private static let factors: Set<String> = [
    "DURT", "WEBAUTHN", "PUSH", "DUO", "TOTP", "SMS_OTP",
  ]
  private static let go = "JumpCloud Go without user verification"

  mutating func demand(_ policy: JumpCloudWire.Policy, _ rule: RuleReference) -> SignInPolicy {
    let place = "policy '\(policy.name)'"
    switch policy.effect?["action"]?.string {
    case "deny": return .demand(.refused, by: by(rule, "refuses"))
    case "allow": break
    case let word?: return strange("what the action \(word) of \(place) does", rule)
    case nil: return strange("what the action ? of \(place) does", rule)
    }
    let obligations = policy.effect?.object?["obligations"]
    let mfa = obligations?.object?["mfa"]
    for part in [obligations, mfa].compactMap(\.self) where part.object == nil {
      return strange("whether \(place) asks for MFA", rule)
    }
    let strangers = unrecognised.note(Self.strangers(in: policy), of: place)
    switch mfa?.object?["required"] {
    case .bool(true)?: return doubted(twoFactors(obligations, place, rule), strangers, place, rule)
    case .bool(false)?, nil: break
    default: return strange("whether \(place) asks for MFA", rule)
    }
    // What nobody knows may ask for a second factor in another way.
    if let first = strangers.first {
      return .demand(
        .unknown(tables.unknown(first)), by: by(rule, "asks for something that cannot be read"))
    }
    return .demand(.singleFactor, by: by(rule, "asks for one factor only"))
  }

  private mutating func strange(_ title: String, _ rule: RuleReference) -> SignInPolicy {
    let unknown = Unknown(
      title: title, remedy: "report the policy, so that idsync learns its form")
    return .demand(
      .unknown(tables.unknown(unknown)), by: by(rule, "asks for something that cannot be read"))
  }

  /// The demand, which what nobody knows may take away in some sign-ins.
  private mutating func doubted(
    _ asked: SignInPolicy, _ strangers: [Unknown], _ place: String, _ rule: RuleReference
  ) -> SignInPolicy {
    guard !strangers.isEmpty else { return asked }
    let anyHolds = Condition.any(strangers.map { .unknown(tables.unknown($0)) })
    let isAbout = flag("a sign-in that what idsync does not know of \(place) is about")
    let skips = by(rule, "may skip the second factor by something that idsync does not know")
    return .firstMatch(
      [.init(.all([isAbout, anyHolds]), .demand(.singleFactor, by: skips))], otherwise: asked)
  }

  // MARK: Factors

  /// Two factors, as far as every factor that the policy takes proves a second one.
  private mutating func twoFactors(
    _ obligations: JSONValue?, _ place: String, _ rule: RuleReference
  ) -> SignInPolicy {
    guard let listed = obligations?.object?["mfaFactors"] else {
      return .demand(.multiFactor, by: by(rule, "asks for two factors"))
    }
    guard let names = Self.names(listed) else {
      return strange("which factors \(place) takes", rule)
    }
    let unknown = names.filter { !Self.factors.contains($0) }
    if let first = unknown.first {
      return strange("what the factor \(first) of \(place) proves", rule)
    }
    let all = names.isEmpty ? "" : " (\(names.sorted().joined(separator: ", ")))"
    let two = SignInPolicy.demand(.multiFactor, by: by(rule, "asks for two factors\(all)"))
    let isVerified =
      obligations?.object?["userVerification"]?.object?["requirement"]?.string == "required"
    guard names.contains("DURT"), !isVerified else { return two }
    let one = SignInPolicy.demand(
      .singleFactor, by: by(rule, "takes the key of a device alone (DURT)"))
    if names == ["DURT"] { return one }
    return .firstMatch([.init(flag(Self.go), one)], otherwise: two)
  }

  /// The names of factors, which come as objects or as plain words; nil where one says something else.
  private static func names(_ factors: JSONValue) -> [String]? {
    guard let all = factors.array else { return nil }
    let names = all.compactMap { $0.string ?? $0.object?["type"]?.string }
    return names.count == all.count ? names : nil
  }

  // MARK: What is not known

  /// Keys beside those that decide, which the vendor documents or which tell who made a policy and when.
  private static let metadata: Set<String> = [
    "id", "name", "description", "type", "disabled", "monitorOnly", "createdAt", "updatedAt",
    "createdBy", "updatedBy", "organization", "organizationObjectId", "objectId",
  ]

  /// What the policy and its effect hold that is not known.
  private static func strangers(in policy: JumpCloudWire.Policy) -> [UnrecognisedKey] {
    let obligations = policy.effect?.object?["obligations"]
    let objects: [(JSONValue?, Set<String>, String)] = [
      (policy.document, metadata.union(["targets", "conditions", "effect"]), ""),
      (policy.effect, ["action", "obligations"], "effect"),
      (obligations, ["mfa", "mfaFactors", "userVerification"], "effect/obligations"),
      (obligations?.object?["mfa"], ["required"], "effect/obligations/mfa"),
      (
        obligations?.object?["userVerification"], ["requirement"],
        "effect/obligations/userVerification"
      ),
    ]
    return objects.flatMap { strangers($0, besides: $1, at: $2) }
  }

  /// The members of an object that are not known and say something; null may say anything.
  static func strangers(
    _ json: JSONValue?, besides known: Set<String>, at path: String
  ) -> [UnrecognisedKey] {
    (json?.object ?? [:]).filter { !known.contains($0.key) && saysSomething($0.value) }
      .sorted { $0.key < $1.key }
      .map { UnrecognisedKey(path.isEmpty ? $0.key : "\(path)/\($0.key)", $0.value) }
  }

  private static func saysSomething(_ value: JSONValue) -> Bool {
    switch value {
    // What an unknown section would say.
    case .null: true
    case .array(let values): !values.isEmpty
    case .string(let text): !text.isEmpty
    case .object(let members): members.values.contains(where: saysSomething)
    case .bool, .integer, .number: true
    }
  }
}
