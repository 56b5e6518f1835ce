/// The doors of one login as the platform describes it: the table of the design, row by row.
///
/// | federated | team has an IdP | platform MFA | door |
/// |---|---|---|---|
/// | yes | yes | any | the identity provider's |
/// | no | yes | on, off | the platform's password beside single sign-on |
/// | no | no | on | the platform's login with its second factor |
/// | no | no | off | the platform's password |
/// | yes | not visible, redacted, not configured | any | nobody can tell |
struct PlatformDoor {
  /// What decides for a login.
  enum Way: Hashable {
    /// The identity providers at these positions of the team's `sign_in` decide.
    case providers([Int], [EvidenceItem])
    /// The platform's own login decides.
    case door(Door)
    /// Both are ways in: the platform's own login, and the identity providers.
    case beside(Door, [Int], [EvidenceItem])

    /// Whether the platform's own password is a way in.
    var isOwnLogin: Bool {
      switch self {
      case .door(let door), .beside(let door, _, _):
        door.code == .outsideSSO || door.code == .noSecondFactor
      case .providers: false
      }
    }
  }

  let settings: TeamSettings
  let reading: TeamReading
  let providers: [SourceName: ProviderReading]

  /// How a login gets in.
  ///
  /// - Parameter kind: never `.pending`.
  func way(
    kind: RosterMember.Kind, federated: Tri, platformMFA: Tri, identityProvider: String?
  ) -> Way {
    if let policy = reading.policy {
      return way(
        under: policy, kind: kind, federated: federated, platformMFA: platformMFA,
        identityProvider: identityProvider)
    }
    if kind == .collaborator {
      return .door(password(platformMFA, isCollaborator: true))
    }
    switch federated {
    case .unknown:
      guard !reading.saysSignIn else {
        return .door(
          cannotTell(.rosterContradiction, "The roster does not say how this login signs in."))
      }
      return settings.signIn.isEmpty
        ? .door(notConfigured) : .providers(Array(settings.signIn.indices), [attested])
    case .no where identityProvider != nil:
      return .door(
        cannotTell(
          .rosterContradiction,
          "The platform calls this login not federated and names an identity provider for it."))
    case .no: return .door(password(platformMFA, isCollaborator: false))
    case .yes: return federatedWay(identityProvider)
    }
  }

  func federatedWay(_ id: String?) -> Way {
    guard reading.namesProviders else {
      return settings.signIn.isEmpty
        ? .door(notConfigured) : .providers(Array(settings.signIn.indices), [attested])
    }
    guard let id else {
      return .door(
        cannotTell(
          .rosterContradiction,
          "The platform calls this login federated but names no identity provider for it."))
    }
    guard let provider = reading.identityProviders.first(where: { $0.id == id }) else {
      return .door(
        cannotTell(
          .identityProviderUnknown,
          "The identity provider of this login is hidden: it is none of those the team shows."))
    }
    guard !settings.signIn.isEmpty else { return .door(notConfigured) }
    let named = provider.name ?? provider.id
    if provider.isAccountOwned {
      let owner = EvidenceItem(
        .platform, id: provider.id, name: "identity provider '\(named)'",
        value: "owned by the enterprise account; its settings cannot be read")
      return .providers(Array(settings.signIn.indices), [owner, attested])
    }
    guard !provider.isRedacted, provider.entityID != nil || provider.ssoTargetURL != nil else {
      return .door(
        cannotTell(
          .identityProviderUnknown,
          "The settings of identity provider '\(named)' cannot be read."))
    }
    let matched = settings.signIn.indices.filter {
      IdentityProviderMatch.isSame(provider, providers[settings.signIn[$0].provider])
    }
    // A provider that was not read to its end may be the one, under a name it did not get to tell.
    let unread = settings.signIn.indices.filter {
      providers[settings.signIn[$0].provider]?.source.carriesVerdicts != true
    }
    guard !matched.isEmpty || !unread.isEmpty else {
      let target = provider.ssoTargetURL ?? provider.entityID ?? named
      let missing = settings.signIn.lazy.compactMap {
        IdentityProviderMatch.missingMark(provider, providers[$0.provider])
      }.first
      return .door(
        cannotTell(
          .identityProviderUnknown,
          "Identity provider '\(named)' (\(target)) is none of the providers configured for this team"
            + (missing.map { ": an address of it does not name \($0)." } ?? ".")
        ))
    }
    let shown = EvidenceItem(
      .platform, id: provider.id, name: "identity provider '\(named)'",
      value: "signs in at \(provider.ssoTargetURL ?? provider.entityID ?? "")")
    return .providers(matched.isEmpty ? unread : matched, [shown])
  }

