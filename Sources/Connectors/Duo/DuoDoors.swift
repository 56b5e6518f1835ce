internal import ConnectorKit
internal import IdentityCore

/// Every way into a session by Duo, and what changes one.
enum DuoDoors: DoorInventory {
  case secondStep, newUsers, spelling, bypass, networks, locations, anonymousNetworks,
    rememberedDevices
  case methods, deviceHealth, riskBased, bypassCodes, failMode, selfService, recovery, unrecognised

  private static let guide = "https://duo.com/docs/policy"
  private static let api = "https://duo.com/docs/adminapi"

  var row: InventoryRow {
    switch self {
    case .secondStep:
      InventoryRow(
        .door, "second-step", "Duo's second step",
        about:
          "authentication_policy of the policy that applies to the person: GET /admin/v2/policies/calculate, or group, application and global policy laid over each other",
        source: Self.guide)
    case .newUsers:
      InventoryRow(
        .door, "new-users", "the sign-in of people without an account at Duo",
        about: "new_user of the application's policy and the global one", source: Self.guide)
    case .spelling:
      InventoryRow(
        .modifier, "spelling", "other spellings of a user name",
        about:
          "username_normalization_policy of the application: without it DOMAIN\\name and name@domain are people without an account; a Duo user without an address whose name has such a form may be anybody of that name",
        source: Self.api + "#retrieve-integrations")
    case .bypass:
      InventoryRow(
        .modifier, "bypass", "people and groups in bypass",
        about: "status of GET /admin/v1/users and of the groups in it", source: Self.api)
    case .networks:
      InventoryRow(
        .modifier, "networks", "networks without a second factor",
        about: "authorized_networks of the policy", source: Self.guide)
    case .locations:
      InventoryRow(
        .modifier, "locations", "countries without a second factor",
        about: "user_location of the policy", source: Self.guide)
    case .anonymousNetworks:
      InventoryRow(
        .modifier, "anonymous-networks", "anonymous networks",
        about: "anonymous_networks of the policy: no action, two factors or a refusal",
        source: Self.guide)
    case .rememberedDevices:
      InventoryRow(
        .modifier, "remembered-devices", "remembered devices",
        worst: .opensSometimes("a remembered device"),
        about:
          "remembered_devices of the policy; longer than remembered_device_limit is a sign-in without a second factor",
        source: "https://duo.com/docs/remembered-devices")
    case .methods:
      InventoryRow(
        .modifier, "methods", "the methods of the second step",
        about:
          "authentication_methods of the policy; each is a second thing beside the password, and passwordless ones ask for a finger, a face or a PIN on the device",
        source: "https://duo.com/docs/passwordless")
    case .deviceHealth:
      InventoryRow(
        .modifier, "device-health", "trusted endpoints and the health of devices",
        about:
          "trusted_endpoints, duo_desktop, browsers, operating_systems and their like: they warn and block, and let nobody off the second step",
        source: Self.guide)
    case .riskBased:
      InventoryRow(
        .modifier, "risk-based", "risk-based choice of factors",
        about: "risk_based_factor_selection of the policy: it leaves fewer methods, never none",
        source: "https://duo.com/docs/risk-based-auth")
    case .bypassCodes:
      InventoryRow(
        .door, "bypass-codes", "bypass codes",
        about:
          "administrators and help desks hand them out; one is asked for beside the password, like a backup code",
        source: "https://duo.com/docs/administration-users")
    case .failMode:
      InventoryRow(
        .modifier, "fail-mode", "the fail mode of the application",
        worst: .opensSometimes("a sign-in while Duo does not answer"),
        about:
          "a setting of the software in front of the application, in no API; at Duo Single Sign-On Duo itself signs people in, and nobody gets in without it",
        source: "https://duo.com/docs/sso")
    case .selfService:
      InventoryRow(
        .door, "self-service", "the management of one's own devices",
        about: "asks for a factor that is set up already, by documented design",
        source: "https://duo.com/docs/self-service-portal")
    case .recovery:
      InventoryRow(
        .door, "recovery", "the reset of a forgotten password",
        about:
          "the password is the first factor, of another system; Duo asks after it, however it was come by",
        source: "https://duo.com/docs/sso")
    case .unrecognised:
      InventoryRow(
        .modifier, "unrecognised", "a part of a policy",
        about:
          "sections, keys and values of policies that idsync does not know, or that Duo left out")
    }
  }
}

extension DuoMapping {
  /// How a reading accounts for each door and modifier; the model has been made.
  func state(of door: DuoDoors) -> RowState {
    guard let integration else { return .judged("Duo has no integration of this key") }
    switch door {
    case .secondStep, .newUsers, .spelling, .bypass, .networks, .locations, .anonymousNetworks,
      .rememberedDevices:
      return .judged("by the policy that applies to the person")
    case .methods: return .closed("every method is a second factor, by documented design")
    case .deviceHealth: return .closed("these sections warn and block only, by documented design")
    case .riskBased: return .closed("it only takes methods away, by documented design")
    case .bypassCodes:
      return .outOfScope("handed out by administrators and help desks, beside the password")
    case .failMode:
      if integration.isHostedByDuo {
        return .closed("at Duo Single Sign-On nobody gets in while Duo does not answer")
      }
      let type =
        integration.type.isEmpty ? "whose type is not shown" : "of type \(integration.type)"
      return .unknown(
        "no API shows whether an application \(type) lets in when Duo does not answer",
        remedy: "see that its fail mode is secure (fail closed)")
    case .selfService, .recovery: return .closed("by documented design")
    case .unrecognised: return .each(unrecognised.things)
    }
  }
}

extension DuoWire.Integration {
  /// Whether Duo itself is the identity provider of the application.
  var isHostedByDuo: Bool { type.hasPrefix("sso-") }
  /// Whether it stands before the logon to Windows, where remembered devices are another setting.
  var isWindowsLogon: Bool { type == "rdp" }
}
