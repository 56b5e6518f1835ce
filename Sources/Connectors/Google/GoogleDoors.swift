internal import ConnectorKit
internal import IdentityCore

/// Every way into a session by Google, and what changes one.
enum GoogleDoors: DoorInventory {
  case google, assignments, superAdmins, legacySSO, networkMasks, joining, grace, trustedDevices
  case session
  case passkeys, challenges, recovery, appPasswords, unrecognised

  var row: InventoryRow {
    switch self {
    case .google:
      InventoryRow(
        .door, "google", "Google's own sign-in",
        about: "isEnforcedIn2Sv of the account, explained by GET /v1/policies",
        source: "https://support.google.com/a/answer/9176805")
    case .assignments:
      InventoryRow(
        .door, "sso", "the identity provider that SSO assignments lead to",
        about:
          "GET /v1/inboundSsoAssignments: the group with the smallest rank, else the innermost org unit",
        source:
          "https://cloud.google.com/identity/docs/reference/rest/v1/inboundSsoAssignments")
    case .superAdmins:
      InventoryRow(
        .door, "super-admins", "the sign-in of super administrators at the admin console",
        about: "isAdmin of the account: they have Google's own door beside every other",
        source: "https://support.google.com/a/answer/9464354")
    case .legacySSO:
      InventoryRow(
        .door, "legacy-sso", "the legacy domain-wide SSO profile",
        about: "in no API; legacy_sso says whether it is in use",
        source: "https://support.google.com/a/answer/6369487")
    case .networkMasks:
      InventoryRow(
        .modifier, "network-masks", "network masks of the legacy SSO profile",
        about: "in no API; whoever signs in from outside them uses Google's own door",
        source: "https://support.google.com/a/answer/6369487")
    case .joining:
      InventoryRow(
        .modifier, "joining", "groups that people join and leave by themselves",
        worst: .opensSometimes("a group that the person joins or leaves"),
        about:
          "groups of SSO assignments and of policies of 2-step verification: whoCanJoin stands in the Groups Settings API alone, whose only scope also writes, so it is not read",
        source: "https://developers.google.com/workspace/admin/groups-settings/v1/reference/groups"
      )
    case .grace:
      InventoryRow(
        .modifier, "enrolment-period", "the enrolment period of new people",
        about:
          "isEnforcedIn2Sv stays false in it; two_step_verification_grace_period and creationTime say until when",
        source: "https://support.google.com/a/answer/9176657")
    case .trustedDevices:
      InventoryRow(
        .modifier, "trusted-devices", "trusted devices",
        worst: .opensSometimes("a trusted device"),
        about:
          "allowTrustingDevice of two_step_verification_device_trust: a device that the person chose to trust skips the second step",
        source: "https://support.google.com/a/answer/9176657")
    case .session:
      InventoryRow(
        .modifier, "session", "a session at Google",
        worst: .opensSometimes("a session at Google that is older than a day"),
        about:
          "webSessionDuration of security.session_controls, compared with remembered_device_limit; Google's default is 14 days",
        source: "https://support.google.com/a/answer/7576830")
    case .passkeys:
      InventoryRow(
        .modifier, "passkeys", "passkeys instead of a password",
        about: "the device asks for a finger, a face or a PIN, by documented design",
        source: "https://support.google.com/a/answer/13529161")
    case .challenges:
      InventoryRow(
        .modifier, "challenges",
        "login challenges, verification after SSO and context-aware access",
        about: "they ask for more or refuse, and let nobody in",
        source: "https://support.google.com/a/answer/6002699")
    case .recovery:
      InventoryRow(
        .door, "recovery", "the recovery of an account",
        about:
          "a recovered account has a new password; where 2-step verification is enforced its second step is asked for as before",
        source: "https://support.google.com/a/answer/9176734")
    case .appPasswords:
      InventoryRow(
        .door, "app-passwords", "app passwords",
        about: "tokens of one program for mail and calendars; they open no sign-in page",
        source: "https://support.google.com/accounts/answer/185833")
    case .unrecognised:
      InventoryRow(
        .modifier, "unrecognised", "a part of an assignment or policy",
        about:
          "keys of SSO assignments and settings of 2-step verification that idsync does not know")
    }
  }

