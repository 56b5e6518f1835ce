internal import ConnectorKit
internal import IdentityCore

/// What meets a demand for a second factor.
enum EntraWays: Sendable {
  /// The control `mfa`, and whatever asks as it does.
  case any
  /// An authentication strength, by its combinations; nil for the one that is the same as `mfa` otherwise.
  case strength(Set<String>?)

  /// Whether another vendor's method meets it; strengths take none.
  ///
  /// - SeeAlso: <https://learn.microsoft.com/entra/identity/authentication/concept-authentication-external-method-provider>
  var takesExternal: Bool {
    if case .any = self { true } else { false }
  }

  /// Whether a combination meets it.
  func takes(_ combination: String) -> Bool {
    if case .strength(let told?) = self { told.contains(combination) } else { true }
  }
}

/// By whose word a second factor may be taken for given.
struct EntraClaims: Sendable {
  /// When another vendor's method is used, of which nobody knows what it asks for.
  var external: [Condition] = []
  /// When a certificate counts as two factors, and may be one.
  var certificates: [Condition] = []
  /// When a method counts that we do not know.
  var others: [Condition] = []
  /// When another tenant says that its guest gave a second factor.
  var guests: [Condition] = []
  /// When a federated provider says so, and which it is; nil where nobody knows it.
  var federated: [(condition: Condition, provider: Upstream.ID?)] = []
}

extension EntraModelBuilder {
  /// A demand for a second factor, with those whose word is taken for one.
  mutating func secondFactor(_ rule: RuleReference.ID, _ ways: EntraWays) -> SignInPolicy {
    let asked = SignInPolicy.demand(.multiFactor, by: rule)
    var taken = claims.guests + claims.others
    if ways.takesExternal { taken += claims.external }
    if ways.takes("x509CertificateMultiFactor") { taken += claims.certificates }
    var branches = taken.isEmpty ? [] : [branch(.or(taken), .demand(.singleFactor, by: nil))]
    if ways.takes("federatedMultiFactor") {
      branches += claims.federated.map { claim in
        branch(
          claim.condition,
          claim.provider.map { .any([asked, .upstream($0, by: nil)]) }
            ?? .demand(.singleFactor, by: nil))
      }
    }
    return branches.isEmpty ? asked : .firstMatch(branches, otherwise: asked)
  }

  private func branch(_ condition: Condition, _ policy: SignInPolicy) -> SignInPolicy.Branch {
    SignInPolicy.Branch(condition, policy)
  }

  /// Learns by whose word a second factor may be taken for given.
  mutating func readClaims() {
    readMethods()
    readTrust()
    readFederatedClaims()
  }

  // MARK: Methods

  private mutating func readMethods() {
    switch tenant.methods {
    case .unreadable(let reason, let remedy):
      // Which of the two is on is one question, asked of both lines.
      if let id = doubt(
        .externalMethods, nil, "the methods of the tenant are not known: \(reason)",
        remedy: remedy)
      {
        claims.external.append(.unknown(id))
      }
      if let id = doubt(
        .certificates, nil, "the methods of the tenant are not known: \(reason)", remedy: remedy)
      {
        claims.certificates.append(.unknown(id))
      }
    case .read(let methods):
      for method in methods { read(method) }
    }
  }

  private mutating func read(_ method: EntraWire.Method) {
    switch method.kind {
    case .external:
      guard
        let id = doubt(
          .externalMethods, method.id, version: method.version,
          "'\(method.name)' is on, and no API shows what it asks for",
          remedy: "see at its vendor that it asks for a second factor of everybody")
      else { return }
      claims.external.append(.and([users(of: method), .unknown(id)]))
    case .certificates:
      guard
        let id = doubt(
          .certificates, method.id, version: method.version,
          "certificates count as two factors, and no API shows whether a PIN protects them",
          remedy: "see that their keys stay on cards or devices that ask for a PIN")
      else { return }
      claims.certificates.append(.and([users(of: method), .unknown(id)]))
    case .other(let word):
      guard
        let id = doubt(
          .unrecognised, "method \(method.id)", version: method.version,
          "the method '\(word.prefix(40))' is on, and may count as a second factor",
          remedy: "update idsync, or see that it is two factors, or none")
      else { return }
      claims.others.append(.and([users(of: method), .unknown(id)]))
    }
  }

  /// That a person may use a method; who may join its groups may as well.
  private mutating func users(of method: EntraWire.Method) -> Condition {
    let included: [Condition] =
      method.groups?.map { subject(.group, $0, tenant.groupNames[$0] ?? $0, isExcluded: true) }
      ?? [.always]
    let excluded = method.excluded.map {
      subject(.group, $0, tenant.groupNames[$0] ?? $0, isExcluded: false)
    }
    return .and([.or(included), Condition.or(excluded).negated])
  }

  // MARK: Other tenants

  /// Accounts do not tell where a guest comes from, so every trusted tenant may be theirs.
  private mutating func readTrust() {
    let remedy = "see that the tenant asks its people for a second factor, or trust it no more"
    switch tenant.trust {
    case .unreadable(let reason, let remedy):
      if let id = doubt(
        .guestMFA, nil, "the cross-tenant settings are not known: \(reason)", remedy: remedy)
      {
        claims.guests.append(.and([isFromElsewhere(), .unknown(id)]))
      }
    case .read(let all):
      for trust in all where trust.isAccepted != false {
        let whose = trust.tenant.map { "tenant \($0)" } ?? "every other tenant"
        let id = doubt(
          .guestMFA, trust.tenant ?? "default", version: trust.version,
          "the word of \(whose) for a second factor of its people is taken", remedy: remedy)
        if let id { claims.guests.append(.and([isFromElsewhere(), .unknown(id)])) }
      }
    }
  }

  private mutating func isFromElsewhere() -> Condition {
    .or([guestKind(EntraAccountFact.guest), guestKind(EntraAccountFact.externalMember)])
  }

  // MARK: Remembered browsers

  /// Whether a policy makes sessions ask again before an old second factor counts as none.
  func asksSoon(_ policy: EntraWire.Policy) -> Bool {
    guard let minutes = policy.frequency?.minutes else { return false }
    return minutes <= Int64(tenant.rememberedDeviceLimitMinutes)
  }

  /// Policies where a browser may be remembered: a service setting that a sign-in frequency puts out of force.
  ///
  /// - SeeAlso: <https://learn.microsoft.com/entra/identity/authentication/howto-mfa-mfasettings#remember-multi-factor-authentication>
  mutating func withRememberedBrowsers(_ policies: [SignInPolicy]) -> [SignInPolicy] {
    let isAsked = Condition.or(frequencies)
    guard !policies.isEmpty, isAsked != .always else { return policies }
    let id = doubt(
      .rememberedMFA, nil,
      "no API shows whether people may let browsers remember them, for up to 365 days",
      remedy:
        "see under Per-user MFA › Service settings that browsers are not remembered, or set a sign-in frequency of 24 hours or less for everybody"
    )
    guard let id else { return policies }
    let isRemembered = flag(EntraDoors.remembered, of: EntraDoors.remembered)
    let condition = Condition.and([isRemembered, .unknown(id), isAsked.negated])
    return policies.map { $0.weakened(when: condition) }
  }
}