  private var attested: EvidenceItem {
    EvidenceItem(
      .attestation, name: "configuration of team \(settings.name)",
      value: "names the provider and application of its sign-in")
  }

  private var notConfigured: Door {
    cannotTell(
      .notConfigured,
      "No `sign_in` is configured for team \(settings.name): add its provider and app."
    )
  }

  private func password(_ platformMFA: Tri, isCollaborator: Bool) -> Door {
    let who =
      isCollaborator ? "A collaborator, who cannot be put under single sign-on," : "This login"
    let evidence = [
      EvidenceItem(
        .platform, name: isCollaborator ? "collaborator outside the team" : "not federated",
        value:
          "platform MFA \(platformMFA == .yes ? "on" : platformMFA == .no ? "off" : "not shown")"
      )
    ]
    switch teamHasProvider {
    case .yes:
      return Door(
        provider: settings.roster, app: nil, verdict: .notEnforced, code: .outsideSSO,
        reason: "\(who) signs in with a password outside the team's single sign-on; "
          + (platformMFA == .yes
            ? "only the platform's own second factor stands there."
            : platformMFA == .no
              ? "the platform's own second factor is off too."
              : "the platform does not show whether its own second factor is on."),
        witness: Self.witness(platformMFA), evidence: evidence)
    case .no where platformMFA == .yes:
      return Door(
        provider: settings.roster, app: nil, verdict: .enforced, code: .platformLogin,
        reason: "The team has no identity provider; the platform's own login asks for two factors.",
        evidence: evidence)
    case .unknown where platformMFA == .yes:
      return cannotTell(
        .identityProviderUnknown,
        "\(who) has the platform's second factor on, but whether the team has an identity provider could not be read."
      )
    case .no, .unknown:
      return Door(
        provider: settings.roster, app: nil, verdict: .notEnforced, code: .noSecondFactor,
        reason: "\(who) signs in with a password, and "
          + (platformMFA == .no
            ? "the platform's second factor is off."
            : "the platform does not show whether its second factor is on."),
        witness: Self.witness(platformMFA), evidence: evidence)
    }
  }

  /// What gets somebody in at the platform's own login; what is not shown is no fact.
  private static func witness(_ platformMFA: Tri) -> String {
    switch platformMFA {
    case .yes: "any sign-in with the platform's own password and second factor"
    case .no: "any sign-in with the platform's own password"
    case .unknown:
      "any sign-in with the platform's own password, and the platform's second factor where one is on, which it does not show"
    }
  }

  var teamHasProvider: Tri {
    settings.signIn.isEmpty ? reading.hasIdentityProvider : .yes
  }

  func cannotTell(_ code: ReasonCode, _ reason: String) -> Door {
    Door(
      provider: settings.roster, app: nil, verdict: .cannotTell, code: code, reason: reason)
  }
}

/// Whether an identity provider that a platform shows is a provider that we read.
enum IdentityProviderMatch {
  static func isSame(_ shown: PlatformIdentityProvider, _ read: ProviderReading?) -> Bool {
    guard let read else { return false }
    let signIn = shown.ssoTargetURL.flatMap { SourceHost.of($0) == nil ? nil : $0 }
    let entity = shown.entityID.flatMap { SourceHost.of($0) == nil ? nil : $0 }
    if let signIn, !isOwn(signIn, read) { return false }
    guard let entity else { return signIn != nil }
    // An entity id of the vendor's names no tenant: the sign-in address has to.
    return isOwn(entity, read) || (signIn != nil && isVendor(entity, read))
  }

  /// What an address at a host that serves many tenants fails to name; nil where there is no such address.
  static func missingMark(_ shown: PlatformIdentityProvider, _ read: ProviderReading?) -> String? {
    guard let read else { return nil }
    let isForeign = [shown.ssoTargetURL, shown.entityID].compactMap(\.self)
      .contains { isAtHost($0, read) && !isOwn($0, read) }
    return isForeign ? read.tenantMarks.max() : nil
  }

  private static func isOwn(_ url: String, _ read: ProviderReading) -> Bool {
    guard isAtHost(url, read) else { return false }
    guard !read.tenantMarks.isEmpty else { return true }
    let parts = Self.parts(url)
    return read.tenantMarks.contains { parts.contains(Self.parts($0)) }
  }

  private static func isAtHost(_ url: String, _ read: ProviderReading) -> Bool {
    SourceHost.of(url).map(read.hosts.contains) ?? false
  }

  private static func isVendor(_ url: String, _ read: ProviderReading) -> Bool {
    guard let host = SourceHost.of(url) else { return false }
    return read.vendorHostSuffixes.contains { host == $0 || host.hasSuffix("." + $0) }
  }

  private static func parts(_ url: String) -> [Substring] {
    url.split { "/?&#".contains($0) }
  }
}
