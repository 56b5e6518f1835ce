internal import ConnectorKit
internal import IdentityCore

/// By what the doors and modifiers of an application are accounted for.
struct OktaDoorFacts: Sendable {
  var engine: OktaMapping.Engine
  var perAppPolicies: OktaConfiguration.PerAppPolicies
  var inbound: OktaDirectory.Inbound
  /// What resets of passwords ask for, the same for all applications.
  var recovery: RowState
  /// What setting up a factor asks for, the same for all applications.
  var enrolment: RowState

  private static let classicRecovery =
    "behind a reset Classic Engine asks what the sign-on policy asks for (MFA_REQUIRED), by documented design: https://developer.okta.com/docs/reference/api/authn/"

  init(
    _ engine: OktaMapping.Engine, _ perAppPolicies: OktaConfiguration.PerAppPolicies,
    _ inbound: OktaDirectory.Inbound, recovery: OktaRecovery?
  ) {
    self.engine = engine
    self.perAppPolicies = perAppPolicies
    self.inbound = inbound
    self.recovery = recovery?.state ?? .closed(Self.classicRecovery)
    enrolment =
      recovery.map { OktaEnrolment(policies: $0.management).state }
      ?? .absent("Classic Engine has no account management policy")
  }

  /// How the reading accounts for a door or modifier of an application.
  func state(
    of door: OktaDoors, _ app: OktaWire.App, _ compiled: OktaMapping.Compiled
  ) -> RowState {
    switch door {
    case .sessionPolicies: .judged("every rule that may be in force")
    case .appPolicy: appPolicy
    case .memberships: .judged("as far as rules name groups, users and user types")
    case .zones:
      compiled.mentionedZones.isEmpty
        ? .absent("no rule names a zone") : .judged("the zones that rules name")
    case .chains, .smartCards, .staySignedIn:
      engine == .classic
        ? .absent("Classic Engine has none in the policies that are read")
        : .judged("every rule that may be in force")
    case .rememberedDevice: .judged("prompt mode and lifetime of session rules")
    case .sessionLength: .judged("session lengths and re-authentication of every rule")
    case .inbound, .firstLink, .links: federation
    case .ownProvider: .judged("credentials.provider.type of the account")
    case .assignment: .judged("assignments, and whether the application needs one")
    case .namesAtApplication: .judged("credentials.userName of the person at the application")
    case .storedPassword: .judged("signOnMode \(app.signOnMode ?? "not shown")")
    case .grants: grants(app)
    case .otherInterfaces:
      .closed(
        "rules for RADIUS and LDAP open no session at a web application, by documented design")
    case .recovery: recovery
    case .enrolment: enrolment
    case .helpDesk: .outOfScope("acts of administrators and help desks")
    case .unrecognised: .each(compiled.unrecognised?.things ?? [])
    }
  }

  private var appPolicy: RowState {
    guard engine == .classic else { return .judged("its rules, as far as they could be read") }
    return perAppPolicies == .none
      ? .configured("applications have none (per_app_policies: none)")
      : .judged("no API shows it, so it is an unknown beside the session policies")
  }

  private var federation: RowState {
    switch inbound {
    case .attestedNone:
      .configured("there is no inbound identity provider (inbound_federation: none)")
    case .known(let providers) where providers.isEmpty: .absent("there is no identity provider")
    case .known: .judged("every identity provider that may be in force")
    case .unreadable: .judged("nobody can tell which identity providers there are")
    }
  }

  /// The grants at which people sign in on Okta's own pages, or step by step under the same policies.
  private static let judgedGrants: Set<String> = [
    "authorization_code", "implicit", "interaction_code", "refresh_token",
  ]

  private func grants(_ app: OktaWire.App) -> RowState {
    guard app.signOnMode == "OPENID_CONNECT" else {
      return .absent("the application does not speak OpenID Connect")
    }
    guard let grants = app.grants, !grants.isEmpty else {
      return .unknown(
        "settings.oauthClient.grant_types is not shown", remedy: "let the token see the application"
      )
    }
    return .each(
      Set(grants).sorted().map { grant in
        (object: grant, version: nil, state: Self.grant(grant))
      })
  }

  private static func grant(_ grant: String) -> RowState {
    if judgedGrants.contains(grant) { return .judged("the policies decide it") }
    if grant == "client_credentials" { return .closed("nobody signs in by it") }
    return .unknown(
      "what policies ask for at the grant \(grant.prefix(80)) is not judged",
      remedy: "take the grant out of the application, or see what it asks for")
  }
}

extension OktaRun {
  /// Reads what resets of passwords and changes of factors ask for; nil on Classic Engine, where nothing hangs on it.
  func recovery(_ engine: OktaMapping.Engine) async -> OktaRecovery? {
    guard engine == .identity else { return nil }
    async let passwords = policies(ofType: "PASSWORD")
    let management = await policies(ofType: "ACCESS_POLICY").map { all in
      all.filter { $0.resourceType == "END_USER_ACCOUNT_MANAGEMENT" }
    }
    return OktaRecovery(policies: await passwords, management: management)
  }
}