  static let legacyUntold = "no API shows whether it is in use"
  static let legacyRemedy = "set legacy_sso to true or false"
  static let masksUntold = "no API shows them, and Google's own sign-in asks people outside them"
  static let masksRemedy =
    "see under Security › SSO with third-party IdP that the legacy profile has no network masks"
  static let trustUntold = "no policy that was read says whether devices may be trusted"
  static let trustRemedy =
    "name a super administrator as policy_subject, or see that nobody may trust devices"
}

extension GoogleModelBuilder {
  /// How a reading accounts for each door and modifier; the model has been made.
  func state(of door: GoogleDoors) -> RowState {
    switch door {
    case .google: .judged("isEnforcedIn2Sv of the account")
    case .assignments: .judged("the SSO assignments that were read")
    case .superAdmins: .judged("isAdmin of the account")
    case .joining: settings.joiningState
    case .grace: .judged("isEnforcedIn2Sv, policies and the age of the account")
    case .legacySSO: legacyState
    case .networkMasks:
      isLegacyExcluded
        ? .absent("the legacy profile is not in use")
        : .unknown(GoogleDoors.masksUntold, remedy: GoogleDoors.masksRemedy)
    case .trustedDevices:
      settings.tellsDeviceTrust
        ? .judged("the policies that were read")
        : .unknown(GoogleDoors.trustUntold, remedy: GoogleDoors.trustRemedy)
    case .session: settings.sessionState
    case .passkeys: .closed("a passkey proves two factors, by documented design")
    case .challenges: .closed("they let nobody in, by documented design")
    case .recovery: .closed("the second step stays, by documented design")
    case .appPasswords: .outOfScope("tokens of one program")
    case .unrecognised: .each(unrecognised.things)
    }
  }

  private var legacyState: RowState {
    switch settings.legacySSO {
    case true?: .judged("in use, says legacy_sso")
    case false?: .configured("not in use, says legacy_sso")
    case nil: .unknown(GoogleDoors.legacyUntold, remedy: GoogleDoors.legacyRemedy)
    }
  }

  /// Whether the configuration or a vouch says that the legacy profile is not in use.
  private var isLegacyExcluded: Bool {
    settings.legacySSO == false || settings.legacySSO == nil && isVouched(.legacySSO)
  }
}

extension GoogleSettings {
  /// Whether some policy that was read says whether devices may be trusted.
  fileprivate var tellsDeviceTrust: Bool {
    guard case .read(let all) = policies else { return false }
    return all.contains { $0.setting == GoogleModelBuilder.deviceTrust }
  }

  /// The groups whose people sign in by rules of their own; a word that stands for administrators is none.
  private var decidingGroups: [String] {
    var groups = Set((assignments.value ?? []).compactMap(\.group))
    if case .read(let all) = policies {
      for policy in all {
        groups.formUnion([policy.group].compactMap(\.self))
        groups.formUnion(GooglePolicyQuery(policy.query)?.groups ?? [])
      }
    }
    return groups.filter { $0 != GoogleModelBuilder.administrators }.sorted()
  }

  fileprivate var joiningState: RowState {
    let groups = decidingGroups
    guard !groups.isEmpty else { return .absent("no assignment or policy names a group") }
    let names = groups.prefix(4).map { groupNames[$0] ?? $0 }.joined(separator: ", ")
    let more = groups.count > 4 ? " and \(groups.count - 4) more" : ""
    return .unknown(
      "nobody can tell who may join or leave \(names)\(more)",
      remedy:
        "see in the access settings of each group that only invited people join, and assign by org unit where it matters who leaves"
    )
  }

  fileprivate var sessionState: RowState {
    let remedy = "set Google's session length to a day or less, or remembered_device_limit"
    switch policies {
    case .notAsked:
      return .unknown(
        "policies are not read, and Google's default is 14 days",
        remedy: "name a super administrator as policy_subject")
    case .unreadable(let reason): return .unknown(reason, remedy: "make policies readable")
    case .read: break
    }
    let told = sessions.compactMap(\.self)
    guard let longest = told.max(), told.count == sessions.count else {
      return .unknown("no policy says how long it lasts", remedy: remedy)
    }
    guard longest > sessionLimit else {
      return .closed("it ends after \(longest / 3600) hours at most")
    }
    return .unknown("it lasts up to \(longest / 3600) hours, for some or all", remedy: remedy)
  }
}
