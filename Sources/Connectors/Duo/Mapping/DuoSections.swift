internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// The merged sections of the policies that apply to somebody at an application.
struct DuoSections: Sendable, Hashable {
  /// The sections by name.
  var sections: [String: JSONValue]
  /// The policies that contributed, the nearest first.
  var policies: [String]

  /// Lays policies over each other section by section; the first one wins.
  static func layered(_ policies: [DuoWire.Policy]) -> DuoSections {
    var merged: [String: JSONValue] = [:]
    for policy in policies {
      merged.merge(policy.sections) { nearer, _ in nearer }
    }
    return DuoSections(sections: merged, policies: policies.map(\.name))
  }

  init(sections: [String: JSONValue], policies: [String]) {
    self.sections = sections
    self.policies = policies
  }

  /// Duo's own calculation.
  init(calculated json: JSONValue) throws(WireError) {
    sections = try json.required("sections", .object, \.object)
    policies = (json["policy_elements"]?.array ?? []).compactMap {
      $0["policy_name"]?.string ?? $0["policy_key"]?.string
    }
  }

  /// `enforce`, `bypass` or `deny`.
  var behaviour: String? { sections["authentication_policy"]?["user_auth_behavior"]?.string }

  /// `enroll`, `no-mfa` or `deny`.
  var newUser: String? { sections["new_user"]?["new_user_behavior"]?.string }

  // Duo shows every property that it documents: a list that is missing is not one that is empty.

  // MARK: Networks

  /// The networks where the second factor is skipped; nil where the list is not shown or cannot be read.
  var skippingNetworks: [String]? { networks("no_2fa_required") }

  /// The networks where it is demanded; nil where the list is not shown or cannot be read.
  var demandingNetworks: [String]? { networks("mfa_required") }

  /// Whether sign-ins from networks on neither list are refused; nil where that is not shown or cannot be read.
  var refusesOtherNetworks: Bool? { sections["authorized_networks"]?["deny_other_access"]?.bool }

  private func networks(_ part: String) -> [String]? {
    Self.texts(sections["authorized_networks"]?[part]?["ip_list"])
  }

  /// A list, or a text with commas; nil for anything else.
  static func texts(_ value: JSONValue?) -> [String]? {
    if let text = value?.string {
      return text.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
    }
    return value?.strings
  }

  // MARK: Countries

  /// The lists of countries beside the one where the second factor is skipped, with what a sign-in from there is in for.
  static let otherCountryLists: [(String, Demand?)] = [
    ("deny_access_countries_list", .refused), ("require_mfa_countries_list", nil),
    ("ignore_location_countries_list", nil),
  ]

  /// The countries of a list; nil where it is not shown or cannot be read.
  func countries(_ list: String) -> [String]? { Self.texts(sections["user_location"]?[list]) }

  /// What a sign-in from a country that no list names is in for; nil: what the authentication policy asks.
  var demandElsewhere: Demand? {
    switch sections["user_location"]?["default_action"]?.string {
    case "allow-access-no-2fa": .singleFactor
    case "deny-access": .refused
    default: nil
    }
  }

  // MARK: Remembered devices

  /// For how long a device is remembered.
  enum Remembered: Sendable, Hashable {
    case never
    case seconds(Int64)
    case untold
  }

  /// For how long the devices of a kind of applications are remembered.
  ///
  /// - Parameter part: `browser_apps` or `windows_logon`.
  func remembered(_ part: String) -> Remembered {
    guard let section = sections["remembered_devices"]?.object else { return .untold }
    guard let content = section[part] else {
      // What nobody set up for the logon to Windows is not shown; browsers always are.
      return part == "windows_logon" ? .never : .untold
    }
    switch content["enabled"]?.bool {
    case false?: return .never
    case nil: return .untold
    case true?: break
    }
    if part == "windows_logon" { return Self.time(content) }
    switch content["remember_method"]?.string {
    case "user-based"?: return Self.time(content["user_based"])
    case "risk-based"?: return Self.time(content["risk_based"])
    default: return .untold
    }
  }

  private static let units: [String: Int64] = [
    "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800,
  ]

  private static func time(_ content: JSONValue?) -> Remembered {
    guard let value = content?["max_time_value"]?.integer, value >= 0, value < 1_000_000,
      let unit = content?["max_time_units"]?.string, let seconds = units[unit]
    else { return .untold }
    return value == 0 ? .never : .seconds(value * seconds)
  }
}
