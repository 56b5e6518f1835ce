internal import ConnectorKit
internal import JSONQuery

extension DuoSections {
  /// Sections that warn and block by the state of a device, and let nobody off the second step, whatever they hold.
  /// <https://duo.com/docs/policy>
  private static let blocking: Set<String> = [
    "duo_desktop", "health_checks", "browsers", "operating_systems", "plugins", "screen_lock",
    "tampered_devices", "full_disk_encryption", "mobile_device_biometrics", "duo_mobile_app",
  ]

  /// What may skip the second factor everywhere: the networks and countries that are known to do so.
  static let relaxing: Set<String> = [
    "authorized_networks", "authorized_networks/no_2fa_required", "user_location",
    "user_location/default_action", "user_location/allow_access_no_2fa_countries_list",
  ]

  /// The keys that every object of the other sections may have, by the path to it.
  /// <https://duo.com/docs/adminapi>, "Policy Section Data"
  private static let keys: [String: Set<String>] = [
    "authentication_policy": ["user_auth_behavior"], "new_user": ["new_user_behavior"],
    "authorized_networks": ["no_2fa_required", "mfa_required", "blocked", "deny_other_access"],
    "authorized_networks/no_2fa_required": ["ip_list", "require_enrollment"],
    "authorized_networks/mfa_required": ["ip_list", "require_enrollment"],
    "authorized_networks/blocked": ["ip_list"],
    "user_location": [
      "default_action", "access_device_only", "allow_access_no_2fa_countries_list",
      "deny_access_countries_list", "require_mfa_countries_list", "ignore_location_countries_list",
    ], "anonymous_networks": ["anonymous_access_behavior"],
    "remembered_devices": ["browser_apps", "windows_logon"],
    "remembered_devices/browser_apps": ["enabled", "remember_method", "user_based", "risk_based"],
    "remembered_devices/browser_apps/user_based": ["max_time_units", "max_time_value"],
    "remembered_devices/browser_apps/risk_based": ["max_time_units", "max_time_value"],
    "remembered_devices/windows_logon": ["enabled", "max_time_units", "max_time_value"],
    "authentication_methods": [
      "allowed_auth_list", "blocked_auth_list", "require_verified_push", "verified_push_digits",
    ], "trusted_endpoints": ["trusted_endpoint_checking", "trusted_endpoint_checking_mobile"],
    "risk_based_factor_selection": ["limit_to_risk_based_auth_methods"],
  ]

  /// The words that a value may be, by its path; another one may skip the second factor.
  private static let words: [String: Set<String>] = [
    "user_location/default_action": [
      "allow-access-no-2fa", "ignore-location", "require-mfa", "deny-access",
    ], "anonymous_networks/anonymous_access_behavior": ["no-action", "require-mfa", "deny"],
    "trusted_endpoints/trusted_endpoint_checking": endpoints,
    "trusted_endpoints/trusted_endpoint_checking_mobile": endpoints,
  ]
  private static let endpoints: Set<String> = ["allow-all", "require-trusted", "not-configured"]

  /// The methods of the second step; passwordless ones prove two factors by themselves.
  private static let methods: Set<String> = {
    let plain = [
      "duo-push", "duo-passcode", "sms", "phonecall", "hardware-token", "webauthn",
      "webauthn-platform", "webauthn-roaming", "desktop", "bypass",
    ]
    return Set(plain + plain.map { "\($0)-pwl" })
  }()

  /// What stands in the sections that is neither understood nor known to be harmless.
  func unrecognised() -> [UnrecognisedKey] {
    sections.keys.sorted().flatMap { name in
      Self.blocking.contains(name) ? [] : Self.unrecognised(sections[name] ?? .null, at: name)
    } + unknownMethods
  }

  private static func unrecognised(_ value: JSONValue, at path: String) -> [UnrecognisedKey] {
    if let words = words[path] {
      return value.string.map(words.contains) == true ? [] : [whole(value, path)]
    }
    guard let known = keys[path] else {
      // A section that nobody knows; what lies below a known key is read by whoever knows it.
      return path.contains("/") ? [] : [whole(value, path)]
    }
    guard let members = value.object else { return [whole(value, path)] }
    let below = members.keys.filter(known.contains).sorted().flatMap {
      unrecognised(members[$0] ?? .null, at: "\(path)/\($0)")
    }
    return value.unrecognised(besides: known, at: path) + below
  }

  private static func whole(_ value: JSONValue, _ path: String) -> UnrecognisedKey {
    UnrecognisedKey(path, value)
  }

  private var unknownMethods: [UnrecognisedKey] {
    let allowed = sections["authentication_methods"]?["allowed_auth_list"]
    let names = Self.texts(allowed)
    guard let allowed, names?.allSatisfy(Self.methods.contains) != true else { return [] }
    return [Self.whole(allowed, "authentication_methods/allowed_auth_list")]
  }
}
