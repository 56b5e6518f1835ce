internal import ConnectorKit
internal import IdentityCore

/// One application compiled, with all by which its doors and modifiers are accounted for.
struct EntraCompiled: Sendable {
  let app: EntraWire.ServicePrincipal
  let tenant: EntraTenantFacts
  var state: ProviderApp.State
  /// What nobody knows of the lines that the model holds at their places.
  var doubts: EntraDoubts
  /// Whether every sign-in is under a sign-in frequency that is short enough.
  var isAskedOften = false

  /// How the reading accounts for a door or modifier.
  func state(of door: EntraDoors) -> RowState {
    switch door {
    case .conditionalAccess:
      tenant.usesConditionalAccess
        ? .judged("every policy that may be in force")
        : .configured("Conditional Access is not in use (conditional_access: none)")
    case .securityDefaults: securityDefaults
    case .perUserMFA:
      tenant.usesPerUserMFA
        ? .judged("of people whom nothing else asks")
        : .configured("per-user MFA is not in use (per_user_mfa: none)")
    case .mandatoryMFA: mandatory
    case .memberships: memberships
    case .eligible:
      tenant.usesEligibility
        ? .judged("who may activate what policies leave out or assign")
        : .configured("nobody is eligible for roles or groups (privileged_access: none)")
    case .assignment:
      app.requiresAssignment
        ? .judged("people and groups that are assigned")
        : .closed("the application is for everybody: appRoleAssignmentRequired is false")
    case .firstFactors: .closed("policies are asked after any first factor, by documented design")
    case .federatedDomain, .stagedRollout, .cloudPassword, .federatedMFA: federation(door)
    case .olderProtocols:
      app.isMicrosofts == .no
        ? .absent("the application is not Microsoft's own")
        : .judged("client types of every policy")
    case .signOnMode: signOnMode
    case .applicationProxy: applicationProxy
    case .methodClasses: .closed("each asks for a second thing on the device, by documented design")
    case .certificates, .externalMethods: methods(door)
    case .customControls:
      doubts.state(of: door) ?? .absent("no policy in force has one")
    case .guestMFA:
      doubts.state(of: door) ?? .closed("no other tenant's second factor is accepted")
    case .rememberedMFA:
      doubts.state(of: door)
        ?? (isAskedOften
          ? .closed("every sign-in is under a sign-in frequency that is short enough")
          : .absent("nothing here asks for a second factor"))
    case .sessions: .outOfScope("to take over a live session is theft")
    case .outage: .closed("only sessions that live are prolonged, by documented design")
    case .registration: .judged("people without a second factor are told as not-enrolled")
    // Whether the phone that resets the password is the second factor as well is a question of the methods.
    case .passwordReset: .closed("it ends in no session, by documented design")
    case .accountRecovery: .closed("it asks for a document and a face, by documented design")
    case .accessPass: .outOfScope("administrators hand them out")
    case .unrecognised: doubts.state(of: door) ?? .absent("everything that was read is known")
    }
  }

  private var securityDefaults: RowState {
    switch tenant.securityDefaults {
    case .read(false): .closed("they are off")
    default: .judged("administrators always, others when Microsoft decides")
    }
  }

  private var memberships: RowState {
    let lists = ["includeGroups", "excludeGroups", "includeRoles", "excludeRoles"]
    let named = tenant.policies.value?.contains { policy in
      lists.contains { policy.names[$0]?.all.isEmpty == false }
    }
    guard named != false || tenant.securityDefaults.value != false else {
      return .absent("no policy names a group or role")
    }
    return .judged("as far as policies name groups and roles")
  }

  private var mandatory: RowState {
    guard EntraKnownApps.mandatory[app.appID.lowercased()] != nil else {
      return .absent("the application is none of the portals")
    }
    return tenant.countsMandatoryMFA
      ? .judged("the application is one of the portals")
      : .configured("it does not count (microsoft_mandatory_mfa: false)")
  }

  private func federation(_ door: EntraDoors) -> RowState {
    if !tenant.usesFederation { return .configured("no domain is federated (federation: none)") }
    if let doubt = doubts.state(of: door) { return doubt }
    switch tenant.federated {
    case .unreadable: return .judged("nobody can tell which domains are federated")
    case .read(let domains) where domains.isEmpty: return .absent("no domain is federated")
    case .read:
      switch door {
      case .cloudPassword: return .closed("no home realm discovery policy allows it")
      case .federatedMFA: return .closed("rejectMfaByFederatedIdp of every federated domain")
      default: return .judged("the domain of the person")
      }
    }
  }

  private func methods(_ door: EntraDoors) -> RowState {
    if let doubt = doubts.state(of: door) { return doubt }
    return door == .certificates
      ? .closed("certificates are off, or count as one factor")
      : .closed("no external method is on")
  }

  private var signOnMode: RowState {
    guard app.tellsSignOnMode else { return .judged("the mode is missing, and taken at its worst") }
    switch app.signOnMode {
    case nil, "", "saml", "oidc": return .closed("people are sent to Entra ID by the protocol")
    case "password": return .judged("people can start at the application itself")
    case let mode?:
      return .unknown(
        "the mode is \(mode.prefix(40))",
        remedy: "see that the application lets nobody in but through Entra ID")
    }
  }

  private var applicationProxy: RowState {
    guard let tags = app.tags else {
      return .unknown(
        "the application shows no tags", remedy: "run again; if it stays, report it")
    }
    guard tags.contains(EntraKnownApps.proxyTag) else {
      return .absent("the application is not published by the proxy")
    }
    return .unknown(
      "the application is published by the proxy, and its pre-authentication is in no stable API",
      remedy: "see that its pre-authentication is Microsoft Entra ID")
  }
}
